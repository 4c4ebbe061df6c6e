"""One trial of `tracker_chaos.py`: jobs, a blow at a random moment, and how the runs ended."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from lake_witness import Sight, look  # type: ignore[import-not-found]  # beside a script run by its path

HERE = Path(__file__).parent
PATIENCE_S = 60.0


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
        self.struck: list[int] = []
        self.ended: list[int] = []
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
            self.struck = samplers
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
        if self.blow == "term sampler":
            self.ended = [pid for pid in self.struck if pid not in self.samplers()]
        for number, job in enumerate(self.jobs):
            if self.blow != "term command" and job.poll() is None and not self.was_struck(number):
                wait_until(partial(self.said, number))
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
        wrong = [f"sampler {pid} ended at SIGTERM" for pid in self.ended]
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
