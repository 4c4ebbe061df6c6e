"""Damages files in every way that ``tests/attack`` knows, and reads them: any number of cases, repeatable.

    python tests/bench/fuzz_importers.py --cases 10000
    python tests/bench/fuzz_importers.py --cases 1 --first 4711 --target zeus    # a finding again

What must hold of each stands in ``tests/attack/importer_targets.py``. Ends with 1 where one does not.
"""

import argparse
import faulthandler
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.attack.importer_targets import TARGETS, Finding, prepare, run_case

HANGS_AFTER_S = 120


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fuzz(target: str, numbers: range, folder: Path) -> Counter[str]:
    """Run the cases of one target, print a line on it and one for each finding, and count how they ended."""
    ways: Counter[str] = Counter()
    slowest_s = 0.0
    begin_s = time.perf_counter()
    for number in numbers:
        faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True)
        with tempfile.TemporaryDirectory(dir=folder) as place:
            try:
                rng = random.Random(f"{target} {number}")  # noqa: S311 - repeatable
                outcome = run_case(TARGETS[target], rng, Path(place))
                slowest_s = max(slowest_s, outcome.taken_s)
                ways["refused" if outcome.sentence else "taken"] += 1
            except Finding as finding:
                ways["findings"] += 1
                print(f"FINDING {target} {number}: {finding}", flush=True)
    faulthandler.cancel_dump_traceback_later()
    taken_s = time.perf_counter() - begin_s
    print(
        f"{target}: {len(numbers):,} cases in {taken_s:.0f} s, {ways['taken']:,} taken, {ways['refused']:,} "
        f"refused, {ways['findings']:,} findings; slowest {slowest_s:.2f} s; peak {peak_mb():.0f} MB",
        flush=True,
    )
    return ways


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=10_000, help="cases a target (10,000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (0)")
    parser.add_argument("--target", default="", help="only targets whose name holds this")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        prepare(Path(folder))
        for target in TARGETS:
            if options.target in target:
                total += fuzz(target, range(options.first, options.first + options.cases), Path(folder))
    print(f"{total.total():,} cases, {total['findings']:,} findings")
    return 1 if total["findings"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
