"""Sentences and thresholds of the anomaly timeline, and the texts of the detail panel."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.butter_e_anomalies import AnomalyScores
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.explained_effects import ExplainedEffect
from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore import detail
from energyvis_panel.state.explore.anomaly.anomalies import (
    FLAGGED_HEADER,
    anomalies_answer,
    density_grids,
    effect_text,
    flagged_rows,
    hung_text,
    methods,
    node_text,
    reason_text,
    took_text,
)
from energyvis_panel.state.explore.anomaly.anomaly_questions import Thresholds, anomaly_questions
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration

RUN: dict[str, Any] = {
    "status": "standardised", "residual_sd": 5.2, "fence_iqr": 3.4, "forest_score": 0.714,
    "standard_j": 3.1e5, "expected_j": 1e5, "run_time_sd": 5.0, "power_sd": 0.4, "run_time_s": 5000.0,
    "power_w": 330.0, "node": "r7i2n32", "week_runs": 120, "week_flagged": 14,
}  # fmt: skip


@pytest.fixture(scope="module")
def scored() -> Iterator[Gateway]:
    with Gateway() as gateway:
        load_butter_e(gateway)
        AnomalyScores(gateway).prepare()
        yield gateway


@pytest.fixture
def state(scored: Gateway) -> Exploration:
    found = Exploration(scored)
    found.pose(anomaly_questions(Thresholds()))
    return found


def test_a_flagged_run_says_how_much_it_took_and_why() -> None:
    assert took_text(RUN) == (
        "Took 3.10 times what its settings predict (z = +5.2; beyond the outer fence; forest 0.71)"
    )
    assert "beyond the inner fence" in took_text(RUN | {"fence_iqr": 2.0})
    assert "inside the fences" in took_text(RUN | {"fence_iqr": 1.5})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Ran longer than predicted (+5.0 sd)"),
        ({"run_time_sd": -5.0}, "Ran shorter than predicted (-5.0 sd)"),
        ({"power_sd": 6.0}, "Drew more power than predicted (+6.0 sd)"),
        ({"power_sd": -6.0}, "Drew less power than predicted (-6.0 sd)"),
        ({"run_time_sd": 1.9, "power_sd": -1.9}, "Neither run time nor power lies far off by itself"),
        (
            {"status": "rejected_run_time", "power_w": 235.0, "run_time_s": 90_000.0},
            "Hung: 235 W for 1 d 1 h",
        ),
    ],
)
def test_the_reason_is_what_lies_furthest_off(changed: dict[str, object], said: str) -> None:
    assert reason_text(RUN | changed) == said


@pytest.mark.parametrize(
    ("runs", "flagged", "said"),
    [
        (120, 14, "Node r7i2n32: 14 of 120 runs flagged that week"),
        (120, 1, "Node r7i2n32: its other 119 runs are normal that week"),
        (2, 1, "Node r7i2n32: its other run is normal that week"),
        (2, 0, "Node r7i2n32: both of its runs are normal that week"),
        (9, 0, "Node r7i2n32: its 9 runs are normal that week"),
        (1, 1, "The only run of node r7i2n32 that week"),
    ],
)
def test_the_neighbours_of_a_run_are_those_of_its_node_and_week(runs: int, flagged: int, said: str) -> None:
    assert node_text(RUN | {"week_runs": runs, "week_flagged": flagged}) == said


def test_methods_flag_beyond_their_thresholds_only() -> None:
    assert methods(RUN, Thresholds()) == (True, True, True)
    assert methods(RUN | {"residual_sd": -4.1}, Thresholds())[0]
    assert methods(RUN, Thresholds(z=5.2, fence=3.4, forest=0.714)) == (False, False, False)


def test_hung_runs_are_told_as_a_group() -> None:
    row = {"hung": 163, "hung_w": 235.2, "hung_least_s": 22.1 * 3600, "hung_most_s": 31.8 * 3600}
    assert hung_text(row) == "163 runs hung: about 235 W for 22 to 32 h"
    one = row | {"hung": 1, "hung_most_s": row["hung_least_s"]}
    assert hung_text(one) == "1 run hung: about 235 W for 22 h"
    assert hung_text(row | {"hung": 0}) == ""


def test_an_effect_says_its_size_and_its_reason() -> None:
    dip = ExplainedEffect("6 layers on CPU nodes", "energy", -0.29, "5 and 7 layers")
    assert effect_text(dip) == "6 layers on CPU nodes: 29 % less energy than 5 and 7 layers"
    idle = ExplainedEffect("cpu4 nodes", "power", 0.38, "cpu1 nodes", "their idle power differs")
    assert effect_text(idle) == "cpu4 nodes: 38 % more power than cpu1 nodes (their idle power differs)"


@pytest.mark.parametrize("text", ["", "much", "0", "-4", "nan", "inf", "1e9"])
def test_what_is_no_threshold_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(SettingsError, match=r"Type a number above 0, up to 1\."):
        Thresholds().moved("forest", text)


def test_a_threshold_moves_and_the_questions_with_it() -> None:
    moved = Thresholds().moved("z", "5.5")
    assert (moved.z, moved.fence, moved.forest) == (5.5, 3.0, 0.7)
    assert anomaly_questions(moved)["anomaly_runs"].values["z"] == 5.5
    assert anomaly_questions(moved)["anomaly_density"] == anomaly_questions(Thresholds())["anomaly_density"]


def test_the_answer_counts_flagged_runs_and_names_the_commonest_reason(state: Exploration) -> None:
    row = state.answer("anomaly_counts").to_pylist()[0]
    said = anomalies_answer(state)
    assert said.startswith(
        f"{row['flagged']:,} of 63,527 runs with known energy are flagged, {row['by_all']:,}"
    )
    assert "163 runs hung: about 235 W for 22 to 32 h" in said
    state.brush_set("status", ("rejected_outlier",))
    assert anomalies_answer(state).startswith("78 of 78 runs with known energy are flagged, 78 of them")
    assert "78 ran longer than runs of their settings" in anomalies_answer(state)


def test_the_answer_says_when_nothing_is_flagged_or_selected(state: Exploration) -> None:
    state.pose(anomaly_questions(Thresholds(60, 40, 1)))
    state.brush_set("status", ("standardised",))
    assert anomalies_answer(state) == (
        "None of 37,055 runs with known energy is flagged by any of the three methods."
    )
    state.brush_range("energy_j", 1, 2)
    assert anomalies_answer(state) == "No run matches all brushes. Clear one."


def test_the_answer_about_one_run_is_singular(state: Exploration) -> None:
    hung = state.answer("anomaly_runs").to_pylist()[0]
    state.brush_set("run_id", (hung["run_id"],))
    assert anomalies_answer(state).startswith(
        "1 of 1 run with known energy is flagged, by all three methods. Reason: 1 run hung: about "
    )
    state.pose(anomaly_questions(Thresholds(60, 40, 1)))
    state.brush_set("status", ("standardised",))
    state.clear("run_id")
    state.brush_set("run_id", ("standin-0000007",))
    assert anomalies_answer(state) == (
        "The 1 run with known energy is not flagged by any of the three methods."
    )


def test_more_flagged_runs_than_marks_are_admitted(state: Exploration) -> None:
    state.pose(anomaly_questions(Thresholds(1, 0.1, 0.4)))
    assert state.answer("anomaly_runs").num_rows == 1500
    assert "Marked are the 1,500 furthest off; the shading holds all runs." in anomalies_answer(state)


def test_density_grids_hold_all_runs(state: Exploration) -> None:
    grids = density_grids(state.answer("anomaly_density"))
    assert [grid.shape for grid in grids] == [(240, 240), (48, 240), (48, 240)]
    assert {int(grid.sum()) for grid in grids} == {63_527}


def test_the_table_has_a_cell_for_every_title(state: Exploration) -> None:
    rows = flagged_rows(state, Thresholds())
    assert {len(row) for row in rows} == {len(FLAGGED_HEADER)}
    assert rows[0][FLAGGED_HEADER.index("Flagged by")] == "z, fence, forest"


# The detail panel

FACTS: dict[str, Any] = {
    "run_id": "a", "synthetic": False, "status": "zero_watts", "batch": "energy_1", "dataset": "adult",
    "shape": "rectangle", "size": 1024, "depth": 4, "parameters": 1016, "optimizer": "Adam",
    "learning_rate": 1e-4, "batch_size": 256, "hardware": "CPU node", "node": "r1i4n33", "node_type": "cpu1",
    "slurm_job_id": 10_343_547, "started_s": 1_664_542_056.0, "run_time_s": 2024.0, "power_w": None,
    "energy_j": None, "std_power_w": None, "std_energy_j": None, "energy_overhead_j": 14_028.7,
    "j_per_datum": None,
}  # fmt: skip


def test_facts_name_what_is_known_and_what_is_not() -> None:
    facts = dict(detail.run_facts(FACTS))
    assert facts["Status"] == "a recorded minute says 0 W"
    assert facts["Start"] == "2022-09-30 12:47:36 UTC"
    assert facts["Node"] == "r1i4n33 (cpu1, CPU node), job 10343547"
    assert facts["Network"] == "1,024 parameters, 4 layers, rectangle (1,016 exactly)"
    assert facts["Energy measured"] == "not known"
    assert facts["Of it overhead"] == "3.90 Wh"
    measured = dict(detail.run_facts(FACTS | {"energy_j": 3.6e6, "power_w": 300.0, "j_per_datum": 0.0045}))
    assert measured["Energy measured"] == "1.00 kWh at 300 W"
    assert measured["Energy per datum"] == "4.50 mJ"


def test_a_run_that_is_not_flagged_says_so_and_no_more() -> None:
    assert len(detail.strangeness(RUN, Thresholds())) == 2
    (calm,) = detail.strangeness(
        RUN | {"residual_sd": 0.2, "fence_iqr": 0.0, "forest_score": 0.4}, Thresholds()
    )
    assert calm.startswith("Its settings predict 27.8 Wh. Took 3.10 times")
    assert calm.endswith("Not flagged.")


def test_a_mark_is_laid_over_the_brushes() -> None:
    brushes = Brushes().with_range("depth", 2, 8).turned("depth").with_set("shape", ("rectangle",))
    mark = Brushes().with_range("depth", 4, 6).with_set("dataset", ("adult",)).turned("dataset")
    got = detail.merged(brushes, mark)
    assert got.ranges == {"depth": (4, 6)}
    assert got.sets == {"shape": ("rectangle",), "dataset": ("adult",)}
    assert got.inverted == {"dataset"}


def readings(*nodes: str) -> pa.Table:
    began = datetime(2022, 9, 30, 12, 0, tzinfo=UTC)
    rows = [
        {"ts": began + timedelta(minutes=at), "node": node, "watts": 300.0 + at}
        for node in nodes
        for at in range(3)
    ]
    return pa.Table.from_pylist(rows) if rows else pa.table({"ts": [], "node": [], "watts": []})


def test_a_trace_is_that_of_the_runs_own_node() -> None:
    trace = detail.run_trace(readings("other", "r1i4n33"), FACTS)
    assert trace is not None
    assert trace.watts.tolist() == [300, 301, 302]
    assert np.diff(trace.at_s).tolist() == [60, 60]
    assert (trace.began_s, trace.ended_s) == (1_664_542_056.0, 1_664_542_056.0 + 2024)
    assert detail.run_trace(readings("other"), FACTS) is None
    assert detail.run_trace(readings(), FACTS) is None
    assert "over 2 min 00 s of job 10343547" in detail.trace_caption(trace, FACTS)
