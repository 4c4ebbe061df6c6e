"""What the real tracker writes is what the app reads: they share the layout and nothing else."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.data.run_facts import FINAL_STATES

JOB = """
import time
from energyvis_tracker import EnergyTracker
with EnergyTracker("toy", epochs=2, region="US-GA", interval_s=0.2) as tracker:
    for epoch in tracker.epochs():
        time.sleep(0.5)
        tracker.log(accuracy=0.5 + epoch / 10)
    time.sleep(0.3)
"""
LONGEST_S = 30.0


def wait_until_closed(lake: Lake) -> str:
    """Id of the one run, once its sampler has written its last file."""
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        runs = list(lake.listing().runs.values())
        if runs and runs[0].facts.state in FINAL_STATES and not runs[0].journals:
            return runs[0].facts.run_id
        time.sleep(0.1)  # the sampler ends on its own; its files are all that tells
    pytest.fail("The sampler did not close the run.")


def test_tracked_job_is_read_projected_and_compacted(tmp_path: Path) -> None:
    path = tmp_path / "lake"
    subprocess.run(
        [sys.executable, "-c", JOB],
        env=os.environ | {"ENERGYVIS_LAKE": str(path)},
        check=True,
        timeout=LONGEST_S,
    )
    with Gateway(threads=1) as gateway:
        lake = Lake(gateway, path)
        run_id = wait_until_closed(lake)
        store = ProfileStore(lake)
        profile = store.from_run(run_id)
        (row,) = lake.all_runs(datetime.now(UTC)).to_pylist()
        assert not lake.status(datetime.now(UTC)).damaged
        assert (row["name"], row["state"], row["epochs_done"], row["region_id"]) == (
            "toy",
            "finished",
            2,
            "US-GA",
        )
        assert row["energy_j"] > 0
        assert profile.energy().total_j() == pytest.approx(row["energy_j"], rel=1e-9)
        assert [e.metrics for e in profile.epochs] == [{"accuracy": 0.5}, {"accuracy": 0.6}]
        assert all(e.duration_s == pytest.approx(0.5, abs=0.4) for e in profile.epochs)
        trace = lake.ask("runs/power_trace", run_id=run_id, n=100)
        assert trace.num_rows > 0

        assert compact_lake(lake).compacted == [run_id]
        assert store.from_run(run_id) == profile
        assert lake.ask("runs/power_trace", run_id=run_id, n=100) == trace
