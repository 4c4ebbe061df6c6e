"""The command `energyvis` as a user meets it: the real program in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from energyvis_panel.data.profile_json import profile_to_json, read_profile
from tests.lake_fixture import RUN, LakeWriter, span
from tests.profiles_fixture import small_profile

COMMAND = [sys.executable, "-c", "import sys; from energyvis_panel.cli import main; sys.exit(main())"]


def energyvis(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)


def as_json(*arguments: str | Path) -> Any:
    done = energyvis(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def profile_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_text(profile_to_json(small_profile(region_id="US-GA", pue=1.5)))
    return path


@pytest.fixture
def lake() -> LakeWriter:
    writer = LakeWriter(Path(os.environ["ENERGYVIS_LAKE"]))
    writer.plain_run()
    return writer


def test_projection_has_units_in_its_keys_and_origins_beside_its_numbers(profile_file: Path) -> None:
    found = as_json("project", profile_file, "--region", "US-WY", "--pue", "1.2", "--extrapolate", "2")
    baseline, alternative = found["baseline"], found["alternative"]
    assert baseline["energy_j"] == pytest.approx(4 * 3.96e6 * 1.5)
    assert alternative["energy_j"] == pytest.approx(4 * 3.96e6 * 1.2)
    intensity = alternative["intensity"]
    assert (intensity["region_id"], intensity["year"], intensity["scope"]) == ("US-WY", 2023, "direct")
    assert alternative["carbon_g"] == pytest.approx(4 * 1.1 * 1.2 * intensity["g_per_kwh"])
    assert alternative["duration_s"] == 400.0
    assert alternative["forecast"]["epoch"] == [4, 5]
    assert alternative["forecast"]["cumulative_j"][-1] == pytest.approx(6 * 3.96e6 * 1.2)
    assert found["format"] == "energyvis-projection"


def test_preloaded_profile_on_other_chips() -> None:
    found = as_json(
        "project",
        "strubell-2019-bert-base",
        "--gpu",
        "A100 SXM4 40 GB=8",
        "--precision",
        "fp16",
        "--pue",
        "1.58",
    )
    hardware = found["alternative"]["hardware"]
    assert (hardware["precision"], hardware["equal"]) == ("fp16", "work")
    assert hardware["original"][0]["count"] == 64
    assert found["baseline"]["hardware"] is None
    factor = next(move["factor"] for move in hardware["energy"] if move["from"] == "gpu")
    # (400 W / 312 TFLOP/s) over (300 W / 125 TFLOP/s), and 64 x 125 over 8 x 312 TFLOP/s.
    assert factor == pytest.approx(400 / 312 / (300 / 125))
    assert found["alternative"]["energy_j"] == pytest.approx(found["baseline"]["energy_j"] * factor)
    assert found["alternative"]["duration_s"] == pytest.approx(
        found["baseline"]["duration_s"] * 64 * 125 / (8 * 312)
    )


def test_work_moves_from_gpus_to_cpus() -> None:
    found = as_json("project", "strubell-2019-bert-base", "--gpu", "none", "--cpu", "EPYC 7742=4")
    assert list(found["alternative"]["energy_by_kind_j"]) == ["cpu"]
    assert found["alternative"]["duration_s"] == pytest.approx(
        found["baseline"]["duration_s"] * 64 * 15.7 / (4 * 4.608)
    )
    assert found["alternative"]["hardware"]["uncertainty_factor"] == 2
    assert any("within a factor of 2" in note for note in found["notes"])


def test_a_chip_described_by_hand_and_imperfect_scaling() -> None:
    arguments = ("project", "strubell-2019-bert-base", "--gpu", "Mine: A:150:31.4=32", "--efficiency", "0.5")
    found = as_json(*arguments)
    (own,) = found["alternative"]["hardware"]["alternative"]
    assert own == {"chip_id": None, "name": "Mine: A", "count": 32}
    # Equal speed at perfect scaling; 32 chips lose one halving less than 64.
    assert found["alternative"]["duration_s"] == pytest.approx(found["baseline"]["duration_s"] / 2)
    assert found["alternative"]["energy_j"] == pytest.approx(found["baseline"]["energy_j"] / 8)
    assert "32 x Mine: A instead of 64 x NVIDIA Tesla V100" in energyvis(*arguments).stdout


@pytest.mark.usefixtures("lake")
def test_run_of_the_lake_by_the_beginning_of_its_id() -> None:
    done = energyvis("project", RUN[:10].lower(), "--region", "FR")
    assert done.returncode == 0, done.stderr
    assert "France" in done.stdout
    assert "lifecycle" in done.stdout
    assert "differ in scope" in done.stdout


@pytest.mark.usefixtures("lake")
def test_export_and_import_are_inverse(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    printed = energyvis("profile", "export", RUN).stdout
    assert energyvis("profile", "export", RUN, "--out", out).returncode == 0
    assert out.read_text() == printed
    again = tmp_path / "again.json"
    assert energyvis("profile", "import", out, "--out", again).returncode == 0
    assert read_profile(again.read_bytes()) == read_profile(out.read_bytes())


def test_import_prints_what_it_assumed(tmp_path: Path) -> None:
    path = tmp_path / "energyvis.json"
    path.write_text('{"name": "BERT", "serverData": {"gpu": {"epoch": [1, 2]}}, "location": "Georgia"}')
    done = energyvis("profile", "import", path)
    assert "Assumed: The file records no times" in done.stdout


def test_lake_is_compacted_and_listed(lake: LakeWriter) -> None:
    assert as_json("lake", "compact")["compacted"] == [RUN]
    assert as_json("lake", "status")["runs"] == 1
    assert [run["id"] for run in as_json("profiles")["runs"]] == [RUN]
    assert RUN in energyvis("profiles").stdout
    assert not (lake.path / "live" / RUN).exists()


def test_check_names_damage_sets_it_aside_and_tells_by_its_status(lake: LakeWriter) -> None:
    done = energyvis("lake", "check")
    assert done.returncode == 0, done.stderr
    assert "1 run, 3 files and 122 readings read; 0 damaged" in done.stdout
    damaged = lake.path / "live" / RUN / "node1-10" / "samples-000001.parquet"
    damaged.write_bytes(b"torn")
    done = energyvis("lake", "check")
    assert done.returncode == 1
    assert f"Damaged: {damaged}: it is not a whole Parquet file" in done.stdout
    assert damaged.exists()
    done = energyvis("lake", "check", "--quarantine", "--json")
    assert done.returncode == 1
    (entry,) = json.loads(done.stdout)["damaged"]
    assert Path(entry["set_aside"]).read_bytes() == b"torn"
    assert not damaged.exists()
    found = as_json("lake", "check", "--quarantine")
    assert (found["damaged"], found["foreign"], found["broken"]) == ([], [], [])
    assert "in quarantine" in found["notes"][0]


def test_spans_have_joules_per_unit_with_their_source(lake: LakeWriter) -> None:
    assert "has no spans yet" in energyvis("spans", RUN).stdout
    energies = {"energy_gpu_j": 3000.0, "energy_cpu_j": 1200.0}
    lake.spans(RUN, 0, [span(RUN, 0, "decode", 0, 30, units=8192.0, unit="token", **energies)])
    lake.spans(RUN, 1, [span(RUN, 1, "load", 40, 41)])
    printed = energyvis("spans", RUN[:10].lower()).stdout
    assert "0.513 J/token" in printed
    assert "cpu counter, gpu counter" in printed
    found = as_json("spans", RUN)
    assert found["sources"] == {"cpu": ["counter"], "gpu": ["counter"]}
    decode, load = found["spans"]
    assert (decode["energy_j"], decode["units"], decode["power_w"]) == (4200.0, 8192.0, 140.0)
    assert decode["energy_per_unit_j"] == pytest.approx(4200 / 8192)
    assert (load["name"], load["energy_j"], load["energy_per_unit_j"]) == ("load", None, None)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["project", "nothing"], "There is no profile 'nothing'"),
        (["project", "missing.json"], "There is no file"),
        (["project", "strubell-2019-bert-base", "--region", "XX"], "No carbon intensity"),
        (["project", "strubell-2019-bert-base", "--pue", "0.2"], "PUE is 0.2"),
        (["project", "strubell-2019-bert-base", "--pue", "nan"], "PUE is nan"),
        (["project", "strubell-2019-bert-base", "--gpu", "A100"], "may mean several chips"),
        (["project", "strubell-2019-bert-base", "--gpu", "V100 SXM2 32 GB=x"], "has no count"),
        (["project", "strubell-2019-bert-base", "--gpu", "V100 SXM2 32 GB=0"], "must be at least 1"),
        (["project", "strubell-2019-bert-base", "--cpu", "EPYC 7742"], "names no CPU"),
        (["project", "strubell-2019-bert-base", "--gpu", "none"], "needs at least one GPU or CPU"),
        (["project", "strubell-2019-bert-base", "--gpu", "EPYC 7742"], "is a CPU, but stands after --gpu"),
        (["project", "strubell-2019-bert-base", "--gpu", "Mine:x:20=4"], "must be numbers"),
        (["project", "strubell-2019-bert-base", "--gpu", "Mine:-1:20=4"], "power of Mine in W is -1"),
        (["project", "strubell-2019-bert-base", "--gpu", "T4", "--efficiency", "0"], "efficiency is 0"),
        (["project", "strubell-2019-bert-base", "--extrapolate", "-1"], "--extrapolate is -1"),
        (["serve", "--port", "0"], "The port is 0"),
        (["spans", "nothing"], "There is no run 'nothing'"),
    ],
)
def test_mistake_is_one_sentence_and_status_2(arguments: list[str], sentence: str) -> None:
    done = energyvis(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("energyvis: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("lake")
def test_closed_pipe_is_no_error() -> None:
    process = subprocess.Popen(
        [*COMMAND, "profile", "export", RUN], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(30) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom energyvis_panel.cli import main\n"
        "try: main(['project', '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'duckdb', 'panel', 'pyarrow', 'numpy', 'pydantic'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
