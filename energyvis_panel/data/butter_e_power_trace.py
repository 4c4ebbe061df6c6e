"""Minute watts of one job, from the raw set where it is present."""

from pathlib import Path

import pyarrow as pa

from energyvis_panel.data.gateway import Gateway


def power_trace(gateway: Gateway, file: Path, slurm_job_id: int) -> pa.Table | None:
    """Readings of a job as a table of ts (UTC), node and watts; None where the raw set is not here.

    Raises
    ------
    QueryError
        If the file is not a table of readings.

    """
    if not file.is_file():
        return None
    return gateway.ask("butter_e/power_trace", file=str(file), slurm_job_id=slurm_job_id)
