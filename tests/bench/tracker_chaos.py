"""Blows at random moments, under load: is everything that could be seen before still there afterwards?

Run as `python tests/bench/tracker_chaos.py [--kills 200] [--terms 50] [--parallel 2] [--seed 1]`. Each trial
has a lake of its own; jobs, samplers or both get `kill -9`, or SIGTERM. Then survivors are interrupted, the
lake is recovered, and compared with what a reader saw in its files just before the blow. Prints a table and
each fault with its trial's seed; exits with 1 if there is one.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from chaos_trial import Trial  # type: ignore[import-not-found]  # beside a script run by its path
from lake_witness import faults  # type: ignore[import-not-found]  # likewise

from energyvis_tracker import recover

HERE = Path(__file__).parent
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
