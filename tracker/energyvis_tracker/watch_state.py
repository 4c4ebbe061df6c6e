"""What a terminal that watches a run knows about it."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from energyvis_tracker.clock import us_from_iso
from energyvis_tracker.watch_stream import CONNECTED, LOST, OVER, REFUSED, Notice

POWERS_KEPT = 240
RECENT_EPOCHS = 5


@dataclass(slots=True)
class WatchedRun:
    """A run as its events have told it so far; `is_over` once there is nothing more to come."""

    record: dict[str, Any] = field(default_factory=dict)
    sample: dict[str, Any] = field(default_factory=dict)
    powers_w: deque[float] = field(default_factory=lambda: deque(maxlen=POWERS_KEPT))
    durations_s: dict[int, float] = field(default_factory=dict)
    epoch_ended_us: int | None = None
    is_connected: bool = False
    trouble: str = ""
    said: str = ""
    refusal: str = ""
    is_over: bool = False

    def take(self, notice: Notice) -> None:
        """Take an event in."""
        match notice:
            case Notice("run" | "state", record):
                if record.get("state") != self.record.get("state"):
                    self.said = ""  # what was asked for has happened
                self.record = record
            case Notice("sample", sample):
                self.sample = sample
                power_w = total(sample["power_w"])
                if power_w is not None:
                    self.powers_w.append(power_w)
            case Notice("epoch", epoch):
                self.durations_s[epoch["epoch"]] = epoch["duration_s"]
                self.epoch_ended_us = epoch["ended_us"]
            case Notice(name, content):
                self.take_connection(name, content)

    def take_connection(self, name: str, content: Any) -> None:
        """Take in what has become of the connection."""
        if name == CONNECTED:
            self.is_connected, self.trouble = True, ""
        elif name == LOST:
            self.is_connected, self.trouble = False, content
        elif name == REFUSED:
            self.refusal, self.is_over = content, True
        elif name == OVER:
            self.is_over = True

    @property
    def name(self) -> str:
        """Return the run's name."""
        return str(self.record.get("name") or self.record.get("run_id") or "a run")

    @property
    def state(self) -> str:
        """Return the run's state, "unknown" before the first event."""
        return str(self.record.get("state", "unknown"))

    def elapsed_s(self, now_us: int) -> float | None:
        """Return how long the run has been going on, or took; none where that is not known."""
        if "started_at" not in self.record:
            return None
        ended_at = self.record.get("ended_at")
        end_us = now_us if ended_at is None else us_from_iso(ended_at)
        return max(0.0, (end_us - us_from_iso(self.record["started_at"])) / 1e6)

    def left_s(self, now_us: int) -> float | None:
        """Return how long the planned epochs will still take if they are like the last ones."""
        planned, ended_us = self.record.get("epochs_planned"), self.epoch_ended_us
        if not planned or ended_us is None or self.state != "running":
            return None
        recent = [self.durations_s[epoch] for epoch in sorted(self.durations_s)[-RECENT_EPOCHS:]]
        whole_s: float = (planned - len(self.durations_s)) * sum(recent) / len(recent)
        return max(0.0, whole_s - (now_us - ended_us) / 1e6)

    @property
    def devices(self) -> list[dict[str, Any]]:
        """Return the devices of the newest sample, and after them those that are not measured."""
        sampled = self.sample.get("devices", [])
        names = {device["id"] for device in sampled}
        others = self.record.get("devices") or []
        return [*sampled, *(d for d in others if d["source"] == "none" and d["id"] not in names)]

    def sources(self, kind: str) -> list[str]:
        """Return how the devices of a kind are read, without those that are not."""
        devices = self.sample.get("devices", ())
        return sorted({d["source"] for d in devices if d["kind"] == kind and d["source"] != "none"})


def total(by_kind: dict[str, float | None]) -> float | None:
    """Return the sum of what is known, or none where nothing is."""
    known = [value for value in by_kind.values() if value is not None]
    return sum(known) if known else None
