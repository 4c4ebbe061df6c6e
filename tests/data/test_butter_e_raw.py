"""The raw BUTTER-E pipeline against its rules written a second time in plain Python, run by run."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.butter_e_raw import POWER_TRACES, RawCounts, RawFiles, make_tables, standardise_raw
from energyvis_panel.data.gateway import Gateway
from tests.data.butter_e_raw_case import MINUTES, small_set
from tests.data.butter_e_raw_chance import chance_set
from tests.data.butter_e_raw_rules import expected_counts, expected_runs, idle_power, overheads
from tests.sql.question_header import read_header

STATUSES = {
    *("standardised", "overhead_estimate", "below_overhead", "optimizer_batch"),
    *("rejected_run_time", "rejected_energy", "rejected_outlier"),
    *("no_file", "missing_all", "missing_some", "zero_watts"),
}
EXACT = ("status", "experiment_id", "shape", "hardware", "node_type", "started_at")
CLOSE = (
    *("run_time_s", "energy_j", "power_w", "std_power_w", "std_energy_j"),
    *("energy_overhead_j", "non_overhead_energy_j", "j_per_datum"),
)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=2) as opened:
        yield opened


@pytest.fixture(scope="module", params=[1, 2, 3])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Raw files drawn by chance, their table of runs, and the counts."""
    folder = tmp_path_factory.mktemp("raw")
    files = chance_set(request.param).write(folder / "raw")
    with Gateway(threads=2) as gateway:
        counts = standardise_raw(gateway, files, folder / "butter_e.parquet")
    return files, folder / "butter_e.parquet", counts


def column_types(gateway: Gateway, file: Path) -> dict[str, str]:
    """DuckDB type of each column of a Parquet file."""
    relation = gateway._database.connection.cursor().read_parquet(str(file))
    return dict(zip(relation.columns, map(str, relation.types), strict=True))


def test_every_run_comes_out_as_the_rules_say(made: tuple[RawFiles, Path, RawCounts]) -> None:
    files, out, _ = made
    expected = expected_runs(files)
    found = {row["run_id"]: row for row in pq.read_table(out).to_pylist()}
    assert pq.read_metadata(out).num_rows == len(expected)
    assert found.keys() == expected.keys()
    for run_id, run in expected.items():
        row = found[run_id]
        assert {name: row[name] for name in EXACT} == {name: run[name] for name in EXACT}, run_id
        for name in CLOSE:
            assert row[name] == (
                None if run[name] is None else pytest.approx(run[name], rel=1e-9, abs=1e-6)
            ), (
                run_id,
                name,
            )
        assert row["node"] == run["host_name"]
        for name in ("size", "depth", "batch_size", "slurm_job_id"):
            assert row[name] == int(run[name])
        assert row["learning_rate"] == float(run["learning_rate"])
        assert (row["batch"], row["dataset"], row["optimizer"]) == (
            run["batch"],
            run["dataset"],
            run["optimizer"],
        )
        assert row["synthetic"] is False


def test_counts_are_those_of_the_rules(made: tuple[RawFiles, Path, RawCounts]) -> None:
    files, out, counts = made
    found = asdict(counts)
    assert {name: found[name] for name in expected_counts([])} == expected_counts(
        expected_runs(files).values()
    )
    assert set(pq.read_table(out)["status"].to_pylist()) == STATUSES
    joined = counts.metadata - counts.optimizer_batch - counts.no_file - counts.missing_all
    assert counts.ok == joined - counts.missing_some - counts.zero_watts
    assert counts.standardised == counts.kept - counts.overhead_estimate - counts.below_overhead
    assert counts.idle_w == idle_power(files)
    assert len(counts.idle_w) == 6
    kept = [
        run
        for run in expected_runs(files).values()
        if run["status"] in ("standardised", "overhead_estimate", "below_overhead")
    ]
    assert len(kept) == counts.kept
    for hardware, (energy_j, run_time_s) in overheads(kept).items():
        assert counts.overhead[hardware].energy_j == pytest.approx(energy_j, rel=1e-9)
        assert counts.overhead[hardware].run_time_s == pytest.approx(run_time_s, rel=1e-9)
    assert len(counts.overhead) == 2


