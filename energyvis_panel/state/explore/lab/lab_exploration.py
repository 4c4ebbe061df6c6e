"""An exploration of the lab's own runs."""

from datetime import datetime
from typing import Final

from energyvis_panel.data.lab_runs import LabRuns
from energyvis_panel.errors import DatasetError
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import LAB, DataChoice
from energyvis_panel.state.run_rows import utc_now

ORIGIN: Final = (
    "Runs of the lake {path}. Energy is that of the devices that were measured, not of the whole node; "
    "settings are as their tags say."
)


class EmptyLakeError(DatasetError):
    """The lake has no run to explore."""


def lab_exploration(lab: LabRuns, now: datetime | None = None) -> Exploration:
    """An exploration of the runs that the lake holds at ``now``, the present by default.

    Takes seconds where thousands of runs are read for the first time; any thread may call it.

    Raises
    ------
    EmptyLakeError
        If the lake holds no run.
    DatasetError
        If it cannot be read.

    """
    table = lab.table(now or utc_now())
    if table is None:
        raise EmptyLakeError(
            f"The lake {lab.path} holds no run yet. Measure one: energyvis-track run -- python train.py"
        )
    state = Exploration(table.gateway, origin=ORIGIN.format(path=lab.path), scores=table.scores)
    since = f"{table.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    DataChoice.of(state).param.update(source=LAB, since=since, version=table)
    return state
