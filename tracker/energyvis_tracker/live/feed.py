"""What a run shows over its live URL: written by the sampler's main thread, read by the server's thread.

There is no lock, so that a publisher never waits for a reader. It is safe because one thread publishes and
one reads: everything handed over is one assignment, one `append`, or one `popleft`, which CPython does whole.
"""

import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from energyvis_tracker.live.interval_bins import IntervalBins

SAMPLE_SPACING_NS = 500_000_000
# A tick that is a little early counts, or a session that ticks every half second would show every other one.
EARLY_TICK_NS = 20_000_000
STALE_NS = 1_000_000_000
SPANS_KEPT = 200
MOST_REQUESTS = 16
PAUSE, RESUME, STOP = "pause", "resume", "stop"


class Published(NamedTuple):
    """Something published: the number of its publication in this feed, from 1, and the thing itself."""

    version: int
    value: Mapping[str, Any]


class LiveFeed:
    """One run on the live server.

    What is published must not be changed afterwards: it is turned into text later, in the other thread.

    Parameters
    ----------
    run_id
        The run.
    token
        Opens this feed.
    shares_token
        Whether other runs have the same token, so that a URL must name the run as well.
    started_ns
        When the run began, on the monotonic clock; now where not given.
    """

    def __init__(
        self, run_id: str, token: str, *, shares_token: bool = False, started_ns: int | None = None
    ) -> None:
        self.run_id = run_id
        self.token = token
        self.shares_token = shares_token
        self.watchers = 0  # connected event streams
        self.refusal: str | None = None  # why pause, resume and stop cannot be done, as one sentence
        self.closed = threading.Event()  # set it after the last `publish_state`
        self.bins = IntervalBins(time.monotonic_ns() if started_ns is None else started_ns)
        self.binned_j: dict[str, float] = {}
        self.version = 0
        self.sample: Published | None = None
        self.sampled_ns = 0
        self.record: Published | None = None
        self.epochs: dict[int, Published] = {}
        self.epoch_log: list[Published] = []
        self.spans: deque[Published] = deque(maxlen=SPANS_KEPT)
        self.requests: deque[str] = deque()
        self.is_asked = False

    def published(self, value: Mapping[str, Any]) -> Published:
        """Return `value` with the next number."""
        self.version += 1
        return Published(self.version, value)

    def add_sample(self, mono_ns: int, energy_j: Mapping[str, float]) -> None:
        """Add a sweep to the run's course; `energy_j` is what the run has used by then, joules by kind.

        Where the run has a rule of attribution, that is the job's share.
        """
        used_j = {kind: joules - self.binned_j.get(kind, 0.0) for kind, joules in energy_j.items()}
        self.binned_j = dict(energy_j)
        self.bins.add(mono_ns, used_j)

    def publish_sample(self, summary: Mapping[str, Any]) -> None:
        """Make `summary` the newest state of affairs."""
        self.sample = self.published(summary)
        self.sampled_ns = time.monotonic_ns()
        self.is_asked = False

    def publish_epoch(self, epoch: Mapping[str, Any]) -> None:
        """Show a finished epoch in the journal's form; a later one of the same number replaces it."""
        entry = self.published(epoch)
        self.epochs[epoch["epoch"]] = entry
        if self.epoch_log and self.epoch_log[-1].value["epoch"] == epoch["epoch"]:
            self.epoch_log[-1] = entry  # metrics are logged again and again: the log must not grow with them
        else:
            self.epoch_log.append(entry)

    def publish_span(self, span: Mapping[str, Any]) -> None:
        """Show a finished span in the journal's form; only the last `SPANS_KEPT` wait for a slow reader."""
        self.spans.append(self.published(span))

    def publish_state(self, record: Mapping[str, Any]) -> None:
        """Make `record`, run.json as of now, the run's facts."""
        self.record = self.published(record)

    def wants_sample(self, now_ns: int) -> bool:
        """Say whether a summary published now would be used."""
        age_ns = now_ns - self.sampled_ns
        if self.watchers > 0 and age_ns >= SAMPLE_SPACING_NS - EARLY_TICK_NS:
            return True
        return self.is_asked and age_ns >= STALE_NS

    def take_requests(self) -> list[str]:
        """Return what was asked for since the last call, in order: pause, resume or stop."""
        taken = []
        while self.requests:
            taken.append(self.requests.popleft())
        return taken

    def request(self, action: str) -> bool:
        """Queue an action, and return whether there was room; one that already waits last counts once."""
        waiting = list(self.requests)
        if waiting and waiting[-1] == action:
            return True
        if len(waiting) >= MOST_REQUESTS:
            return False
        self.requests.append(action)
        return True

    def is_stale(self, now_ns: int) -> bool:
        """Say whether the newest summary is too old to answer with while the run goes on."""
        return not self.closed.is_set() and now_ns - self.sampled_ns >= STALE_NS

    def epochs_after(self, version: int, limit: int) -> list[Published]:
        """Return up to `limit` epochs published after `version`, in that order, each in its last form."""
        found: list[Published] = []
        place = bisect_right(self.epoch_log, version, key=lambda entry: entry.version)
        while place < len(self.epoch_log) and len(found) < limit:
            entry = self.epoch_log[place]
            if self.epochs[entry.value["epoch"]] is entry:
                found.append(entry)
            place += 1
        return found

    def spans_after(self, version: int) -> list[Published]:
        """Return the spans published after `version` that are still kept."""
        # list() of a deque runs no Python code, so no append can come in between.
        return [span for span in list(self.spans) if span.version > version]

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return run.json as last published, or only the run's id before that."""
        return {"run_id": self.run_id} if self.record is None else self.record.value
