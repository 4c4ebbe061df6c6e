"""When to run, with pauses: the cheapest placement of whole epochs between an earliest start and a deadline.

Found by dynamic programming over epochs, pauses used so far, and delay in steps. With E epochs, P pauses and
S steps between the earliest and the latest start it takes of the order of E P S operations and remembers as
many numbers. The result is optimal among all placements whose delays are whole steps of the series.
"""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from energyvis_panel.domain.hourly import HourlyIntensity
from energyvis_panel.domain.run_shape import RunShape, ScheduleError
from energyvis_panel.domain.schedule import TIE, carbon_by_shift, window_steps
from energyvis_panel.domain.units import JOULES_PER_KWH

Array = npt.NDArray[np.float64]

MOST_PAUSES: Final = 50
MOST_IDLE_W: Final = 1e9
MOST_STATES: Final = 4_000_000
"""States that are gone through: about half a second and 50 MB."""
MOST_BLOCKS: Final = 500
"""Blocks at most: with more, epochs are joined, so that pauses fall after every second or third of them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a run without a pause in it; blocks count from 0."""

    start_utc: dt.datetime
    end_utc: dt.datetime
    first_block: int
    last_block: int


@dataclass(frozen=True, slots=True)
class PausedRun:
    """The cheapest placement of a run: its stretches in order, grams in all, and what the pauses take."""

    run: RunShape
    stretches: tuple[Stretch, ...]
    carbon_g: float
    idle_j: float
    idle_g: float

    @property
    def pauses(self) -> int:
        """Number of pauses."""
        return len(self.stretches) - 1

    @property
    def paused_s(self) -> float:
        """Seconds spent in pauses."""
        pairs = zip(self.stretches, self.stretches[1:], strict=False)
        return sum((after.start_utc - before.end_utc).total_seconds() for before, after in pairs)


def best_pauses(
    run: RunShape,
    hourly: HourlyIntensity,
    earliest: dt.datetime,
    latest: dt.datetime,
    *,
    most_pauses: int,
    idle_w: float = 0.0,
) -> PausedRun:
    """Cheapest placement with at most ``most_pauses`` pauses between blocks.

    Parameters
    ----------
    run, hourly
        What runs, and on which electricity.
    earliest, latest
        First and last start without pauses; the deadline is the end of a run that starts at ``latest``.
    most_pauses
        How often the run may pause, 0 or more.
    idle_w
        Power at the site during a pause, watts. Steps without a value count with the mean of the series here.

    Raises
    ------
    ScheduleError
        If the run does not fit, too much is to be tried, or every placement meets steps without a value.

    """
    if not 0 <= most_pauses <= MOST_PAUSES:
        raise ScheduleError(f"{most_pauses} pauses: give from 0 to {MOST_PAUSES}.")
    if not 0 <= idle_w <= MOST_IDLE_W:
        raise ScheduleError(f"The power in a pause is {idle_w:g} W. Give 0 W or more.")
    first, last = window_steps(run, hourly, earliest, latest)
    shifts = last - first + 1
    run = run.grouped(_most_blocks(shifts, most_pauses))
    most_pauses = min(most_pauses, run.blocks - 1)
    delays, carbon_g = _cheapest(run, hourly, first, shifts, most_pauses, idle_w)
    return _placement(run, hourly, first, delays, carbon_g, idle_w)


def _most_blocks(shifts: int, most_pauses: int) -> int:
    fitting = MOST_STATES // (shifts * (most_pauses + 1))
    if most_pauses and fitting < 2:  # noqa: PLR2004 - one block has no place for a pause
        raise ScheduleError(
            f"{shifts:,} starts with {most_pauses} pauses are too many to try. "
            "Narrow the window or allow fewer pauses."
        )
    return max(1, min(fitting, MOST_BLOCKS))


