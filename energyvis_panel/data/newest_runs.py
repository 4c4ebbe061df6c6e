"""The newest runs of a lake by their ids, which sort by time of start; of the others only names are read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from energyvis_panel.data.lake_findings import Findings
from energyvis_panel.data.lake_layout import LIVE, MONTH, RUNS, SAMPLES_ENDING, entries
from energyvis_panel.data.lake_listing import LakeLister, RunFiles
from energyvis_panel.data.lake_parts import run_files


@dataclass(slots=True)
class NewestLister(LakeLister):
    """Lists the ``most`` runs that started last."""

    most: int = 1

    def _live(self, found: Findings) -> Iterator[RunFiles]:
        for folder in entries(self.path / LIVE, folders=True)[-self.most :]:
            yield from self._live_run(folder, found)

    def _compacted(self, found: Findings) -> Iterator[RunFiles]:
        for folder, run_id in self._newest_compacted():
            yield from run_files(folder, run_id, found)

    def _newest_compacted(self) -> list[tuple[Path, str]]:
        newest: list[tuple[Path, str]] = []
        for month in reversed(entries(self.path / RUNS, folders=True)):
            if len(newest) >= self.most:
                break
            if MONTH.fullmatch(month.name):
                names = [file.name for file in entries(month) if file.name.endswith(SAMPLES_ENDING)]
                newest += [(month, name.removesuffix(SAMPLES_ENDING)) for name in reversed(names)]
        return newest[: self.most]

    def _totals(self, found: Findings) -> tuple[tuple[()], frozenset[str]]:  # noqa: ARG002 - as its base
        return (), frozenset()
