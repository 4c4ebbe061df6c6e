"""`energyvis diff` as a gate meets it: the real program on a real lake, and its exit status."""

import os
from pathlib import Path

import pytest

from energyvis_panel.cli.main import parser
from tests.cli.test_command_line import as_json, energyvis
from tests.diff_fixture import RUN_A, RUN_B, write_pair, write_run
from tests.lake_fixture import LakeWriter


@pytest.fixture
def lake() -> LakeWriter:
    writer = LakeWriter(Path(os.environ["ENERGYVIS_LAKE"]))
    write_pair(writer)
    return writer


@pytest.mark.usefixtures("lake")
def test_a_rise_above_the_threshold_ends_with_1_and_says_how_sure_it_is() -> None:
    done = energyvis("diff", RUN_A[:5], RUN_B[:5], "--per", "sample", "--fail-above", "3%")
    assert done.returncode == 1, done.stderr
    assert "Joules per sample: 100 J -> 110 J, +10.0 %" in done.stdout
    assert "significant (6 and 6 repetitions" in done.stdout
    assert "FAILED: +10.0 % is above 3 %." in done.stdout
    step = next(line for line in done.stdout.splitlines() if line.startswith("step"))
    assert step.split()[-4:] == ["100", "J/sample", "110", "J/sample"]


@pytest.mark.usefixtures("lake")
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--per", "sample", "--fail-above", "12%"], 0),
        (["--per", "samples", "--fail-above", "9.9 %", "--significant"], 1),
        (["--per", "epoch", "--fail-above", "3%"], 1),
        (["--fail-above", "3%"], 1),  # in total
        (["--fail-above", "3%", "--significant"], 0),  # one total says nothing about chance
        (["--per", "token", "--fail-above", "3%"], 2),
        (["--fail-above", "3"], 2),
        (["--fail-above", "-3%"], 2),
        (["--significant"], 2),
        (["--per", "sample", "--confidence", "95"], 2),
    ],
)
def test_exit_status(arguments: list[str], status: int) -> None:
    arguments = [a if a != "-3%" else "--fail-above=-3%" for a in arguments]
    if "--fail-above=-3%" in arguments:
        arguments.remove("--fail-above")
    done = energyvis("diff", RUN_A, RUN_B, *arguments)
    assert done.returncode == status, (done.stdout, done.stderr)
    assert bool(done.stderr) == (status == 2)


@pytest.mark.usefixtures("lake")
def test_a_fall_never_fails() -> None:
    assert energyvis("diff", RUN_B, RUN_A, "--per", "sample", "--fail-above", "0%").returncode == 0


@pytest.mark.usefixtures("lake")
def test_json_has_units_in_its_keys_and_the_interval() -> None:
    found = as_json("diff", RUN_A, RUN_B, "--per", "sample", "--confidence", "0.99")
    assert found["format"] == "energyvis-diff"
    assert [span["name"] for span in found["spans"]] == ["step", "eval"]
    assert found["spans"][0]["change_j"] == pytest.approx(600.0)
    assert found["spans"][0]["b"]["energy_per_unit_j"] == pytest.approx(110.0)
    assert found["run"]["a"]["energy_j"] == pytest.approx(6300.0)
    assert found["a"]["sources"] == {"gpu": ["counter"]}
    gate = found["gate"]
    assert gate["change"] == pytest.approx(0.1)
    assert gate["low"] < gate["change"] < gate["high"]
    assert gate["confidence"] == 0.99
    assert gate["is_significant"]
    assert not gate["is_failure"]


def test_runs_measured_in_other_ways_are_compared_with_a_warning(lake: LakeWriter) -> None:
    write_run(lake, RUN_B, 1100.0, name="after", attribution="share")
    done = energyvis("diff", RUN_A, RUN_B)
    assert done.returncode == 0
    assert "Warning: A counts by the rule 'exclusive', B by 'share'." in done.stdout


@pytest.mark.usefixtures("lake")
def test_a_run_that_is_not_there_is_an_error() -> None:
    done = energyvis("diff", RUN_A, "01ZZ")
    assert done.returncode == 2
    assert "There is no run '01ZZ'" in done.stderr


def test_every_switch_is_explained() -> None:
    options = parser().parse_args(["diff", "a", "b"])
    text = Path("docs/comparing_runs.md").read_text(encoding="utf-8")
    for name in vars(options).keys() - {"run", "run_a", "run_b"}:
        assert f"--{name.replace('_', '-')}" in text
