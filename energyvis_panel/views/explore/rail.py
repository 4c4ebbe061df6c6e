"""The left rail: which data, what is brushed, and fields for every brush, so that no mouse is needed."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui

from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore.dimensions import CATEGORIES, QUANTITIES, STATUS_SCOPES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.card import card
from energyvis_panel.views.explore.brush_chips import BrushChips

CHOSEN_IN_FIELDS: Final = ("hardware", "dataset", "shape")
WIDE: Final = {"sizing_mode": "stretch_width", "margin": (4, 0)}
SYNTHETIC_NOTE: Final = "Synthetic stand-in: made by a script from the published figures, not measured."


class Rail(pn.viewable.Viewer):
    """Data set, scope, active brushes, undo, and fields for the brushes of one exploration."""

    def __init__(self, state: Exploration, **params: Any) -> None:
        super().__init__(**params)
        self._state = state
        self._following = False
        self._chips = BrushChips(margin=(4, 0), sizing_mode="stretch_width")
        self._refusal = pmui.Alert(object="", severity="error", visible=False, **WIDE)
        self._scope = pmui.RadioButtonGroup(
            options=list(STATUS_SCOPES), size="small", label="Runs to include", **WIDE
        )
        self._choices = {name: self._choice(name) for name in CHOSEN_IN_FIELDS}
        quantities = {quantity.title: quantity.name for quantity in QUANTITIES.values()}
        self._quantity = pmui.Select(label="Range of", options=quantities,
                                     value="energy_j", size="small", **WIDE)  # fmt: skip
        self._from, self._to = (
            pmui.TextInput(
                label=label, placeholder="any", size="small", margin=(4, 4, 4, 0), sizing_mode="stretch_width"
            )
            for label in ("From", "To")
        )
        self._scope.param.watch(self._scope_chosen, "value")
        self._quantity.param.watch(self._follow, "value")
        self._from.param.watch(self._typed, "value")
        self._to.param.watch(self._typed, "value")
        self._chips.param.watch(lambda event: state.clear(event.new["name"]), "removed")
        # Not at each brush but at its answer: a drag brings more brushes than are drawn.
        state.param.watch(self._follow, ["revision", "refusal"])
        self._follow()

    def __panel__(self) -> Any:
        state = self._state
        data: list[Any] = [
            pmui.Typography(
                f"BUTTER-E, {state.total_runs:,} training runs", variant="body2", margin=(0, 0, 4, 0)
            )
        ]
        if state.synthetic_runs:
            data.append(pmui.Alert(object=SYNTHETIC_NOTE, severity="warning", **WIDE))
        numbers = pn.Row(self._from, self._to, margin=0, sizing_mode="stretch_width")
        return pn.Column(
            card("Data", *data, self._scope),
            card("Selection", self._chips, self._refusal, self._steps()),
            card("Filters", *self._choices.values(), self._quantity, numbers),
            sizing_mode="stretch_width",
            margin=0,
            styles={"gap": "8px"},
        )

    def _steps(self) -> Any:
        state = self._state
        buttons = []
        for label, act, enabled in (
            ("Undo", state.undo, state.param.can_undo),
            ("Redo", state.redo, state.param.can_redo),
            ("Clear all", state.clear, None),
        ):
            button = pmui.Button(label=label, size="small", variant="outlined", margin=(4, 6, 4, 0))
            button.on_click(partial(pressed, act))
            if enabled is not None:
                button.disabled = enabled.rx.not_()
            buttons.append(button)
        return pn.Row(*buttons, margin=0)

    def _choice(self, name: str) -> Any:
        options = {f"{value} ({count:,})": value for value, count in self._state.categories[name].items()}
        choice = pmui.MultiChoice(label=CATEGORIES[name].title, options=options, **WIDE)
        choice.param.watch(
            lambda event: self._ask(lambda: self._state.brush_set(name, tuple(event.new))), "value"
        )
        return choice

    def _typed(self, _event: object) -> None:
        name, low, high = self._quantity.value, self._from.value, self._to.value
        self._ask(
            lambda: self._state.brush_range(name, typed(name, low, -math.inf), typed(name, high, math.inf))
        )

    def _scope_chosen(self, event: Any) -> None:
        self._ask(lambda: self._state.brush_set("status", STATUS_SCOPES[event.new]))

    def _ask(self, act: Any) -> None:
        if self._following:
            return
        try:
            act()
        except SettingsError as error:
            self._state.refusal = str(error)

    def _follow(self, *_events: object) -> None:
        """Show the state's brushes in the chips and fields, without answering back."""
        brushes = self._state.brushes
        self._following = True
        try:
            self._chips.param.update(
                counted=f"{self._state.run_count:,} of {self._state.total_runs:,} runs",
                brushed=[list(brush) for brush in brushes.sentences().items()],
            )
            self._refusal.param.update(object=self._state.refusal, visible=bool(self._state.refusal))
            statuses = brushes.sets.get("status", ())
            scopes = [name for name, members in STATUS_SCOPES.items() if members == statuses]
            self._scope.value = scopes[0] if scopes else None
            for name, choice in self._choices.items():
                choice.value = list(brushes.sets.get(name, ()))
            quantity = QUANTITIES[self._quantity.value]
            bounds = brushes.ranges.get(quantity.name, (-math.inf, math.inf))
            for field, end, value in zip((self._from, self._to), ("From", "To"), bounds, strict=True):
                said = "" if math.isinf(value) else f"{value / quantity.per_unit:,.6g}"
                field.param.update(label=f"{end} ({quantity.unit})", value=said)
        finally:
            self._following = False


def pressed(act: Callable[[], None], _event: object) -> None:
    """Do what a button is for."""
    act()


def typed(name: str, text: str, open_end: float) -> float:
    """The bound that ``text`` says, in the stored unit of a quantity; ``open_end`` for nothing.

    Raises
    ------
    SettingsError
        If it is not a number.

    """
    quantity = QUANTITIES[name]
    plain = text.replace(",", "").replace(" ", "")
    if not plain:
        return open_end
    try:
        value = float(plain) * quantity.per_unit
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SettingsError(
            f"{text!r} is not a number of {quantity.unit} for {quantity.title.lower()}. Type one, or nothing."
        )
    return value
