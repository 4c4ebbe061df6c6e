"""The command `energyvis-track` for tests that start it in an environment of their own."""

import re
import sys
from pathlib import Path

TRACKER = Path(__file__).parents[2] / "tracker"


def track_command(folder: Path) -> Path:
    """Make the command in a folder; it needs nothing of the environment that it is started in."""
    command = folder / "energyvis-track"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={TRACKER} exec {sys.executable} -m energyvis_tracker "$@"\n')
    command.chmod(0o755)
    return command


def state(lake: Path) -> str:
    """Return the state of the only run in a lake."""
    (facts,) = lake.glob("live/*/run.json")
    return str(re.findall(r'"state": "(\w+)"', facts.read_text())[0])
