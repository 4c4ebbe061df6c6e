"""Pause, resume and stop over the live URL, in real jobs."""

import json
import sys
import urllib.request
from typing import Any

import pytest

LOOP = """
import sys, time
from energyvis_tracker import EnergyTracker
with EnergyTracker("loop", epochs=100_000, interval_s=0.05, quiet=True) as t:
    print(t.url, flush=True)
    for epoch in t.epochs():
        time.sleep(0.01)
    print("ended", t.should_stop, flush=True)
"""


class Remote:
    """Somebody who has a run's live URL."""

    def __init__(self, url: str) -> None:
        self.base, _, self.token = url.strip().partition("/?token=")

    def ask(self, path: str, action: bool = False) -> Any:
        request = urllib.request.Request(f"{self.base}/api/v1/{path}", method="POST" if action else "GET")  # noqa: S310 - loopback
        request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - likewise
            return json.loads(answer.read())


def test_a_loop_is_paused_resumed_and_stopped(lake: Any, start_job: Any, wait_until: Any) -> None:
    job = start_job(LOOP)
    remote = Remote(job.stdout.readline())
    remote.ask("pause", action=True)
    wait_until(lambda: remote.ask("run")["state"] == "paused")
    wait_until(lambda: lake.run()["state"] == "paused")
    before = len(remote.ask("profile")["epochs"])
    assert len(remote.ask("profile")["epochs"]) == before
    remote.ask("resume", action=True)
    wait_until(lambda: remote.ask("run")["state"] == "running")
    wait_until(lambda: len(remote.ask("profile")["epochs"]) > before + 3)
    remote.ask("stop", action=True)
    assert job.stdout.readline() == "ended True\n"
    job.wait()
    run, epochs = lake.run(), lake.epochs()
    assert (run["state"], "over the live URL" in run["notes"]) == ("stopped", True)
    assert run["paused_s"] > 0
    assert [epoch["epoch"] for epoch in epochs] == list(range(len(epochs)))
    # The pause lies between two epochs, so no epoch is as long as it.
    assert max(epoch["duration_s"] for epoch in epochs) < max(0.5, run["paused_s"])


def test_a_paused_job_is_stopped_without_another_epoch(lake: Any, start_job: Any, wait_until: Any) -> None:
    job = start_job(LOOP)
    remote = Remote(job.stdout.readline())
    remote.ask("pause", action=True)
    wait_until(lambda: remote.ask("run")["state"] == "paused")
    done = len(remote.ask("profile")["epochs"])
    remote.ask("stop", action=True)
    assert job.stdout.readline() == "ended True\n"
    job.wait()
    assert len(lake.epochs()) == done


def test_a_paused_job_can_be_interrupted(lake: Any, start_job: Any, wait_until: Any) -> None:
    job = start_job(LOOP)
    remote = Remote(job.stdout.readline())
    remote.ask("pause", action=True)
    wait_until(lambda: remote.ask("run")["state"] == "paused")
    job.send_signal(2)
    assert job.wait(timeout=20) == -2
    assert lake.run()["state"] == "stopped"


def test_a_job_without_epochs_of_ours_is_told_by_should_stop(lake: Any, start_job: Any) -> None:
    job = start_job("""
        import time
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("by hand", interval_s=0.05, quiet=True) as t:
            print(t.url, flush=True)
            while not t.should_stop:
                t.epoch_start()
                time.sleep(0.01)
                t.epoch_end()
        print("ended", flush=True)
    """)
    remote = Remote(job.stdout.readline())
    remote.ask("stop", action=True)
    assert job.stdout.readline() == "ended\n"
    job.wait()
    assert lake.run()["state"] == "stopped"


def test_a_job_in_one_long_epoch_is_told_at_its_spans(lake: Any, start_job: Any) -> None:
    job = start_job("""
        import time
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("steps", interval_s=0.05, quiet=True) as t:
            print(t.url, flush=True)
            while not t.should_stop:
                with t.span("step"):
                    time.sleep(0.01)
        print("ended", flush=True)
    """)
    Remote(job.stdout.readline()).ask("stop", action=True)
    assert job.stdout.readline() == "ended\n"
    job.wait()
    assert lake.run()["state"] == "stopped"


def process_state(pid: str) -> str:
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - a line of the kernel
        return file.read().rsplit(")", 1)[1].split()[0]


def test_a_command_is_held_with_its_children_and_let_go(lake: Any, start_job: Any, wait_until: Any) -> None:
    script = (
        "import os, subprocess; c = subprocess.Popen(['sleep', '60'])\n"
        "print(os.getpid(), c.pid, flush=True); c.wait()"
    )
    command = [sys.executable, "-m", "energyvis_tracker", "run", "--interval", "0.05", "--"]
    job = start_job([*command, sys.executable, "-c", script])
    url = job.stderr.readline().partition("live at ")[2]
    pids = job.stdout.readline().split()
    remote = Remote(url)
    remote.ask("pause", action=True)
    wait_until(lambda: [process_state(pid) for pid in pids] == ["T", "T"])
    wait_until(lambda: remote.ask("run")["state"] == "paused")
    remote.ask("resume", action=True)
    wait_until(lambda: "T" not in [process_state(pid) for pid in pids])
    wait_until(lambda: remote.ask("run")["state"] == "running")
    remote.ask("stop", action=True)
    assert job.wait(timeout=20) == 128 + 15
    assert lake.run()["state"] == "stopped"


@pytest.mark.parametrize("setting", ["ENERGYVIS_LIVE", None])
@pytest.mark.usefixtures("lake")
def test_a_run_without_a_live_url(run_job: Any, monkeypatch: Any, setting: str | None) -> None:
    if setting:
        monkeypatch.setenv(setting, "0")
    argument = "" if setting else ", live=False"
    job = run_job(
        f"from energyvis_tracker import EnergyTracker\nwith EnergyTracker('x'{argument}) as t: print(t.url)"
    )
    assert job.stdout == "None\n"
    assert "live at" not in job.stderr
