"""When to run: intensities over time, a window of starts, and what follows for the study's run."""

from typing import Any, Final, Protocol

import param

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.hourly import DAY_S, HourlyIntensity
from energyvis_panel.domain.pauses import MOST_IDLE_W, MOST_PAUSES, PausedRun, best_pauses
from energyvis_panel.domain.run_shape import RunShape, run_shape
from energyvis_panel.domain.schedule import Starts, best_start, last_start
from energyvis_panel.domain.study import Series
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.study import Study
from energyvis_panel.state.when_answer import WhenAnswer, when_csv

FIRST_WINDOW_S: Final = 7 * DAY_S
"""Starts that are offered at first: a week of them."""
MOST_KEPT_BYTES: Final = 4_000_000
"""Files up to this size stay in memory, to be read again in another zone; a year of hours has 0.5 MB."""
EXAMPLE_YEAR: Final = 2023
NO_REGION: Final = (
    "This run names no region, so the example has no annual value to follow. "
    "Choose a region, or import a file."
)


class HourlyReader(Protocol):
    """Where series of intensities come from; the data layer's source of them fits it."""

    def read(self, content: bytes, filename: str, zone: str, scope: str) -> HourlyIntensity:
        """Series in a file; times without a zone are in ``zone``."""

    def example(self, annual: CarbonIntensity, year: int) -> HourlyIntensity:
        """Made-up series with the mean of an annual intensity."""


