"""The raw BUTTER-E files (OpenEI submission 5991, doi 10.25984/2329316): names and what stands in them."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from energyvis_panel.errors import DatasetError
from energyvis_panel.resources import resource_path

Casts = Mapping[str, Callable[[str], object] | None]
"""Columns that a file needs, each with what must be able to read its cells; None takes any text."""

TRUTH = {"0": False, "1": True, "false": False, "true": True, "False": False, "True": True}

METADATA: Final[Casts] = {
    "run_id": None,
    "old_experiment_id": int,
    "slurm_job_id": int,
    "start_time": datetime.fromisoformat,
    "update_time": datetime.fromisoformat,
    "host_name": None,
    "size": int,
    "depth": int,
    "shape": None,
    "dataset": None,
    "learning_rate": float,
    "batch_size": int,
    "optimizer": None,
    "is_gpu": TRUTH.__getitem__,
    "batch": None,
}
ENERGY: Final[Casts] = {"timestamp": datetime.fromisoformat, "node": None, "watts": float}
NODE_SINFO: Final[Casts] = {"HOSTNAMES": None, "CPUS": None, "MEMORY": int, "TMP_DISK": int, "GRES": None}
NODE_POWER_DIST: Final[Casts] = {"node": None, "p2": float}
OBSERVATIONS: Final = ("n_observations", "n_instances", "observations")
"""Spellings of the column that counts a data set's observations."""


@dataclass(frozen=True, slots=True)
class RawFiles:
    """Paths of the raw files."""

    metadata: Path
    """``butter_e_metadata.csv``: one row per run."""
    energy: Path
    """Folder ``butter_e_energy`` of ``{slurm_job_id}.csv``: minute watts."""
    node_sinfo: Path
    """``node_sinfo.csv``: memory, disk and GPUs of each node."""
    node_power_dist: Path
    """``node_power_dist.csv``: quantiles of each node's power."""
    data_sets: Path | None = None
    """``pmlb.csv``: sizes of the data sets; None for the shipped table of the 13 in use."""

    def data_sets_path(self) -> Path:
        """Path of the table of data sets."""
        return self.data_sets or resource_path("datasets/butter_e/data_sets.csv")

    def jobs(self) -> list[Path]:
        """Files of the folder of minute watts that are named for a job, by its number.

        Raises
        ------
        DatasetError
            If the folder is missing or holds none.

        """
        found = [path for path in self.energy.glob("*.csv") if path.stem.isascii() and path.stem.isdigit()]
        if not found:
            raise DatasetError(
                f"{self.energy} holds no file named for a job, such as 10296440.csv. "
                "Unpack butter_e_energy.zip there, or name its folder."
            )
        return sorted(found, key=lambda path: int(path.stem))


def header_of(path: Path) -> list[str]:
    """Column names of a CSV file, trimmed; none where the file is empty.

    Raises
    ------
    DatasetError
        If the file is missing or cannot be read.

    """
    return next(cells_of(path), [])


def cells_of(path: Path) -> Iterator[list[str]]:
    """Cells of each line of a CSV file, trimmed.

    Raises
    ------
    DatasetError
        If the file is missing or cannot be read.

    """
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.reader(file):
                yield [cell.strip() for cell in row]
    except FileNotFoundError as error:
        raise DatasetError(
            f"There is no {path.name} at {path}. Check the path, or fetch the data."
        ) from error
    except (OSError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read: {error}. Fetch it again.") from error
