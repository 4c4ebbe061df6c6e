"""What the chart of the question when to run draws: the intensities of the window, and the run's bars."""

import datetime as dt
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from energyvis_panel.domain.units import mass_text
from energyvis_panel.state.when_answer import WhenAnswer
from energyvis_panel.views import theme
from energyvis_panel.views.study.when.when_words import pauses_text

MOST_BINS: Final = 480
OVERVIEW_BINS: Final = 240
RAMP_TOP_G_PER_KWH: Final = 900.0
"""As on the maps, so that a colour means the same here."""

Array = npt.NDArray[np.float64]


def binned(values: Array, most: int) -> tuple[list[float | None], int]:
    """At most ``most`` means of equal numbers of values, None where none is known; and that number."""
    size = -(-values.size // most)
    padded = np.full(-(-values.size // size) * size, np.nan)
    padded[: values.size] = values
    rows = padded.reshape(-1, size)
    known = np.isfinite(rows)
    counts = known.sum(axis=1)
    sums = np.where(known, rows, 0.0).sum(axis=1)
    return [float(total / n) if n else None for total, n in zip(sums, counts, strict=True)], size


def ramp_colour(g_per_kwh: float | None) -> str:
    """Colour of an intensity on the ramp of the maps; '' where it is not known."""
    if g_per_kwh is None:
        return ""
    place = int(g_per_kwh / RAMP_TOP_G_PER_KWH * len(theme.INTENSITY_RAMP))
    return theme.INTENSITY_RAMP[min(place, len(theme.INTENSITY_RAMP) - 1)]


def milliseconds(time_utc: dt.datetime) -> float:
    """Milliseconds since 1970, as browsers count."""
    return time_utc.timestamp() * 1000


def grid_rows(answer: WhenAnswer | None) -> dict[str, Any]:
    """Intensities of the window and of the whole series, for the chart; empty without an answer."""
    if answer is None:
        return {}
    hourly, starts = answer.hourly, answer.starts
    run_steps = -int(-answer.run.duration_s // hourly.step_s)
    shown = hourly.g_per_kwh[starts.first_step : starts.last_step + run_steps]
    bins, size = binned(shown, MOST_BINS)
    overview, overview_size = binned(hourly.g_per_kwh, OVERVIEW_BINS)
    return {
        "origin_ms": milliseconds(hourly.start_utc),
        "step_ms": hourly.step_s * 1000,
        "steps": hourly.steps,
        "most": answer.most_step,
        "first": starts.first_step,
        "last": starts.last_step,
        "shown": int(shown.size),
        "bins": bins,
        "colours": [ramp_colour(value) for value in bins],
        "bin_steps": size,
        "overview": overview,
        "overview_steps": overview_size,
        "synthetic": hourly.is_synthetic,
    }


def lane_rows(answer: WhenAnswer | None, *, pounds: bool) -> dict[str, Any]:
    """Bars of the run: as chosen, at the best start, and with pauses; empty without an answer."""
    if answer is None:
        return {}
    hourly, starts = answer.hourly, answer.starts
    long_ms = answer.run.duration_s * 1000

    def lane(kind: str, name: str, carbon_g: float | None, parts: list[list[float]]) -> dict[str, Any]:
        text = (
            f"{name}: {mass_text(carbon_g, pounds=pounds)}" if carbon_g is not None else f"{name}: not known"
        )
        return {"kind": kind, "text": text, "parts": parts}

    def from_step(step: int) -> list[list[float]]:
        begin = milliseconds(hourly.time(step))
        return [[begin, begin + long_ms]]

    lanes = [lane("chosen", "as chosen", answer.chosen_g, from_step(answer.start_step))]
    lanes.append(lane("best", "best start", starts.best_g, from_step(starts.best_step)))
    if answer.paused is not None:
        parts = [[milliseconds(s.start_utc), milliseconds(s.end_utc)] for s in answer.paused.stretches]
        lanes.append(lane("paused", pauses_text(answer.paused), answer.paused.carbon_g, parts))
    return {
        "start": answer.start_step,
        "lanes": lanes,
        "alternative": bool(answer.series.letter),
        "caption": f"{answer.series.label} · {hourly.name}",
    }
