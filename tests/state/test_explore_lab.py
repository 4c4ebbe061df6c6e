"""An exploration of the lab's runs: its numbers against the lake, and a selection that moves between data."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lab_runs import LabRuns
from energyvis_panel.data.lake import Lake
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.detail import run_facts
from energyvis_panel.state.explore.dimensions import STATUS_SCOPES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import DataChoice, fitting
from energyvis_panel.state.explore.lab.lab_exploration import EmptyLakeError, lab_exploration
from tests.lake_fixture import LakeWriter, readings

NOW = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)
RUNS = [f"01JBQ0000000000000000000A{letter}" for letter in "ABC"]


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    return LakeWriter(tmp_path / "lake")


@pytest.fixture
def lab(writer: LakeWriter) -> Iterator[LabRuns]:
    with Gateway(threads=1) as gateway:
        yield LabRuns(Lake(gateway, writer.path), threads=1)


def written(writer: LakeWriter) -> None:
    """Two runs that ended and one that failed."""
    writer.plain_run(RUNS[0], tags=["optimizer=adam", "parameters=1000"])
    writer.plain_run(RUNS[1], project="speech")
    writer.plain_run(RUNS[2], state="failed")


def test_the_lakes_runs_are_explored_with_their_own_statuses(lab: LabRuns, writer: LakeWriter) -> None:
    written(writer)
    state = lab_exploration(lab, NOW)
    assert (state.total_runs, state.synthetic_runs) == (3, 0)
    assert state.categories["status"] == {"failed": 1, "measured": 2}
    assert state.categories["dataset"] == {"speech": 1, "vision": 2}
    assert state.categories["optimizer"] == {"adam": 1, "not recorded": 2}
    assert str(writer.path) in state.origin
    choice = DataChoice.of(state)
    assert choice.is_lab
    assert choice.since == "2026-11-03 11:00:00 UTC"
    assert choice.status_text("failed") == "failed: ended with an error, or was lost"
    state.brush_set("status", ("measured",))
    state.brush_range("energy_j", 8399, 8401)
    assert state.run_count == 2


def test_what_is_known_of_a_run_says_how_its_energy_was_obtained(lab: LabRuns, writer: LakeWriter) -> None:
    written(writer)
    writer.facts("01JBQ0000000000000000000AD")
    rows = readings("01JBQ0000000000000000000AD", [0.0, 3600.0], source="estimate")
    writer.segment("01JBQ0000000000000000000AD", 0, rows)
    gateway = lab_exploration(lab, NOW).asking._gateway
    brushes = Brushes().parameter()
    facts = [
        dict(run_facts(gateway.ask("explore/run_facts", run_id=run_id, brushes=brushes).to_pylist()[0]))
        for run_id in (RUNS[0], "01JBQ0000000000000000000AD")
    ]
    assert facts[0]["Status"] == "energy comes from the devices' own counters"
    assert facts[0]["Energy measured"] == "2.33 Wh at 140 W"
    assert facts[0]["Network"] == "1,000 parameters, shape not recorded"
    assert facts[0]["Energy standardised"] == "not known"
    assert facts[1]["Energy, estimated in part or whole"] == "1.00 Wh at 60.0 W"
    assert facts[1]["Network"] == "size not recorded, shape not recorded"
    assert facts[1]["Training"] == "optimizer not recorded, learning rate not known, batches of not known"


def test_an_empty_lake_says_the_next_step(lab: LabRuns, writer: LakeWriter) -> None:
    with pytest.raises(EmptyLakeError, match=r"holds no run yet.*energyvis-track run -- python train.py"):
        lab_exploration(lab, NOW)
    writer.plain_run()
    assert lab_exploration(lab, NOW).total_runs == 1


def test_the_same_lake_is_the_same_version(lab: LabRuns, writer: LakeWriter) -> None:
    written(writer)
    versions = [DataChoice.of(lab_exploration(lab, NOW)).version for _time in range(2)]
    assert versions[0] is versions[1] is not None
    writer.plain_run(RUNS[2], name="renamed")
    assert DataChoice.of(lab_exploration(lab, NOW)).version is not versions[0]


def test_scopes_of_the_lab_are_those_that_part_its_runs(butter_e: Gateway) -> None:
    choice = DataChoice(source="lab")
    assert choice.scopes({"failed": 1, "measured": 2, "integrated": 1, "estimated": 3}) == {
        "All runs": (),
        "Ended": ("estimated", "integrated", "measured"),
        "Measured": ("integrated", "measured"),
    }
    assert choice.scopes({"measured": 2}) == {"All runs": ()}
    assert choice.scopes({"failed": 2}) == {"All runs": ()}
    state = Exploration(butter_e)
    assert DataChoice.of(state).scopes(state.categories["status"]) == STATUS_SCOPES
    assert DataChoice.of(state) is DataChoice.of(state)


def test_brushes_that_fit_stay_and_the_others_are_named(lab: LabRuns, writer: LakeWriter) -> None:
    written(writer)
    state = lab_exploration(lab, NOW)
    brushes = (
        Brushes()
        .with_range("energy_j", 8000, math.inf)
        .with_range("power_w", 300, 400)
        .with_set("dataset", ("mnist", "vision"))
        .with_set("shape", ("rectangle",))
        .with_set("hardware", ("GPU node",))
        .turned("hardware")
        .with_set("run_id", ("standin-0000001",))
    )
    fit, said = fitting(brushes, state)
    assert fit.ranges == {"energy_j": (8000, math.inf)}
    assert fit.sets == {"dataset": ("vision",), "hardware": ("GPU node",)}
    assert fit.inverted == {"hardware"}
    assert said == (
        "These runs have nothing of what was selected before: Mean power 300 W to 400 W; "
        "a part of Data set: mnist, vision; Shape: rectangle; Run: standin-0000001. It was dropped."
    )
    assert fitting(fit, state) == (fit, "")


def test_a_lasso_fits_where_its_corners_meet_both_axes(lab: LabRuns, writer: LakeWriter) -> None:
    written(writer)
    state = lab_exploration(lab, NOW)
    around = Brushes().with_lasso("run_time_energy", ((50, 8000), (70, 8000), (60, 9000)))
    assert fitting(around, state) == (around, "")
    beyond = Brushes().with_lasso("run_time_energy", ((50, 8e6), (70, 8e6), (60, 9e6)))
    fit, said = fitting(beyond, state)
    assert not fit
    assert "Lasso over run time and energy" in said
