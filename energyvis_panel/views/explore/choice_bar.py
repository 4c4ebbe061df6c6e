"""Small choices above a figure: lists and switches of the browser's own, so that keyboard and touch work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import param
from panel.custom import JSComponent

from energyvis_panel.views.explore.controls import stylesheets

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its name, what it is called, its options (text by value), and whether it is a list."""

    name: str
    label: str
    options: Mapping[str, str]
    is_list: bool = False


class ChoiceBar(JSComponent):
    """A row of choices; ``chosen`` holds the chosen value of each by name."""

    choices = param.List(default=[], doc="Name, label, whether it is a list, and pairs of value and text.")
    chosen = param.Dict(default={}, doc="Chosen value by name of the choice.")

    first: Mapping[str, str]
    """What is chosen at first."""
    options: Mapping[str, Mapping[str, str]]
    """Text by value of each choice."""

    _esm = HERE / "choice_bar.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "choice_bar.css")

    @classmethod
    def of(
        cls, choices: Sequence[Choice], chosen: Mapping[str, str], changed: Callable[[dict[str, str]], None]
    ) -> Self:
        """The bar, which calls ``changed`` with all chosen values when one of them changes."""
        told = [
            [choice.name, choice.label, choice.is_list, [list(pair) for pair in choice.options.items()]]
            for choice in choices
        ]
        bar = cls(choices=told, chosen=dict(chosen), margin=(0, 0, 4, 0), sizing_mode="stretch_width")
        known = {choice.name: choice.options for choice in choices}
        bar.first, bar.options = dict(chosen), known

        def follow(event: Any) -> None:
            # What comes from a browser may be anything.
            given = event.new
            changed({
                name: given[name] if given.get(name) in options else chosen[name]
                for name, options in known.items()
            })  # fmt: skip

        bar.param.watch(follow, "chosen")
        return bar

    def changed(self) -> dict[str, str]:
        """What is chosen and not as at first."""
        return {
            name: self.chosen[name]
            for name, value in self.first.items()
            if self.chosen.get(name) != value and self.chosen.get(name) in self.options[name]
        }

    def choose(self, asked: Mapping[str, str]) -> list[str]:
        """Choose what is on offer of ``asked``, as if it were clicked; what is not, is given back."""
        on_offer = {name: value for name, value in asked.items() if value in self.options.get(name, ())}
        if on_offer:
            self.chosen = self.chosen | on_offer
        return [f"{name}:{value}" for name, value in asked.items() if name not in on_offer]
