"""Spark runs the SQL files that DuckDB runs, and comes to the same sums."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.cli.main import main
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.lake_rollup import roll_up
from energyvis_panel.data.lake_rollup_files import read_rollup
from energyvis_panel.data.lake_rollup_spark import MACROS, QUESTION, SparkSums, spark_sums, spark_text
from energyvis_panel.errors import QueryError
from tests.lake_fixture import LakeWriter, readings

MONTH = "month=2026-11"
RUNS = tuple(f"01JBQ00000000000000000000{place}" for place in "ABCD")
FOR_FEW_ROWS = (
    "--conf spark.sql.shuffle.partitions=2 "
    "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' pyspark-shell"
)
"""Two parts instead of two hundred, and a Java that starts quickly."""
DUCKDB_ONLY = re.compile(r"read_parquet|::|\$|MACRO|epoch_us|list_|FILTER \([^)]*\) OVER")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """A lake with epochs, a shared device, an attribution rule, an older file and an unmeasured run."""
    writer = LakeWriter(tmp_path / "lake")
    writer.plain_run(RUNS[0])
    older = writer.path / "live" / RUNS[0] / "node1-10" / "samples-000000.parquet"
    pq.write_table(pq.read_table(older).drop_columns(["reported_power_w", "residual_j"]), older)
    writer.facts(RUNS[1])
    for number, name in enumerate(("node1-10", "node1-11")):
        rows = readings(RUNS[1], [0.0, *[7.25] * 30], first_s=0.4 * number, every_s=1.0 + 0.5 * number)
        writer.segment(RUNS[1], 0, rows, writer=name)
    writer.facts(RUNS[2])
    rows = readings(RUNS[2], [0.0, 8.0, 9.0, 1.5], attributed_energy_j=0.25)
    rows[2] |= {"quality": "gap", "source": "estimate"}
    rows[3] |= {"quality": "clamped"}
    writer.segment(RUNS[2], 0, rows)
    writer.facts(RUNS[3])
    with Gateway(threads=1) as gateway:
        found = Lake(gateway, writer.path)
        compact_lake(found)
        yield found


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A session on this machine; without Java or pyspark there is none."""
    pytest.importorskip("pyspark", reason="the extra spark is not installed")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYSPARK_SUBMIT_ARGS", FOR_FEW_ROWS)
        with spark_sums(Path("/nowhere"), master="local[2]") as sums:
            yield sums._session


def rounded(table: pa.Table) -> list[dict[str, Any]]:
    """Rows with joules rounded, for no engine promises an order of addition."""
    return [
        {name: round(value, 9) if isinstance(value, float) else value for name, value in row.items()}
        for row in table.to_pylist()
    ]


@pytest.mark.parametrize("question", [*MACROS, QUESTION])
def test_nothing_that_only_duckdb_knows_is_left_in_a_text(question: str) -> None:
    statements = [line for line in spark_text(question).splitlines() if not line.startswith("--")]
    assert not DUCKDB_ONLY.search("\n".join(statements))


def test_spark_and_duckdb_come_to_the_same_rollup(lake: Lake, session: Any) -> None:
    by_duckdb = read_rollup(lake.path, MONTH)
    assert {row["run_id"] for row in by_duckdb.totals.to_pylist()} == set(RUNS[:3])
    for path in lake.path.glob("rollups/*/*.parquet"):
        path.unlink()
    report = roll_up(lake, sums=SparkSums(session, lake.path))
    assert (report.added, report.left) == (list(RUNS), {})
    by_spark = read_rollup(lake.path, MONTH)
    assert by_spark.totals.schema == by_duckdb.totals.schema
    assert rounded(by_spark.totals) == rounded(by_duckdb.totals)
    assert by_spark.facts == by_duckdb.facts


def test_the_executors_may_see_the_lake_elsewhere(lake: Lake, session: Any, tmp_path: Path) -> None:
    expected = rounded(read_rollup(lake.path, MONTH).totals)
    elsewhere = tmp_path / "mount"
    elsewhere.mkdir()
    (lake.path / "runs").rename(elsewhere / "runs")
    paths = [lake.path / path.relative_to(elsewhere) for path in elsewhere.rglob("*.parquet")]
    samples = [path for path in paths if path.name.endswith(".samples.parquet")]
    epochs = [path for path in paths if path.name.endswith(".epochs.parquet")]
    sums = SparkSums(session, lake.path, f"file://{elsewhere}/")
    assert rounded(sums.totals(samples, epochs)) == expected


def test_a_damaged_file_is_left_out(lake: Lake, session: Any) -> None:
    for path in lake.path.glob("rollups/*/*.parquet"):
        path.unlink()
    (samples,) = lake.path.glob(f"runs/*/{RUNS[1]}.samples.parquet")
    content = bytearray(samples.read_bytes())
    content[4:400] = b"\xff" * 396
    samples.write_bytes(bytes(content))
    report = roll_up(lake, sums=SparkSums(session, lake.path))
    assert report.added == [RUNS[0], RUNS[2], RUNS[3]]
    assert report.left[RUNS[1]].startswith(f"{samples}: it cannot be read (")


def test_a_file_that_is_not_there_is_an_error_of_ours(session: Any, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="could not be answered"):
        SparkSums(session, tmp_path).totals([tmp_path / "gone.parquet"], [])


@pytest.mark.usefixtures("session")
def test_the_command_takes_spark(lake: Lake, capfd: pytest.CaptureFixture[str]) -> None:
    for path in lake.path.glob("rollups/*/*.parquet"):
        path.unlink()
    assert os.environ["ENERGYVIS_LAKE"] == str(lake.path)
    assert main(["lake", "rollup", "--engine", "spark", "--json", "--quiet"]) == 0
    assert json.loads(capfd.readouterr().out)["added"] == list(RUNS)


@pytest.mark.parametrize("master", ["nowhere", "local[none]"])
def test_a_master_that_is_none_is_told_in_a_sentence(lake: Lake, master: str) -> None:
    pytest.importorskip("pyspark", reason="the extra spark is not installed")
    code = "import sys; from energyvis_panel.cli import main; sys.exit(main(sys.argv[1:]))"
    asked = [sys.executable, "-c", code, "lake", "rollup", "--engine", "spark", "--master", master]
    # A process of its own: the session of the other tests would be taken, whatever its master.
    done = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False, cwd=lake.path)
    assert done.returncode == 2
    assert "Spark could not be started (" in done.stderr
    assert "see that --master names a cluster" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_pyspark_the_command_says_what_to_install(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    assert main(["lake", "rollup", "--engine", "spark"]) == 2
    assert "pip install 'energyvis-panel[spark]'" in capfd.readouterr().err
    assert lake.path.exists()
