"""Which network: what a user asks for, and the measured neighbours that answer it."""

from collections.abc import Callable
from typing import Any, Final

import param

from energyvis_panel.domain.network import (
    HARDWARE,
    LEAST_DEPTH,
    LEAST_ROWS,
    MOST_DEPTH,
    MOST_FEATURES,
    MOST_PARAMETERS,
    MOST_ROWS,
    TASKS,
    Task,
    Wish,
    within,
)
from energyvis_panel.domain.network_answer import neighbour_profile
from energyvis_panel.domain.network_neighbours import (
    Neighbours,
)
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.study import Study
from energyvis_panel.state.typed_number import typed_count, typed_number

Ask = Callable[[Wish], Neighbours]
"""What finds the neighbours of a wish."""

NUMBERS: Final = {
    "rows": ("The number of observations", LEAST_ROWS, MOST_ROWS),
    "features": ("The number of features", 1, MOST_FEATURES),
    "parameters": ("The number of parameters", 1, MOST_PARAMETERS),
    "depth": ("The number of layers", LEAST_DEPTH, MOST_DEPTH),
}
"""How a sentence about a number field begins, and its least and most value."""
OWN_TASK: Final = ""
START: Final = {
    "dataset": "adult",
    "rows": "48842",
    "features": "14",
    "parameters": "100000",
    "depth": "6",
    "hardware": "",
}


class WhichNetworkState(param.Parameterized):
    """The form's texts, the answer to the last that could be read, and what is wrong with the others."""

    fields = param.Dict(default=dict(START), doc="Texts of the form by name; see START.")
    basis: param.Selector[str] = param.Selector(
        default="run", objects=["run", "epoch"], doc="What neighbours are ranked by."
    )
    refusals = param.Dict(default={}, doc="What is wrong with a field, by its name.")
    answer = param.ClassSelector(class_=Neighbours, allow_None=True, doc="Neighbours of the last wish.")
    notice = param.String(default="", doc="One sentence about what could not be done; '' = all is well.")
    made = param.String(default="", doc="Name of the profile made last; '' = none.")

    def __init__(self, study: Study, ask: Ask, **params: Any) -> None:
        self.study = study
        self._ask = ask
        super().__init__(**params)

    def set_field(self, name: str, text: str) -> None:
        """Take a field as typed and answer anew."""
        if name not in START:
            return
        fields = {**self.fields, name: text}
        if name in {"rows", "features"}:
            fields["dataset"] = OWN_TASK
        known = [task for task in TASKS if task.name == text] if name == "dataset" else []
        if known:
            fields |= {"rows": str(known[0].rows), "features": str(known[0].features)}
        self.fields = fields
        self.refresh()

    def refresh(self) -> None:
        """Ask for the neighbours of what the form says; what is wrong with it keeps the last answer."""
        wish = self._wish()
        if wish is None or (self.answer is not None and self.answer.wish == wish):
            return
        try:
            self.param.update(answer=self._ask(wish), notice="", made="")
        except EnergyVisError as error:
            self.param.update(answer=None, notice=str(error))

    def make_profile(self, place: int) -> None:
        """Put the neighbour at a place of the ranking on the study's strip, and show it."""
        ranked = self.answer.ranked(self.basis) if self.answer else ()
        if self.answer is None or not 0 <= place < len(ranked):
            return
        region_id, pue = site_on_show(self.study)
        profile = neighbour_profile(self.answer, ranked[place], region_id, pue)
        self.study.put(profile, "estimate")
        self.made = profile.name

    def _wish(self) -> Wish | None:
        """The wish that the form says, None where a field cannot be read; sets :attr:`refusals`."""
        numbers: dict[str, float] = {}
        refusals: dict[str, str] = {}
        for name, (what, least, most) in NUMBERS.items():
            read = typed_number if name == "parameters" else typed_count
            try:
                numbers[name] = read(what, self.fields[name])
                within(what, numbers[name], least, most)
            except EnergyVisError as error:
                refusals[name] = str(error)
        self.refusals = refusals
        return None if refusals else wish_of(self.fields["dataset"], numbers, self.fields["hardware"])


def wish_of(dataset: str, numbers: dict[str, float], hardware: str) -> Wish:
    """Wish for a data set of the table by name, or for a task of the user's own.

    Raises
    ------
    NetworkError
        If a number is out of its range.

    """
    known = [task for task in TASKS if task.name == dataset]
    task = known[0] if known else Task("", int(numbers["rows"]), int(numbers["features"]))
    return Wish(task, numbers["parameters"], int(numbers["depth"]), hardware if hardware in HARDWARE else "")


def site_on_show(study: Study) -> tuple[str | None, float | None]:
    """Region and PUE under which the baseline is shown: those of the record."""
    if study.comparison is None:
        return None, None
    profile = study.comparison.baseline.projection.profile
    return profile.region_id, profile.pue
