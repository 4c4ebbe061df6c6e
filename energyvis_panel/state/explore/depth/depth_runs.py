"""Runs as they are at each depth, whatever networks they are of."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.depth.depth_curves import (
    COLUMNS,
    MJ_PER_J,
    Counts,
    by_data_set,
    fitted,
    unpacked,
)


@dataclass(frozen=True, slots=True)
class RunCurves:
    """Curves of runs as they are, whatever networks they are of; the median is the centre of its bin."""

    axis: Axis

    def __call__(self, rows: pa.Table) -> pa.Table:
        """Curves from an answer of ``sql/explore/depth_runs.sql``, as ``network_curves`` gives them."""
        settings, bins, counts = (rows[name].to_numpy() for name in ("setting", "px", "run_count"))
        depths, codes, is_gpu = unpacked(settings)
        found: list[dict[str, Any]] = []
        for gpu in (False, True):
            mine = (is_gpu == gpu) & (codes > 0) & (depths > 0)
            if not mine.any():
                continue
            columns, at_depth = np.unique(depths[mine], return_inverse=True)
            of, at_data_set = np.unique(codes[mine], return_inverse=True)
            grid = np.zeros((len(of), len(columns), BINS), np.int64)
            grid[at_data_set, at_depth, bins[mine]] = counts[mine]
            for code, chosen in by_data_set(of):
                curve = self._as_run(columns, grid[chosen].sum(axis=0))
                found.append({"dataset_code": code, "is_gpu": gpu} | curve | fitted(curve, is_gpu=gpu))
        return pa.Table.from_pylist(found, COLUMNS)

    def _as_run(self, depths: Counts, grid: Counts) -> dict[str, Any]:
        """Median over runs at each depth at which there is one, from counts of depths x bins."""
        runs = grid.sum(axis=1)
        there = runs > 0
        up_to = grid[there].cumsum(axis=1)
        # The first bins that hold the lower and the upper of the two runs in the middle, one run if odd.
        lower, upper = (
            (up_to < middle[:, None]).sum(axis=1) for middle in ((runs[there] + 1) // 2, runs[there] // 2 + 1)
        )
        energies = [MJ_PER_J * self.axis.value(float(at) + 0.5) for at in (lower + upper) / 2]
        return {
            "depths": depths[there].tolist(),
            "energies_mj": energies,
            "runs": runs[there].tolist(),
            "filled": [0] * len(energies),
            "networks": 0,
        }
