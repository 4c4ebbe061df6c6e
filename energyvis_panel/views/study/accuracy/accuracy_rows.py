"""What the chart of a metric against consumption draws, and the sentences that go with it."""

from dataclasses import dataclass

from energyvis_panel.domain.curve import Measure
from energyvis_panel.domain.metric_curve import MetricCurve
from energyvis_panel.domain.units import energy_scale, mass_scale, money_scale, three_digits
from energyvis_panel.state.accuracy import PERCENT, AccuracyState, MetricLine

QUANTITIES: dict[Measure, str] = {"energy": "energy", "carbon": "emissions", "cost": "cost of electricity"}
ROOM_BELOW, ROOM_ABOVE = 0.06, 0.2
"""Room below and above the values, as shares of their span; names stand above the lines' ends."""
HEADROOM = 1.12
"""Room right of the last point for a name at its line's end."""


@dataclass(frozen=True, slots=True)
class AccuracyRows:
    """All lines in one unit: amounts by ``per_unit``, values times ``scale`` (100 for percent)."""

    lines: tuple[MetricLine, ...]
    unit: str
    per_unit: float
    scale: float
    value_unit: str
    x_label: str
    y_label: str
    last: float
    bottom: float
    top: float
    goal: float | None
    """In the unit that is drawn; None = none."""


def accuracy_rows(state: AccuracyState) -> AccuracyRows | None:
    """Lines in the unit in which the largest reads best; None where nothing can be drawn."""
    drawn = [line.curve for line in state.lines if line.curve.value.size]
    if not drawn:
        return None
    study = state.study
    most = max(float(curve.amount[-1]) for curve in drawn)
    unit, per_unit = amount_scale(most, study.measure, pounds=study.pounds)
    scale, value_unit = (PERCENT, "%") if state.share else (1.0, "")
    goal = None if state.goal is None else state.goal * scale
    bottom, top = value_range(drawn, scale, goal)
    return AccuracyRows(
        lines=tuple(state.lines),
        unit=unit,
        per_unit=per_unit,
        scale=scale,
        value_unit=value_unit,
        x_label=f"cumulative {QUANTITIES[study.measure]} at the site, {unit}",
        y_label=f"{state.metric}, %" if state.share else state.metric,
        last=max(most / per_unit * HEADROOM, 1e-12),
        bottom=bottom,
        top=top,
        goal=goal,
    )


def amount_scale(amount: float, measure: Measure, *, pounds: bool) -> tuple[str, float]:
    """Unit and what one of it holds, for an amount in J, g or USD."""
    if measure == "energy":
        return energy_scale(amount)
    if measure == "cost":
        return money_scale(amount)
    unit, per_unit = mass_scale(amount, pounds=pounds)
    return f"{unit} CO₂e", per_unit


def value_range(curves: list[MetricCurve], scale: float, goal: float | None) -> tuple[float, float]:
    """Lowest and highest value to be drawn, a goal near them included, with room on both sides."""
    low = min(float(curve.value.min()) for curve in curves) * scale
    high = max(float(curve.value.max()) for curve in curves) * scale
    span = (high - low) or abs(high) or 1.0
    if goal is not None and low - span <= goal <= high + span:
        low, high = min(low, goal), max(high, goal)
    return low - ROOM_BELOW * span, high + ROOM_ABOVE * span


def answer_text(state: AccuracyState) -> str:
    """What each line took to reach the goal, in one sentence; else what is missing."""
    if state.study.comparison is None:
        return "No profile is selected."
    if not state.names:
        return (
            "No profile on show carries a metric. Log one at the end of each epoch, e.g. "
            "t.log(accuracy=0.91), or import a profile that has one."
        )
    if not any(line.curve.value.size for line in state.lines):
        return f"The {QUANTITIES[state.study.measure]} of these profiles is not known here. Choose energy."
    if state.goal is None:
        return ""
    parts, first = [], None
    for line in state.lines:
        parts.append(line_text(line, state, first))
        if first is None and (reached := line.curve.reached(state.goal, less=state.less)):
            first = reached[0]
    return f"To reach {state.metric} {value_text(state.goal, state)}: {'; '.join(parts)}."


def line_text(line: MetricLine, state: AccuracyState, first: float | None) -> str:
    """One line in words: the amount and the epoch at which it reaches the goal, compared with the first."""
    name = f"{line.letter}: {line.label}" if line.letter else line.label
    best = line.curve.best(less=state.less)
    if state.goal is None or best is None:
        return f"{name} carries no {state.metric}" if best is None else name
    reached = line.curve.reached(state.goal, less=state.less)
    if reached is None:
        return f"{name} does not reach it, its best is {value_text(best, state)}"
    unit, per_unit = amount_scale(reached[0], state.study.measure, pounds=state.study.pounds)
    return (
        f"{name} {three_digits(reached[0] / per_unit)} {unit} (epoch {reached[1]}{change(reached[0], first)})"
    )


def change(amount: float, first: float | None) -> str:
    """Relative difference to the first line that reaches the goal, e.g. ``", 34 % less"``."""
    if not first:
        return ""
    percent = round((amount - first) / first * PERCENT)
    if percent == 0:
        return ", as much"
    return f", {abs(percent)} % {'more' if percent > 0 else 'less'}"


def value_text(value: float, state: AccuracyState) -> str:
    """A value of the metric for people, in percent where it is a share."""
    return f"{three_digits(PERCENT * value)} %" if state.share else three_digits(value)
