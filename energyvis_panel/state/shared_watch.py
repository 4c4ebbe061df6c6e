"""The one watcher of a process's lake, and what it tells the sessions."""

import functools

from energyvis_panel.data.run_book import RunBook
from energyvis_panel.data.workspace import Workspace
from energyvis_panel.domain.run_summary import RunSummary, run_detail
from energyvis_panel.state.lake_watch import LakeWatch
from energyvis_panel.state.profile_shelf import MOST_RUNS
from energyvis_panel.state.run_rows import LakeSnapshot, RunRow
from energyvis_panel.state.study import Study


@functools.cache
def shared_watch(shared: Workspace) -> LakeWatch:
    """Watcher of the workspace's lake, made once in a process."""
    return LakeWatch(RunBook(shared.lake), shared.intensities, shared.references.prices)


class StudyRuns:
    """Tells a study which runs the lake holds."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def show(self, snapshot: LakeSnapshot) -> None:
        """Take over what a watcher read; after a failure the runs read before stay."""
        if not snapshot.failure:
            shown = (
                {self.study.choice.baseline_id, *self.study.choice.compared_ids}
                if self.study.choice
                else set()
            )
            rows = [
                row for place, row in enumerate(snapshot.rows) if place < MOST_RUNS or row.run_id in shown
            ]
            self.study.show_runs([summary(row) for row in rows])


def summary(row: RunRow) -> RunSummary:
    """A run as the strip shows it."""
    detail = run_detail(row.user, row.epochs_done, row.epochs_planned, row.energy_j)
    return RunSummary(row.run_id, row.name, row.state, detail)
