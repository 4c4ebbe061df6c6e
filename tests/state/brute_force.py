"""Counts over a Parquet file of runs, made run by run with numpy: what every answer must equal."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.brushes import Brushes, Point
from energyvis_panel.state.explore.dimensions import CATEGORIES, PLANES

Mask = NDArray[np.bool_]
IN_FILE = ("size", "depth", "run_time_s", "power_w", "energy_j", "j_per_datum")
"""Quantities that the file holds as they are brushed."""
OTHER_NUMBERS = ("std_energy_j", "energy_overhead_j", "batch_size", "learning_rate")
"""Further numbers that the file holds."""
OF_NETWORK = ("working_set_bytes", "ms_per_batch")
"""Quantities that follow from a run's network, which the file does not have."""


def numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """A column as numbers, NaN where there is none."""
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), np.float64)


def texts(column: pa.ChunkedArray) -> NDArray[np.str_]:
    """A column as the text of its values, '' where there is none."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        # The fewest digits that read back in single precision, written as Python and DuckDB do: 1e-05.
        shortest = (float(np.format_float_positional(value)) for value in column.to_numpy())
        return np.array(["" if math.isnan(value) else str(value) for value in shortest])
    return np.array(["" if value is None else str(value) for value in column.to_pylist()])


def from_networks(gateway: Gateway, run_ids: pa.ChunkedArray) -> dict[str, NDArray[np.float64]]:
    """What ``butter_e_runs`` works out of these runs' networks, NaN where there is none, by its column."""
    statement = f"SELECT run_id, {', '.join(OF_NETWORK)} FROM butter_e_runs"  # noqa: S608 - fixed names
    rows = gateway._database.connection.cursor().sql(statement).to_arrow_table()
    place = pc.index_in(run_ids.combine_chunks(), value_set=rows["run_id"].combine_chunks())
    return {name: numbers(rows[name].take(place)) for name in OF_NETWORK}


class BruteForce:
    """The runs of one file, on axes.

    Parameters
    ----------
    file
        A Parquet file of runs.
    axes
        Axes by quantity, as the page has them.
    gateway
        Holds the same runs: it works out what follows from their networks.

    """

    def __init__(self, file: Path, axes: Mapping[str, Axis], gateway: Gateway) -> None:
        table = pq.read_table(file)
        self._axes = axes
        self.quantities = {name: numbers(table[name]) for name in IN_FILE}
        self.quantities["started_s"] = numbers(pc.cast(table["started_at"], pa.int64())) / 1e6
        of_network = from_networks(gateway, table["run_id"])
        self.quantities["working_set_bytes"] = of_network["working_set_bytes"]
        others = {name: numbers(table[name]) for name in OTHER_NUMBERS}
        self.numbers = self.quantities | of_network | others
        self.categories = {name: texts(table[name]) for name in CATEGORIES}
        self.is_gpu = self.categories["hardware"] == "GPU node"
        self.bins = {name: self._bins(name) for name in (*IN_FILE, "working_set_bytes")}

    def _bins(self, name: str) -> NDArray[np.int64]:
        """Bin of each run, -1 where it has none."""
        axis, values = self._axes[name], self.quantities[name]
        known = ~np.isnan(values)
        clipped = np.clip(values[known], axis.low, axis.high)
        share = (clipped - axis.low) / (axis.high - axis.low)
        if axis.is_log:
            share = np.log10(clipped / axis.low) / np.log10(axis.high / axis.low)
        bins = np.full(len(values), -1)
        bins[known] = np.clip(np.floor(BINS * share), 0, BINS - 1)
        return bins

    def passing(self, brushes: Brushes, *beyond: str) -> Mask:
        """Which runs pass all brushes but those named ``beyond``."""
        kept = np.ones(len(self.is_gpu), bool)
        for name in set(brushes.names) - set(beyond):
            if name in brushes.ranges:
                values = self.quantities[name]
                low, high = brushes.ranges[name]
                known, inside = ~np.isnan(values), (values >= low) & (values <= high)
            elif name in brushes.sets:
                known = self.categories[name] != ""
                inside = np.isin(self.categories[name], brushes.sets[name])
            else:
                across, up = PLANES[name]
                known = (self.bins[across] >= 0) & (self.bins[up] >= 0)
                inside = self._inside(brushes.lassos[name], across, up)
            kept &= known & (inside != (name in brushes.inverted))
        return kept

    def _inside(self, vertices: tuple[Point, ...], across: str, up: str) -> Mask:
        """Whose bin has its centre inside a polygon: a ray to the right crosses its sides oddly often."""
        x, y = self.bins[across] + 0.5, self.bins[up] + 0.5
        corners = [(self._axes[across].position(cx), self._axes[up].position(cy)) for cx, cy in vertices]
        inside = np.zeros(len(x), bool)
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            if y0 == y1:
                continue
            crossed = ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
            inside ^= crossed
        return inside

    def histogram(self, brushes: Brushes, name: str, *beyond: str) -> dict[int, int]:
        """Runs by hardware and bin of a quantity."""
        kept = self.passing(brushes, *beyond) & (self.bins[name] >= 0)
        return counted(self.is_gpu[kept], self.bins[name][kept])

    def plane(self, brushes: Brushes, across: str, up: str, *beyond: str) -> dict[int, int]:
        """Runs by hardware, bin across and bin up."""
        kept = self.passing(brushes, *beyond) & (self.bins[across] >= 0) & (self.bins[up] >= 0)
        return counted(self.is_gpu[kept], self.bins[across][kept], self.bins[up][kept])

    def frontier(self, brushes: Brushes) -> set[tuple[float, float]]:
        """Run time and energy of the unbeaten runs: no other is as good in both and better in one."""
        kept = self.passing(brushes) & (self.bins["run_time_s"] >= 0) & (self.bins["energy_j"] >= 0)
        run_time, energy = self.quantities["run_time_s"][kept], self.quantities["energy_j"][kept]
        best, found = math.inf, set()
        for at in np.lexsort((energy, run_time)):
            if energy[at] < best:
                best = energy[at]
                found.add((float(run_time[at]), float(energy[at])))
        return found


def counted(*columns: NDArray[Any]) -> dict[int, int]:
    """How many rows have which values, as bytes of one number."""
    code = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        code = 256 * code + column
    values, counts = np.unique(code, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def counts_of(table: pa.Table, *names: str) -> dict[int, int]:
    """What an answer counts, by the values of these columns as bytes of one number; one row each."""
    code = np.zeros(table.num_rows, np.int64)
    for name in names:
        code = 256 * code + np.asarray(table[name].to_numpy(), np.int64)
    assert len(np.unique(code)) == len(code)
    return dict(zip(code.tolist(), table["run_count"].to_pylist(), strict=True))