def test_table_has_the_columns_of_the_stand_in_and_can_be_explored(
    made: tuple[RawFiles, Path, RawCounts], gateway: Gateway
) -> None:
    table, standin = column_types(gateway, made[1]), column_types(gateway, standin_path())
    assert table.pop("experiment_id") == "BIGINT"
    assert {name: kind.replace("DOUBLE", "FLOAT") for name, kind in table.items()} == standin
    load_butter_e(gateway, made[1])
    assert gateway.ask("explore/categories").num_rows


def test_power_traces_hold_every_reading_in_true_time(made: tuple[RawFiles, Path, RawCounts]) -> None:
    files, out, _ = made
    table = pq.read_table(out.with_name(POWER_TRACES))
    rows = [(row["slurm_job_id"], row["ts"], row["node"], row["watts"]) for row in table.to_pylist()]
    assert [row[:2] for row in rows] == sorted(row[:2] for row in rows)
    texts = [
        (int(path.stem), line)
        for path in files.energy.iterdir()
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]
    assert len(texts) == len(rows)
    summer = [row for row in rows if row[1].month == 10]
    local = {
        (job, f"{ts - timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ},{node},{watts}")
        for job, ts, node, watts in summer
    }
    assert summer
    assert local <= set(texts)
    assert pq.read_metadata(out.with_name(POWER_TRACES)).row_group(0).column(0).compression == "ZSTD"


def test_power_sums_keep_the_order_of_the_file_over_many_blocks(gateway: Gateway) -> None:
    gateway.run("butter_e/raw/make_room")
    cursor = gateway._database.connection.cursor()
    cursor.execute(
        "CREATE TABLE butter_e_raw.samples AS "
        "SELECT (hash(range) % 400)::INTEGER AS watts FROM range(1000000) WHERE range % 3 < 2"
    )
    gateway.run("butter_e/raw/make_power_sums")
    watts = cursor.sql("SELECT watts FROM butter_e_raw.samples").to_arrow_table()["watts"].to_numpy()
    sums = cursor.sql("FROM butter_e_raw.power_sums ORDER BY position").to_arrow_table()
    assert len(watts) > 600_000
    assert (sums["watts"].to_numpy() == watts).all()
    assert (sums["watts_so_far"].to_numpy() == watts.cumsum()).all()


def test_steps_are_told_and_the_room_is_free_again(gateway: Gateway, tmp_path: Path) -> None:
    steps: list[str] = []
    files = small_set(MINUTES).write(tmp_path / "raw")
    standardise_raw(gateway, files, tmp_path / "butter_e.parquet", progress=steps.append)
    assert steps[0] == "Checking the raw files"
    assert steps[-1] == "Writing the runs"
    assert len(steps) == len(set(steps)) == 9
    schemas = "SELECT count(*) FROM duckdb_schemas() WHERE schema_name = 'butter_e_raw'"
    assert gateway._database.connection.cursor().execute(schemas).fetchone() == (0,)


@pytest.mark.parametrize(
    "question",
    [
        "butter_e/raw/all_runs",
        "butter_e/raw/counts",
        "butter_e/raw/idle_power",
        "butter_e/raw/overhead",
        "butter_e/raw/power_traces",
        "butter_e/raw/runs_without_standard",
    ],
)
def test_questions_have_the_columns_that_their_headers_declare(
    question: str, gateway: Gateway, tmp_path: Path
) -> None:
    raw = small_set(MINUTES).write(tmp_path)
    make_tables(gateway, raw, raw.jobs(), lambda _step: None)
    text = gateway._text(question)
    answer = gateway._database.connection.cursor().sql(text)
    described = tuple(f"{name} {kind}" for name, kind in zip(answer.columns, answer.types, strict=True))
    assert described == read_header(gateway.sql_root / f"{question}.sql").columns
