"""Server-sent events of one client (WHATWG HTML, "Server-sent events").

A stream keeps no queue: it remembers what its client has, and takes the next piece from the feed when the
client has taken the last. A slow client so costs no memory, and misses samples but no epoch.
"""

from collections.abc import Mapping
from typing import Any

from energyvis_tracker.live.feed import SAMPLE_SPACING_NS, LiveFeed
from energyvis_tracker.live.json_text import json_bytes

HEARTBEAT_NS = 10_000_000_000
RETRY_MS = 2000
EPOCHS_A_PIECE = 50


class EventStream:
    """What one client has seen of a feed.

    Parameters
    ----------
    feed
        The run.
    last_event_id
        The id of the last epoch that the client has, from `Last-Event-ID`; empty for none.
    now_ns
        The monotonic clock.
    """

    def __init__(self, feed: LiveFeed, last_event_id: str, now_ns: int) -> None:
        self.feed = feed
        self.is_begun = False
        self.is_over = False
        self.epoch_version = resumed_version(feed, last_event_id)
        self.span_version = feed.version  # spans are news, not history
        self.record_version = 0
        self.sample_version = 0
        self.sampled_ns = now_ns - SAMPLE_SPACING_NS
        self.spoken_ns = now_ns

    def next_piece(self, now_ns: int) -> bytes:
        """Return what the client should get now, maybe nothing; sets `is_over` after the last."""
        if self.is_over:
            return b""
        # Asked first: the last state is published before the feed is closed.
        is_closing = self.feed.closed.is_set()
        epochs = self.epochs()
        parts = [*self.opening(), *epochs, *self.spans()]
        if len(epochs) < EPOCHS_A_PIECE:
            parts += [*self.sample(now_ns, is_last=is_closing), *self.state(is_last=is_closing)]
            self.is_over = is_closing
        if parts:
            self.spoken_ns = now_ns
        elif now_ns - self.spoken_ns >= HEARTBEAT_NS:
            self.spoken_ns = now_ns
            parts = [b": still here\n\n"]
        return b"".join(parts)

    def opening(self) -> list[bytes]:
        """Return what stands at the beginning: how soon to come back, and the run's facts."""
        if self.is_begun:
            return []
        self.is_begun = True
        if (record := self.feed.record) is not None:
            self.record_version = record.version
        return [b"retry: %d\n\n" % RETRY_MS, event("run", self.feed.facts)]

    def epochs(self) -> list[bytes]:
        """Return the next epochs that the client lacks."""
        epochs = self.feed.epochs_after(self.epoch_version, EPOCHS_A_PIECE)
        if epochs:
            self.epoch_version = epochs[-1].version
        return [
            event("epoch", epoch.value, f"{self.feed.run_id}-{epoch.version}".encode()) for epoch in epochs
        ]

    def spans(self) -> list[bytes]:
        """Return the spans since the last piece."""
        spans = self.feed.spans_after(self.span_version)
        if spans:
            self.span_version = spans[-1].version
        return [event("span", span.value) for span in spans]

    def sample(self, now_ns: int, *, is_last: bool) -> list[bytes]:
        """Return the newest sample if it is new and half a second has passed; the last one does not wait."""
        sample = self.feed.sample
        if sample is None or sample.version == self.sample_version:
            return []
        if now_ns - self.sampled_ns < SAMPLE_SPACING_NS and not is_last:
            return []
        self.sample_version, self.sampled_ns = sample.version, now_ns
        return [event("sample", sample.value)]

    def state(self, *, is_last: bool) -> list[bytes]:
        """Return the run's facts where they have changed, and in any case at the end."""
        record = self.feed.record
        if record is None or (record.version == self.record_version and not is_last):
            return []
        self.record_version = record.version
        return [event("state", record.value)]


def event(name: str, value: Mapping[str, Any], event_id: bytes = b"") -> bytes:
    """Return one event; its data is one line of JSON."""
    line = b"id: %b\n" % event_id if event_id else b""
    return b"event: %b\n%bdata: %b\n\n" % (name.encode(), line, json_bytes(value))


def resumed_version(feed: LiveFeed, last_event_id: str) -> int:
    """Return the version after which epochs are lacking; 0 unless the id is one of this run's."""
    run_id, _, number = last_event_id.rpartition("-")
    is_known = run_id == feed.run_id and number.isascii() and number.isdecimal() and len(number) < 16  # noqa: PLR2004 - far above any count, far below what int() refuses
    version = int(number) if is_known else 0
    return version if version <= feed.version else 0
