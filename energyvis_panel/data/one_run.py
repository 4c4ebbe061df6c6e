"""One run of a lake, found by its id: however many others there are, none of them is looked at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_findings import Findings
from energyvis_panel.data.lake_layout import LIVE, MONTH, RUNS, SAMPLES_ENDING, entries
from energyvis_panel.data.lake_listing import LakeLister, RunFiles
from energyvis_panel.data.lake_parts import PartOfLake, run_files

RUN_ID = re.compile(r"[0-9A-Za-z]{26}")
"""A whole id; whatever else people type is looked for among all runs, and never becomes a path."""


@dataclass(slots=True)
class OneRunLister(LakeLister):
    """Lists the run with an id, live or compacted."""

    run_id: str = ""

    def _live(self, found: Findings) -> Iterator[RunFiles]:
        yield from self._live_run(self.path / LIVE / self.run_id, found)

    def _compacted(self, found: Findings) -> Iterator[RunFiles]:
        for month in entries(self.path / RUNS, folders=True):
            if MONTH.fullmatch(month.name) and (month / f"{self.run_id}{SAMPLES_ENDING}").is_file():
                yield from run_files(month, self.run_id, found)
                return

    def _totals(self, found: Findings) -> tuple[tuple[()], frozenset[str]]:  # noqa: ARG002 - as its base
        return (), frozenset()


def lake_of_run(lake: Lake, run: str) -> Lake:
    """The part of the lake that holds only the run with this id; the whole lake where there is none."""
    if not RUN_ID.fullmatch(run):
        return lake
    part = PartOfLake(lake, OneRunLister(lake.path, run_id=run))
    return part if run in part.listing().runs else lake
