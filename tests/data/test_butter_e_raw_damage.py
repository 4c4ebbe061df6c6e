"""Raw BUTTER-E files that are not what they should be: one sentence says which, where and how to mend it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from energyvis_panel.data.butter_e_raw import RawFiles, standardise_raw
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError, QueryError
from tests.butter_e_raw_fixture import RawSet, raw_run

NODE = "r1i0n0"
BEGIN = datetime(2022, 10, 3, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=1) as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> RawFiles:
    times = [BEGIN + timedelta(minutes=n) for n in range(5)]
    raw = RawSet(
        runs=[
            raw_run(0, times[1], times[2], dataset="505_tecator", size=64),
            raw_run(1, times[1], times[4]),
        ],
        jobs={10_300_000: [(moment, NODE, 300) for moment in times]},
        node_kinds={NODE: "cpu1"},
        p2_w={NODE: 220.0},
    )
    return raw.write(tmp_path / "raw")


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of a file of the raw set: the first place where ``old`` stands."""

    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def emptied(name: str, keep_header: bool = False) -> Callable[[Path], None]:
    """A change that leaves nothing, or the first line, of a file."""

    def change(folder: Path) -> None:
        path = folder / name
        header = path.read_text(encoding="utf-8").partition("\n")[0] + "\n"
        path.write_text(header if keep_header else "", encoding="utf-8")

    return change


def removed(name: str) -> Callable[[Path], None]:
    """A change that takes a file away."""
    return lambda folder: (folder / name).unlink()


METADATA, JOB = "butter_e_metadata.csv", "butter_e_energy/10300000.csv"
SINFO, POWER = "node_sinfo.csv", "node_power_dist.csv"
DAMAGES = [
    (removed(METADATA), rf"There is no {METADATA} at .*{METADATA}\. Check the path"),
    (replaced(METADATA, "host_name", "host"), rf"{METADATA} lacks the column host_name\. Fetch"),
    (emptied(METADATA), rf"{METADATA} lacks the column run_id"),
    (emptied(METADATA, keep_header=True), rf"{METADATA} holds no run\. Fetch"),
    (
        replaced(METADATA, "2022-10-03 12:01:00+00:00", "yesterday"),
        rf"{METADATA}, row 1, column start_time: 'yesterday' is not what stands there elsewhere\. Fetch",
    ),
    (replaced(METADATA, "Adam,0,", "Adam,maybe,"), rf"{METADATA}, row 1, column is_gpu: 'maybe'"),
    (
        replaced(METADATA, "connect_4,0.0001", "connect_4"),
        rf"{METADATA}, row 2 has 16 cells instead of 17\. ",
    ),
    (
        replaced(JOB, "timestamp,node,watts", "time,node,watts"),
        rf"{JOB} begins with 'time,node,watts' instead",
    ),
    (emptied(JOB), rf"{JOB} begins with '' instead of 'timestamp,node,watts'\. Fetch"),
    (replaced(JOB, ":03:00Z,r1i0n0,300", ":03:00Z,r1i0n0,n/a"), rf"{JOB}, row 4, column watts: 'n/a'"),
    (replaced(JOB, "2022-10-03T06:03:00Z", "06:03"), rf"{JOB}, row 4, column timestamp: '06:03'"),
    (replaced(JOB, ":03:00Z,r1i0n0,300", ":03:0"), rf"{JOB}, row 4 has 1 cells instead of 3\. Fetch"),
    (removed(JOB), r"butter_e_energy holds no file named for a job, .* Unpack butter_e_energy\.zip"),
    (replaced(SINFO, "MEMORY", "RAM"), rf"{SINFO} lacks the column MEMORY\. Fetch"),
    (replaced(SINFO, "HOSTNAMES, CPUS", "CPUS, HOSTNAMES"), rf"{SINFO} needs its columns in the order HOST"),
    (replaced(SINFO, "85248", "lots"), rf"{SINFO}, row 1, column MEMORY: 'lots'"),
    (replaced(POWER, ",p2,", ",q2,"), rf"{POWER} lacks the column p2\. Fetch"),
    (replaced(POWER, ",220.0,", ",low,"), rf"{POWER}, row 1, column p2: 'low'"),
    (
        replaced("pmlb.csv", "n_observations", "n"),
        r"pmlb\.csv needs the columns dataset and n_observations or ",
    ),
    (replaced("pmlb.csv", '"3188"', '"many"'), r"pmlb\.csv, row 2, column n_observations: 'many'"),
    (
        replaced(SINFO, NODE, "r1i0n9"),
        rf"The idle power of node {NODE} is unknown \(runs on it: 2\): .* Take",
    ),
    (replaced(SINFO, "85248", "85249"), rf"The idle power of node {NODE} is unknown"),
    (replaced(POWER, NODE, "r1i0n9"), rf"The idle power of node {NODE} is unknown"),
    (
        replaced(METADATA, "505_tecator", "splice"),
        r"The overhead of a run on a CPU node is unknown: .* Take the whole metadata and all files of jobs\.",
    ),
]


