"""Curves of energy per datum against depth, by data set and hardware, and the lines through them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.domain.segmented_regression import FEWEST_IN_A_PIECE, SegmentedFit, fit_segments
from energyvis_panel.state.explore.compare.comparison import SETTINGS
from energyvis_panel.state.explore.exploration import Exploration

Counts = NDArray[np.int64]

ALL: Final = 0
"""Code of all data sets together."""
LEFT_OUT: Final = frozenset({(False, 6)})
"""Hardware (is_gpu) and depth that no line is laid through.

On CPU nodes networks of 6 layers take about 30 % less than those of 5 or 7, at every size; nobody knows why
(BUTTER-E, Tripp et al. 2024, arXiv 2403.08151, figure of energy by depth in its supplementary notebooks).
"""
SIGNIFICANCE: Final = 0.002
"""Of a bend: the 26 lines of twelve data sets and of all together on two kinds of node are judged at once,
and in one view of twenty there may be a bend that is none (Bonferroni)."""
MJ_PER_J: Final = 1000.0
DATASET_SHIFT: Final = 1
DATASET_MASK: Final = 255 << DATASET_SHIFT
DEPTH: Final = SETTINGS["depth"]
COLUMNS: Final = pa.schema([
    ("dataset_code", pa.int64()),
    ("is_gpu", pa.bool_()),
    ("depths", pa.list_(pa.int64())),
    ("energies_mj", pa.list_(pa.float64())),
    ("runs", pa.list_(pa.int64())),
    ("filled", pa.list_(pa.int64())),
    ("networks", pa.int64()),
    ("fit", pa.struct([
        (name, pa.float64())
        for name in ("intercept", "slope", "slope_after", "p_value", "bend", "low", "high")
    ])),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class DepthCurve:
    """Median energy per datum of one data set, or of all, on one kind of node.

    Attributes
    ----------
    dataset
        Name; empty for all data sets together.
    depths, energies_mj
        Layers in ascending order, and the median at each, in mJ.
    runs, filled
        At each depth how many runs count, and how many networks are filled in, for they were not run there.
    networks
        How many networks are compared with themselves; 0 where runs are taken as they are.
    fit
        One or two straight lines through the points, but those of ``LEFT_OUT``; None with too few of them.

    """

    dataset: str
    is_gpu: bool
    depths: Sequence[int]
    energies_mj: Sequence[float]
    runs: Sequence[int]
    filled: Sequence[int]
    networks: int
    fit: SegmentedFit | None

    @property
    def searched(self) -> tuple[int, int]:
        """Between which depths a bend was looked for."""
        places = [depth for depth in self.depths if (self.is_gpu, depth) not in LEFT_OUT]
        return places[FEWEST_IN_A_PIECE - 1], places[-FEWEST_IN_A_PIECE]


def unpacked(settings: Counts) -> tuple[Counts, Counts, NDArray[np.bool_]]:
    """Depth, code of the data set, and whether on a GPU node, from the bits of ``setting_key``."""
    depths = (settings & DEPTH.mask) >> DEPTH.shift
    codes = (settings & DATASET_MASK) >> DATASET_SHIFT
    return depths, codes, (settings & SETTINGS["hardware"].mask) > 0


def by_data_set(codes: Counts) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Code of each data set with which rows are of it; all together first."""
    if len(codes):
        yield ALL, np.ones(len(codes), bool)
    for code in np.unique(codes).tolist():
        yield code, codes == code


def fitted(curve: Mapping[str, Any], *, is_gpu: bool) -> dict[str, Any]:
    """Column ``fit`` of a curve."""
    points = [
        (depth, energy)
        for depth, energy in zip(curve["depths"], curve["energies_mj"], strict=True)
        if (is_gpu, depth) not in LEFT_OUT
    ]
    places, energies_mj = ([point[at] for point in points] for at in (0, 1))
    fit = fit_segments(places, energies_mj, significance=SIGNIFICANCE)
    return {"fit": None if fit is None else asdict(fit)}


def curves_of(rows: pa.Table, state: Exploration) -> dict[tuple[str, bool], DepthCurve]:
    """Curves of a condensed answer by data set (empty = all) and whether on a GPU node."""
    names = data_sets(state)
    found = {}
    for row in rows.to_pylist():
        code, fit = row.pop("dataset_code"), row.pop("fit")
        name = names[code - 1] if code else ""
        found[name, row["is_gpu"]] = DepthCurve(dataset=name, fit=fit and SegmentedFit(**fit), **row)
    return found


def data_sets(state: Exploration) -> list[str]:
    """Names of all data sets in the order of their codes."""
    return sorted(name for name in state.categories["dataset"] if name)
