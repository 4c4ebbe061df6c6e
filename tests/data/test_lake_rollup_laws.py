"""Rollups of any lake hold what its readings add up to, reckoned here in numpy from what was written."""

import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.lake_rollup import DuckdbSums, roll_up
from energyvis_panel.data.lake_rollup_files import read_rollup
from energyvis_panel.data.run_book import RunBook
from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.state.lake_watch import LakeWatch
from energyvis_panel.state.runs import RunsState
from tests.lake_fixture import LakeWriter, Row, sample

# An example writes a lake, so there are few, and none is made smaller when it fails.
FEW = settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NEW_YEAR + timedelta(days=500)
KINDS = ("gpu", "cpu", "dram", "other")
SOURCES = ("counter", "integrated", "estimate", "imported")
QUALITIES = ("ok", "gap", "clamped", "wrapped")
ENERGIES = st.integers(0, 80_000).map(lambda eighths: eighths / 8)
"""Sums of eighths are exact in any order, so that answers can be compared to the last bit."""


@dataclass(frozen=True)
class AnyRun:
    """A run: its id, user, start, and the readings of each of its hosts."""

    run_id: str
    user: str
    started_at: datetime
    rows: dict[str, list[Row]]

    def write(self, writer: LakeWriter) -> None:
        """Write it as one that is over."""
        stamp = self.started_at.isoformat()
        times = {f"{name}_at": stamp for name in ("started", "ended", "heartbeat")}
        writer.facts(self.run_id, user=self.user, hosts=list(self.rows), **times)
        for host, rows in self.rows.items():
            writer.segment(self.run_id, 0, rows, f"{host}-1")


@st.composite
def lakes(draw: st.DrawFn) -> list[AnyRun]:
    """Up to eight runs of three people over 400 days, starts at the very border of a month among them."""
    runs = []
    for place in range(draw(st.integers(0, 8))):
        run_id = f"01JBQ00000000000000000000{place}"
        border = NEW_YEAR.replace(month=draw(st.integers(2, 12)))
        moment = st.sampled_from([border, border - timedelta(microseconds=1)]) | st.integers(0, 400).map(
            lambda days: NEW_YEAR + timedelta(days=days, hours=3)
        )
        rows = {}
        for host in draw(st.sampled_from([("a",), ("b",), ("a", "b")])):
            made: list[Row] = []
            for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True)):
                for second in range(draw(st.integers(0, 5))):
                    energy_j = draw(ENERGIES)
                    changes: dict[str, Any] = {
                        "seq": len(made),
                        "host": host,
                        "device_kind": kind,
                        "device_id": f"{kind}-0",
                        "source": draw(st.sampled_from(SOURCES)),
                        "quality": draw(st.sampled_from(QUALITIES)),
                        "attributed_energy_j": draw(st.none() | ENERGIES),
                    }
                    made.append(sample(run_id, second, energy_j, **changes))
            rows[host] = made
        runs.append(AnyRun(run_id, draw(st.sampled_from(["ada", "bob", "cem"])), draw(moment), rows))
    return runs


def expected_totals(run: AnyRun) -> dict[tuple[str, str], tuple[float, float, int, int, int]]:
    """Job's joules, devices' joules, readings, gaps and clamped ones, by kind of device and source."""
    parts: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in (row for rows in run.rows.values() for row in rows):
        parts[row["device_kind"], row["source"]].append(row)
    found = {}
    for key, rows in parts.items():
        device_j = np.array([row["energy_j"] for row in rows])
        job_j = np.array(
            [np.nan if (own := row["attributed_energy_j"]) is None else own for row in rows], dtype=np.float64
        )
        qualities = np.array([row["quality"] for row in rows])
        found[key] = (
            float(np.where(np.isnan(job_j), device_j, job_j).sum()),
            float(device_j.sum()),
            len(rows),
            int((qualities == "gap").sum()),
            int((qualities == "clamped").sum()),
        )
    return found


def rolled_up(lake: Path, month: str) -> dict[str, dict[tuple[str, str], tuple[float, float, int, int, int]]]:
    """What a month's rollup says, in the same form."""
    found: dict[str, dict[tuple[str, str], tuple[float, float, int, int, int]]] = defaultdict(dict)
    for row in read_rollup(lake, month).totals.to_pylist():
        found[row["run_id"]][row["device_kind"], row["source"]] = (
            row["energy_j"],
            row["device_energy_j"],
            row["samples"],
            row["gap_samples"],
            row["clamped_samples"],
        )
    return dict(found)


def all_rolled_up(lake: Path) -> dict[str, Any]:
    """The same of all months that have rows."""
    months = [path.stem for path in lake.glob("rollups/run_totals/*.parquet")]
    return {month: found for month in months if (found := rolled_up(lake, month))}


@FEW
@given(runs=lakes(), most_samples=st.integers(1, 60), first=st.integers(0, 8))
def test_rollups_hold_the_sums_of_the_readings(runs: list[AnyRun], most_samples: int, first: int) -> None:
    by_month: dict[str, dict[str, Any]] = defaultdict(dict)
    for run in runs:
        if totals := expected_totals(run):
            by_month[f"month={run.started_at:%Y-%m}"][run.run_id] = totals
    with tempfile.TemporaryDirectory() as folder, Gateway(threads=1) as gateway:
        writer = LakeWriter(Path(folder) / "lake")
        writer.marker()
        lake = Lake(gateway, writer.path)
        for part in (runs[:first], runs[first:]):
            for run in part:
                run.write(writer)
            compact_lake(lake)
        assert all_rolled_up(writer.path) == by_month
        for path in writer.path.glob("rollups/*/*.parquet"):
            path.unlink()
        report = roll_up(lake, sums=DuckdbSums(gateway, most_samples))
        assert (sorted(report.added), report.left) == ([run.run_id for run in runs], {})
        assert all_rolled_up(writer.path) == by_month


@settings(FEW, max_examples=5)
@given(runs=lakes())
def test_the_runs_page_sums_by_user_and_month_what_was_recorded(runs: list[AnyRun]) -> None:
    expected: dict[tuple[str, str], float] = defaultdict(float)
    for run in runs:
        joules = sum(part[0] for part in expected_totals(run).values())
        expected[run.user, f"{run.started_at:%Y-%m}"] += joules
    with tempfile.TemporaryDirectory() as folder, Gateway(threads=1) as gateway:
        writer = LakeWriter(Path(folder) / "lake")
        writer.marker()
        for run in runs:
            run.write(writer)
        lake = Lake(gateway, writer.path)
        compact_lake(lake)
        book = RunBook(lake)
        state = RunsState(book)
        state.show(LakeWatch(book, clock=lambda: LATER).snapshot())
    assert not state.failure
    for (user, month), joules in expected.items():
        state.param.update(user=user, group="month")
        (group,) = [group for group in state.groups if group.name == month]
        assert group.energy_j == pytest.approx(joules, rel=1e-12)
    state.param.update(user="", group="user")
    assert state.totals.sums.sum() * JOULES_PER_KWH == pytest.approx(sum(expected.values()), rel=1e-12)
