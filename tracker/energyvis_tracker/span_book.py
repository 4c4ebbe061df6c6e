"""Spans of work: what was used between two moments that the job named.

Ranks of one job pass the same spans side by side on the same devices. So one rank, the leader, gives a span
its time and its energy, and the units of the others are added to it: matched by name and by how often the
name came before.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_WAITING = 1_000
# Spans with a name each are added up under one, so that memory stays bounded.
MAX_NAMES = 1_000
OTHER_NAMES = "others"
Joules = Mapping[str, float]


@dataclass(slots=True)
class OpenSpan:
    """A span that has begun; `energy_j` is what the run had used by then."""

    span_id: int
    parent_id: int | None
    name: str
    occurrence: int
    started_us: int
    started_ns: int
    energy_j: Joules


@dataclass(slots=True)
class WaitingSpan:
    """A span that other ranks may still add units to."""

    record: dict[str, Any] | None = None
    units: float | None = None
    ranks: set[int] = field(default_factory=set)


class SpanBook:
    """Keeps the open spans of a run's processes, and returns each as a record once it is complete.

    `has_ranks` says that several processes may pass the same spans.
    """

    def __init__(self, *, has_ranks: bool = False) -> None:
        self.has_ranks = has_ranks
        self.next_id = 0
        self.open: dict[tuple[int, int], OpenSpan] = {}
        self.counts: Counter[tuple[int, str]] = Counter()
        self.waiting: dict[tuple[str, int], WaitingSpan] = {}
        self.totals: dict[tuple[str, str | None], dict[str, float]] = {}

    def start(self, rank: int, mark: Mapping[str, Any], energy_j: Joules) -> None:
        """Begin a span; the job numbers its own spans, the book numbers those of the run."""
        name = mark["name"]
        parent = self.open.get((rank, mark["parent"])) if mark["parent"] is not None else None
        self.open[rank, mark["span"]] = OpenSpan(
            span_id=self.next_id,
            parent_id=None if parent is None else parent.span_id,
            name=name,
            occurrence=self.counts[rank, name] if self.has_ranks else self.next_id,
            started_us=mark["at_us"],
            started_ns=mark["at_ns"],
            energy_j=dict(energy_j),
        )
        self.next_id += 1
        if self.has_ranks:
            self.counts[rank, name] += 1

    def end(
        self,
        rank: int,
        mark: Mapping[str, Any],
        energy_j: Joules,
        epoch: int | None,
        ranks: Iterable[int],
    ) -> list[dict[str, Any]]:
        """End a span, and return the records that are complete now.

        `ranks` are those that take part at present; the lowest leads.
        """
        span = self.open.pop((rank, mark["span"]), None)
        if span is None:
            return []
        present = set(ranks) | {rank}
        waiting = self.waiting.setdefault((span.name, span.occurrence), WaitingSpan())
        waiting.ranks.add(rank)
        if mark["units"] is not None:
            waiting.units = (waiting.units or 0.0) + mark["units"]
        if rank == min(present):
            waiting.record = {
                "span_id": span.span_id,
                "parent_id": span.parent_id,
                "name": span.name,
                "epoch": epoch,
                "started_us": span.started_us,
                "ended_us": mark["at_us"],
                "duration_s": (mark["at_ns"] - span.started_ns) / 1e9,
                "energy_j": {
                    kind: joules - span.energy_j.get(kind, 0.0) for kind, joules in energy_j.items()
                },
                "unit": mark["unit"],
                "metrics": mark["metrics"],
            }
        if present <= waiting.ranks:
            return self.completed([(span.name, span.occurrence)])
        surplus = len(self.waiting) - MAX_WAITING
        return self.completed(list(self.waiting)[:surplus]) if surplus > 0 else []

    def rest(self) -> list[dict[str, Any]]:
        """Return the records that still waited for other ranks; at the end of an epoch or of the run."""
        return self.completed(list(self.waiting))

    def completed(self, keys: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
        """Return the records of spans that wait no longer, and add them up by name and unit."""
        records = []
        for key in keys:
            waiting = self.waiting.pop(key)
            if waiting.record is None:
                continue  # the leader never passed it, so nothing says what it used
            record = waiting.record | {"units": waiting.units}
            records.append(record)
            kind = record["name"], record["unit"]
            if kind not in self.totals and len(self.totals) >= MAX_NAMES:
                kind = OTHER_NAMES, record["unit"] if (OTHER_NAMES, record["unit"]) in self.totals else None
            total = self.totals.setdefault(
                kind, {"spans": 0, "units": 0.0, "energy_j": 0.0, "duration_s": 0.0}
            )
            total["spans"] += 1
            total["units"] += record["units"] or 0.0
            total["energy_j"] += sum(record["energy_j"].values())
            total["duration_s"] += record["duration_s"]
        return records
