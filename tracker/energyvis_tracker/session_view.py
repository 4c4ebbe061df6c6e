"""What others see of a run while it goes on: the live feed, the summary at its end."""

import time
from typing import TYPE_CHECKING, Any

from energyvis_tracker.clock import NS_PER_S, now_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from energyvis_tracker.live.feed import LiveFeed
    from energyvis_tracker.session import Session


class SessionView:
    """Publishes a run to its live feed, which is attached once the live server is there."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.feed: LiveFeed | None = None
        self.url: str | None = None
        # A sampler's first run pays for its start as well.
        self.cpu_before_s = 0.0 if len(session.hub.takes) == 1 else time.process_time()

    def attach(self, feed: "LiveFeed", url: str) -> None:
        """Publish to `feed` from now on."""
        self.feed, self.url = feed, url
        self.publish_state()

    def publish(self, now_ns: int) -> None:
        """Publish a summary of the samples, if anybody looks."""
        if self.feed is not None and self.feed.wants_sample(now_ns):
            self.feed.publish_sample(self.sample_summary())

    def add_to_course(self, mono_ns: int) -> None:
        """Tell the feed what the run has used by now."""
        if self.feed is not None:
            self.feed.add_sample(mono_ns, self.session.recorder.job_j)

    def publish_epoch(self, index: int) -> None:
        """Publish a finished epoch."""
        if self.feed is not None and (epoch := self.session.recorder.epochs.get(index)) is not None:
            self.feed.publish_epoch(epoch)

    def publish_spans(self, spans: "Sequence[dict[str, Any]]") -> None:
        """Publish finished spans."""
        if self.feed is not None:
            for span in spans:
                self.feed.publish_span(span)

    def publish_state(self) -> None:
        """Publish the facts of the run."""
        if self.feed is not None:
            self.feed.publish_state(self.session.current_record())

    def publish_end(self) -> None:
        """Publish the last state of the run."""
        if self.feed is not None:
            self.feed.publish_sample(self.sample_summary())
            self.publish_state()
            self.feed.closed.set()

    def sample_summary(self) -> dict[str, Any]:
        """Return what is known of the run at this moment."""
        session, recorder = self.session, self.session.recorder
        devices = []
        power_w: dict[str, float | None] = dict.fromkeys(recorder.kinds)
        for device in recorder.devices:
            latest = recorder.latest.get(device.id)
            own_w = None if latest is None else latest.power_w
            if own_w is not None:
                power_w[device.kind] = (power_w[device.kind] or 0.0) + own_w
            devices.append(
                {
                    "id": device.id,
                    "kind": device.kind,
                    "model": device.model,
                    "source": device.source,
                    "note": device.note,
                    "energy_j": recorder.device_j[device.id],
                    "power_w": own_w,
                    "util_pct": None if latest is None else latest.util_pct,
                    "mem_used_bytes": None if latest is None else latest.mem_used_bytes,
                    "temp_c": None if latest is None else latest.temp_c,
                }
            )
        is_attributed = any(sample.attributed_energy_j is not None for sample in recorder.latest.values())
        return {
            "at_us": now_us(),
            "mono_ns": time.monotonic_ns(),
            "state": session.record["state"],
            "epoch": None if recorder.epoch is None else recorder.epoch.index,
            "epochs_done": len(recorder.epochs),
            "samples": recorder.seq,
            "energy_j": dict(recorder.energy_j),
            "attributed_j": dict(recorder.job_j) if is_attributed else None,
            "power_w": power_w,
            "qualities": dict(recorder.qualities),
            "devices": devices,
            "budget": session.orders.budget_state(),
        }

    def overhead(self) -> dict[str, float]:
        """Return the sampler's processor time since the run began, and how many readings the run has.

        Runs that are measured at the same time share that time; each has all of it.
        """
        cpu_s = time.process_time() - self.cpu_before_s
        return {"cpu_s": round(cpu_s, 6), "reads": self.session.recorder.reads}

    def end_summary(self) -> dict[str, Any]:
        """Return what the job prints at its end."""
        session, recorder = self.session, self.session.recorder
        return {
            "energy_j": dict(recorder.job_j),
            "duration_s": (time.monotonic_ns() - session.started_ns) / NS_PER_S,
            "epochs": len(recorder.epochs),
            "samples": recorder.seq,
            "qualities": dict(recorder.qualities),
            "sources": sorted({device.source for device in recorder.devices}),
            "spans": [
                {"name": name, "unit": unit, **total} for (name, unit), total in session.spans.totals.items()
            ],
            "problem": session.problem,
        }
