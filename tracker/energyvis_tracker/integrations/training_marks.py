"""The marks that every callback makes: a run, its epochs and their spans; never a cause of failure."""

import atexit
import contextlib
import functools
import logging
import sys
import weakref
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

from energyvis_tracker.errors import ConfigurationError
from energyvis_tracker.integrations.metric_names import numeric_metrics
from energyvis_tracker.tracker import EnergyTracker

if TYPE_CHECKING:
    from energyvis_tracker.span import Span

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger("energyvis_tracker")
DEFAULT_NAME = "training"
MOST_EPOCHS = 2**31 - 1  # the lake counts epochs in 32 bits; frameworks write larger numbers for "no end"
complained: set[str] = set()


def shielded(hook: Callable[P, R]) -> Callable[P, R | None]:
    """Return a hook that logs what goes wrong, once for each hook, and lets the training go on."""

    @functools.wraps(hook)
    def call(*args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return hook(*args, **kwargs)
        except Exception:  # a callback that fails must not fail the training
            if hook.__qualname__ not in complained:
                complained.add(hook.__qualname__)
                log.warning("%s failed; the training goes on.", hook.__qualname__, exc_info=True)
            return None

    return call


class TrainingMarks:
    """Gives the marks of a training to a tracker.

    A tracker that runs already is only marked. Any other is started with the training and stopped at its end;
    made from arguments, there is a new one, and so a new run, for each training.

    Parameters
    ----------
    tracker
        The tracker to mark.
    arguments
        Those of `EnergyTracker`, where no tracker is given; the name and the number of epochs may be left
        to the framework.

    Raises
    ------
    ConfigurationError
        If an argument cannot be meant.
    """

    def __init__(self, tracker: EnergyTracker | None, arguments: Mapping[str, Any]) -> None:
        if isinstance(tracker, str):
            raise ConfigurationError(f"The name of a run goes to name=; tracker is {tracker!r}.")
        if tracker is not None and arguments:
            raise ConfigurationError(
                f"A tracker has its arguments already; {', '.join(arguments)} cannot be given beside it."
            )
        if tracker is None:
            EnergyTracker(**{"name": DEFAULT_NAME, **arguments})  # a mistake shows where it is written
        self.given = tracker
        self.arguments = dict(arguments)
        self.own: EnergyTracker | None = None
        self.abandon: weakref.finalize[..., TrainingMarks] | None = None
        self.is_epoch_open = False
        self.span: Span | None = None
        self.span_end_stack = contextlib.ExitStack()
        self.is_stop_followed = False

    @property
    def tracker(self) -> EnergyTracker | None:
        """Return the tracker of the training in progress, or none."""
        tracker = self.given if self.own is None else self.own
        return tracker if tracker is not None and tracker.is_running else None

    @property
    def should_stop(self) -> bool:
        """Say whether the training was asked to stop."""
        return bool(self.asked_to_stop())

    @shielded
    def asked_to_stop(self) -> bool:
        """Return what the tracker says."""
        return self.tracker is not None and bool(self.tracker.should_stop)

    @shielded
    def begin(self, name: str, epochs: int | None) -> None:
        """Start the run of a training, unless it has its own tracker that runs already."""
        self.end("failed")  # the training before this one never came to its end
        self.is_stop_followed = False
        if self.tracker is not None:
            return
        planned = epochs if epochs is not None and 0 <= epochs <= MOST_EPOCHS else None
        tracker = self.given or EnergyTracker(
            **{"name": name or DEFAULT_NAME, "epochs": planned, **self.arguments}
        )
        tracker.start()
        self.own = tracker
        stop = functools.partial(stop_abandoned, tracker)
        atexit.register(stop)  # after the tracker's own, so it comes before
        self.abandon = weakref.finalize(self, stop)
        self.abandon.atexit = False

    @shielded
    def end(self, state: str) -> None:
        """End the run that `begin` has started.

        If it is finished, the epoch that is open was whole, and it is stopped if that was asked for.
        """
        self.span_end()
        if state == "finished":
            self.epoch_end()
            state = "stopped" if self.is_stop_followed else state
        self.is_epoch_open = False
        tracker, self.own = self.own, None
        if self.abandon is not None and (pending := self.abandon.detach()) is not None:
            atexit.unregister(pending[1])
        self.abandon = None
        if tracker is not None:
            tracker.stop(state)

    @shielded
    def epoch_start(self) -> None:
        """Begin an epoch, where one is open after it; waits while the run is paused."""
        self.epoch_end()
        if self.tracker is not None:
            self.tracker.epoch_start()
            self.is_epoch_open = True

    @shielded
    def epoch_end(
        self,
        units: float | None = None,
        unit: str | None = None,
        logged: Mapping[str, object] | None = None,
    ) -> None:
        """End the open epoch, if there is one."""
        if not self.is_epoch_open:
            return
        self.is_epoch_open = False
        if self.tracker is not None:
            self.tracker.log(**numeric_metrics(logged))
            self.tracker.epoch_end(units=units, unit=None if units is None else unit)

    @shielded
    def log(self, logged: Mapping[str, object] | None) -> None:
        """Keep metrics of the open epoch or of the last one."""
        metrics = numeric_metrics(logged)
        if self.tracker is not None and metrics:
            self.tracker.log(**metrics)

    @shielded
    def span_start(self, name: str) -> None:
        """Begin a span, unless one is open."""
        if self.span is None and self.tracker is not None:
            self.span = self.span_end_stack.enter_context(self.tracker.span(name, unit="samples"))

    @shielded
    def span_end(self, units: float | None = None, logged: Mapping[str, object] | None = None) -> None:
        """End the open span, if there is one, with the number of samples it took."""
        span, self.span = self.span, None
        if span is None:
            return
        try:
            if units is not None:
                span.add(units)
            span.log(**numeric_metrics(logged))
        finally:
            self.span_end_stack.close()


class EndsWithBlock:
    """Lets a callback be the context of a training whose framework tells callbacks of no exception."""

    marks: TrainingMarks

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.marks.end(state_of(error))


def state_of(error: BaseException | None) -> str:
    """Return how a run ended whose training was cut off; `error` is none where it is not known by what."""
    return "stopped" if isinstance(error, (KeyboardInterrupt, SystemExit)) else "failed"


def stop_abandoned(tracker: EnergyTracker) -> None:
    """Stop the tracker of a training that was cut off; an exception that nobody caught is found in `sys`."""
    tracker.stop(state_of(getattr(sys, "last_value", None)))
