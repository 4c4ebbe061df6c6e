"""Which files of a lake count at this moment.

A run is read from its compacted file where there is one, else from its live folder; never from both. The
live folders are listed first and the compacted files after them: a compaction that ends in between has put
its file in place before it removed a segment, so the file is seen, and the segments found no longer count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from energyvis_panel.data.lake_checks import DamagedFile, FileChecks
from energyvis_panel.data.lake_findings import Findings
from energyvis_panel.data.lake_layout import (
    ENDINGS,
    EPOCHS_ENDING,
    FACTS_ENDING,
    FACTS_FILE,
    JOURNAL,
    LIVE,
    LOCK_FILE,
    MARKER_FILE,
    MONTH,
    ROLLUP,
    ROLLUPS,
    RUNS,
    SAMPLES_ENDING,
    SPANS_ENDING,
    entries,
    marker_reason,
    table_of,
)
from energyvis_panel.data.run_facts import RunFacts


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one run that count now; ``journals`` hold readings that no reader sees yet."""

    facts: RunFacts
    is_compacted: bool
    samples: tuple[Path, ...] = ()
    epochs: tuple[Path, ...] = ()
    spans: tuple[Path, ...] = ()
    journals: int = 0

    def tables(self) -> dict[str, tuple[Path, ...]]:
        """Parquet files by the table that they hold a part of."""
        return {"samples": self.samples, "epochs": self.epochs, "spans": self.spans}


@dataclass(frozen=True, slots=True)
class LakeListing:
    """All runs of a lake by id, the rollup files, the runs these hold, and what had to be left out."""

    runs: dict[str, RunFiles]
    totals: tuple[Path, ...] = ()
    rolled_up: frozenset[str] = frozenset()
    damaged: tuple[DamagedFile, ...] = ()


@dataclass(slots=True)
class LakeLister:
    """Lists one lake again and again; a file that did not change is not opened again."""

    path: Path
    checks: FileChecks = field(default_factory=FileChecks)

    def listing(self) -> LakeListing:
        """What the lake holds now; a lake that does not exist is empty."""
        found = Findings(self.checks)
        if (reason := marker_reason(self.path)) is not None:
            return LakeListing({}, damaged=(DamagedFile(self.path / MARKER_FILE, reason),))
        live = {run.facts.run_id: run for run in self._live(found)}
        compacted = {run.facts.run_id: run for run in self._compacted(found)}
        totals, rolled_up = self._totals(found)
        self.checks.forget_all_but(found.seen)
        # A live folder whose run is compacted is what a compaction has yet to remove: it is no damage either.
        live_folder = self.path / LIVE
        return LakeListing(
            runs=live | compacted,
            totals=totals,
            rolled_up=rolled_up & compacted.keys(),
            damaged=tuple(d for d in found.damaged if run_below(live_folder, d.path) not in compacted),
        )

    def _live(self, found: Findings) -> Iterator[RunFiles]:
        for folder in entries(self.path / LIVE, folders=True):
            yield from self._live_run(folder, found)

    def _live_run(self, folder: Path, found: Findings) -> Iterator[RunFiles]:
        """Files of the run in a live folder; none where its facts cannot be used."""
        facts = found.facts(folder / FACTS_FILE, folder.name)
        if facts is None:
            return
        tables: dict[str, list[Path]] = {"samples": [], "epochs": [], "spans": []}
        journals = 0
        for writer in entries(folder, folders=True):
            for file in entries(writer):
                if table := table_of(file.name):
                    tables[table] += found.table(file, table, folder.name)
                elif JOURNAL.fullmatch(file.name):
                    journals += 1
                elif file.name not in {LOCK_FILE, FACTS_FILE}:
                    found.foreign(file)
        samples, epochs, spans = (tuple(files) for files in tables.values())
        yield RunFiles(facts, False, samples, epochs, spans, journals)

    def _compacted(self, found: Findings) -> Iterator[RunFiles]:
        seen: set[str] = set()
        for month in entries(self.path / RUNS, folders=True):
            if not MONTH.fullmatch(month.name):
                found.foreign(month)
                continue
            for file in entries(month):
                if not file.name.endswith(ENDINGS):
                    found.foreign(file)
                if not file.name.endswith(SAMPLES_ENDING):
                    continue
                run_id = file.name.removesuffix(SAMPLES_ENDING)
                if run_id in seen:
                    found.damage(file, f"it is a second copy of the run {run_id}")
                    continue
                seen.add(run_id)
                facts = found.facts(month / f"{run_id}{FACTS_ENDING}", run_id)
                if facts is None:
                    continue
                yield RunFiles(
                    facts,
                    True,
                    tuple(found.table(file, "samples", run_id)),
                    tuple(found.table(month / f"{run_id}{EPOCHS_ENDING}", "epochs", run_id)),
                    tuple(found.table(month / f"{run_id}{SPANS_ENDING}", "spans", run_id)),
                )

    def _totals(self, found: Findings) -> tuple[tuple[Path, ...], frozenset[str]]:
        files: list[Path] = []
        rolled_up: set[str] = set()
        for file in entries(self.path / ROLLUPS / "run_totals"):
            # A damaged rollup is no loss: its runs are read from their samples.
            if not ROLLUP.fullmatch(file.name) or not found.table(file, "run_totals", None):
                continue
            try:
                rolled_up.update(pq.read_table(file, columns=["run_id"])["run_id"].to_pylist())
            except (OSError, pa.ArrowException):
                continue
            files.append(file)
        return tuple(files), frozenset(rolled_up)


def run_below(live: Path, path: Path) -> str | None:
    """Id of the run in whose live folder a path lies, None where it lies elsewhere."""
    return path.relative_to(live).parts[0] if live in path.parents else None
