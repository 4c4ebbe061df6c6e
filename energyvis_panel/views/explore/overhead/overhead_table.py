"""What the view of overhead draws, as a table: groups by hardware, then the steps of run time."""

from collections.abc import Iterable, Sequence
from typing import Final

from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.overhead.overhead import Group, Spent
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.overhead.overhead_columns import span_text, step_spans

HEADER: Final = (
    "Runs of",
    "Hardware",
    "Runs",
    "Overhead (kWh)",
    "Training (kWh)",
    "Overhead (%)",
    "Overhead of all runs (%)",
    "Runs without a standardised energy",
    "Runs that took no more than the overhead",
)
Row = tuple[object, ...]


def group_rows(groups: Sequence[Group], spent: Spent, everything: Spent) -> Iterable[Row]:
    """Rows of the bars, each group by hardware, and together where it has runs on both.

    Parameters
    ----------
    groups
        The groups.
    spent, everything
        Sums of the selected and of all runs: group x hardware.

    """
    for at, group in enumerate(groups):
        present = [place for place in range(len(HARDWARE)) if everything.runs[at, place]]
        for place in present:
            yield row(group.text, HARDWARE[place], spent[at, place], everything[at, place])
        if len(present) > 1:
            yield row(group.text, "Both", spent[at].summed(0), everything[at].summed(0))


def step_rows(axis: Axis, spent: Spent, everything: Spent) -> Iterable[Row]:
    """Rows of the steps that hold a run.

    Parameters
    ----------
    axis
        The axis of run time.
    spent, everything
        Sums of the selected and of all runs: hardware x step.

    """
    for place, hardware in enumerate(HARDWARE):
        for at, span in enumerate(step_spans(axis)):
            if everything.runs[place, at]:
                yield row(f"Run time {span_text(*span)}", hardware, spent[place, at], everything[place, at])


def row(runs_of: str, hardware: str, spent: Spent, everything: Spent) -> Row:
    """One row: what the selected runs spend, beside the share of all runs."""
    return (
        runs_of,
        hardware,
        int(spent.known),
        float(spent.overhead_j) / JOULES_PER_KWH,
        float(spent.training_j) / JOULES_PER_KWH,
        share_or_none(spent),
        share_or_none(everything),
        int(spent.runs - spent.known),
        int(spent.spent),
    )


def share_or_none(spent: Spent) -> float | None:
    """Overhead in percent, None where there is no energy."""
    return float(spent.share) if spent.known else None
