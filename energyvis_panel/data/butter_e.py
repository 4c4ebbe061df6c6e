"""BUTTER-E in DuckDB: loads a Parquet file of runs so that the questions in ``sql/explore`` can be asked."""

from pathlib import Path
from typing import Final

from energyvis_panel.data.butter_e_selection import NarrowSelections
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.network import EPOCHS, OVERHEAD_S
from energyvis_panel.errors import DatasetError, QueryError
from energyvis_panel.resources import resource_path

BINS: Final = 240
"""Bins of every axis: about one a pixel at the height of a chart, and few enough for one byte."""
MACROS: Final = ("make_axis_bin", "make_passes_range", "make_passes_set", "make_passes_lasso")
"""What the tables and the selection are told in terms of."""


def standin_path() -> Path:
    """Path of the shipped synthetic stand-in, for where the real files are not."""
    return resource_path("datasets/butter_e/standin.parquet")


def networks_path() -> Path:
    """Path of the shipped table of all networks: their work and the bytes that they keep at hand."""
    return resource_path("datasets/butter_e/networks.parquet")


def load_butter_e(gateway: Gateway, file: Path | None = None) -> None:
    """Make the tables and macros of the Explore page from ``file``, the stand-in by default.

    Parameters
    ----------
    gateway
        Where the questions will be asked; one load serves every session of the process.
    file
        Parquet file of runs with the columns listed in ``datasets/butter_e/README.md``.

    Raises
    ------
    DatasetError
        If the file is missing, empty, or not a table of runs.

    """
    path = file or standin_path()
    if not path.is_file():
        raise DatasetError(f"There is no file of BUTTER-E runs at {path}. Check the path, or fetch the data.")
    try:
        for macro in MACROS:
            gateway.run(f"butter_e/{macro}")
        gateway.run("butter_e/make_networks", file=str(networks_path()))
        gateway.run("butter_e/make_axes", file=str(path))
        gateway.run("butter_e/make_word", file=str(path))
        gateway.run("butter_e/make_node", file=str(path))
        gateway.run("butter_e/make_passes_word")
        gateway.run(
            "butter_e/make_runs",
            file=str(path),
            bins=BINS,
            epochs=EPOCHS,
            cpu_overhead_s=OVERHEAD_S["CPU node"],
            gpu_overhead_s=OVERHEAD_S["GPU node"],
        )
        gateway.run("butter_e/make_selection")
        gateway.narrow("brushes", NarrowSelections(gateway))
        gateway.run("butter_e/make_marked")
        gateway.run("butter_e/make_compared")
        gateway.run("butter_e/make_listed")
        empty = gateway.ask("explore/categories").num_rows == 0
    except QueryError as error:
        raise DatasetError(f"{path} is not a table of BUTTER-E runs: {error}") from error
    if empty:
        raise DatasetError(f"{path} holds no run. Fetch the data again.")
