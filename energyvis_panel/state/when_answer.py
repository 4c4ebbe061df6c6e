"""One run at the starts of a window, as the question when to run sees it."""

import csv
import io
import math
from dataclasses import dataclass

from energyvis_panel.domain.hourly import HourlyIntensity
from energyvis_panel.domain.pauses import PausedRun
from energyvis_panel.domain.run_shape import RunShape
from energyvis_panel.domain.schedule import Starts
from energyvis_panel.domain.study import Series
from energyvis_panel.domain.units import GRAMS_PER_KG


@dataclass(frozen=True, slots=True, eq=False)
class WhenAnswer:
    """One run at the starts of a window.

    Parameters
    ----------
    series
        The baseline or alternative that runs.
    run, starts
        Its power over its own time, and its emissions by start.
    paused
        Its cheapest placement with pauses; None where they are not asked for.
    start_step
        The chosen start, as a step of the intensities.
    most_step
        The last start at which the run still lies within the intensities.

    """

    series: Series
    run: RunShape
    starts: Starts
    paused: PausedRun | None
    start_step: int
    most_step: int

    @property
    def hourly(self) -> HourlyIntensity:
        """The intensities."""
        return self.starts.hourly

    @property
    def chosen_g(self) -> float | None:
        """Grams CO2e at the chosen start, None where an intensity is not known."""
        return self.starts.at_step(self.start_step)

    @property
    def annual_g(self) -> float | None:
        """Grams CO2e at the annual intensity of the study, None where no region is known."""
        return self.series.carbon_g()


def when_csv(answer: WhenAnswer | None) -> str:
    """Table of the window: each step with its intensity, and the run's kilograms if it starts there."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["start_utc", "g_per_kwh", "kg_co2e_if_started_here", "origin"])
    if answer is None:
        return buffer.getvalue()
    hourly, starts = answer.hourly, answer.starts
    origin = "synthetic example" if hourly.is_synthetic else "imported"
    for step in range(starts.first_step, starts.last_step + 1):
        value, carbon_g = float(hourly.g_per_kwh[step]), starts.at_step(step)
        writer.writerow(
            [
                f"{hourly.time(step):%Y-%m-%dT%H:%MZ}",
                "" if math.isnan(value) else f"{value:.6g}",
                "" if carbon_g is None else f"{carbon_g / GRAMS_PER_KG:.6g}",
                origin,
            ]
        )
    return buffer.getvalue()
