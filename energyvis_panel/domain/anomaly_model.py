"""What a run should have taken, given its settings and its node: robust additive effects on a logarithm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]
Effects = Mapping[tuple[str, ...], Mapping[tuple[object, ...], float]]
"""By term: what each group of settings adds to the logarithm."""

MAD_TO_SD: Final = 1.4826
"""A normal distribution's standard deviation in median absolute deviations."""
SWEEPS: Final = 12
"""Passes over all terms; by then they move expectations by far less than runs scatter."""
GENTLE_SWEEPS: Final = 6
"""In the first of them all rows keep some say, so that a far corner of the settings is learnt."""
GENTLE_SD: Final = 2.0
REACH_SD: Final = 6.0
"""Rows further away than this have no say in the last sweeps."""
LEAST_SCATTER: Final = 1e-6
LEAST_WEIGHT: Final = 1e-9
CAUTION_RUNS: Final = 2.0
"""Runs without effect that each group of a narrow term is thought to hold: no run shall explain itself."""
NARROW: Final = 4
"""As many settings leave few runs to a group."""

TERMS: Final[tuple[tuple[str, ...], ...]] = (
    ("family", "dataset", "size"),
    ("family", "dataset", "depth"),
    ("family", "size", "depth"),
    ("family", "shape", "depth"),
    ("family", "shape", "size"),
    ("family", "dataset", "size", "depth"),
    ("node_type",),
    ("family", "optimizer", "batch_size"),
    ("family", "dataset", "batch_size"),
    ("family", "size", "batch_size"),
    ("family", "optimizer", "learning_rate"),
)
"""Settings that act together. A family is a class of nodes in one campaign."""
SETTINGS: Final = tuple(dict.fromkeys(name for term in TERMS for name in term))


@dataclass(frozen=True, slots=True)
class Setting:
    """A column of settings: the number of the value of each row, and the values by number."""

    codes: Codes
    values: Sequence[object]


@dataclass(frozen=True, slots=True)
class Term:
    """A term laid on the rows: the group of each row, and the settings of each group."""

    groups: Codes
    keys: Sequence[tuple[object, ...]]

    @classmethod
    def of(cls, settings: Sequence[Setting]) -> Self:
        """The groups of rows that share these settings."""
        shape = [len(setting.values) for setting in settings]
        flat = np.ravel_multi_index([setting.codes for setting in settings], shape)
        used, groups = np.unique(flat, return_inverse=True)
        places = zip(*(axis.tolist() for axis in np.unravel_index(used, shape)), strict=True)
        keys = [
            tuple(setting.values[at] for setting, at in zip(settings, place, strict=True)) for place in places
        ]
        return cls(groups.astype(np.intp), keys)


@dataclass(frozen=True, slots=True)
class Design:
    """Rows with their settings, on which several quantities can be fitted.

    Attributes
    ----------
    terms
        By their settings, in the order of :data:`TERMS`.
    families
        The column whose groups scatter each on their own scale.
    runs
        How many runs a row stands for.

    """

    terms: Mapping[tuple[str, ...], Term]
    families: Setting
    runs: Numbers

    @classmethod
    def of(cls, settings: Mapping[str, Setting], runs: Numbers) -> Self:
        """The design of rows with these columns of :data:`SETTINGS`."""
        terms = {term: Term.of([settings[name] for name in term]) for term in TERMS}
        return cls(terms, settings["family"], runs)


@dataclass(frozen=True, slots=True)
class Fit:
    """What is usual: the expected natural logarithm of each row, and what the settings add to it."""

    expected: Numbers
    effects: Effects


def fitted(design: Design, logs: Numbers) -> Fit:
    """Effects of all terms on ``logs``: repeated weighted means in which strange rows lose their weight."""
    found = {names: np.zeros(len(term.keys)) for names, term in design.terms.items()}
    first = design.terms[TERMS[0]]
    found[TERMS[0]] += group_medians(first.groups, len(first.keys), logs)
    residual = logs - found[TERMS[0]][first.groups]
    for sweep in range(SWEEPS):
        weight = design.runs * _trust(design.families, residual, gentle=sweep < GENTLE_SWEEPS)
        for names, term in design.terms.items():
            size = len(term.keys)
            caution = CAUTION_RUNS if len(names) >= NARROW else 0.0
            weights = np.bincount(term.groups, weight, size)
            pull = np.bincount(term.groups, weight * residual, size) - caution * found[names]
            step = pull / np.maximum(weights + caution, LEAST_WEIGHT)
            found[names] += step
            residual -= step[term.groups]
    effects = {
        names: dict(zip(term.keys, found[names].tolist(), strict=True))
        for names, term in design.terms.items()
    }
    return Fit(logs - residual, effects)


def group_medians(groups: Codes, count: int, values: Numbers) -> Numbers:
    """Median of ``values`` in each of ``count`` groups, none of them empty."""
    order = np.lexsort((values, groups))
    sizes = np.bincount(groups, minlength=count)
    starts = np.cumsum(sizes) - sizes
    ordered = values[order]
    middles: Numbers = (ordered[starts + (sizes - 1) // 2] + ordered[starts + sizes // 2]) / 2
    return middles


def _trust(families: Setting, residual: Numbers, *, gentle: bool) -> Numbers:
    """Weight of each row, 1 where it is usual; far away it falls slowly (Huber) or to nothing (Tukey)."""
    distance = np.abs(residual)
    # The families are few and large, so one partial sort each is quicker than sorting all rows by group.
    deviation = np.array([np.median(distance[families.codes == at]) for at in range(len(families.values))])
    distance /= np.maximum(MAD_TO_SD * deviation, LEAST_SCATTER)[families.codes]
    if gentle:
        trust: Numbers = 1 / np.maximum(1, distance / GENTLE_SD)
    else:
        trust = np.clip(1 - (distance / REACH_SD) ** 2, 0, None) ** 2
    return trust
