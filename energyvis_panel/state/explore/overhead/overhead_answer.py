"""How much of the energy is overhead, and how much of that of the shortest runs, in words."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from energyvis_panel.domain.units import duration_text, energy_text
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.overhead.overhead import (
    SLOT,
    Spent,
    by_hardware,
    by_run_time,
    percent_text,
)
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED, counted

SHORTEST: Final = 0.1
"""The shortest runs are at least this part of those of their hardware, in whole bins of run time."""
FEWEST: Final = 20
"""Of fewer runs of a hardware, nothing is said of the shortest."""
HALF: Final = 50.0


@dataclass(frozen=True, slots=True)
class Shortest:
    """The shortest runs of a hardware: how many, up to which time, and how much of theirs is overhead."""

    run_count: int
    up_to_s: float
    share: float


def shortest_runs(spent: Spent, axis: Axis) -> Shortest | None:
    """The shortest tenth by bins of run time; None of too few runs, or if it would be all of them.

    Parameters
    ----------
    spent
        Sums of one hardware by bin of run time.
    axis
        The axis of run time.

    """
    total = int(spent.known.sum())
    if total < FEWEST:
        return None
    last = int(np.searchsorted(spent.known.cumsum(), SHORTEST * total))
    part = spent[: last + 1].summed(0)
    if part.known == total:
        return None
    return Shortest(int(part.known), axis.value(last + 1), float(part.share))


def half_spent_s(spent: Spent, axis: Axis) -> float | None:
    """Up to which run time half of the energy and more is overhead, in s, to a bin; None if nowhere."""
    bins = np.flatnonzero(np.nan_to_num(spent.share) >= HALF)
    return axis.value(int(bins[-1]) + 1) if len(bins) else None


def overhead_answer(state: Exploration) -> str:
    """How much of the energy is overhead, by hardware and for the shortest runs, in one sentence."""
    if not state.run_count:
        return NOTHING_SELECTED
    rows = state.answer(SLOT)
    hardware = by_hardware(rows)
    total = hardware.summed(0)
    behind = behind_text(state, total)
    if not total.known:
        return f"None of the selected runs has a standardised energy ({behind})."
    begins = f"Starting and idling take {percent_text(float(total.share))} of the"
    if total.known == 1:
        return f"{begins} {energy_text(float(total.std_energy_j))} of the only run ({behind})."
    begins += " energy"
    # The hardware that spends most comes last, for the shortest runs "there" are its own.
    present = sorted(np.flatnonzero(hardware.known), key=lambda at: float(hardware.share[at]))
    shares = [f"{percent_text(float(hardware.share[at]))} on {HARDWARE[at]}s" for at in present]
    begins += f": {', '.join(shares)}" if len(present) > 1 else f" on {HARDWARE[present[0]]}s"
    there = " there" if len(present) > 1 else ""
    short = shortest_text(by_run_time(rows)[present[-1]], state.axes["run_time_s"], there)
    return f"{begins}{short} ({behind})."


def behind_text(state: Exploration, total: Spent) -> str:
    """How many runs stand behind the sentence."""
    behind = counted(state)
    unknown = int(total.runs - total.known)
    if unknown:
        behind += f", {unknown:,} of them without a standardised energy"
    if total.spent:
        behind += f", {int(total.spent):,} all overhead"
    return behind


def shortest_text(spent: Spent, axis: Axis, there: str) -> str:
    """What the shortest runs of a hardware spend, or that too few are selected to say it.

    Parameters
    ----------
    spent, axis
        Sums by bin of run time, and its axis.
    there
        Word that tells the hardware, where there are two.

    """
    if spent.known.sum() < FEWEST:
        return f"; fewer than {FEWEST} runs{there}, so nothing is said of the shortest"
    found = shortest_runs(spent, axis)
    if found is None:
        return f"; all runs{there} take about as long"
    up_to = duration_text(found.up_to_s)
    return f", and {percent_text(found.share)} in the {found.run_count:,} shortest runs{there}, up to {up_to}"
