"""The Runs page's state: rows from a reading, a filter, one run opened."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from energyvis_panel.data.lake import LakeStatus
from energyvis_panel.data.lake_listing import RunFiles
from energyvis_panel.errors import DatasetError
from energyvis_panel.state.run_rows import LakeSnapshot, RunRow, run_row, take_snapshot
from energyvis_panel.state.runs import PowerPoint, RunsState
from tests.lake_fixture import at
from tests.profiles_fixture import INTENSITIES


def lake_row(run_id: str = "R1", **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "run_id": run_id, "name": "resnet", "project": "vision", "user": "ada", "hosts": ["node1", "node2"],
        "state": "finished", "started_at": at(0), "duration_s": 60.0, "energy_j": 3.6e6, "power_w": 60_000.0,
        "epochs_done": 3, "epochs_planned": 3, "estimated_share": 0.0, "source": "counter", "quality": "ok",
        "region_id": "US-GA", "pue": 1.5, "heartbeat_at": at(60),
    }  # fmt: skip
    return row | changes


def row(run_id: str = "R1", **changes: Any) -> RunRow:
    return run_row(lake_row(run_id, **changes), INTENSITIES)


class CannedLake:
    """A lake whose answers are given, and which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failure: DatasetError | None = None

    def all_runs(self, now: datetime) -> pa.Table:
        self.asked.append(f"all {now}")
        if self.failure:
            raise self.failure
        return pa.Table.from_pylist([lake_row()])

    def status(self, now: datetime) -> LakeStatus:
        return LakeStatus(Path("/srv/lake"), True, 1, 0, 0, now, 0.0, ())

    def run(self, run: str) -> RunFiles:
        raise DatasetError(f"There is no run {run!r}.")

    def ask(self, question: str, *, run_id: str | None = None, **params: object) -> pa.Table:
        self.asked.append(f"{question} {run_id} {params['n']}")
        if self.failure:
            raise self.failure
        return pa.Table.from_pylist([{"device_kind": "gpu", "elapsed_s": 1.5, "power_w": 300.0}])


def state_with(*rows: RunRow) -> tuple[RunsState, CannedLake]:
    lake = CannedLake()
    state = RunsState(lake)
    state.show(LakeSnapshot(at(0), rows))
    return state, lake


def test_emissions_are_those_of_the_runs_region_at_its_pue() -> None:
    found = row()
    assert found.carbon_g == 325.0 * 1.5
    assert "PUE 1.5" in found.carbon_origin
    assert "EPA eGRID" in found.carbon_origin
    assert row(pue=None).carbon_g == 325.0
    assert "not known" in row(pue=None).carbon_origin


def test_region_that_is_not_known_has_no_emissions() -> None:
    for region in (None, "XX"):
        assert row(region_id=region).carbon_g is None
        assert "no region" in row(region_id=region).carbon_origin


def test_every_word_of_the_filter_must_occur() -> None:
    state, _ = state_with(row("R1", name="ResNet 50"), row("R2", name="bert", user="grace"), row("R3"))
    state.filter_text = "resnet ADA"
    assert [r.run_id for r in state.rows] == ["R1", "R3"]
    state.filter_text = "grace node2 georgia"
    assert [r.run_id for r in state.rows] == ["R2"]
    state.filter_text = ""
    assert len(state.rows) == state.total == 3


def test_filter_holds_when_the_lake_is_read_again() -> None:
    state, _ = state_with(row("R1"), row("R2", user="grace"))
    state.filter_text = "grace"
    state.show(LakeSnapshot(at(2), (row("R3", user="grace"), row("R1"), row("R2", user="grace"))))
    assert [r.run_id for r in state.rows] == ["R3", "R2"]


def test_reading_the_same_again_redraws_nothing() -> None:
    state, _ = state_with(row())
    events: list[object] = []
    state.param.watch(events.append, ["rows", "selected", "trace"])
    state.show(LakeSnapshot(at(2), (row(),)))
    assert events == []


def test_opened_run_asks_once_for_its_power() -> None:
    state, lake = state_with(row())
    state.selected_id = "R1"
    assert lake.asked == ["runs/power_trace R1 600"]
    assert state.selected == row()
    assert state.trace == [PowerPoint("gpu", 1.5, 300.0)]
    state.show(LakeSnapshot(at(2), (row(),)))
    assert len(lake.asked) == 1
    state.show(LakeSnapshot(at(4), (row(energy_j=4e6, state="running"),)))
    assert len(lake.asked) == 2
    state.selected_id = ""
    assert state.trace == []
    assert state.selected is None


def test_trace_that_cannot_be_read_is_a_sentence() -> None:
    state, lake = state_with(row())
    lake.failure = DatasetError("The lake is gone.")
    state.selected_id = "R1"
    assert (state.trace, state.trace_failure) == ([], "The lake is gone.")


def test_failed_reading_keeps_the_rows_and_says_why() -> None:
    state, lake = state_with(row())
    lake.failure = DatasetError("The lake is gone.")
    snapshot = take_snapshot(lake, INTENSITIES, at(2))
    state.show(snapshot)
    assert state.failure == "The lake is gone."
    assert len(state.rows) == 1
    lake.failure = None
    state.show(take_snapshot(lake, INTENSITIES, at(4)))
    assert state.failure == ""


def test_a_row_knows_when_its_tracker_wrote_last() -> None:
    assert row(heartbeat_at=at(42)).last_sign_at == at(42)