def _cheapest(
    run: RunShape, hourly: HourlyIntensity, first: int, shifts: int, most_pauses: int, idle_w: float
) -> tuple[list[int], float]:
    """Delay of each block in steps, and the grams of the whole."""
    # cost[p, d]: least grams so far with exactly p pauses and the last block delayed by d steps.
    cost = np.full((most_pauses + 1, shifts), np.inf)
    cost[0] = 0.0
    own = np.arange(shifts, dtype=np.int32)
    came_from = np.tile(own, (run.blocks, most_pauses + 1, 1))
    waited = hourly.integral + hourly.unknown_s * hourly.mean_g_per_kwh
    edges = run.edges_s
    for block, (begin, end) in enumerate(zip(run.block_starts, run.block_ends, strict=True)):
        if block and most_pauses:
            place = first + edges[begin] / hourly.step_s
            idle_g = _at_places(waited, place, shifts) * (idle_w / JOULES_PER_KWH)
            reached, origin = _least_before(cost[:-1] - idle_g)
            reached += idle_g
            paused = reached < cost[1:]
            came_from[block, 1:] = np.where(paused, origin, own)
            cost[1:] = np.where(paused, reached, cost[1:])
        carbon_g = carbon_by_shift(run, hourly, first, shifts, float(edges[begin]), float(edges[end]))
        cost += np.where(np.isnan(carbon_g), np.inf, carbon_g)
    return _trace_back(cost, came_from, hourly)


def _least_before(values: Array) -> tuple[Array, npt.NDArray[np.int32]]:
    """Least value at an earlier place of the row, for each place, and where it is; infinite at the first."""
    ahead = np.full((values.shape[0], 1), np.inf)
    least = np.hstack([ahead, np.minimum.accumulate(values, axis=1)[:, :-1]])
    places = np.arange(values.shape[1], dtype=np.int32)
    found = np.maximum.accumulate(np.where(values < least, places, 0), axis=1)
    return least, np.hstack([np.zeros((values.shape[0], 1), dtype=np.int32), found[:, :-1]])


def _at_places(integral: Array, place: float, count: int) -> Array:
    """Integral at ``count`` places one step apart, from a place between two edges on."""
    whole = math.floor(place)
    part = place - whole
    return integral[whole : whole + count] * (1 - part) + integral[whole + 1 : whole + 1 + count] * part


def _trace_back(
    cost: Array, came_from: npt.NDArray[np.int32], hourly: HourlyIntensity
) -> tuple[list[int], float]:
    """Delays of the cheapest placement: with the fewest pauses, then the earliest end, of those that tie."""
    least = float(cost.min())
    if not math.isfinite(least):
        raise ScheduleError(
            f"Every placement in this window meets hours without a value in {hourly.name}. Choose another."
        )
    pauses, delay = (int(found[0]) for found in np.nonzero(cost <= least + TIE * abs(least)))
    carbon_g = float(cost[pauses, delay])
    delays = []
    for origins in came_from[::-1]:
        delays.append(delay)
        origin = int(origins[pauses, delay])
        pauses -= origin != delay
        delay = origin
    return delays[::-1], carbon_g


def _placement(
    run: RunShape, hourly: HourlyIntensity, first: int, delays: list[int], carbon_g: float, idle_w: float
) -> PausedRun:
    """The placement in words of time: blocks of equal delay make a stretch."""
    begins = [0, *(b for b in range(1, run.blocks) if delays[b] != delays[b - 1])]
    stretches = []
    for begin, after in zip(begins, [*begins[1:], run.blocks], strict=True):
        start = hourly.time(first + delays[begin])
        stretches.append(
            Stretch(
                start + dt.timedelta(seconds=float(run.edges_s[run.block_starts[begin]])),
                start + dt.timedelta(seconds=float(run.edges_s[run.block_ends[after - 1]])),
                begin,
                after - 1,
            )
        )
    placed = PausedRun(run, tuple(stretches), carbon_g, 0.0, 0.0)
    idle_j = placed.paused_s * idle_w
    return PausedRun(run, tuple(stretches), carbon_g, idle_j, _idle_g(placed, hourly, idle_w))


def _idle_g(placed: PausedRun, hourly: HourlyIntensity, idle_w: float) -> float:
    """Grams CO2e of the pauses."""
    waited = hourly.integral + hourly.unknown_s * hourly.mean_g_per_kwh
    edges = np.arange(hourly.steps + 1) * float(hourly.step_s)

    def at(time_utc: dt.datetime) -> float:
        return float(np.interp((time_utc - hourly.start_utc).total_seconds(), edges, waited))

    pairs = zip(placed.stretches, placed.stretches[1:], strict=False)
    return sum(at(after.start_utc) - at(before.end_utc) for before, after in pairs) * idle_w / JOULES_PER_KWH
