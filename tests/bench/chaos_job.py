"""A job for `tracker_chaos.py`: passes epochs and spans without end, and writes down what was acknowledged.

Run as `python chaos_job.py FILE INTERVAL_S TRACKERS SPANS`. Each line of FILE is one write, so it is whole
even after `kill -9`: `began RUN`, `epoch RUN NUMBER` once its end was acknowledged, and, after Ctrl-C,
`end RUN`, whose sampler is then there or is started again.
"""

import os
import random
import signal
import sys
import time
from contextlib import ExitStack

from energyvis_tracker import EnergyTracker


def main() -> None:
    """Work until killed or interrupted."""
    path, interval_s, trackers, spans = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    # Ignored where whoever started all this was itself started in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    protocol = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def say(*words: object) -> None:
        os.write(protocol, (" ".join(map(str, words)) + "\n").encode())

    with ExitStack() as stack:
        running = [
            stack.enter_context(EnergyTracker(f"chaos {number}", interval_s=interval_s, quiet=True))
            for number in range(trackers)
        ]
        for tracker in running:
            say("began", tracker.run_id)
        try:
            while True:
                for tracker in running:
                    pass_epoch(tracker, spans)
                    if tracker.client.is_ours and tracker.client.answers_in_time:
                        say("epoch", tracker.run_id, tracker.next_epoch - 1)
        finally:
            for tracker in running:
                say("end", tracker.run_id)


def pass_epoch(tracker: EnergyTracker, spans: int) -> None:
    """Pass one short epoch."""
    tracker.epoch_start()
    for _ in range(spans):
        with tracker.span("step", units=1, unit="step"):
            time.sleep(random.uniform(0, 0.005))  # noqa: S311 - no secret
    time.sleep(random.uniform(0, 0.03))  # noqa: S311 - likewise
    tracker.epoch_end(units=1, unit="round")


if __name__ == "__main__":
    main()
