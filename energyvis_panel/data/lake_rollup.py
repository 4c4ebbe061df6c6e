"""The rollups: the sums of each month's compacted runs, so that nobody has to read their samples again."""

import logging
from collections.abc import Callable

from energyvis_panel.data.durable_file import appearing_file
from energyvis_panel.data.lake import Lake, table_files
from energyvis_panel.data.lake_checks import row_count
from energyvis_panel.data.lake_layout import LOCK_FILE, ROLLUPS
from energyvis_panel.data.lake_listing import LakeListing, RunFiles
from energyvis_panel.data.lake_locks import sole_worker
from energyvis_panel.errors import QueryError

log = logging.getLogger(__name__)


def roll_up(lake: Lake, before: Callable[[], None] = lambda: None) -> int:
    """Number of runs added to the rollups: compacted ones that no rollup holds yet.

    One process at a time does it, from listing to renaming: a rollup never loses a run, so a reader who has
    left out the samples of the runs in it finds them all. Where another one is at it, or the file system has
    no locks, nothing happens; the samples are read then.

    Parameters
    ----------
    lake
        The lake.
    before
        Called before each month.

    Raises
    ------
    OSError
        If the lake cannot be written.

    """
    added = 0
    if not by_month(lake.listing()):
        return 0
    with sole_worker(lake.path / ROLLUPS / LOCK_FILE) as is_sole:
        if not is_sole:
            return 0
        listing = lake.listing()
        for month, runs in by_month(listing).items():
            before()
            try:
                add_to_rollup(lake, listing, month, runs)
            except QueryError as error:
                log.warning("The rollup %s is left as it is: %s", month, error)
            else:
                added += len(runs)
    return added


def add_to_rollup(lake: Lake, listing: LakeListing, month: str, runs: list[RunFiles]) -> None:
    """Write a month's rollup again, with further runs.

    Raises
    ------
    QueryError
        If a file of the runs cannot be read.

    """
    rollup = lake.path / ROLLUPS / "run_totals" / f"{month}.parquet"
    with appearing_file(rollup) as target:
        lake.gateway.write_parquet(
            "lake/run_totals_of_month",
            target,
            totals=table_files("run_totals", [path for path in listing.totals if path == rollup]),
            samples=table_files("samples", (path for run in runs for path in run.samples)),
            epochs=table_files("epochs", (path for run in runs for path in run.epochs)),
        )


def by_month(listing: LakeListing) -> dict[str, list[RunFiles]]:
    """Compacted runs with readings that no rollup holds, by the name of their month's folder."""
    months: dict[str, list[RunFiles]] = {}
    for run_id, run in sorted(listing.runs.items()):
        if run.is_compacted and run.samples and run_id not in listing.rolled_up and row_count(run.samples):
            months.setdefault(run.samples[0].parent.name, []).append(run)
    return months
