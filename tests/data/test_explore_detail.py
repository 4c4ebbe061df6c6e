"""What a mark holds, what one run is, and what its node drew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.butter_e_anomalies import AnomalyScores
from energyvis_panel.data.butter_e_power_trace import power_trace
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import QueryError
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import CATEGORIES, NAMES, QUANTITIES
from tests.sql.question_header import read_header

EVERYTHING = Brushes()
DEEP = Brushes().with_range("depth", 8, 20)
THRESHOLDS: dict[str, object] = {"z": 4.0, "fence": 3.0, "forest": 0.7}


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as opened:
        load_butter_e(opened)
        AnomalyScores(opened).prepare()
        yield opened


@pytest.fixture(scope="module")
def runs(gateway: Gateway) -> pd.DataFrame:
    found: pd.DataFrame = (
        gateway._database.connection.cursor().sql("FROM butter_e_runs").to_arrow_table().to_pandas()
    )
    return found


@pytest.fixture(scope="module")
def axes(gateway: Gateway) -> dict[str, Axis]:
    rows = gateway.ask("explore/axes").to_pylist()
    return {row["dimension"]: Axis(row["is_log"], row["low"], row["high"]) for row in rows}


def asked(gateway: Gateway, question: str, **params: object) -> pa.Table:
    """The answer, once its columns are those that the header of the question names."""
    path = gateway.sql_root / f"{question}.sql"
    relation = gateway._database.connection.cursor().sql(path.read_text(encoding="utf-8"), params=params)
    described = tuple(f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True))
    assert described == read_header(path).columns
    return gateway.ask(question, **params)


def marks(runs: pd.DataFrame, axes: dict[str, Axis]) -> dict[str, Brushes]:
    """One mark by every name that a brush can have."""
    found: dict[str, Brushes] = {"run_id": Brushes().with_set("run_id", tuple(runs["run_id"].head(5)))}
    for name in QUANTITIES:
        low, high = np.nanquantile(runs[name].astype(float), [0.3, 0.6])
        found[name] = Brushes().with_range(name, float(low), float(high))
    for name in CATEGORIES:
        # As the page has them: DuckDB writes the fewest digits of a FLOAT that read back.
        found[name] = Brushes().with_set(name, (str(runs[name].iloc[40_000]),))
    across, up = axes["run_time_s"], axes["energy_j"]
    corners = (
        (across.value(20), up.value(20)),
        (across.value(200), up.value(40)),
        (across.value(90), up.value(220)),
    )
    found["run_time_energy"] = Brushes().with_lasso("run_time_energy", corners)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_mark_narrows_the_selection_as_a_brush_would(
    gateway: Gateway, runs: pd.DataFrame, axes: dict[str, Axis], name: str
) -> None:
    mark = marks(runs, axes)[name].parameter(axes)
    in_all = asked(gateway, "explore/detail_summary", brushes=EVERYTHING.parameter(), mark=mark)
    as_brush = asked(gateway, "explore/detail_summary", brushes=mark, mark=EVERYTHING.parameter())
    assert in_all.to_pylist() == as_brush.to_pylist()
    assert 0 < in_all["run_count"][0].as_py() < len(runs)
    in_deep = asked(gateway, "explore/detail_summary", brushes=DEEP.parameter(), mark=mark)
    turned = asked(gateway, "explore/detail_summary", brushes=mark, mark=DEEP.parameter())
    assert in_deep.to_pylist() == turned.to_pylist()


def test_two_ranges_of_one_quantity_leave_what_lies_in_both(gateway: Gateway, runs: pd.DataFrame) -> None:
    mark = Brushes().with_range("depth", 4, 12).turned("depth")
    row = asked(
        gateway, "explore/detail_summary", brushes=DEEP.parameter(), mark=mark.parameter()
    ).to_pylist()[0]
    mine = runs[runs["depth"].between(8, 20) & ~runs["depth"].between(4, 12)]
    assert row["run_count"] == len(mine) > 0
    assert row["energy_j"] == pytest.approx(np.quantile(mine["energy_j"], [0, 0.25, 0.5, 0.75, 1]))


def test_the_list_begins_with_the_run_that_took_most(gateway: Gateway, runs: pd.DataFrame) -> None:
    mark = Brushes().with_set("dataset", ("mnist",)).parameter()
    rows = asked(gateway, "explore/detail_runs", brushes=DEEP.parameter(), mark=mark, n=20).to_pylist()
    mine = runs[runs["depth"].between(8, 20) & (runs["dataset"] == "mnist")]
    ordered = mine.sort_values(["energy_j", "run_id"], ascending=[False, True])
    assert [row["run_id"] for row in rows] == ordered["run_id"].head(20).tolist()


def test_one_run_is_told_whole_and_another_not_at_all(gateway: Gateway, runs: pd.DataFrame) -> None:
    run = runs.iloc[12_345]
    nothing_brushed = EVERYTHING.parameter()
    (row,) = asked(gateway, "explore/run_facts", brushes=nothing_brushed, run_id=run["run_id"]).to_pylist()
    source = pq.read_table(standin_path(), filters=[("run_id", "=", run["run_id"])]).to_pylist()[0]
    for name in ("status", "batch", "dataset", "shape", "size", "depth", "node", "slurm_job_id", "energy_j"):
        assert row[name] == source[name]
    assert row["started_s"] == source["started_at"].timestamp()
    assert asked(gateway, "explore/run_facts", brushes=nothing_brushed, run_id="nobody").num_rows == 0


def test_scores_of_a_run_are_those_in_the_table(gateway: Gateway, runs: pd.DataFrame) -> None:
    run = runs[runs["status"] == "rejected_run_time"].iloc[7]
    params = {"brushes": EVERYTHING.parameter(), "run_id": run["run_id"], **THRESHOLDS}
    (row,) = asked(gateway, "explore/run_scores", **params).to_pylist()
    for name in ("expected_j", "residual_sd", "run_time_sd", "power_sd", "fence_iqr", "forest_score"):
        assert row[name] == pytest.approx(run[name])
    assert 1 <= row["week_flagged"] <= row["week_runs"] <= (runs["node"] == run["node"]).sum()


def written_traces(path: Path) -> Path:
    began = datetime(2022, 10, 1, 6, tzinfo=UTC)
    rows = [
        {"slurm_job_id": job, "node": node, "ts": began + timedelta(minutes=minute), "watts": 300 + minute}
        for job, node in ((7, "r1i0n1"), (7, "r1i0n0"), (8, "r1i0n0"))
        for minute in (2, 0, 1)
    ]
    schema = pa.schema(
        [
            ("slurm_job_id", pa.int64()),
            ("node", pa.string()),
            ("ts", pa.timestamp("us", "UTC")),
            ("watts", pa.int16()),
        ]
    )
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return path


def test_the_trace_of_a_job_comes_by_node_and_time(gateway: Gateway, tmp_path: Path) -> None:
    file = written_traces(tmp_path / "power_traces.parquet")
    table = asked(gateway, "butter_e/power_trace", file=str(file), slurm_job_id=7)
    assert table["node"].to_pylist() == ["r1i0n0"] * 3 + ["r1i0n1"] * 3
    assert table["watts"].to_pylist() == [300, 301, 302] * 2
    assert power_trace(gateway, file, 7) == table
    nobody = power_trace(gateway, file, 9)
    assert nobody is not None
    assert nobody.num_rows == 0


def test_without_the_raw_set_there_is_no_trace(gateway: Gateway, tmp_path: Path) -> None:
    assert power_trace(gateway, tmp_path / "power_traces.parquet", 7) is None
    (tmp_path / "broken.parquet").write_text("nothing")
    with pytest.raises(QueryError):
        power_trace(gateway, tmp_path / "broken.parquet", 7)
