"""The public API in real jobs: what lands in the lake, and that a job never notices the tracker."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

import energyvis_tracker
from energyvis_tracker import ConfigurationError, EnergyTracker, track

LOOP = """
from energyvis_tracker import EnergyTracker
with EnergyTracker("loop", epochs=3, region="US-GA", pue=1.2, project="p", tags=["a"], interval_s=0.02) as t:
    for epoch in t.epochs():
        sum(range(2_000_000))
        t.log(accuracy=epoch / 10)
    t.log(final=7)
"""


def test_a_loop_leaves_samples_epochs_and_facts(lake: Any, run_job: Any) -> None:
    job = run_job(LOOP)
    assert (job.returncode, job.stdout) == (0, "")
    first, last = job.stderr.splitlines()
    run, samples, epochs = lake.run(), lake.samples(), lake.epochs()
    assert run["run_id"] in first
    assert "CPU: estimate from load" in first
    assert "3 epochs" in last
    assert "no gaps" in last
    assert (run["state"], run["region_id"], run["pue"], run["tags"]) == ("finished", "US-GA", 1.2, ["a"])
    assert run["ended_at"] > run["started_at"]
    assert run["overhead"]["reads"] == len(samples)
    assert [sample["seq"] for sample in samples] == list(range(len(samples)))
    assert {sample["source"] for sample in samples} == {"estimate"}
    assert [epoch["metrics"] for epoch in epochs] == [
        {"accuracy": 0.0},
        {"accuracy": 0.1},
        {"accuracy": 0.2, "final": 7.0},
    ]
    assert not lake.has("journal-*")
    assert not lake.has("lock")


def test_epochs_and_the_time_between_them_add_up_to_the_run(lake: Any, run_job: Any, powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", 0)
    powercap.add("intel-rapl:0:0", "dram", 0)
    run_job(f"""
        import os
        from pathlib import Path
        from energyvis_tracker import EnergyTracker
        root = Path({str(powercap.root)!r})
        def draw(package_uj, dram_uj):
            for zone, step in (("intel-rapl:0", package_uj), ("intel-rapl:0:0", dram_uj)):
                path = root / zone / "energy_uj"
                descriptor = os.open(path, os.O_RDWR)
                now = int(os.pread(descriptor, 99, 0))
                os.pwrite(descriptor, b"%020d" % (now + step), 0)
        with EnergyTracker("law", epochs=2) as t:
            draw(500, 50)
            for epoch in t.epochs():
                draw(1_000_000 * (epoch + 1), 100_000)
            draw(700, 70)
    """)
    samples, epochs = lake.samples(), lake.epochs()
    assert [(epoch["energy_cpu_j"], epoch["energy_dram_j"]) for epoch in epochs] == [
        (pytest.approx(1.0), pytest.approx(0.1)),
        (pytest.approx(2.0), pytest.approx(0.1)),
    ]
    assert {epoch["energy_gpu_j"] for epoch in epochs} == {None}
    outside_j = sum(sample["energy_j"] for sample in samples if sample["epoch"] is None)
    total_j = sum(sample["energy_j"] for sample in samples)
    assert outside_j == pytest.approx((500 + 50 + 700 + 70) / 1e6)
    in_epochs_j = sum(epoch["energy_cpu_j"] + epoch["energy_dram_j"] for epoch in epochs)
    assert in_epochs_j + outside_j == pytest.approx(total_j, rel=1e-12)


def test_units_and_metrics_of_epochs_marked_by_hand(lake: Any, run_job: Any) -> None:
    run_job("""
        from energyvis_tracker import EnergyTracker
        t = EnergyTracker("by hand")
        t.start()
        assert t.epoch_start() == 0
        t.epoch_end(units=128, unit="samples", loss=0.5)
        t.stop()
    """)
    (epoch,) = lake.epochs()
    assert (epoch["units"], epoch["unit"], epoch["metrics"]) == (128.0, "samples", {"loss": 0.5})


@pytest.mark.parametrize(
    ("body", "state", "status"),
    [
        ("raise ValueError('mine')", "failed", 1),
        ("raise SystemExit(0)", "finished", 0),
        ("raise SystemExit(4)", "failed", 4),
        ("raise KeyboardInterrupt", "stopped", -signal.SIGINT),
    ],
)
def test_an_exception_is_recorded_and_goes_on(
    lake: Any, run_job: Any, body: str, state: str, status: int
) -> None:
    job = run_job(f"""
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("x", epochs=2) as t:
            for epoch in t.epochs():
                {body}
    """)
    assert job.returncode == status
    assert lake.run()["state"] == state
    assert len(lake.epochs()) == (1 if state == "finished" else 0)
    if status == 1:
        assert job.stderr.rstrip().endswith("ValueError: mine")


def test_an_uncaught_exception_outside_the_tracker_is_recorded_too(lake: Any, run_job: Any) -> None:
    run_job("from energyvis_tracker import EnergyTracker\nEnergyTracker('x').start()\n1 / 0")
    assert lake.run()["state"] == "failed"


def test_a_decorated_function_is_a_run_each_time(lake: Any, run_job: Any) -> None:
    job = run_job("""
        from energyvis_tracker import track
        @track("called", quiet=True)
        def double(x):
            return 2 * x
        print(double(4), double(x=5), double.__name__)
    """)
    assert (job.stdout, job.stderr) == ("8 10 double\n", "")
    assert [run["state"] for run in lake.runs()] == ["finished", "finished"]


def test_after_a_break_the_open_epoch_ends_with_the_run(lake: Any, run_job: Any) -> None:
    run_job("""
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("early", epochs=9) as t:
            for epoch in t.epochs():
                if epoch == 1:
                    break
    """)
    assert [epoch["epoch"] for epoch in lake.epochs()] == [0, 1]


def test_a_forked_child_keeps_away_from_its_parents_sampler(lake: Any, run_job: Any) -> None:
    job = run_job("""
        import os
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("fork", epochs=1) as t:
            for epoch in t.epochs():
                if os.fork() == 0:
                    t.epoch_end(stray=1)
                    t.stop("failed")
                    os._exit(t.client.connection is not None)
                print(os.waitstatus_to_exitcode(os.wait()[1]))
    """)
    assert job.stdout == "0\n"
    assert lake.run()["state"] == "finished"
    assert [epoch["metrics"] for epoch in lake.epochs()] == [{}]


def test_a_lake_that_cannot_be_written_does_not_disturb_the_job(
    run_job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENERGYVIS_LAKE", "/proc/energyvis-lake")  # nobody can make a folder there
    job = run_job("""
        import time
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("x", epochs=2) as t:
            print(t.client.process.pid)
            for epoch in t.epochs():
                print(epoch)
            start_s = time.monotonic()
        print(time.monotonic() - start_s < 5)
    """)
    sampler, *lines = job.stdout.split()
    os.kill(int(sampler), signal.SIGKILL)  # it would keep trying for a minute
    assert (job.returncode, lines) == (0, ["0", "1", "True"])
    first, last = job.stderr.splitlines()
    assert "cannot be written yet" in first
    assert "NOT all written" in last


def test_a_sampler_that_cannot_start_does_not_disturb_the_job(lake: Any, run_job: Any) -> None:
    job = run_job("""
        import logging, sys
        logging.basicConfig(level="WARNING")
        from energyvis_tracker import EnergyTracker
        sys.executable = "/nowhere/python"
        with EnergyTracker("x", epochs=1) as t:
            for epoch in t.epochs():
                t.log(a=1)
        print("done")
    """)
    assert (job.returncode, job.stdout) == (0, "done\n")
    assert "NOT measured" in job.stderr
    assert job.stderr.count("WARNING") == 1
    assert not lake.path.exists()


def test_mistakes_during_the_run_are_warned_of_once(lake: Any, caplog: pytest.LogCaptureFixture) -> None:
    tracker = EnergyTracker("x", quiet=True)
    tracker.start()
    for _ in range(2):
        tracker.epoch_end()
    tracker.epoch_start()
    tracker.log(loss=object())  # type: ignore[arg-type]  # the mistake this is about
    tracker.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "epoch_end() was called without epoch_start().",
        "The metric loss is not a number and is left out.",
    ]
    assert lake.run()["state"] == "finished"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"name": ""}, "needs a name"),
        ({"epochs": -1}, "epochs must be"),
        ({"epochs": True}, "epochs must be"),
        ({"region": "Georgia"}, "region must be"),
        ({"pue": 0.9}, "1 or more"),
        ({"pue": float("nan")}, "1 or more"),
        ({"interval_s": 0}, "interval_s must be"),
        ({"interval_s": 31}, "interval_s must be"),
        ({"tags": "word"}, "list of words"),
        ({"lake": __file__}, "is a file"),
        ({"lake": Path(__file__) / "lake"}, "is a file"),
    ],
)
def test_a_mistake_in_the_call_is_one_clear_error(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        EnergyTracker(**{"name": "x", **arguments})
    with pytest.raises(ConfigurationError, match=sentence):
        track(**{"name": "x", **arguments})(lambda: None)


def test_a_setting_that_is_no_number_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENERGYVIS_SEGMENT_S", "soon")
    with pytest.raises(ConfigurationError, match="ENERGYVIS_SEGMENT_S"):
        EnergyTracker("x")


def test_epochs_without_a_number_say_what_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="how many"):
        EnergyTracker("x").epochs()


def test_segments_close_while_the_run_goes_on(
    lake: Any, wait_until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENERGYVIS_SEGMENT_S", "0.2")
    with EnergyTracker("x", interval_s=0.05, quiet=True):
        wait_until(lambda: len(lake.has("samples-*.parquet")) > 1)
        assert lake.run()["state"] == "running"
    seqs = [sample["seq"] for sample in lake.samples()]
    assert seqs == list(range(len(seqs)))


def test_a_stopped_sampler_holds_no_epoch_up_for_long(lake: Any) -> None:
    tracker = EnergyTracker("x", quiet=True)
    tracker.start()
    assert tracker.client.process is not None
    pid = tracker.client.process.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        start_s = time.monotonic()
        for _ in range(20):
            tracker.epoch_start()
            tracker.epoch_end()
        waited_s = time.monotonic() - start_s
    finally:
        os.kill(pid, signal.SIGCONT)
        tracker.stop()
    assert waited_s < 5
    assert len(lake.epochs()) == 20


def test_the_public_names_are_what_is_there() -> None:
    assert energyvis_tracker.__all__ == sorted(energyvis_tracker.__all__)
    for name in energyvis_tracker.__all__:
        assert getattr(energyvis_tracker, name).__name__ == name
