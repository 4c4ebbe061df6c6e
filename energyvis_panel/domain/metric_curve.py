"""A metric, such as accuracy, over what had been consumed when it was reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np

from energyvis_panel.domain.curve import EMPTY, Array, Measure, epoch_values
from energyvis_panel.domain.scenario import Projection

LESS_IS_BETTER: Final = (
    "loss",
    "error",
    "err",
    "perplexity",
    "ppl",
    "mae",
    "mse",
    "rmse",
    "wer",
    "fid",
    "nll",
)
PREFERRED: Final = ("acc", "f1", "auc", "bleu", "map", "iou")
HELD_OUT: Final = ("val", "test", "eval", "dev")


@dataclass(frozen=True, slots=True)
class MetricCurve:
    """Epochs (from 1), what was consumed up to the end of each, and the metric then; of equal length.

    ``amount`` in joules (energy), grams CO2e (carbon) or USD (cost) at the site. Empty where the quantity
    or the metric is not known. An epoch without the metric adds to the amount, but has no point.
    """

    epoch: Array
    amount: Array
    value: Array

    def best(self, *, less: bool) -> float | None:
        """Best value of the metric; ``less`` says that smaller values are better. None for an empty curve."""
        if not self.value.size:
            return None
        return float(self.value.min() if less else self.value.max())

    def reached(self, goal: float, *, less: bool) -> tuple[float, int] | None:
        """Amount and epoch at which the metric is first as good as ``goal``; None where it never is."""
        as_good = self.value <= goal if less else self.value >= goal
        if not as_good.any():
            return None
        place = int(as_good.argmax())
        return float(self.amount[place]), int(self.epoch[place])


NO_METRIC: Final = MetricCurve(EMPTY, EMPTY, EMPTY)


def metric_curve(projection: Projection, measure: Measure, metric: str) -> MetricCurve:
    """Curve of ``metric`` over what the epochs consume; values that are not finite are left out."""
    values = epoch_values(projection, measure)
    if values is None:
        return NO_METRIC
    logged = [epoch.metrics.get(metric) for epoch in projection.profile.epochs]
    places = [at for at, value in enumerate(logged) if value is not None and isfinite(value)]
    if not places:
        return NO_METRIC
    return MetricCurve(
        np.array([projection.epochs[at].index + 1 for at in places], dtype=np.float64),
        np.cumsum(values)[places],
        np.array([logged[at] for at in places], dtype=np.float64),
    )


def metric_names(projections: Iterable[Projection]) -> tuple[str, ...]:
    """Names of all metrics that an epoch carries, the likeliest to be compared first."""
    names = {
        name for projection in projections for epoch in projection.profile.epochs for name in epoch.metrics
    }
    return tuple(sorted(names, key=_likelihood))


def less_is_better(metric: str) -> bool:
    """Whether smaller values of a metric are better, going by the words of its name."""
    words = "".join(letter if letter.isalnum() else " " for letter in metric.lower()).split()
    return any(word in LESS_IS_BETTER or word.endswith("loss") for word in words)


def is_share(metric: str, curves: Iterable[MetricCurve]) -> bool:
    """Whether the metric is an accuracy as a share of 1, which people read in percent."""
    values = [curve.value for curve in curves if curve.value.size]
    within = all(float(value.min()) >= 0 and float(value.max()) <= 1 for value in values)
    return bool(values) and within and "acc" in metric.lower()


def common_goal(curves: Iterable[MetricCurve], *, less: bool) -> float | None:
    """The best value that all curves reach, rounded to two digits on the safe side; None without curves."""
    bests = [best for curve in curves if (best := curve.best(less=less)) is not None]
    if not bests:
        return None
    goal = max(bests) if less else min(bests)
    if goal == 0:
        return 0.0
    digits = 1 - int(np.floor(np.log10(abs(goal))))
    # Twelve digits more than are kept: 0.69 / 0.01 is 68.99999999999999.
    scaled = round(goal * 10.0**digits, 12)
    return round(float((np.ceil if less else np.floor)(scaled)) / 10.0**digits, digits)


def _likelihood(name: str) -> tuple[int, bool, bool, str]:
    lowered = name.lower()
    rank = next((at for at, word in enumerate(PREFERRED) if word in lowered), len(PREFERRED))
    held_out = any(word in lowered for word in HELD_OUT)
    return rank, not held_out, "train" in lowered, name
