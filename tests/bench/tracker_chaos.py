"""Blows at random moments, under load: is everything that could be seen before still there afterwards?

Run as `python tests/bench/tracker_chaos.py [--kills 200] [--terms 50] [--parallel 2] [--seed 1]`. Each trial has a
lake of its own; jobs, samplers or both get `kill -9`, or SIGTERM. Then survivors are interrupted, the lake is
recovered, and compared with what a reader saw in its files just before the blow. Prints a table and every fault
with its trial's seed; exits with 1 if there is one.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lake_witness import Sight, faults, look  # type: ignore[import-not-found]  # beside a script run by its path

from energyvis_tracker import recover

HERE = Path(__file__).parent
PATIENCE_S = 60.0
KILLS = ("kill job", "kill sampler", "kill both")
TERMS = ("term sampler", "term job", "term command")
# A processor and a disk that are busy, in turns, so that nobody else on the machine starves.
LOAD = """
import os, sys, time
while True:
    end_s = time.monotonic() + 0.05
    while time.monotonic() < end_s:
        sum(range(1000))
    with open(sys.argv[1], "wb") as file:
        file.write(os.urandom(500_000)); file.flush(); os.fsync(file.fileno())
    time.sleep(0.05)
"""


@dataclass
class Trial:
    """One blow, and what it hit."""

    seed: int
    blow: str
    folder: Path
    powercap: Path
    jobs: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - no secret
        self.interval_s = self.chance.choice([0.01, 0.1])
        self.is_shared = self.blow != "term command" and self.chance.random() < 0.4
        self.lake = self.folder / "lake"
        self.folder.mkdir()

    def environment(self) -> dict[str, str]:
        """Return the environment of the trial's jobs: lake, sockets and counters."""
        return os.environ | {
            "ENERGYVIS_LAKE": str(self.lake),
            "ENERGYVIS_POWERCAP": str(self.powercap),
            "ENERGYVIS_SEGMENT_S": str(self.chance.choice([0.05, 0.5, 10])),
            "XDG_RUNTIME_DIR": str(self.folder),
        }

    def start(self) -> None:
        """Start one job or two that share a sampler."""
        environment, command = self.environment(), [sys.executable]
        for number in range(1 + self.is_shared):
            if self.blow == "term command":
                # Python ends at SIGTERM, as most commands do.
                command += ["-m", "energyvis_tracker", "run", "--quiet", "--interval", str(self.interval_s)]
                command += ["--", sys.executable, "-c", "import time; time.sleep(60)"]
            else:
                words = [self.protocol(number), self.interval_s]
                words += [self.chance.choice([1, 1, 2]), self.chance.choice([0, 0, 3])]
                command = [sys.executable, str(HERE / "chaos_job.py"), *map(str, words)]
            self.jobs.append(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))

    def protocol(self, number: int) -> Path:
        """Return where a job writes what was acknowledged."""
        return self.folder / f"job-{number}.txt"

    def said(self, number: int) -> list[list[str]]:
        """Return what a job has written so far, by line and word."""
        path = self.protocol(number)
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

    def samplers(self) -> list[int]:
        """Return the samplers of this trial, found by the path of their socket."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except OSError:
                continue
            is_ours = any(word.startswith(os.fsencode(self.folder / "energyvis")) for word in words)
            if is_ours and b"energyvis_tracker.sampler" in words:
                found.append(int(path.parent.name))
        return found

    def strike(self) -> Sight:
        """Strike after a random while, and return what could be seen just before."""
        if self.chance.random() < 0.8 or not self.blow.startswith("kill"):
            wait_until(lambda: any(self.lake.glob("live/*/run.json")))
            time.sleep(self.chance.uniform(0, 2.0))
        else:
            time.sleep(self.chance.uniform(0, 0.4))  # in the middle of the start
        number = signal.SIGKILL if self.blow.startswith("kill") else signal.SIGTERM
        samplers = self.samplers()
        sight = look(self.lake)
        if self.blow.endswith(("sampler", "both")):
            for pid in samplers:
                os.kill(pid, number)
        if self.blow.endswith("both"):
            for job in self.jobs:
                job.send_signal(number)
        if self.blow.endswith(("job", "command")):
            self.jobs[0].send_signal(number)
        return sight

    def end(self) -> None:
        """Interrupt who has survived, once it has begun, and wait until nobody is left."""
        time.sleep(self.chance.uniform(0, 0.7))
        for number, job in enumerate(self.jobs):
            if self.blow != "term command" and job.poll() is None and not self.was_struck(number):
                wait_until(lambda number=number: self.said(number))
                job.send_signal(signal.SIGINT)
            job.wait(PATIENCE_S)
        wait_until(lambda: not self.samplers())

    def was_struck(self, number: int) -> bool:
        """Say whether a job itself was hit by a deadly blow."""
        return self.blow.endswith("both") or (number == 0 and self.blow.endswith(("job", "command")))

    def wrong_states(self) -> list[str]:
        """Return which runs are not in the state that their end implies."""
        states = {
            path.parent.name: json.loads(path.read_bytes())["state"]
            for path in self.lake.glob("live/*/run.json")
        }
        if self.blow == "term command":
            code = self.jobs[0].returncode
            right = list(states.values()) == ["stopped"] and code == 128 + signal.SIGTERM
            return [] if right else [f"command: {states}, exit status {code}"]
        wrong = []
        for number in range(len(self.jobs)):
            lines = self.said(number)
            ended = {line[1] for line in lines if line[0] == "end"}
            for run_id in {line[1] for line in lines if line[0] == "began"} & set(states):
                right = "stopped" if run_id in ended else "lost"
                if states[run_id] != right:
                    wrong.append(f"run {run_id} is {states[run_id]}, not {right}")
        return wrong + [
            f"run {run_id} is still {state}" for run_id, state in states.items() if state == "running"
        ]

    def acknowledged(self) -> set[tuple[str, int]]:
        """Return run and number of every epoch whose end was acknowledged."""
        lines = [line for number in range(len(self.jobs)) for line in self.said(number)]
        return {(line[1], int(line[2])) for line in lines if line[0] == "epoch"}


def wait_until(condition: Callable[[], Any]) -> None:
    """Wait until `condition` is true."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError("The condition never came true.")
        time.sleep(0.02)


