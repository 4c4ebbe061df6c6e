"""Energy signatures of configurations: groupings, amounts, which are shown, and the sentence."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED

SLOT: Final = "signatures_means"
MOST: Final = 4
"""Signatures that are shown at most."""
FEWEST_RUNS: Final = 5
"""With fewer, nothing is said of how a configuration differs."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One axis of a signature.

    Attributes
    ----------
    name, title
        For programs and for people.
    column
        Title with its unit, for a table.
    per_unit
        How much of the stored unit the unit of the table holds.
    unit
        Unit after a number of three digits; where it is empty, the quantity of that name writes itself.

    """

    name: str
    title: str
    column: str
    per_unit: float = 1.0
    unit: str = ""

    def text(self, value: float) -> str:
        """A value of it, in its stored unit, for people."""
        return (
            f"{three_digits(value / self.per_unit)} {self.unit}"
            if self.unit
            else QUANTITIES[self.name].text(value)
        )


AMOUNTS: Final = (
    Amount("j_per_datum", "Energy per datum", "Energy per datum (mJ)", 1e-3),
    Amount("ms_per_batch", "Time per batch", "Time per batch (ms)", unit="ms"),
    Amount("working_set_bytes", "Working set", "Working set, calculated (KiB)", 1024.0),
    Amount("energy_j", "Energy of a run", "Energy of a run (Wh)", 3600.0),
    Amount("overhead_share", "Overhead share", "Overhead share, estimated (%)", 0.01, unit="%"),
    Amount("power_w", "Mean power", "Mean power (W)"),
)
"""In the order of the axes, clockwise from the top; of each, more is dearer."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """By what runs are put together, and how a group is called; ``words`` are of the word and the number."""

    title: str
    label: str


GROUPINGS: Final[Mapping[str, Grouping]] = {
    "hardware": Grouping("Hardware", "{word}"),
    "shape": Grouping("Shape", "{word}"),
    "hardware_shape": Grouping("Hardware and shape", "{word}, {hardware}"),
    "size": Grouping("Network size", "{number:,} parameters"),
    "depth": Grouping("Depth", "{number} layers"),
    "dataset": Grouping("Data set", "{word}"),
    "node_type": Grouping("Node type", "{word}"),
    "batch_size": Grouping("Batch size", "batches of {number}"),
    "optimizer": Grouping("Optimizer", "{word}"),
}


@dataclass(frozen=True, slots=True)
class Signature:
    """What the runs of one group take: a geometric mean by amount, in the stored unit; NaN where none is."""

    label: str
    mark: Brushes
    run_count: int
    datum_count: int
    means: Mapping[str, float]
    number: int = 0
    """The size, the depth or the like of its runs, by which such groups are put in order."""


def signatures_question(grouping: str) -> dict[str, Question]:
    """What is asked of the groups of one grouping, by slot."""
    return {SLOT: Question("signatures_means", values={"grouping": grouping}, slow=True)}


def signatures_of(rows: pa.Table, grouping: str) -> dict[str, Signature]:
    """The signatures by label, those with the most runs first; runs that belong to no group have none."""
    found = [
        signature_of(row, grouping)
        for row in rows.to_pylist()
        if row["word"] is not None or (row["number"] is not None and grouping != "hardware_shape")
    ]
    return {one.label: one for one in sorted(found, key=lambda one: (-one.run_count, one.label))}


def signature_of(row: Mapping[str, Any], grouping: str) -> Signature:
    """The signature of one row of ``explore/signatures_means``."""
    word, number = row["word"], row["number"]
    hardware = HARDWARE[number] if grouping == "hardware_shape" else ""
    label = GROUPINGS[grouping].label.format(word=word, number=number, hardware=hardware)
    means = {one.name: math.nan if row[one.name] is None else row[one.name] for one in AMOUNTS}
    order = 0 if number is None or word is not None else number
    mark = mark_of(grouping, word, number)
    return Signature(label, mark, row["run_count"], row["datum_count"], means, order)


def mark_of(grouping: str, word: str | None, number: int | None) -> Brushes:
    """The runs of a group."""
    if grouping == "hardware_shape" and word is not None and number is not None:
        return Brushes().with_set("shape", (word,)).with_set("hardware", (HARDWARE[number],))
    if word is not None:
        return Brushes().with_set(grouping, (word,))
    if grouping in QUANTITIES and number is not None:
        return Brushes().with_range(grouping, number, number)
    return Brushes().with_set(grouping, (str(number),))


def shown_of(found: Mapping[str, Signature], picked: Sequence[str] | None) -> Sequence[Signature | None]:
    """The signatures that are shown, one a place; a picked one keeps its place while it has no run.

    Where none is picked, those with the most runs; sizes and the like by size.
    """
    if picked is None:
        return sorted([*found.values()][:MOST], key=lambda one: one.number)
    return [found.get(label) for label in picked]


def largest(shown: Sequence[Signature], amount: str) -> float:
    """The largest mean of an amount, which is the end of its axis; NaN where there is none."""
    return max((one.means[amount] for one in shown if one.means[amount] > 0), default=math.nan)


def signatures_answer(state: Exploration, shown: Sequence[Signature]) -> str:
    """In what the shown configurations differ most, in one sentence."""
    if not state.run_count:
        return NOTHING_SELECTED
    runs = sum(one.run_count for one in shown)
    counted = f"({runs:,} of {state.total_runs:,} runs)"
    known = [one for one in shown if one.run_count >= FEWEST_RUNS]
    if len(known) < 2:  # noqa: PLR2004 - two can be compared
        who = f"Only {known[0].label} of those shown" if known else "None of those shown"
        return (
            f"{who} has {FEWEST_RUNS} selected runs or more, so nothing is said of how configurations "
            f"differ {counted}."
        )
    gaps = {one.name: gap_of(known, one) for one in AMOUNTS}
    widest = max(AMOUNTS, key=lambda one: gaps[one.name])
    if gaps[widest.name] <= 1.0:
        return f"The {len(known)} configurations take the same of all that is known {counted}."
    ordered = sorted(with_amount(known, widest), key=lambda one: one.means[widest.name])
    least, most = ordered[0], ordered[-1]
    leads = sum(dearest(known, one) is most for one in AMOUNTS)
    return (
        f"The configurations differ most in {widest.title.lower()}: {most.label} takes "
        f"{three_digits(gaps[widest.name])} times as much as {least.label}, "
        f"{widest.text(most.means[widest.name])} against {widest.text(least.means[widest.name])}, and is the "
        f"dearest on {leads} of {len(AMOUNTS)} axes {counted}."
    )


def with_amount(shown: Sequence[Signature], amount: Amount) -> list[Signature]:
    """Those whose mean of an amount is known."""
    return [one for one in shown if one.means[amount.name] > 0]


def gap_of(shown: Sequence[Signature], amount: Amount) -> float:
    """How many times the least mean the largest is; 0 where fewer than two are known."""
    means = [one.means[amount.name] for one in with_amount(shown, amount)]
    return max(means) / min(means) if len(means) > 1 else 0.0


def dearest(shown: Sequence[Signature], amount: Amount) -> Signature | None:
    """The one that takes most of an amount."""
    return max(with_amount(shown, amount), key=lambda one: one.means[amount.name], default=None)
