"""What the selection mostly consists of, in one sentence."""

from typing import Final

import numpy as np

from energyvis_panel.domain.units import energy_text, three_digits
from energyvis_panel.state.explore.composition.composition import LEVELS, InnerRing, Path, Value
from energyvis_panel.state.explore.composition.composition_parts import Amounts, Parts, Sums
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import NOTHING_SELECTED, counted

ALL: Final = 1 - 1e-9
"""A sum in another order is as much to this share."""


def amount_text(amount: float, measure: str) -> str:
    """Runs, or energy given in J, for people."""
    if measure == "energy":
        return energy_text(amount)
    return f"{round(amount):,} run{'' if round(amount) == 1 else 's'}"


def percent(share: float) -> str:
    """A share for people."""
    return f"{three_digits(100 * share)} %"


def largest(parts: Parts, amounts: Amounts, level: int) -> tuple[Value, float]:
    """The value of a ring that holds most, wherever it lies, and how much."""
    held: dict[Value, float] = {}
    for at in np.flatnonzero(parts.level == level):
        value = parts.paths[at][level]
        held[value] = held.get(value, 0.0) + float(amounts[at])
    value = max(held, key=lambda one: held[one])
    return value, held[value]


def grade_said(ring: InnerRing, value: Value) -> str:
    """How a sentence calls the runs of a class."""
    if isinstance(value, int):
        return ring.grades[value].said
    return f"runs whose {ring.title.lower()} was not recorded"


def composition_answer(state: Exploration, ring: InnerRing, parts: Parts, sums: Sums, measure: str) -> str:
    """The largest part of each ring and its share, with the number of runs."""
    if not state.run_count:
        return NOTHING_SELECTED
    outer = parts.level == 0
    runs, measured = (int(amounts[outer].sum()) for amounts in (sums.runs, sums.measured))
    behind = counted(state)
    if measure == "energy" and not measured:
        return f"None of the selected runs has a recorded energy ({behind})."
    if runs == 1:
        return only_run(ring, parts, sums, behind)
    amounts = sums.of(measure)
    whole = float(amounts[outer].sum()) or 1.0
    most = largest_said(ring, parts, amounts, whole)
    if measure != "energy":
        return f"The most frequent among the selected: {most} ({behind})."
    if measured < runs:
        behind += f", {runs - measured:,} of them without a recorded energy"
    return f"Of {energy_text(whole)}, most went into {most} ({behind})."


def largest_said(ring: InnerRing, parts: Parts, amounts: Amounts, whole: float) -> str:
    """The largest part of each ring with its share of the whole, where that is not all of it."""
    said: list[str] = []
    only: list[str] = []
    for level in range(LEVELS):
        value, amount = largest(parts, amounts, level)
        names = (grade_said(ring, value), f"the shape {ring.text(value)}", f"the data set {ring.text(value)}")
        held = only if amount > ALL * whole else said
        held.append(f"{names[level]} ({percent(amount / whole)})")
    *most, last = said or only
    return f"{', '.join(most)} and {last}" if most else last


def only_run(ring: InnerRing, parts: Parts, sums: Sums, behind: str) -> str:
    """What the only run is."""
    path: Path = next(
        path for path, runs in zip(parts.paths, sums.runs, strict=True) if runs and len(path) == len(ring.own)
    )
    energy = float(sums.energy_j[parts.level == 0].sum())
    took = f"; it took {energy_text(energy)}" if sums.measured.any() else ""
    return f"The only run: {ring.title_of(path)}{took} ({behind})."