def outcome(trial: Trial, power_w: dict[str, float]) -> tuple[Trial, list[str], Counter[str]]:
    """Carry a trial out; return it with its faults and how many rows were at stake."""
    try:
        trial.start()
        sight = trial.strike()
        trial.end()
        if (trial.lake / "lake.json").exists():
            recover(trial.lake)
        found = faults(trial.lake, sight, trial.acknowledged(), power_w) + trial.wrong_states()
        at_stake = Counter(
            samples=len(sight.samples), spans=len(sight.spans), epochs=len(trial.acknowledged())
        )
    except Exception as error:  # noqa: BLE001 - one trial that fails must not end the others, but be reported
        found, at_stake = [f"the trial broke off: {error!r}"], Counter()
    finally:
        for job in trial.jobs:
            job.kill()
            job.wait()
    return trial, found, at_stake


def main() -> int:
    """Carry all trials out, print the table, and return 1 if anything was lost."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--terms", type=int, default=50)
    options.add_argument("--parallel", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, help="folder for the lakes, which then stay")
    chosen = options.parse_args()
    blows = [KILLS[number % len(KILLS)] for number in range(chosen.kills)]
    blows += [TERMS[number % len(TERMS)] for number in range(chosen.terms)]
    with ExitStack() as stack:
        folder = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True, parents=True)
        simulator = process(stack, [HERE / "simulated_rapl.py", folder / "powercap"], stdout=subprocess.PIPE)
        assert simulator.stdout is not None
        power_w = json.loads(simulator.stdout.readline())["power_w"]
        process(stack, ["-c", LOAD, folder / "load"])
        trials = [
            Trial(chosen.seed * 100_000 + number, blow, folder / f"{number:03d}", folder / "powercap")
            for number, blow in enumerate(blows)
        ]
        workers = stack.enter_context(ThreadPoolExecutor(chosen.parallel))
        return report(list(workers.map(lambda trial: outcome(trial, power_w), trials)))


def process(stack: ExitStack, words: list[Any], **options: Any) -> "subprocess.Popen[str]":
    """Start a Python program that is ended with the stack."""
    command = [sys.executable, *map(str, words)]
    started = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, text=True, **options))
    stack.callback(started.kill)
    return started


def report(outcomes: list[tuple[Trial, list[str], Counter[str]]]) -> int:
    """Print the table and every fault; return 1 if there is one."""
    print(f"{'blow':<16}{'trials':>8}{'samples':>10}{'spans':>8}{'epochs':>8}{'faulty':>8}")
    for blow in (*KILLS, *TERMS):
        own = [(found, at_stake) for trial, found, at_stake in outcomes if trial.blow == blow]
        total = sum((at_stake for _, at_stake in own), Counter[str]())
        figures = (
            len(own),
            total["samples"],
            total["spans"],
            total["epochs"],
            sum(bool(found) for found, _ in own),
        )
        print(f"{blow:<16}{figures[0]:>8}{figures[1]:>10}{figures[2]:>8}{figures[3]:>8}{figures[4]:>8}")
    for trial, found, _ in outcomes:
        for fault in found:
            print(f"{trial.blow}, seed {trial.seed}, {trial.interval_s} s, {trial.folder.name}: {fault}")
    return int(any(found for _, found, _ in outcomes))


if __name__ == "__main__":
    raise SystemExit(main())