class When(param.Parameterized):
    """Choices of the question when to run, for one session.

    The run is the study's first alternative, else its baseline.

    Parameters
    ----------
    study
        What is compared.
    reader
        Where series of intensities come from.

    """

    hourly = param.ClassSelector(
        class_=HourlyIntensity, allow_None=True, doc="Intensities; None = no file yet."
    )
    zone = param.String(default="UTC", doc="IANA time zone of times in a file that name none.")
    scope: param.Selector[str] = param.Selector(
        default="lifecycle", objects=["lifecycle", "direct"], doc="Column taken where a file has both."
    )
    may_pause = param.Boolean(default=False, doc="Whether the run may pause between epochs.")
    most_pauses = param.Integer(default=2, bounds=(1, MOST_PAUSES), doc="How often it may pause.")
    idle_w = param.Number(default=0.0, bounds=(0, MOST_IDLE_W), doc="Power while paused, W before PUE.")
    answer = param.ClassSelector(
        class_=WhenAnswer, allow_None=True, doc="What follows; None = nothing to say."
    )
    problem = param.String(default="", doc="Why there is no answer; '' = there is one, or no file yet.")
    notice = param.String(default="", doc="One sentence about what could not be done; '' = all is well.")

    def __init__(self, study: Study, reader: HourlyReader, **params: Any) -> None:
        self.study = study
        self._reader = reader
        self._file: tuple[bytes, str] | None = None
        self._example_of: CarbonIntensity | None = None
        self._window: tuple[int, int] | None = None
        self._start = 0
        super().__init__(**params)
        study.param.watch(self._follow, "comparison")
        self.param.watch(self._compute, ["may_pause", "most_pauses", "idle_w"])
        self.param.watch(self._read_again, ["zone", "scope"])

    # -- what the user does ---------------------------------------------------------------------------

    def import_file(self, content: bytes, filename: str) -> None:
        """Take over the series in a file; a bad file leaves all as it was."""
        self.take_file(self.read_file(content, filename), content, filename)

    def read_file(self, content: bytes, filename: str) -> HourlyIntensity | str:
        """Series in a file, or the sentence why it cannot be used; changes nothing, so any thread may ask."""
        try:
            return self._reader.read(content, filename, self.zone, self.scope)
        except EnergyVisError as error:
            return str(error)

    def take_file(self, read: HourlyIntensity | str, content: bytes, filename: str) -> None:
        """Take over what :meth:`read_file` gave."""
        if isinstance(read, str):
            self.notice = read
            return
        self._file = (content, filename) if len(content) <= MOST_KEPT_BYTES else None
        self._take(read)

    def show_example(self) -> None:
        """Take over the made-up series with the annual value of the study's region."""
        series = self._series()
        annual = series.projection.scenario.intensity if series else None
        if annual is None:
            self.notice = NO_REGION
            return
        try:
            example = self._reader.example(annual, EXAMPLE_YEAR)
        except EnergyVisError as error:
            self.notice = str(error)
            return
        self._file, self._example_of = None, annual
        self._take(example)

    def forget(self) -> None:
        """Drop the series."""
        self._file = None
        self.param.update(hourly=None, answer=None, problem="", notice="")

    def set_window(self, first_step: int, last_step: int) -> None:
        """Set the earliest and the latest start, as steps of the series, in any order."""
        self._window = (min(first_step, last_step), max(first_step, last_step))
        self._compute()

    def set_start(self, step: int) -> None:
        """Set the start, as a step of the series; outside the window the nearest inside is taken."""
        self._start = step
        if self.answer is not None:
            self._choose(self.answer.series, self.answer.starts, self.answer.paused, self.answer.most_step)

    def use_best(self) -> None:
        """Start when the run emits least."""
        if self.answer is not None:
            self.set_start(self.answer.starts.best_step)

    def csv(self) -> tuple[str, bytes]:
        """File name and content: what :func:`~energyvis_panel.state.when_answer.when_csv` says."""
        return "when-to-run.csv", when_csv(self.answer).encode()

    # -- what follows ---------------------------------------------------------------------------------

    def _series(self) -> Series | None:
        comparison = self.study.comparison
        return (comparison.alternatives or (comparison.baseline,))[0] if comparison else None

    def _follow(self, *_events: Any) -> None:
        """Take over what is compared; the example goes along to another region."""
        series = self._series()
        annual = series.projection.scenario.intensity if series else None
        if self.hourly is not None and self.hourly.is_synthetic and annual not in {None, self._example_of}:
            window, start = self._window, self._start
            self.show_example()
            self._window, self._start = window, start
        self._compute()

    def _take(self, hourly: HourlyIntensity) -> None:
        """Take over a series, with a first window."""
        self._window, self._start = None, 0
        self.param.update(hourly=hourly, notice="")
        self._compute()

    def _read_again(self, *_events: Any) -> None:
        if self._file is not None:
            self.import_file(*self._file)
        elif self.hourly is not None and not self.hourly.is_synthetic:
            self.notice = "This file is too large to be kept. Import it again to read it anew."

    def _compute(self, *_events: Any) -> None:
        """Emissions at all starts of the window, and with pauses where they are asked for."""
        series, hourly = self._series(), self.hourly
        if series is None or hourly is None:
            self.param.update(answer=None, problem="")
            return
        try:
            run = run_shape(series.projection)
            most = last_start(run, hourly)
            first, last = self._window or (0, int(FIRST_WINDOW_S // hourly.step_s))
            # A longer run, or another file, may have moved the last possible start below the window.
            window = hourly.time(min(max(first, 0), most)), hourly.time(min(max(last, 0), most))
            starts = best_start(run, hourly, *window)
            paused = self._paused(series, run, hourly, starts) if self.may_pause else None
        except EnergyVisError as error:
            self.param.update(answer=None, problem=str(error))
            return
        self._choose(series, starts, paused, most)

    def _paused(self, series: Series, run: RunShape, hourly: HourlyIntensity, starts: Starts) -> PausedRun:
        return best_pauses(
            run,
            hourly,
            hourly.time(starts.first_step),
            hourly.time(starts.last_step),
            most_pauses=self.most_pauses,
            idle_w=self.idle_w * series.projection.scenario.pue,
        )

    def _choose(self, series: Series, starts: Starts, paused: PausedRun | None, most_step: int) -> None:
        self._start = min(max(self._start, starts.first_step), starts.last_step)
        answer = WhenAnswer(series, starts.run, starts, paused, self._start, most_step)
        self.param.update(answer=answer, problem="")
