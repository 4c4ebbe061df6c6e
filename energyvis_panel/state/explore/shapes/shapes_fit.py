"""Least squares that bring shapes and depths to one mix of settings, whichever of them were run."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.state.explore.shapes.shapes_normal import normal_matrix, symmetric_inverse

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

FIELDS: Final = {
    "dataset": (1, 8),
    "size": (17, 12),
    "optimizer": (37, 8),
    "batch": (45, 8),
    "rate": (53, 10),
}
"""Place and width in bits, within ``setting_key``, of what a stratum fixes."""
SHAPE_SHIFT: Final = 9
DEPTH_SHIFT: Final = 29
BYTE: Final = 255
SHALLOWEST: Final = 2
"""Layers at which all shapes are one."""
FEWEST_SHAPES: Final = 2


@dataclass(frozen=True, slots=True)
class Fit:
    """Least squares of the logarithm on a level for each stratum and one for each cell.

    Attributes
    ----------
    log_level
        By cell: the mean over all strata, also over those that were not run in it.
    covariance
        Cell x cell; good for differences between cells, which is all that is asked of it. NaN where no more
        was run than is fitted.
    residual
        By row.

    """

    log_level: Floats
    covariance: Floats
    residual: Floats


def settings_fit(stratum: Codes, cell: Codes, log_value: Floats) -> Fit:
    """Fit of values in cells that strata connect; strata and cells are numbered from 0 without gaps."""
    in_stratum = np.bincount(stratum)
    normal = normal_matrix(counted(stratum, cell))
    mean = np.bincount(stratum, log_value) / in_stratum
    moment = np.bincount(cell, log_value - mean[stratum])
    cells, strata = len(normal), len(in_stratum)
    # Only differences between cells are known: a constant that is added to all makes the matrix invertible.
    inverse = symmetric_inverse(normal + max(normal.diagonal().mean(), 1.0) / cells)
    effect = (inverse * moment).sum(axis=1)
    base = mean - np.bincount(stratum, effect[cell]) / in_stratum
    residual = log_value - base[stratum] - effect[cell]
    freedom = len(log_value) - strata - cells + 1
    variance = float(np.square(residual).sum()) / freedom if freedom > 0 else np.nan
    return Fit(effect + base.mean(), inverse * variance, residual)


def counted(stratum: Codes, cell: Codes) -> Floats:
    """How many rows there are, by stratum and cell."""
    strata, cells = int(stratum.max()) + 1, int(cell.max()) + 1
    return np.bincount(stratum * cells + cell, minlength=strata * cells).reshape(strata, cells).astype(float)


def dense(codes: Codes) -> tuple[Codes, Codes]:
    """The codes that occur, sorted, and for each code its place among them."""
    occurs = np.bincount(codes) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[codes]


def strata_of(setting_key: Codes) -> Codes:
    """Number of the stratum of each setting: data set, size, optimizer, batch size and learning rate."""
    found = np.zeros(len(setting_key), np.int64)
    for shift, width in FIELDS.values():
        values, place = dense((setting_key >> shift) & ((1 << width) - 1))
        found = found * len(values) + place
    return found


def joined_groups(joined: NDArray[np.bool_]) -> Codes:
    """For each cell the first cell that it is joined to, directly or through others; each joins itself."""
    group = np.arange(len(joined))
    while True:
        first = np.where(joined, group, len(joined)).min(axis=1)
        if (first == group).all():
            return group
        group = first


def comparable(stratum: Codes, shape: Codes, depth: Codes, cell: Codes) -> NDArray[np.bool_]:
    """Which settings tell of shapes.

    They are of a stratum in which two shapes ran beyond two layers, or of any if there is none, and are
    joined to the others through shared strata: of two groups that share nothing, the larger.
    """
    deep = depth > SHALLOWEST
    shapes = int(shape.max()) + 1
    ran = np.bincount(stratum[deep] * shapes + shape[deep], minlength=(int(stratum.max()) + 1) * shapes) > 0
    tells: NDArray[np.bool_] = (ran.reshape(-1, shapes).sum(axis=1) >= FEWEST_SHAPES)[stratum]
    if not tells.any():
        tells = np.ones(len(stratum), np.bool_)
    (_strata, row), (_cells, place) = dense(stratum[tells]), dense(cell[tells])
    joined = (normal_matrix(counted(row, place)) < 0) | np.eye(int(place.max()) + 1, dtype=bool)
    group_of = joined_groups(joined)[place]
    tells[tells] = group_of == np.bincount(group_of).argmax()
    return tells
