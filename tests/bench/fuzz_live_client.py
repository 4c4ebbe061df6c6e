"""Follows live URLs of a server that answers by chance as no tracker would: any number of cases, repeatable.

    python tests/bench/fuzz_live_client.py --cases 10000
    python tests/bench/fuzz_live_client.py --cases 1 --first 4711    # a finding again

The sockets are real, the patience of the client is shortened. Ends with 1 where a case is found wanting.
"""

import argparse
import resource
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from energyvis_panel.data.live_client import LiveClient
from energyvis_panel.domain.live_hosts import LOOPBACK
from tests.attack.live_cases import SHORT, errors_logged, follow_cases
from tests.attack.live_server import hostile_server

AT_A_TIME = 1000


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (0)")
    options = parser.parse_args()
    for module, values in SHORT.items():
        for name, value in values.items():
            setattr(module, name, value)
    client, process = LiveClient(LOOPBACK), psutil.Process()
    ways: Counter[str] = Counter()
    findings = 0
    begin_s = time.perf_counter()
    with errors_logged() as errors, hostile_server("bench") as port:
        last = options.first + options.cases
        for start in range(options.first, last, AT_A_TIME):
            found, ended = follow_cases(client, port, range(start, min(start + AT_A_TIME, last)))
            ways += ended
            findings += len(found)
            for number, finding in found.items():
                print(f"FINDING {number}: {finding}")
            taken_s = time.perf_counter() - begin_s
            print(
                f"{ways.total():,} cases in {taken_s:.0f} s; {process.num_fds()} open files, "
                f"{threading.active_count()} threads, {process.memory_info().rss / 1e6:.0f} MB",
                flush=True,
            )
    for error in errors:
        print(f"LOGGED {error}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ends = ", ".join(f"{count:,} {way}" for way, count in ways.most_common())
    print(f"{ways.total():,} cases: {ends}; {findings + len(errors)} findings; peak {peak_mb:.0f} MB")
    return 1 if findings or errors or client.followed else 0


if __name__ == "__main__":
    raise SystemExit(main())
