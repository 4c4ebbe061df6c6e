"""The epoch in progress on the consumption chart: where its ring stands, and what the caption says of it."""

from dataclasses import dataclass

from energyvis_panel.domain.curve import Axis, Curve, Measure
from energyvis_panel.domain.live_reading import OpenEpoch
from energyvis_panel.domain.open_part import projected_open
from energyvis_panel.domain.scenario import ProjectedEpoch, Projection
from energyvis_panel.domain.units import SECONDS_PER_HOUR

CAPTION = "Ring: epoch in progress"
NOT_SEEN = ", its use so far shared out by time since nobody watched when it began"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Where the epoch in progress stands: place on the axis, amount in the unit of the measure."""

    place: float
    amount: float
    shared_by_time: bool


def open_point(
    projection: Projection,
    part: OpenEpoch | None,
    drawn: Curve,
    measure: Measure,
    *,
    cumulative: bool,
    axis: Axis,
) -> OpenPoint | None:
    """The open epoch of a projection beyond its last recorded point; None where it cannot be placed."""
    if part is None or not drawn.value.size or part.index <= projection.epochs[-1].index:
        return None
    used = projected_open(projection, part)
    amount = None if used is None else amount_of(used, measure)
    if used is None or amount is None:
        return None
    before, value = float(drawn.epoch[-1]), float(drawn.value[-1])
    place = part.index + 1.0 if axis == "epoch" else before + (used.duration_s or 0.0) / SECONDS_PER_HOUR
    return OpenPoint(place, value + amount if cumulative else amount, part.estimated)


def amount_of(part: ProjectedEpoch, measure: Measure) -> float | None:
    """Joules, grams CO2e or USD of a part, None where not known."""
    if measure == "energy":
        return part.energy.total_j()
    return part.carbon_g if measure == "carbon" else part.cost


def open_caption(points: list[OpenPoint]) -> str:
    """Sentence about the rings, "" without any."""
    if not points:
        return ""
    return f" {CAPTION}{NOT_SEEN if any(point.shared_by_time for point in points) else ''}."
