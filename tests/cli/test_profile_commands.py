"""`energyvis profile import` and `export` for the files of other tools."""

import csv
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

from energyvis_panel.data.profile_json import read_profile

COMMAND = [sys.executable, "-c", "import sys; from energyvis_panel.cli import main; sys.exit(main())"]
SAMPLES = Path(__file__).parents[1] / "data" / "importer_samples"


def profile(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "profile", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_several_profiles_go_into_a_folder_with_what_was_assumed_and_found(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = profile("import", SAMPLES / "codecarbon_3_3.csv", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "trm, 2026-04-11 07:55: 3 intervals, 13.3 Wh before PUE" in done.stdout
    assert "Assumed: The PUE in the file is 1" in done.stdout
    assert "Defect: The file names GPUs but has 0 J" in done.stdout
    files = sorted(out.iterdir())
    assert len(files) == 2
    assert {read_profile(file.read_bytes())[0].name for file in files} == {
        "trm, 2026-04-11 07:55",
        "sleep, 2026-04-12 08:00",
    }


def test_several_profiles_do_not_fit_into_one_file(tmp_path: Path) -> None:
    done = profile("import", SAMPLES / "codecarbon_3_3.csv", "--out", tmp_path / "one.json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "There are 2 profiles" in done.stderr
    assert not (tmp_path / "one.json").exists()


def test_one_profile_goes_into_the_file_that_is_named(tmp_path: Path) -> None:
    out = tmp_path / "one.json"
    done = profile("import", SAMPLES / "zeus_nested.csv", "--out", out)
    assert done.returncode == 0, done.stderr
    assert read_profile(out.read_bytes())[0].energy().gpu == 69_000.0


def test_a_file_of_another_tool_is_a_profile_to_every_command(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    log = SAMPLES / "carbontracker_1_1.log"
    assert profile("export", log, "--format", "csv", "--out", out).returncode == 0
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert row["source"] == "imported"
    assert profile("export", log, "--format", "parquet", "--out", out).returncode == 0
    assert pq.read_table(out)["region_id"].to_pylist() == ["US-GA"]
    done = profile("export", SAMPLES / "codecarbon_3_3.csv")
    assert done.returncode == 2
    assert "holds 2 profiles" in done.stderr
