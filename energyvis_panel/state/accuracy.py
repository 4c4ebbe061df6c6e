"""A metric against consumption: which metric, which goal, and what each line took to reach it."""

from dataclasses import dataclass
from typing import Any

import param

from energyvis_panel.domain.metric_curve import (
    MetricCurve,
    common_goal,
    is_share,
    less_is_better,
    metric_curve,
    metric_names,
)
from energyvis_panel.domain.profile import Source
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.study import Study
from energyvis_panel.state.typed_number import TypedNumberError, typed_number

PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One series of the study: letter ('' = baseline), label, the metric's curve, the energy's source."""

    letter: str
    label: str
    curve: MetricCurve
    source: Source


class AccuracyState(param.Parameterized):
    """The choice of metric and goal, following a study."""

    names = param.List(item_type=str, doc="Metrics to choose from, the likeliest first.")
    metric = param.String(default="", doc="Metric that is drawn; '' = there is none.")
    goal_text = param.String(default="", doc="The goal as typed, in percent where the metric is a share.")
    goal = param.Number(default=None, allow_None=True, doc="The goal in the metric's own unit.")
    less = param.Boolean(default=False, doc="Whether smaller values are better.")
    share = param.Boolean(default=False, doc="Whether the metric is read in percent.")
    refusal = param.String(default="", doc="Why the goal was not taken; '' = it was.")
    lines = param.List(item_type=MetricLine, doc="Baseline, then the alternatives.")

    def __init__(self, study: Study, **params: Any) -> None:
        self.study = study
        self._goal_is_own = False
        super().__init__(**params)
        self._follow()
        study.param.watch(self._follow, ["comparison", "measure"])

    def choose(self, metric: str) -> None:
        """Draw another metric, with a goal of its own."""
        if metric in self.names and metric != self.metric:
            self._goal_is_own = False
            self._draw(metric)

    def set_goal(self, text: str) -> None:
        """Take a goal as typed; an empty text goes back to one that all lines reach."""
        self._goal_is_own = bool(text.strip())
        if not self._goal_is_own:
            self._draw(self.metric)
            return
        try:
            entered = typed_number("The goal", text.strip().removesuffix("%"))
            goal = entered / PERCENT if self.share and not 0 < entered < 1 else entered
            if not abs(goal) < float("inf"):
                raise TypedNumberError("The goal is not finite. Write a number, e.g. 75.")
        except EnergyVisError as error:
            self.param.update(goal_text=text, refusal=str(error))
            return
        self.param.update(goal=goal, goal_text=text, refusal="")

    def _follow(self, *_events: Any) -> None:
        comparison = self.study.comparison
        projections = [series.projection for series in comparison.all_series()] if comparison else []
        self.names = list(metric_names(projections))
        kept = self.metric in self.names
        self._goal_is_own = self._goal_is_own and kept
        self._draw(self.metric if kept else next(iter(self.names), ""))

    def _draw(self, metric: str) -> None:
        comparison = self.study.comparison
        lines = [
            MetricLine(
                series.letter,
                series.label,
                metric_curve(series.projection, self.study.measure, metric),
                series.projection.profile.provenance.source,
            )
            for series in (comparison.all_series() if comparison and metric else ())
        ]
        curves = [line.curve for line in lines]
        less, share = less_is_better(metric), is_share(metric, curves)
        changes: dict[str, Any] = {"metric": metric, "lines": lines, "less": less, "share": share}
        if not self._goal_is_own:
            goal = common_goal(curves, less=less)
            changes |= {"goal": goal, "goal_text": goal_text(goal, share=share), "refusal": ""}
        self.param.update(**changes)


def goal_text(goal: float | None, *, share: bool) -> str:
    """A goal as it stands in its field, '' for none."""
    if goal is None:
        return ""
    return f"{PERCENT * goal if share else goal:.4g}"
