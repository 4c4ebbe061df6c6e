"""The course of a run that has no epochs: its energy in a bounded number of equal intervals."""

from collections.abc import Mapping
from typing import Any

MOST_INTERVALS = 120
FIRST_WIDTH_NS = 1_000_000_000


class IntervalBins:
    """Energy by device kind in equal intervals from `started_ns` on.

    When there would be more than `MOST_INTERVALS`, each two neighbours become one: half as many, twice as
    long.
    """

    def __init__(self, started_ns: int) -> None:
        self.started_ns = started_ns
        self.swept_ns = started_ns
        # Width and bins change together, so that a reader in another thread never sees one without the other.
        self.state: tuple[int, list[dict[str, float]]] = (FIRST_WIDTH_NS, [])

    def add(self, mono_ns: int, energy_j: Mapping[str, float]) -> None:
        """Add what a sweep at `mono_ns` found: joules by kind since the sweep before.

        Energy that was drawn across a boundary is divided as if the power had been the same on both sides.
        """
        begin_ns, end_ns = self.swept_ns, max(mono_ns, self.swept_ns)
        self.swept_ns = end_ns
        width_ns, bins = self.with_room(end_ns)
        first = (begin_ns - self.started_ns) // width_ns
        last = max(first, (end_ns - self.started_ns - 1) // width_ns)
        bins += [{} for _ in range(last + 1 - len(bins))]
        for place in range(first, last + 1):
            low_ns = max(begin_ns, self.started_ns + place * width_ns)
            high_ns = min(end_ns, self.started_ns + (place + 1) * width_ns)
            part = (high_ns - low_ns) / (end_ns - begin_ns) if end_ns > begin_ns else 1.0
            sums = bins[place]
            for kind, joules in energy_j.items():
                sums[kind] = sums.get(kind, 0.0) + joules * part

    def with_room(self, end_ns: int) -> tuple[int, list[dict[str, float]]]:
        """Return width and bins, wide enough that `end_ns` falls into one of them."""
        width_ns, bins = self.state
        while end_ns - self.started_ns > MOST_INTERVALS * width_ns:
            width_ns *= 2
            bins = [merged(bins[place : place + 2]) for place in range(0, len(bins), 2)]
        self.state = width_ns, bins
        return self.state

    def intervals(self) -> list[dict[str, Any]]:
        """Return `{duration_s, energy_j}` of each interval; the last one ends with the last sweep."""
        swept_ns, (width_ns, bins) = self.swept_ns, self.state
        covered_ns = swept_ns - self.started_ns
        return [
            {
                "duration_s": max(0, min(width_ns, covered_ns - place * width_ns)) / 1e9,
                "energy_j": dict(sums),
            }
            for place, sums in enumerate(list(bins))
        ]


def merged(pair: list[dict[str, float]]) -> dict[str, float]:
    """Return the sum of one or two intervals."""
    total: dict[str, float] = {}
    for sums in pair:
        for kind, joules in sums.items():
            total[kind] = total.get(kind, 0.0) + joules
    return total
