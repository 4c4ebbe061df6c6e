"""The examples of docs/lake_format.md, run as they stand there: each reads every run of a lake once."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from tests.lake_fixture import LakeWriter, at, readings, span

DOCUMENT = Path(__file__).parents[2] / "docs" / "lake_format.md"
COMPACTED, HALF, LIVE = (f"01JBQ00000000000000000000{place}" for place in "ABC")
EXPECTED_KWH = {COMPACTED: 8400 / 3.6e6, HALF: 8400 / 3.6e6, LIVE: 60 / 3.6e6}


def example(name: str) -> str:
    """Text of the one code block of this name."""
    (found,) = re.findall(rf"```\w+ {name}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake with a compacted run, one whose live copy is still there, and one that goes on."""
    writer = LakeWriter(tmp_path / "lake")
    writer.plain_run(COMPACTED)
    older = writer.path / "live" / COMPACTED / "node1-10" / "samples-000000.parquet"
    pq.write_table(pq.read_table(older).drop_columns(["reported_power_w", "residual_j"]), older)
    writer.spans(
        COMPACTED, 0, [span(COMPACTED, 0, "decode", 0, 9, units=80.0, unit="token", energy_gpu_j=40.0)]
    )
    writer.plain_run(HALF)
    with Gateway(threads=1) as gateway:
        assert compact_lake(Lake(gateway, writer.path)).compacted == [COMPACTED, HALF]
    writer.plain_run(HALF)
    writer.facts(LIVE, state="running", ended_at=None)
    writer.segment(LIVE, 0, readings(LIVE, [100.0, 200.0], attributed_energy_j=30.0))
    monkeypatch.chdir(tmp_path)
    return writer.path


def by_run(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {row["run_id"]: row["energy_kwh"] for row in rows}


@pytest.mark.usefixtures("lake")
def test_duckdb_reads_each_run_once() -> None:
    rows = duckdb.connect().sql(example("duckdb")).to_arrow_table().to_pylist()
    assert by_run(rows) == pytest.approx(EXPECTED_KWH)


@pytest.mark.usefixtures("lake")
def test_polars_reads_each_run_once() -> None:
    names: dict[str, Any] = {}
    exec(example("polars"), names)  # noqa: S102 - the document's own example
    assert by_run(names["energy"].to_dicts()) == pytest.approx(EXPECTED_KWH)


@pytest.mark.usefixtures("lake")
def test_pandas_reads_each_run_once() -> None:
    names: dict[str, Any] = {}
    exec(example("pandas"), names)  # noqa: S102 - the document's own example
    assert by_run(names["energy"].to_dict("records")) == pytest.approx(EXPECTED_KWH)


@pytest.mark.usefixtures("lake")
def test_spark_reads_each_run_once() -> None:
    sql = pytest.importorskip("pyspark.sql", reason="Spark is not among the project's packages")
    session = sql.SparkSession.builder.master("local[1]").getOrCreate()
    try:
        *views, question = example("spark").split(";")
        for view in views:
            session.sql(view)
        rows = [row.asDict() for row in session.sql(question).collect()]
    finally:
        session.stop()
    assert by_run(rows) == pytest.approx(EXPECTED_KWH)


@pytest.mark.usefixtures("lake")
def test_duckdb_reads_joules_per_token() -> None:
    assert duckdb.connect().sql(example("duckdb-spans")).fetchall() == [("decode", 0.5)]


def test_app_reads_the_same(lake: Path) -> None:
    with Gateway(threads=1) as gateway:
        rows = Lake(gateway, lake).all_runs(at(100)).to_pylist()
    assert {row["run_id"]: row["energy_j"] / 3.6e6 for row in rows} == pytest.approx(EXPECTED_KWH)


def test_every_file_of_a_lake_is_in_the_layout() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in (
        "lake.json",
        "lock",
        "journal-",
        "samples-",
        "spans-",
        "epochs.parquet",
        "rollups",
        "quarantine",
    ):
        assert name in text.split("```")[1]
