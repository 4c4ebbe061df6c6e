"""Scores of the stand-in's runs against a recount in Python, and what the questions make of them."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.butter_e_anomalies import AnomalyScores
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.anomaly_scales import FENCE, FOREST, RESIDUAL, Scale
from energyvis_panel.state.explore.anomaly.anomaly_planes import MEASURES, STARTED, anomaly_planes
from energyvis_panel.state.explore.brushes import Brushes
from tests.sql.question_header import read_header

Z, FENCES, SCORE = 4.0, 3.0, 0.7
THRESHOLDS: dict[str, object] = {"z": Z, "fence": FENCES, "forest": SCORE}
EVERYTHING = Brushes().parameter()


@pytest.fixture(scope="module")
def scores() -> Iterator[tuple[Gateway, AnomalyScores]]:
    with Gateway() as gateway:
        load_butter_e(gateway)
        scored = AnomalyScores(gateway)
        scored.prepare()
        yield gateway, scored


@pytest.fixture(scope="module")
def gateway(scores: tuple[Gateway, AnomalyScores]) -> Gateway:
    return scores[0]


def all_runs(gateway: Gateway) -> pd.DataFrame:
    """Every run, its words as text."""
    found: pd.DataFrame = (
        gateway._database.connection.cursor().sql("FROM butter_e_runs").to_arrow_table().to_pandas()
    )
    words = found.select_dtypes("category").columns
    return found.astype(dict.fromkeys(words, object))


@pytest.fixture(scope="module")
def runs(gateway: Gateway) -> pd.DataFrame:
    found = all_runs(gateway)
    found["family"] = np.where(
        found["status"] == "optimizer_batch", found["hardware"] + ", optimizer batch", found["hardware"]
    )
    found["log"] = np.log(found["std_energy_j"] / found["expected_j"])
    found["flagged"] = (
        (found["residual_sd"].abs() > Z) | (found["fence_iqr"] > FENCES) | (found["forest_score"] > SCORE)
    )
    return found


def asked(gateway: Gateway, question: str, **params: object) -> pa.Table:
    """The answer, once its columns are those that the header of the question names."""
    path = gateway.sql_root / f"{question}.sql"
    relation = gateway._database.connection.cursor().sql(path.read_text(encoding="utf-8"), params=params)
    described = tuple(f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True))
    assert described == read_header(path).columns
    return gateway.ask(question, **params)


def test_every_run_with_energy_has_all_scores(runs: pd.DataFrame) -> None:
    assert len(runs) == 63_527
    columns = ["expected_j", "residual_sd", "run_time_sd", "power_sd", "fence_iqr", "forest_score",
               "residual_px", "fence_px", "forest_px"]  # fmt: skip
    assert runs.loc[runs["energy_j"] > 0, columns].notna().all().all()
    assert runs["fence_iqr"].min() == 0
    assert runs["forest_score"].between(0.3, 1).all()


def test_a_residual_is_counted_in_the_scatter_of_its_family_and_data_set(runs: pd.DataFrame) -> None:
    for _group, members in runs.groupby(["family", "dataset"]):
        sd = 1.4826 * members["log"].abs().median()
        assert members["residual_sd"].to_numpy() == pytest.approx(members["log"] / sd, abs=2e-3, rel=2e-3)


def test_a_fence_is_counted_from_the_quartiles_of_the_data_set_and_size(runs: pd.DataFrame) -> None:
    checked = 0
    for _group, members in runs.groupby(["family", "dataset", "size"]):
        if len(members) < 12:
            continue
        low, high = np.quantile(members["log"], [0.25, 0.75])
        beyond = np.maximum(np.maximum(low - members["log"], members["log"] - high), 0) / (high - low)
        assert members["fence_iqr"].to_numpy() == pytest.approx(beyond, abs=5e-3, rel=2e-3)
        checked += len(members)
    assert checked > 60_000


@pytest.mark.parametrize(
    ("column", "value", "scale"),
    [
        ("residual_px", "residual_sd", RESIDUAL),
        ("fence_px", "fence_iqr", FENCE),
        ("forest_px", "forest_score", FOREST),
    ],
)
def test_bins_are_those_of_the_drawn_scale(runs: pd.DataFrame, column: str, value: str, scale: Scale) -> None:
    sample = runs.iloc[::97]
    drawn = [min(int(scale.position(number) * scale.bins), scale.bins - 1) for number in sample[value]]
    assert (np.abs(np.array(drawn) - sample[column]) <= 1).all()
    assert (np.array(drawn) == sample[column]).mean() > 0.99


def test_what_the_filters_rejected_is_flagged_by_all_methods(runs: pd.DataFrame) -> None:
    rejected = runs[runs["status"].isin(["rejected_run_time", "rejected_outlier"])]
    assert len(rejected) == 163 + 78
    assert (rejected["residual_sd"] > Z).all()
    assert (rejected["fence_iqr"] > FENCES).all()
    assert (rejected["forest_score"] > SCORE).all()


def test_known_effects_are_told_and_not_flagged_run_by_run(
    scores: tuple[Gateway, AnomalyScores], runs: pd.DataFrame
) -> None:
    told = {(one.subject, one.quantity): one.change for one in scores[1].effects}
    assert told["6 layers on CPU nodes", "energy"] == pytest.approx(-0.30, abs=0.04)
    assert told["cpu4 nodes", "power"] == pytest.approx(0.38, abs=0.05)
    assert told["batches of 32", "energy"] > 1
    published = runs[runs["status"] == "standardised"]
    on_cpu = published[published["hardware"] == "CPU node"]
    at_six = on_cpu["depth"] == 6
    assert abs(on_cpu.loc[at_six, "residual_sd"].median()) < 0.3
    assert on_cpu.loc[at_six, "flagged"].mean() < 0.03
    assert abs(published.loc[published["node_type"] == "cpu4", "residual_sd"].median()) < 0.8
    assert published["flagged"].mean() < 0.01


def test_an_over_corrected_node_type_is_one_effect_and_not_fifty_anomalies(tmp_path: Path) -> None:
    table = pq.read_table(standin_path())
    on_cpu4 = np.array(table["node_type"].to_pylist()) == "cpu4"
    for name in ("std_energy_j", "std_power_w"):
        at = table.schema.get_field_index(name)
        values = table[name].to_numpy() * np.where(on_cpu4, 0.5, 1.0)
        table = table.set_column(at, name, pa.array(values.astype(np.float32)))
    pq.write_table(table, tmp_path / "runs.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "runs.parquet")
        scored = AnomalyScores(gateway)
        scored.prepare()
        told = {(one.subject, one.quantity): one for one in scored.effects}
        rows = gateway._database.connection.cursor().sql(
            "SELECT count(*), count(*) FILTER (WHERE abs(residual_sd) > 4) FROM butter_e_runs "
            "WHERE node_type = 'cpu4' AND run_time_s < 75000"
        )
        count, strange = rows.fetchall()[0]
    effect = told["cpu4 nodes", "energy"]
    assert effect.change == pytest.approx(0.5 - 1, abs=0.08)
    assert "taken off too generously" in effect.reason
    assert count > 20
    assert strange <= 0.2 * count


def test_two_sessions_at_once_score_once(tmp_path: Path) -> None:
    table = pq.read_table(standin_path()).slice(0, 3000)
    pq.write_table(table, tmp_path / "runs.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "runs.parquet")
        scored = AnomalyScores(gateway)
        assert not scored.are_ready
        assert scored.effects == ()
        threads = [threading.Thread(target=scored.prepare) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert scored.are_ready
        names = gateway._database.connection.cursor().sql("FROM butter_e_runs").columns
        assert len(names) == len(set(names))
        assert [name for name in names if name.startswith("residual_sd")] == ["residual_sd"]
        assert gateway._database.connection.cursor().sql("FROM butter_e_residuals").fetchall() == []


def test_runs_without_energy_keep_their_place_without_scores(tmp_path: Path) -> None:
    table = pq.read_table(standin_path()).slice(0, 3000)
    for name in ("energy_j", "power_w", "std_energy_j", "std_power_w"):
        values = table[name].to_numpy().copy()
        values[:100] = np.nan
        column = pa.array(values, from_pandas=True)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    pq.write_table(table, tmp_path / "runs.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "runs.parquet")
        AnomalyScores(gateway).prepare()
        row = asked(gateway, "explore/anomaly_counts", brushes=EVERYTHING, **THRESHOLDS).to_pylist()[0]
        count = gateway._database.connection.cursor().sql("SELECT count(*) FROM butter_e_runs").fetchall()
    assert row["scored"] == 2900
    assert count == [(3000,)]


def test_the_steps_of_the_forest_name_every_combination_once(gateway: Gateway) -> None:
    gateway_of_its_own = gateway._database.connection.cursor()
    made = gateway_of_its_own.sql("SELECT count(*) FROM butter_e_cells").fetchall()[0][0]
    cells = asked(gateway, "butter_e/cells")
    assert cells.num_rows == made > 50_000
    # Once the scores are made, the residuals are gone, and so is what is asked of them.
    assert asked(gateway, "butter_e/anomaly_sample", n=5).num_rows == 0
    assert asked(gateway, "butter_e/anomaly_places", step=0.1, reach=200).num_rows == 0


BRUSHED = Brushes().with_set("hardware", ("CPU node",)).with_range("depth", 3, 9)


def brushed(runs: pd.DataFrame) -> pd.DataFrame:
    return runs[(runs["hardware"] == "CPU node") & runs["depth"].between(3, 9)]


def test_the_density_holds_every_scored_run_three_times(gateway: Gateway, runs: pd.DataFrame) -> None:
    columns = [STARTED, *MEASURES]
    found = gateway.ask("explore/chosen_columns", brushes=BRUSHED.parameter(), columns=columns)
    rows = anomaly_planes(found).to_pandas()
    mine = brushed(runs)
    assert rows.groupby("measure")["run_count"].sum().to_dict() == dict.fromkeys(range(3), len(mine))
    for measure, column in enumerate(MEASURES):
        cells = rows[rows["measure"] == measure].set_index(["started_px", "up_px"])["run_count"]
        counted = mine.groupby(["started_px", column]).size()
        assert cells.to_dict() == counted.to_dict()


def test_counts_by_method_and_reason_are_those_of_a_recount(gateway: Gateway, runs: pd.DataFrame) -> None:
    row = asked(gateway, "explore/anomaly_counts", brushes=BRUSHED.parameter(), **THRESHOLDS).to_pylist()[0]
    mine = brushed(runs)
    by = {
        "by_z": mine["residual_sd"].abs() > Z,
        "by_fence": mine["fence_iqr"] > FENCES,
        "by_forest": mine["forest_score"] > SCORE,
    }
    assert {name: row[name] for name in by} == {name: int(flag.sum()) for name, flag in by.items()}
    assert row["scored"] == len(mine)
    assert row["flagged"] == mine["flagged"].sum() > 0
    assert row["by_all"] == np.logical_and.reduce(list(by.values())).sum()
    reasons = [row[name] for name in ("hung", "slow", "fast", "hungry", "modest", "odd")]
    assert sum(reasons) == row["flagged"]
    hung = mine[mine["flagged"] & (mine["status"] == "rejected_run_time")]
    assert row["hung"] == len(hung) > 0
    assert row["hung_w"] == pytest.approx(hung["power_w"].median())
    assert (row["hung_least_s"], row["hung_most_s"]) == (hung["run_time_s"].min(), hung["run_time_s"].max())


def test_nodes_with_most_flagged_runs_come_first(gateway: Gateway, runs: pd.DataFrame) -> None:
    rows = asked(gateway, "explore/anomaly_nodes", brushes=EVERYTHING, n=5, **THRESHOLDS).to_pylist()
    counted = Counter(runs.loc[runs["flagged"], "node"])
    assert [row["flagged"] for row in rows] == sorted(counted.values(), reverse=True)[:5]
    for row in rows:
        assert counted[row["node"]] == row["flagged"]
        assert (runs["node"] == row["node"]).sum() == row["run_count"]


def test_flagged_runs_come_with_what_their_node_did_that_week(gateway: Gateway, runs: pd.DataFrame) -> None:
    rows = asked(gateway, "explore/anomaly_runs", brushes=BRUSHED.parameter(), n=40, **THRESHOLDS).to_pylist()
    mine = brushed(runs)
    furthest = mine[mine["flagged"]].assign(far=lambda frame: frame["residual_sd"].abs())
    furthest = furthest.sort_values(["far", "run_id"], ascending=[False, True])
    assert [row["run_id"] for row in rows] == furthest["run_id"].head(40).tolist()
    week_of = runs["started_at"].dt.tz_convert("UTC").dt.strftime("%G-%V")
    for row in rows[::5]:
        start = datetime.fromtimestamp(row["started_s"], UTC)
        same = (runs["node"] == row["node"]) & (week_of == f"{start:%G-%V}")
        assert row["week_runs"] == same.sum()
        assert row["week_flagged"] == (same & runs["flagged"]).sum() >= 1


def test_bands_of_batches_reach_from_their_first_to_their_last_start(
    gateway: Gateway, runs: pd.DataFrame
) -> None:
    rows = asked(gateway, "explore/anomaly_batches", brushes=EVERYTHING).to_pylist()
    assert len(rows) == runs["batch"].nunique() == 7
    assert [row["first_s"] for row in rows] == sorted(row["first_s"] for row in rows)
    starts = runs.groupby("batch")["started_s"]
    for row in rows:
        assert row["first_s"] == starts.min()[row["batch"]]
        assert row["last_s"] == starts.max()[row["batch"]]
        assert row["run_count"] == (runs["batch"] == row["batch"]).sum()


def test_an_empty_selection_gives_no_marks(gateway: Gateway) -> None:
    nothing = Brushes().with_range("energy_j", 1, 2).parameter()
    assert asked(gateway, "explore/anomaly_runs", brushes=nothing, n=9, **THRESHOLDS).num_rows == 0
    assert asked(gateway, "explore/anomaly_nodes", brushes=nothing, n=9, **THRESHOLDS).num_rows == 0
    found = gateway.ask("explore/chosen_columns", brushes=nothing, columns=[STARTED, *MEASURES])
    assert anomaly_planes(found).num_rows == 0
    row = asked(gateway, "explore/anomaly_counts", brushes=nothing, **THRESHOLDS).to_pylist()[0]
    assert (row["scored"], row["flagged"], row["hung_w"]) == (0, 0, None)


def test_scoring_leaves_what_was_there_as_it_was(runs: pd.DataFrame) -> None:
    with Gateway() as untouched:
        load_butter_e(untouched)
        before = all_runs(untouched)
    kept: Any = runs[before.columns].sort_values("run_id", ignore_index=True)
    pd.testing.assert_frame_equal(kept, before.sort_values("run_id", ignore_index=True))
