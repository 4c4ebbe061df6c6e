"""Values at any times, brought onto equal steps: order, doubles, gaps."""

import datetime as dt
from typing import Final

import numpy as np
import numpy.typing as npt

from energyvis_panel.domain.hourly import DAY_S, HOUR_S, MOST_STEPS, SHORTEST_STEP_S
from energyvis_panel.errors import DatasetError

__all__ = ["filled", "in_order", "on_steps"]

Array = npt.NDArray[np.float64]
Seconds = npt.NDArray[np.int64]

MOST_SPAN_S: Final = 3660 * DAY_S
"""Ten years, with their leap days."""
FILLED_GAP_S: Final = 3 * HOUR_S
"""Gaps up to this length are filled by a straight line; longer ones stay unknown."""
LEAST_SHARE: Final = 0.5


def in_order(seconds: Seconds, values: Array, assumptions: list[str]) -> tuple[Seconds, Array]:
    """Both by time, one value a time: the mean where a time stands there more than once."""
    order = np.argsort(seconds, kind="stable")
    seconds, values = seconds[order], values[order]
    times, first, counts = np.unique(seconds, return_index=True, return_counts=True)
    if times.size == seconds.size:
        return seconds, values
    known = np.isfinite(values)
    sums = np.add.reduceat(np.where(known, values, 0.0), first)
    number = np.add.reduceat(known.astype(np.float64), first)
    assumptions.append(f"{int((counts > 1).sum()):,} times stand there more than once; their mean is taken.")
    return times, np.divide(sums, number, out=np.full(times.size, np.nan), where=number > 0)


def on_steps(seconds: Seconds, values: Array, name: str) -> tuple[int, int, Array]:
    """Start, length of a step, and one value a step, NaN where the file has none."""
    if seconds.size < 2:  # noqa: PLR2004 - one time has no step
        raise DatasetError(f"{name} holds a single time. Give at least two.")
    differences, counts = np.unique(np.diff(seconds), return_counts=True)
    step_s = int(differences[np.argmax(counts)])
    if not SHORTEST_STEP_S <= step_s <= DAY_S:
        raise DatasetError(f"{name}: its times are {step_s:,} s apart. Give steps from a minute to a day.")
    if seconds[-1] - seconds[0] > MOST_SPAN_S:
        years = (seconds[-1] - seconds[0]) / (365.25 * DAY_S)
        raise DatasetError(f"{name} covers {years:.0f} years, but at most 10 are read. Shorten it.")
    places, remainder = np.divmod(seconds - seconds[0], step_s)
    if remainder.any():
        odd = dt.datetime.fromtimestamp(int(seconds[np.flatnonzero(remainder)[0]]), tz=dt.UTC)
        raise DatasetError(
            f"{name}: {int((remainder > 0).sum()):,} times do not lie on steps of {step_s // 60} min, "
            f"the first at {odd:%Y-%m-%d %H:%M} UTC. Give one step throughout."
        )
    count = int(places[-1]) + 1
    if count > MOST_STEPS:
        raise DatasetError(f"{name} has {count:,} steps. Give at most {MOST_STEPS:,}.")
    series = np.full(count, np.nan)
    series[places] = values
    known = int(np.isfinite(series).sum())
    if known < LEAST_SHARE * count:
        raise DatasetError(
            f"{name}: of {count:,} steps of {step_s // 60} min only {known:,} have a value. "
            "Choose a file with fewer gaps."
        )
    return int(seconds[0]), step_s, series


def filled(series: Array, step_s: int, assumptions: list[str]) -> Array:
    """The series with its short gaps filled."""
    missing = np.isnan(series)
    if not missing.any():
        return series
    edges = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype(np.int8), [0]])))
    mended = series.copy()
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if begin and end < series.size and (end - begin) * step_s <= FILLED_GAP_S:
            mended[begin:end] = np.interp(
                np.arange(begin, end), [begin - 1, end], [series[begin - 1], series[end]]
            )
    count, left = int((missing & ~np.isnan(mended)).sum()), int(np.isnan(mended).sum())
    if count:
        assumptions.append(f"{count:,} missing steps in gaps of at most 3 h are filled by a straight line.")
    if left:
        assumptions.append(f"{left:,} steps have no value; no start that meets one is proposed.")
    return mended
