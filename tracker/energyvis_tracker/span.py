"""A stretch of work with a name and, if the job counts it, an amount."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from energyvis_tracker.job_numbers import metrics_of, units_of

if TYPE_CHECKING:
    from energyvis_tracker.tracker import EnergyTracker


class Span:
    """What `EnergyTracker.span` returns: use it in a `with` statement.

    ::

        with tracker.span("decode", unit="token") as span:
            span.add(len(generate(prompt)))

    Spans may lie within one another. Energy is measured between readings of the meters' counters, so spans
    shorter than the resolution of a counter (1 ms for RAPL, about 100 ms for NVML) are only right on average.
    """

    def __init__(
        self, tracker: "EnergyTracker", number: int, name: str, units: float | None, unit: str | None
    ) -> None:
        self.tracker = tracker
        self.number = number
        self.name = name
        self.units = units
        self.unit = unit
        self.metrics: dict[str, float] = {}
        self.thread = 0

    def __enter__(self) -> Self:
        self.tracker.start_span(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tracker.end_span(self)

    def add(self, units: float) -> None:
        """Count units of work that were done."""
        number = units_of(units, self.tracker.warn_once)
        if number is not None:
            self.units = (self.units or 0.0) + number

    def log(self, **metrics: float) -> None:
        """Keep metrics of this span."""
        self.metrics |= metrics_of(metrics, self.tracker.warn_once)
