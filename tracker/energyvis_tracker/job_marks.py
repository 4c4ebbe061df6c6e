"""The job's side of a run: tells its sampler where epochs and spans begin and end, whatever becomes of it."""

import logging
import os
import time
from collections.abc import Mapping
from typing import Any

from energyvis_tracker.sampler_client import STOP_TIMEOUT_S, SamplerClient

# A sampler that has died is started again, but one that dies again and again is not.
MOST_RESTARTS = 5
log = logging.getLogger("energyvis_tracker")


def now() -> dict[str, int]:
    """Return both clocks; the monotonic one is the same in the sampler."""
    return {"at_us": time.time_ns() // 1000, "at_ns": time.monotonic_ns()}


class JobMarks:
    """What a job says to the sampler of one run; if that dies, to the one that takes its place."""

    def __init__(self) -> None:
        self.client = SamplerClient()
        self.hello: dict[str, Any] = {}
        self.open_epoch: dict[str, Any] | None = None
        self.was_measured = False
        self.restarts = 0

    def start(self, hello: dict[str, Any]) -> dict[str, Any] | None:
        """Begin the run, and return the sampler's first answer; none where it is not measured."""
        self.hello = hello
        answer = self.client.start(hello)
        self.was_measured = answer is not None
        if answer is not None:
            self.hello = hello | {"run_id": answer["run_id"]}
        return answer

    def tell(self, mark: Mapping[str, Any]) -> str | None:
        """Send a mark, wait a little for the reading there, and return what the job is told."""
        control = self.client.mark_boundary(mark)
        if control is None and self.client.connection is None and self.revive():
            control = self.client.mark_boundary(mark)
        return control

    def begin_epoch(self, index: int, *, is_forced: bool = False) -> str | None:
        """Begin an epoch, and return "pause" or "stop" where it may not begin now."""
        mark = {"mark": "epoch_start", "epoch": index, **now()}
        control = self.tell(mark | ({"is_forced": True} if is_forced else {}))
        self.open_epoch = mark if control is None else None
        return control

    def end_epoch(self, facts: Mapping[str, Any]) -> str | None:
        """End the open epoch, and return "stop" if it is to be the last."""
        if self.open_epoch is None:
            return None
        control = self.tell({"mark": "epoch_end", "epoch": self.open_epoch["epoch"], **now(), **facts})
        self.open_epoch = None
        return control

    def wait(self, index: int) -> str | None:
        """Stand still before an epoch until the run goes on; return "stop" if it is to end instead."""
        answer = self.client.ask({"mark": "paused", "epoch": index}, None)
        return None if answer is None else answer.get("control")

    def end(self, mark: Mapping[str, Any]) -> dict[str, Any] | None:
        """End the run, and return the summary; none where nobody confirmed in time that all is written."""
        answer = self.client.ask({**mark, **now()}, STOP_TIMEOUT_S)
        if answer is None and self.client.connection is None and self.revive():
            answer = self.client.ask({**mark, **now()}, STOP_TIMEOUT_S)
        self.client.close()
        return answer

    def revive(self) -> bool:
        """Start another sampler for the run if the one it had has died, and return whether that was done."""
        client = self.client
        if client.connection is not None or os.getpid() != client.owner_pid:
            return False
        if not self.was_measured or self.restarts >= MOST_RESTARTS:
            return False
        self.restarts += 1
        self.client = SamplerClient()
        if self.client.start(self.hello | {"resumed": {"restarts": self.restarts}}) is None:
            return False
        log.warning("The sampler was started again; the run %r goes on.", self.hello["run"]["name"])
        if self.open_epoch is not None:
            self.client.mark_boundary(self.open_epoch | {"is_forced": True})
        return True
