"""Counts runs by start and by each of three measures of strangeness, from one byte a run and measure."""

from typing import Final

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from energyvis_panel.state.explore.pair_counts import BYTES, NOWHERE, AxisColumn, Bins

STARTED: Final = "started_px"
MEASURES: Final = ("residual_px", "fence_px", "forest_px")
"""Columns of ``butter_e_runs``: residual, distance beyond the quartiles, score of the Isolation Forest."""


def anomaly_planes(rows: pa.Table) -> pa.Table:
    """Runs by bin of the plane of each measure.

    Parameters
    ----------
    rows
        Answer of ``sql/explore/chosen_columns.sql`` with :data:`STARTED` and :data:`MEASURES`.

    Returns
    -------
    pyarrow.Table
        Columns measure (place in :data:`MEASURES`), run_count, started_px and up_px, one row per measure and
        bin that holds a run. Runs without a score are left out.

    """
    started = AxisColumn(STARTED).bins(rows)
    planes = np.zeros((len(MEASURES), BYTES, BYTES), np.int32)
    for plane, name in zip(planes, MEASURES, strict=True):
        count_plane(plane, started, AxisColumn(name).bins(rows))
    cells = planes.ravel()
    filled = np.flatnonzero(cells)
    return pa.table({
        "measure": filled // BYTES**2,
        "run_count": cells[filled],
        "started_px": filled // BYTES % BYTES,
        "up_px": filled % BYTES,
    })  # fmt: skip


@njit(cache=True, nogil=True)
def count_plane(plane: NDArray[np.int32], across: Bins, up: Bins) -> None:
    """Add to ``plane`` (bin across x bin up) one for each run that has both."""
    for run in range(len(up)):
        if up[run] != NOWHERE and across[run] != NOWHERE:
            plane[across[run], up[run]] += 1