@pytest.mark.parametrize(("damage", "sentence"), DAMAGES)
def test_damage_is_told_in_a_sentence_and_nothing_is_written(
    damage: Callable[[Path], None], sentence: str, files: RawFiles, gateway: Gateway, tmp_path: Path
) -> None:
    out = tmp_path / "made" / "butter_e.parquet"
    out.parent.mkdir()
    out.write_text("as it was", encoding="utf-8")
    damage(files.metadata.parent)
    with pytest.raises(DatasetError) as told:
        standardise_raw(gateway, files, out)
    text = str(told.value)
    assert re.search(sentence, text), text
    assert text.count("\n") == 0
    assert text.endswith(".")
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert out.read_text(encoding="utf-8") == "as it was"
    schemas = "SELECT count(*) FROM duckdb_schemas() WHERE schema_name = 'butter_e_raw'"
    assert gateway._database.connection.cursor().execute(schemas).fetchone() == (0,)


def test_undamaged_files_are_fine(files: RawFiles, gateway: Gateway, tmp_path: Path) -> None:
    counts = standardise_raw(gateway, files, tmp_path / "butter_e.parquet")
    assert (counts.metadata, counts.standardised) == (2, 1)


def test_damage_nobody_can_point_at_gives_the_reason_of_the_database(
    files: RawFiles, gateway: Gateway, tmp_path: Path
) -> None:
    replaced(METADATA, ",64,10,", ",64,999,")(files.metadata.parent)
    with pytest.raises(DatasetError, match=rf"{METADATA} cannot be read: .*999.* Fetch the file again\."):
        standardise_raw(gateway, files, tmp_path / "butter_e.parquet")


def test_a_failure_while_writing_leaves_the_old_files(
    files: RawFiles, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "made" / "butter_e.parquet"
    standardise_raw(gateway, files, out)
    before = {path.name: path.read_bytes() for path in out.parent.iterdir()}
    replaced(METADATA, "connect_4", "mnist")(files.metadata.parent)
    monkeypatch.setattr(gateway, "sql_root", tmp_path)
    gateway._texts.pop("butter_e/raw/all_runs")
    with pytest.raises(QueryError, match="all_runs"):
        standardise_raw(gateway, files, out)
    assert {path.name: path.read_bytes() for path in out.parent.iterdir()} == before


def test_other_files_in_the_folder_of_jobs_are_passed_over(
    files: RawFiles, gateway: Gateway, tmp_path: Path
) -> None:
    for name in ("notes.csv", "._10300000.csv", "readme.txt"):
        (files.energy / name).write_text("not a job", encoding="utf-8")
    assert standardise_raw(gateway, files, tmp_path / "butter_e.parquet").ok == 2
