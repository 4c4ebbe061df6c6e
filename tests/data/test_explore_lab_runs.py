"""The lab's runs for the Explore page: made from a real lake, remembered while nothing changes, explored."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lab_runs import LabRuns, load_lab_runs
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from tests.lake_fixture import RUN, LakeWriter
from tests.sql.question_header import read_header

OTHER = "01JBQ0000000000000000000AB"
NOW = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)
TAGS = ["optimizer=adam", "parameters=5000", "layers=3", "batch_size=64", "learning_rate=0.001"]


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    return LakeWriter(tmp_path / "lake")


@pytest.fixture
def lab(writer: LakeWriter) -> Iterator[LabRuns]:
    with Gateway(threads=1) as gateway:
        yield LabRuns(Lake(gateway, writer.path), threads=1)


def rows(lab: LabRuns, now: datetime = NOW) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = lab.runs(now).to_pylist()
    return found


def explored(lab: LabRuns, select: str) -> list[tuple[Any, ...]]:
    table = lab.table(NOW)
    assert table is not None
    return (
        table.gateway._database.connection.cursor()
        .sql(f"SELECT {select} FROM butter_e_runs ORDER BY run_id")  # noqa: S608 - columns named in this file
        .fetchall()
    )


def test_a_run_is_mapped_with_the_energy_and_the_data_of_its_readings(
    lab: LabRuns, writer: LakeWriter
) -> None:
    writer.plain_run(tags=TAGS)
    (run,) = rows(lab)
    # 60 s of a GPU at 100 J/s and a CPU at 40 J/s, over three epochs of 1,000 samples.
    assert (run["energy_j"], run["run_time_s"], run["power_w"]) == (8400, 60, 140)
    assert run["j_per_datum"] == pytest.approx(2.8)
    assert (run["status"], run["kinds"], run["name"]) == ("measured", "cpu, gpu", "resnet")
    columns = "energy_j, run_time_s, power_w, j_per_datum, size, depth, batch_size, learning_rate"
    (found,) = explored(lab, columns)
    assert found == pytest.approx((8400, 60, 140, 2.8, 5000, 3, 64, 0.001), rel=1e-6)
    columns = "status, batch, dataset, shape, optimizer, hardware, node_type, synthetic, std_energy_j, epochs"
    assert explored(lab, columns) == [
        ("measured", "2026-11", "vision", "not recorded", "adam", "GPU node", "NVIDIA A100-SXM4-80GB",
         False, None, None)
    ]  # fmt: skip


def test_a_compacted_run_reads_the_same_with_and_without_its_rollup(lab: LabRuns, writer: LakeWriter) -> None:
    writer.plain_run(tags=TAGS)
    writer.plain_run(OTHER, tags=TAGS, name="other")
    live = rows(lab)
    compact_lake(lab._parts.lake)
    assert not list((writer.path / "live").iterdir())
    assert list((writer.path / "rollups").rglob("*.parquet"))
    assert rows(lab) == live
    shutil.rmtree(writer.path / "rollups")
    assert rows(LabRuns(lab._parts.lake)) == live


def test_a_live_copy_beside_the_compacted_run_does_not_count(lab: LabRuns, writer: LakeWriter) -> None:
    writer.plain_run()
    compact_lake(lab._parts.lake)
    writer.plain_run(name="left over")
    assert [(row["name"], row["energy_j"]) for row in rows(lab)] == [("resnet", 8400)]


def test_nothing_is_loaded_again_while_the_lake_is_as_it_was(lab: LabRuns, writer: LakeWriter) -> None:
    assert lab.table(NOW) is None
    writer.plain_run()
    first = lab.table(NOW)
    assert first is not None
    assert lab.table(NOW.replace(hour=12)) is first
    writer.plain_run(OTHER, name="other")
    second = lab.table(NOW)
    assert second is not None
    assert second is not first
    assert second.runs["run_id"].to_pylist() == [RUN, OTHER]
    # A session that explores the earlier runs goes on with them.
    assert first.gateway.ask("explore/categories").num_rows > 0
    assert {row["run_count"] for row in first.gateway.ask("explore/categories").to_pylist()} == {1}


def test_a_running_run_grows_and_is_not_finished(lab: LabRuns, writer: LakeWriter) -> None:
    writer.plain_run(state="running", ended_at=None, heartbeat_at="2026-11-03T10:59:50.000000Z")
    assert [(row["status"], row["run_time_s"]) for row in rows(lab)] == [("unfinished", 3600)]
    assert rows(lab, NOW.replace(second=9))[0]["run_time_s"] == 3609


def test_a_damaged_file_of_epochs_costs_its_run_the_data_alone(lab: LabRuns, writer: LakeWriter) -> None:
    writer.plain_run()
    writer.plain_run(OTHER)
    compact_lake(lab._parts.lake)
    (month,) = (writer.path / "runs").iterdir()
    (month / f"{OTHER}.epochs.parquet").write_bytes(b"PAR1 nothing PAR1")
    found = {row["run_id"]: row for row in rows(lab)}
    assert {run_id: row["j_per_datum"] for run_id, row in found.items()} == {
        RUN: pytest.approx(2.8),
        OTHER: None,
    }
    assert found[OTHER]["energy_j"] == 8400


def test_quantities_that_no_run_has_have_an_axis(lab: LabRuns, writer: LakeWriter) -> None:
    writer.plain_run()
    table = lab.table(NOW)
    assert table is not None
    axes = {row["dimension"]: row for row in table.gateway.ask("explore/axes").to_pylist()}
    assert (axes["size"]["low"], axes["size"]["high"]) == (32, 16_777_216)
    assert axes["energy_j"]["low"] < 8400 < axes["energy_j"]["high"]
    assert all(row["low"] < row["high"] for row in axes.values())
    assert explored(lab, "size_px, depth_px, working_set_px") == [(None, None, None)]


def many(values: int) -> pa.Table:
    """Rows of lab/runs where each run but every tenth has a setting of its own."""
    with Gateway(threads=1) as gateway:
        header = read_header(gateway.sql_root / "lab/runs.sql")
        select = ", ".join(
            f"NULL::{kind} AS {name}" for name, kind in (c.split(" ", 1) for c in header.columns or ())
        )
        empty = gateway._database.connection.cursor().sql(f"SELECT {select}").to_arrow_table()
    row = empty.to_pylist()[0] | {
        "name": "x",
        "status": "measured",
        "batch": "2026-11",
        "hardware": "CPU node",
    }
    row |= {"started_at": NOW, "node": "n", "run_time_s": 10.0, "energy_j": 100.0, "power_w": 10.0}
    made = []
    for at in range(values):
        own = at if at % 10 else 0
        settings = {"dataset": f"d{own:04d}", "optimizer": f"o{own:04d}", "batch_size": own + 1, "depth": 2}
        made.append(
            row | settings | {"run_id": f"R{at:04d}", "learning_rate": (own + 1) / 1000, "size": own + 1}
        )
    return pa.Table.from_pylist(made, schema=empty.schema)


def test_of_many_values_the_commonest_are_kept_apart(tmp_path: Path) -> None:
    runs = many(600)
    pq.write_table(runs, tmp_path / "runs.parquet")
    with Gateway(threads=1) as gateway:
        params = {"file": str(tmp_path / "runs.parquet"), "most": 200}
        answer = gateway.ask("butter_e/table_of_lab_runs", **params)
        header = read_header(gateway.sql_root / "butter_e/table_of_lab_runs.sql")
        relation = gateway._database.connection.cursor().sql(
            gateway._text("butter_e/table_of_lab_runs"), params=params
        )
        assert (
            tuple(f"{n} {t}" for n, t in zip(relation.columns, relation.types, strict=True)) == header.columns
        )
        for name in ("dataset", "optimizer"):
            words = answer[name].to_pylist()
            assert len(set(words)) == 201
            assert words.count("other") == 600 - 60 - 199
            assert words[0] == f"{name[0]}0000"
        for name in ("batch_size", "learning_rate"):
            assert answer[name].null_count == 600 - 60 - 199
        assert answer["size"].null_count == 0
        load_lab_runs(gateway, runs)
        counted = (
            gateway._database.connection.cursor()
            .sql("SELECT count(*), max(dataset_code) FROM butter_e_runs")
            .fetchall()
        )
        assert counted == [(600, 200)]


def test_a_run_of_a_network_of_butter_e_has_its_working_set_and_no_epochs_of_its(
    lab: LabRuns, writer: LakeWriter
) -> None:
    settings = ["dataset=mnist", "shape=rectangle", "parameters=1024", "layers=4", "batch_size=256"]
    writer.plain_run(tags=settings)
    columns = "working_set_bytes > 0, working_set_level, j_per_batch, j_per_epoch, ms_per_batch, epochs"
    (found,) = explored(lab, columns)
    assert found[0] is True
    assert found[1] in {"L1", "L2", "HBM"}
    assert found[2] == pytest.approx(2.8 * 256)
    assert found[3:] == (None, None, None)
