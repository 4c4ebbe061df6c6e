"""A short form of the benchmark of random blows; the long one is run by hand."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker.recovery import recover

BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.usefixtures("lake")
def test_nothing_that_was_seen_is_lost_by_random_blows(start_job: Any, tmp_path: Path) -> None:
    words = ["--kills", "7", "--terms", "3", "--keep", str(tmp_path / "lakes"), "--seed", str(os.getpid())]
    job = start_job([sys.executable, str(BENCH / "tracker_chaos.py"), *words])
    output, errors = job.communicate(timeout=120)
    assert job.returncode == 0, output + errors
    # Nothing is left for anybody to recover, in any of the lakes.
    lakes = [path.parent for path in (tmp_path / "lakes").glob("*/lake/lake.json")]
    assert len(lakes) >= 5
    assert [recover(lake) for lake in lakes] == [[]] * len(lakes)
