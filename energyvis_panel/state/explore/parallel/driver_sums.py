"""Sums from which follows how closely energy follows each setting, from one byte a run and setting."""

from typing import Final

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from energyvis_panel.state.explore.pair_counts import BYTES, NOWHERE, AxisColumn, Bins

Sums = NDArray[np.int64]

CODES: Final = {
    "size": "size_px",
    "depth": "depth_px",
    "hardware": "is_gpu",
    "dataset": "dataset_code",
    "shape": "shape_code",
    "optimizer": "optimizer_code",
    "batch_size": "batch_size_code",
    "learning_rate": "learning_rate_code",
}
"""Column of ``butter_e_runs`` with the place of each setting's value."""
ENERGY: Final = "energy_px"


def driver_sums(rows: pa.Table) -> pa.Table:
    """Sums of energy by setting and value.

    Parameters
    ----------
    rows
        Answer of ``sql/explore/chosen_columns.sql`` with :data:`ENERGY` and the columns in :data:`CODES`.

    Returns
    -------
    pyarrow.Table
        Columns setting, code, run_count, energy_sum and energy_square_sum, one row per setting and value of
        it: size and depth by their bin, hardware by 0 (CPU) and 1 (GPU), the others by their code. Energy is
        counted in bins of its axis, from 0, so on the scale as drawn. Left out are runs without an energy
        and, for each setting, those without its value.

    """
    energy = AxisColumn(ENERGY).bins(rows)
    sums = np.zeros((len(CODES), 3, BYTES), np.int64)
    for sums_of_it, name in zip(sums, CODES.values(), strict=True):
        add_energy(sums_of_it, AxisColumn(name).bins(rows), energy)
    setting, code = np.nonzero(sums[:, 0, :NOWHERE])
    run_count, energy_sum, square_sum = sums[setting, :, code].T
    return pa.table({
        "setting": np.array(list(CODES), dtype=object)[setting],
        "code": code,
        "run_count": run_count,
        "energy_sum": energy_sum,
        "energy_square_sum": square_sum,
    })  # fmt: skip


@njit(cache=True, nogil=True)
def add_energy(sums: Sums, codes: Bins, energy: Bins) -> None:
    """Add to ``sums`` (runs, energy and its square x code) each run that has an energy."""
    for run in range(len(codes)):
        if energy[run] != NOWHERE:
            bins = np.int64(energy[run])
            sums[0, codes[run]] += 1
            sums[1, codes[run]] += bins
            sums[2, codes[run]] += bins * bins
