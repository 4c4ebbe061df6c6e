"""Parts of a lake: what is live, one month, one run. Each is listed without looking at the others."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_checks import Stamp, stamp_of
from energyvis_panel.data.lake_findings import Findings
from energyvis_panel.data.lake_layout import (
    ENDINGS,
    EPOCHS_ENDING,
    FACTS_ENDING,
    MONTH,
    ROLLUPS,
    RUNS,
    SAMPLES_ENDING,
    SPANS_ENDING,
    entries,
    is_folder,
)
from energyvis_panel.data.lake_listing import LakeLister, RunFiles
from energyvis_panel.data.lake_rollup_files import FACTS, described_runs, read_part, rollup_path
from energyvis_panel.data.run_facts import RunFacts
from energyvis_panel.errors import DatasetError


@dataclass(slots=True)
class LiveLister(LakeLister):
    """Lists the runs in ``live/`` only, and what is foreign among the months."""

    def _compacted(self, found: Findings) -> Iterator[RunFiles]:
        for folder in entries(self.path / RUNS, folders=True):
            if not MONTH.fullmatch(folder.name):
                found.foreign(folder)
        yield from ()

    def _totals(self, found: Findings) -> tuple[tuple[Path, ...], frozenset[str]]:  # noqa: ARG002 - as its base
        return (), frozenset()


@dataclass(slots=True)
class MonthLister(LakeLister):
    """Lists the compacted runs of one month, and its rollup.

    The tables and facts of a run in the rollup are not opened, since the rollup has them: that would be most
    of the work. `energyvis lake check` reads them through.
    """

    month: str = ""
    described: tuple[Stamp | None, dict[str, RunFacts]] = field(default=(None, {}))

    def _live(self, found: Findings) -> Iterator[RunFiles]:  # noqa: ARG002 - as its base
        yield from ()

    def _compacted(self, found: Findings) -> Iterator[RunFiles]:
        folder = self.path / RUNS / self.month
        rolled_up = self._totals(found)[1]
        described = self._facts_of_rollup() if rolled_up else {}
        names = file_names(folder)
        for file in sorted(names):
            if not file.endswith(ENDINGS):
                found.foreign(folder / file)
            if not file.endswith(SAMPLES_ENDING):
                continue
            run_id = file.removesuffix(SAMPLES_ENDING)
            if run_id not in rolled_up:
                yield from run_files(folder, run_id, found)
                continue
            name = f"{run_id}{FACTS_ENDING}"
            facts = described.get(run_id) if name in names else None
            if facts := facts or found.facts(folder / name, run_id):
                yield RunFiles(facts, True)

    def _facts_of_rollup(self) -> dict[str, RunFacts]:
        """Facts of the runs in the month's rollup; read again where its file changed."""
        path = rollup_path(self.path, FACTS, self.month)
        try:
            stamp = stamp_of(path)
        except (OSError, DatasetError):
            return {}
        if self.described[0] != stamp:
            self.described = (stamp, described_runs(read_part(path, FACTS)))
        return self.described[1]

    def _totals(self, found: Findings) -> tuple[tuple[Path, ...], frozenset[str]]:
        rollup = self.path / ROLLUPS / "run_totals" / f"{self.month}.parquet"
        # A damaged rollup is no loss: its runs are read from their samples.
        if not found.table(rollup, "run_totals", None):
            return (), frozenset()
        try:
            return (rollup,), frozenset(pq.read_table(rollup, columns=["run_id"])["run_id"].to_pylist())
        except (OSError, pa.ArrowException):
            return (), frozenset()


@dataclass(slots=True)
class RunLister(LakeLister):
    """Lists one compacted run."""

    month: str = ""
    run_id: str = ""

    def _live(self, found: Findings) -> Iterator[RunFiles]:  # noqa: ARG002 - as its base
        yield from ()

    def _compacted(self, found: Findings) -> Iterator[RunFiles]:
        yield from run_files(self.path / RUNS / self.month, self.run_id, found)

    def _totals(self, found: Findings) -> tuple[tuple[Path, ...], frozenset[str]]:  # noqa: ARG002 - as its base
        return (), frozenset()


def file_names(folder: Path) -> set[str]:
    """Names of the files in a folder; of thousands of runs, paths would be most of the work."""
    try:
        with os.scandir(folder) as found:
            return {entry.name for entry in found if not is_folder(entry)}
    except OSError:
        return set()


def run_files(folder: Path, run_id: str, found: Findings) -> Iterator[RunFiles]:
    """Files of a compacted run in its month's folder; none where its facts cannot be used."""
    facts = found.facts(folder / f"{run_id}{FACTS_ENDING}", run_id)
    if facts is not None:
        yield RunFiles(
            facts,
            True,
            tuple(found.table(folder / f"{run_id}{SAMPLES_ENDING}", "samples", run_id)),
            tuple(found.table(folder / f"{run_id}{EPOCHS_ENDING}", "epochs", run_id)),
            tuple(found.table(folder / f"{run_id}{SPANS_ENDING}", "spans", run_id)),
        )


class PartOfLake(Lake):
    """A lake of which only one part is seen."""

    def __init__(self, whole: Lake, lister: LakeLister) -> None:
        super().__init__(whole.gateway, whole.path)
        self._lister = lister
        lister.checks.deep = whole.deep_damage

    def forget_facts(self) -> None:
        """Let go of the facts of the runs in a rollup: those of a year take hundreds of megabytes."""
        with self._lock:
            if isinstance(self._lister, MonthLister):
                self._lister.described = (None, {})
