"""The units of deploy/systemd, as systemd itself reads and judges them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from energyvis_panel.cli.main import parser

ROOT = Path(__file__).parents[2]
SYSTEMD = ROOT / "deploy" / "systemd"
UNITS = sorted(path for path in SYSTEMD.iterdir() if path.suffix in {".service", ".timer", ".target"})
SERVICES = [path for path in UNITS if path.suffix == ".service"]
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
MOST_EXPOSED = 1.5
"""Of 10; systemd gives 9.6 to a service without any protection."""


def lines(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)


@needs_systemd
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    for unit in UNITS:  # the program is not installed where the tests run
        name = unit.name.replace("@.", "@5006.")
        (tmp_path / name).write_text(unit.read_text().replace("/opt/energyvis/bin/energyvis", "/bin/true"))
    done = subprocess.run(
        [str(ANALYZE), "verify", "--recursive-errors=no", "--man=no", *tmp_path.iterdir()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: str(path.name))
def test_a_service_can_do_little_beside_its_task(unit: Path) -> None:
    done = subprocess.run(
        [str(ANALYZE), "security", "--offline=yes", unit], capture_output=True, text=True, check=True
    )
    (exposed,) = re.findall(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    assert float(exposed) < MOST_EXPOSED


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: str(path.name))
def test_a_service_starts_commands_that_there_are(unit: Path) -> None:
    commands = lines(unit, "ExecStart")
    assert commands
    for command in commands:
        program, *arguments = command.replace("%i", "5006").split()
        assert program == "/opt/energyvis/bin/energyvis"
        parser().parse_args(arguments)
    assert lines(unit, "EnvironmentFile") == ["/etc/energyvis/energyvis.env"]


def test_only_the_nightly_task_may_write_to_the_lake() -> None:
    (lake,) = re.findall(r"^ENERGYVIS_LAKE=(.*)$", (SYSTEMD / "energyvis.env").read_text(), re.MULTILINE)
    assert {unit.name: lines(unit, "ReadWritePaths") for unit in SERVICES} == {
        "energyvis@.service": [],
        "energyvis-rollup.service": [lake],
    }


def test_the_server_is_given_longer_to_stop_than_it_takes() -> None:
    (longest_s,) = lines(SYSTEMD / "energyvis@.service", "TimeoutStopSec")
    assert int(longest_s) > 10, "what ENERGYVIS_GRACE is by default, in s"
