"""The public API: `EnergyTracker`."""

import atexit
import logging
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from energyvis_tracker.arguments import check_arguments, check_settings, segment_setting
from energyvis_tracker.errors import ConfigurationError
from energyvis_tracker.job_facts import package_versions
from energyvis_tracker.job_marks import JobMarks, now
from energyvis_tracker.job_numbers import metrics_of, units_of
from energyvis_tracker.lake import checked_lake
from energyvis_tracker.sampler_client import SamplerClient
from energyvis_tracker.span import Span
from energyvis_tracker.summary import end_line, start_line

if TYPE_CHECKING:
    from energyvis_tracker.budget import Budget

log = logging.getLogger("energyvis_tracker")
log.addHandler(logging.NullHandler())


class EnergyTracker:
    """Measures what a job consumes, in a process beside it, and writes it to the lake.

    ::

        with EnergyTracker("resnet", epochs=90, region="US-GA") as tracker:
            for epoch in tracker.epochs():
                ...
                tracker.log(accuracy=0.91)

    An exception in the body marks the run as failed (Ctrl-C: stopped) and goes on untouched. Whatever goes
    wrong in the tracker itself ends as a warning of the logger `energyvis_tracker`; the job never notices.

    Parameters
    ----------
    name
        What the run is called.
    epochs
        How many epochs the job means to do.
    project
        What the run belongs to.
    region
        ISO 3166 code of where the machine stands, e.g. "US-GA" or "FR"; never guessed.
    pue
        Power usage effectiveness of the site, 1 or more; never guessed.
    lake
        Folder of the lake; by default `ENERGYVIS_LAKE`, else the user's data folder.
    interval_s
        Time between samples in seconds, 0.001 to 30.
    tags
        Free words.
    notes
        Free text.
    quiet
        Leave out the line on standard error at the start and at the end.
    attribution
        "exclusive": the machine's energy is the job's. On a machine shared with others "cpu_time" counts the
        job's part of the processor time, and "gpu_process" its part of each GPU's use as well.
    budget
        What the run may consume, and what happens when it is going to pass that.
    live
        Open a live URL on this machine, over which the run can be watched, paused and stopped.

    Raises
    ------
    ConfigurationError
        If an argument cannot be meant.
    """

    def __init__(
        self,
        name: str,
        *,
        epochs: int | None = None,
        project: str | None = None,
        region: str | None = None,
        pue: float | None = None,
        lake: str | os.PathLike[str] | None = None,
        interval_s: float = 1.0,
        tags: Iterable[str] = (),
        notes: str | None = None,
        quiet: bool = False,
        attribution: str = "exclusive",
        budget: "Budget | None" = None,
        live: bool = True,
    ) -> None:
        check_arguments(name, epochs, region, pue, interval_s, tags, attribution, budget)
        self.segment_s = segment_setting(os.environ)
        check_settings(os.environ)  # the sampler reads them; a mistake in them is to show here
        self.name = name
        self.epochs_planned = epochs
        self.project = project
        self.region = region
        self.pue = pue
        self.lake = checked_lake(lake)
        self.interval_s = interval_s
        self.tags = list(tags)
        self.notes = notes
        self.quiet = quiet
        self.attribution = attribution
        self.budget = budget
        self.is_live = live
        self.is_command = False
        self.command = list(sys.orig_argv)
        self.run_id: str | None = None
        self.url: str | None = None
        self.marks = JobMarks()
        self.is_running = False
        self.should_stop = False
        self.next_epoch = 0
        self.open_epoch: int | None = None
        self.open_spans: list[Span] = []
        self.spans = 0
        self.metrics: dict[str, float] = {}
        self.warned: set[str] = set()

    @property
    def client(self) -> SamplerClient:
        """Return the connection to the sampler."""
        return self.marks.client

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(state_after(error))

    def start(self) -> None:
        """Start measuring; returns when the first sample is taken."""
        if self.is_running:
            self.warn_once("start() was called while the tracker is running.")
            return
        if self.run_id is not None:  # a tracker that is started again begins another run
            self.marks, self.next_epoch, self.should_stop = JobMarks(), 0, False
        self.is_running = True
        answer = None
        try:
            from energyvis_tracker.introduction import hello_of  # noqa: PLC0415 - only who measures pays for it

            hello = hello_of(self)
            self.run_id = hello["run_id"]
            answer = self.marks.start(hello)
        except Exception:  # a tracker that fails must not fail the job
            log.warning("The tracker could not start; the job goes on unmeasured.", exc_info=True)
        atexit.register(self.stop_at_exit)
        if answer is not None:
            self.run_id, self.url = answer["run_id"], answer["url"]
            if answer["problem"]:
                self.warn_once(f"The lake cannot be written: {answer['problem']}")
        # Of several ranks on a host one line is enough.
        if answer is None or answer["is_first"]:
            self.say(start_line(self.name, str(self.run_id), self.lake, answer))

    def stop(self, state: str = "finished", *, exit_code: int | None = None) -> None:
        """Stop measuring and have everything written.

        Parameters
        ----------
        state
            How the job ended: finished, stopped or failed. An epoch still open ends here if it is finished.
        exit_code
            Exit status of a command that ran under the tracker.
        """
        if not self.is_running or os.getpid() != self.client.owner_pid:
            return
        self.is_running = False
        atexit.unregister(self.stop_at_exit)
        if state == "finished" and self.should_stop:
            state = "stopped"
        mark = {"mark": "stop", "state": state, "exit_code": exit_code, "versions": package_versions()}
        was_measured = self.client.is_ours
        try:
            for span in reversed(self.open_spans):
                self.end_span(span)
            answer = self.marks.end(mark | self.epoch_facts(None, None))
        except Exception:  # likewise
            log.warning("The tracker could not stop in order.", exc_info=True)
            answer = None
        self.open_epoch = None
        if was_measured and (answer is None or answer["is_last"]):
            self.say(end_line(self.name, state, answer))

    def epochs(self) -> Iterator[int]:
        """Return the planned epochs; each begins when the loop asks for it and ends with the next request.

        After a `break` the open epoch ends with the run, or with `epoch_end`.

        Raises
        ------
        ConfigurationError
            If the number of epochs was not given.
        """
        if self.epochs_planned is None:
            raise ConfigurationError("epochs() needs to know how many: EnergyTracker(name, epochs=90).")
        return EpochLoop(self, self.epochs_planned)

    def epoch_start(self) -> int:
        """Begin the next epoch and return its index, counted from 0.

        Waits here while the run is paused. After a stop was asked for, `should_stop` is true; the epoch
        begins all the same, since only the job can end its own loop.
        """
        if not self.begin_epoch():
            self.marks.begin_epoch(self.next_epoch, is_forced=True)
            self.count_epoch()
        return self.next_epoch - 1

    def begin_epoch(self) -> bool:
        """Begin the next epoch, after any pause; return whether it began, or the job is to stop before it."""
        if self.open_epoch is not None:
            self.warn_once("epoch_start() was called before epoch_end(); the open epoch ends here.")
            self.epoch_end()
        if not self.is_running:
            self.warn_once("epoch_start() was called while the tracker is not running.")
        control = self.marks.begin_epoch(self.next_epoch)
        while control == "pause":
            log.warning(
                "The run %r is paused before epoch %d; %s", self.name, self.next_epoch, self.how_to_resume()
            )
            control = self.marks.wait(self.next_epoch) or self.marks.begin_epoch(self.next_epoch)
        if control == "stop":
            self.should_stop = True
            return False
        self.count_epoch()
        return True

    def count_epoch(self) -> None:
        """Take the next epoch to be open."""
        self.open_epoch, self.metrics = self.next_epoch, {}
        self.next_epoch += 1

    def how_to_resume(self) -> str:
        """Return where the run can be resumed."""
        return (
            f"resume it at {self.url}" if self.url else "it has no live URL, so only a signal ends the wait."
        )

    def epoch_end(self, units: float | None = None, unit: str | None = None, **metrics: float) -> None:
        """End the open epoch.

        Parameters
        ----------
        units, unit
            How much work the epoch did, and of what: `units=50_000, unit="samples"`.
        metrics
            What came out of it, e.g. `accuracy=0.91`.
        """
        if self.open_epoch is None:
            self.warn_once("epoch_end() was called without epoch_start().")
            return
        self.log(**metrics)
        facts = self.epoch_facts(units_of(units, self.warn_once), unit)
        self.should_stop |= self.marks.end_epoch(facts) == "stop"
        self.open_epoch, self.metrics = None, {}

    def span(self, name: str, *, units: float | None = None, unit: str | None = None) -> Span:
        """Return a stretch of work to measure, for a `with` statement.

        Parameters
        ----------
        name
            What is done, e.g. "eval".
        units, unit
            How much of it, and of what: `units=1_000, unit="token"`; `Span.add` counts more.
        """
        self.spans += 1
        return Span(self, self.spans, str(name), units_of(units, self.warn_once), unit)

    def start_span(self, span: Span) -> None:
        """Begin a span; those of the same thread that are still open lie around it."""
        around = [other for other in self.open_spans if other.thread == threading.get_ident()]
        span.thread = threading.get_ident()
        self.open_spans.append(span)
        parent = around[-1].number if around else None
        mark = {"mark": "span_start", "span": span.number, "parent": parent, "name": span.name}
        self.should_stop |= self.marks.tell(mark | now()) == "stop"

    def end_span(self, span: Span) -> None:
        """End a span."""
        if span not in self.open_spans:
            return
        self.open_spans.remove(span)
        facts = {"units": span.units, "unit": span.unit, "metrics": span.metrics}
        mark = {"mark": "span_end", "span": span.number}
        self.should_stop |= self.marks.tell(mark | now() | facts) == "stop"

    def log(self, **metrics: float) -> None:
        """Keep metrics of the open epoch or, between epochs, of the last one."""
        numbers = metrics_of(metrics, self.warn_once)
        if self.open_epoch is not None:
            self.metrics |= numbers
        elif numbers:
            if self.next_epoch == 0:
                self.warn_once("log() was called before the first epoch; the metrics are left out.")
            self.client.send({"mark": "log", "metrics": numbers})

    def epoch_facts(self, units: float | None, unit: str | None) -> dict[str, Any]:
        """Return what the end of an epoch carries besides its time."""
        return {"units": units, "unit": unit, "metrics": self.metrics}

    def stop_at_exit(self) -> None:
        """Stop a tracker that nobody stopped; an uncaught exception has left its mark in `sys`."""
        self.stop("failed" if hasattr(sys, "last_value") else "finished")

    def warn_once(self, sentence: str) -> None:
        """Log a warning, unless this tracker has done so before."""
        if sentence not in self.warned:
            self.warned.add(sentence)
            log.warning(sentence)

    def say(self, line: str) -> None:
        """Print one line on standard error, which may be closed."""
        if self.quiet:
            return
        try:
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - the promised line, never on standard output
        except (OSError, ValueError, AttributeError):
            self.quiet = True


class EpochLoop:
    """Iterates over planned epochs; a class, since a generator cannot tell a `break` from an exception."""

    def __init__(self, tracker: EnergyTracker, count: int) -> None:
        self.tracker = tracker
        self.left = count

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> int:
        tracker = self.tracker
        if tracker.open_epoch is not None:
            tracker.epoch_end()
        if self.left == 0 or tracker.should_stop or not tracker.begin_epoch():
            raise StopIteration
        self.left -= 1
        return tracker.next_epoch - 1


def state_after(error: BaseException | None) -> str:
    """Return how a run ended whose body left with `error`."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return "finished"
    return "stopped" if isinstance(error, KeyboardInterrupt) else "failed"
