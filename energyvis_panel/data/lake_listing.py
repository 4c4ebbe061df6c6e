"""Which files of a lake count at this moment.

A run is read from its compacted file where there is one, else from its live folder; never from both. The
live folders are listed first and the compacted files after them: a compaction that ends in between has put
its file in place before it removed a segment, so the file is seen, and the segments found no longer count.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from energyvis_panel.data.lake_checks import DamagedFile, FileChecks
from energyvis_panel.data.run_facts import RunFacts

LAKE_FORMAT = "energyvis-lake"
LAKE_VERSION = 1
SEGMENT = re.compile(r"samples-\d+\.parquet")
JOURNAL = re.compile(r"journal-\d+\.bin")
MONTH = re.compile(r"month=\d{4}-\d{2}")
ROLLUP = re.compile(r"month=\d{4}-\d{2}\.parquet")
SAMPLES_ENDING = ".samples.parquet"
EPOCHS_ENDING = ".epochs.parquet"
FACTS_ENDING = ".run.json"
LOCK_FILE = "lock"
"""Held by a writer while it lives."""
EPOCHS_FILE = "epochs.parquet"
FACTS_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one run that count now; ``journals`` hold readings that no reader sees yet."""

    facts: RunFacts
    is_compacted: bool
    samples: tuple[Path, ...]
    epochs: tuple[Path, ...]
    journals: int = 0


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
            return LakeListing({}, damaged=(DamagedFile(self.path / "lake.json", reason),))
        live = {run.facts.run_id: run for run in self._live(found)}
        compacted = {run.facts.run_id: run for run in self._compacted(found)}
        totals, rolled_up = self._totals(found)
        self.checks.forget_all_but(found.seen)
        # A live folder whose run is compacted is what a compaction has yet to remove: it is no damage either.
        gone = [self.path / "live" / run_id for run_id in compacted]
        return LakeListing(
            runs=live | compacted,
            totals=totals,
            rolled_up=rolled_up & compacted.keys(),
            damaged=tuple(d for d in found.damaged if not any(d.path.is_relative_to(g) for g in gone)),
        )

    def _live(self, found: "Findings") -> Iterator[RunFiles]:
        for folder in entries(self.path / "live", folders=True):
            facts_path = folder / FACTS_FILE
            facts = found.facts(facts_path, folder.name)
            if facts is None:
                continue
            samples: list[Path] = []
            epochs: list[Path] = []
            journals = 0
            for writer in entries(folder, folders=True):
                for file in entries(writer):
                    if SEGMENT.fullmatch(file.name):
                        samples += found.table(file, "samples", folder.name)
                    elif file.name == EPOCHS_FILE:
                        epochs += found.table(file, "epochs", folder.name)
                    elif JOURNAL.fullmatch(file.name):
                        journals += 1
                    elif file.name != LOCK_FILE:
                        found.foreign(file)
            yield RunFiles(facts, False, tuple(samples), tuple(epochs), journals)

    def _compacted(self, found: "Findings") -> Iterator[RunFiles]:
        seen: set[str] = set()
        for month in entries(self.path / "runs", folders=True):
            if not MONTH.fullmatch(month.name):
                found.foreign(month)
                continue
            for file in entries(month):
                if not file.name.endswith((SAMPLES_ENDING, EPOCHS_ENDING, FACTS_ENDING)):
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
                epochs = month / f"{run_id}{EPOCHS_ENDING}"
                yield RunFiles(
                    facts,
                    True,
                    tuple(found.table(file, "samples", run_id)),
                    tuple(found.table(epochs, "epochs", run_id)),
                )

    def _totals(self, found: "Findings") -> tuple[tuple[Path, ...], frozenset[str]]:
        files: list[Path] = []
        rolled_up: set[str] = set()
        for file in entries(self.path / "rollups" / "run_totals"):
            # A damaged rollup is no loss: its runs are read from their samples.
            if not ROLLUP.fullmatch(file.name) or not found.table(file, "run_totals", None):
                continue
            try:
                rolled_up.update(pq.read_table(file, columns=["run_id"])["run_id"].to_pylist())
            except (OSError, pa.ArrowException):
                continue
            files.append(file)
        return tuple(files), frozenset(rolled_up)


@dataclass(slots=True)
class Findings:
    """What one listing comes across."""

    checks: FileChecks
    seen: set[str] = field(default_factory=set)
    damaged: list[DamagedFile] = field(default_factory=list)

    def table(self, path: Path, table: str, run_id: str | None) -> list[Path]:
        """The path in a list, or an empty list where the file is gone or damaged."""
        self.seen.add(str(path))
        try:
            reason = self.checks.table(path, table, run_id)
        except FileNotFoundError:
            return []
        if reason is None:
            return [path]
        self.damage(path, reason)
        return []

    def facts(self, path: Path, run_id: str) -> RunFacts | None:
        """Facts of a run, or None where the file is gone or damaged."""
        self.seen.add(str(path))
        try:
            facts = self.checks.facts(path, run_id)
        except FileNotFoundError:
            # Whoever makes a run's folder writes this file next, and removes it last.
            return None
        if isinstance(facts, str):
            self.damage(path, facts)
            return None
        return facts

    def foreign(self, path: Path) -> None:
        """Note a file that belongs to no lake; a file being written or a hidden one is passed over."""
        if not path.name.startswith("."):
            self.damage(path, "it has no name that a file of a lake has")

    def damage(self, path: Path, reason: str) -> None:
        """Note a file that is left out."""
        self.damaged.append(DamagedFile(path, reason))


def marker_reason(lake: Path) -> str | None:
    """Why the folder is no lake that can be read, or None; a folder without the marker may become one."""
    try:
        marker = json.loads((lake / "lake.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        return f"it cannot be read ({error})"
    if not isinstance(marker, dict) or marker.get("format") != LAKE_FORMAT:
        return f"it does not say {LAKE_FORMAT!r}, so the folder is not a lake"
    if marker.get("version") != LAKE_VERSION:
        return (
            f"the lake has version {marker.get('version')!r}, but this program reads version {LAKE_VERSION}"
        )
    return None


def entries(folder: Path, *, folders: bool = False) -> list[Path]:
    """Files (or folders) in ``folder`` by name; none where it is missing or cannot be listed."""
    try:
        with os.scandir(folder) as found:
            # Names are compared, not paths: with thousands of runs that is most of the work.
            names = sorted(entry.name for entry in found if entry.is_dir() == folders)
    except OSError:
        return []
    return [folder / name for name in names]
