"""The public API: `EnergyTracker` and the decorator `track`."""

import atexit
import functools
import logging
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from energyvis_tracker.arguments import check_arguments, segment_setting, tdp_setting
from energyvis_tracker.errors import ConfigurationError
from energyvis_tracker.job_facts import package_versions, user_name
from energyvis_tracker.lake import checked_lake
from energyvis_tracker.sampler_client import STOP_TIMEOUT_S, SamplerClient
from energyvis_tracker.summary import end_line, start_line
from energyvis_tracker.ulid import new_ulid

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger("energyvis_tracker")


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
    ) -> None:
        check_arguments(name, epochs, region, pue, interval_s, tags)
        self.segment_s = segment_setting(os.environ)
        tdp_setting(os.environ)  # the sampler reads it; a mistake in it is to show here
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
        self.command = list(sys.orig_argv)
        self.run_id = new_ulid()
        self.client = SamplerClient()
        self.is_running = False
        self.next_epoch = 0
        self.open_epoch: int | None = None
        self.metrics: dict[str, float] = {}
        self.warned: set[str] = set()

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
        self.is_running = True
        try:
            answer = self.client.start(self.hello())
        except Exception:  # a tracker that fails must not fail the job
            log.warning("The tracker could not start; the job goes on unmeasured.", exc_info=True)
            answer = None
        atexit.register(self.stop_at_exit)
        if answer is not None and answer["problem"]:
            self.warn_once(f"The lake cannot be written: {answer['problem']}")
        self.say(start_line(self.name, self.run_id, self.lake, answer))

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
        mark = {"mark": "stop", "state": state, "exit_code": exit_code, "versions": package_versions()}
        was_measured = self.client.is_ours
        try:
            answer = self.client.ask(mark | self.now() | self.epoch_facts(None, None), STOP_TIMEOUT_S)
            self.client.close()
        except Exception:  # likewise
            log.warning("The tracker could not stop in order.", exc_info=True)
            answer = None
        self.open_epoch = None
        if was_measured:
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
        """Begin the next epoch and return its index, counted from 0."""
        if self.open_epoch is not None:
            self.warn_once("epoch_start() was called before epoch_end(); the open epoch ends here.")
            self.epoch_end()
        epoch = self.next_epoch
        self.next_epoch += 1
        if not self.is_running:
            self.warn_once("epoch_start() was called while the tracker is not running.")
        self.open_epoch = epoch
        self.metrics = {}
        self.client.mark_boundary({"mark": "epoch_start", "epoch": epoch} | self.now())
        return epoch

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
        self.client.mark_boundary({"mark": "epoch_end"} | self.now() | self.epoch_facts(units, unit))
        self.open_epoch, self.metrics = None, {}

    def log(self, **metrics: float) -> None:
        """Keep metrics of the open epoch or, between epochs, of the last one."""
        numbers = {}
        for key, value in metrics.items():
            try:
                numbers[key] = float(value)
            except (TypeError, ValueError, RuntimeError):
                self.warn_once(f"The metric {key} is not a number and is left out.")
        if self.open_epoch is not None:
            self.metrics |= numbers
        elif numbers:
            if self.next_epoch == 0:
                self.warn_once("log() was called before the first epoch; the metrics are left out.")
            self.client.send({"mark": "log", "metrics": numbers})

    def hello(self) -> dict[str, Any]:
        """Return what the sampler has to know."""
        return {
            "lake": str(self.lake),
            "run_id": self.run_id,
            "job_pid": os.getpid(),
            "interval_s": self.interval_s,
            "segment_s": self.segment_s,
            "run": {
                "name": self.name,
                "project": self.project,
                "user": user_name(),
                "host": socket.gethostname(),
                "epochs_planned": self.epochs_planned,
                "region_id": self.region,
                "pue": self.pue,
                "command": self.command,
                "versions": package_versions(),
                "notes": self.notes,
                "tags": self.tags,
            },
        }

    def now(self) -> dict[str, int]:
        """Return both clocks; the monotonic one is the same in the sampler."""
        return {"at_us": time.time_ns() // 1000, "at_ns": time.monotonic_ns()}

    def epoch_facts(self, units: float | None, unit: str | None) -> dict[str, Any]:
        """Return what the end of an epoch carries besides its time."""
        return {"units": None if units is None else float(units), "unit": unit, "metrics": self.metrics}

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
        if self.tracker.open_epoch is not None:
            self.tracker.epoch_end()
        if self.left == 0:
            raise StopIteration
        self.left -= 1
        return self.tracker.epoch_start()


def track(name: str, **arguments: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that measures each call of a function as a run; arguments as for `EnergyTracker`."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        EnergyTracker(name, **arguments)  # a mistake in the arguments shows where they are written

        @functools.wraps(function)
        def measured(*args: P.args, **kwargs: P.kwargs) -> R:
            with EnergyTracker(name, **arguments):
                return function(*args, **kwargs)

        return measured

    return decorate


def state_after(error: BaseException | None) -> str:
    """Return how a run ended whose body left with `error`."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return "finished"
    return "stopped" if isinstance(error, KeyboardInterrupt) else "failed"
