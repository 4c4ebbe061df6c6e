"""The energy profile of a run so far, as datasets/schemas/energy_profile.schema.json has it.

It is made piece by piece: the profile of a long run in one piece would hold the interpreter for so long that
the sampler misses a tick.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from energyvis_tracker.clock import us_from_iso
from energyvis_tracker.live.feed import LiveFeed
from energyvis_tracker.live.json_text import json_bytes
from energyvis_tracker.version import VERSION

KINDS = ("gpu", "cpu", "dram", "other")
WEAKEST_FIRST = ("estimate", "integrated", "counter")
HOW = {
    "integrated": "is power integrated over time, since the device has no energy counter",
    "estimate": "is an estimate, not a measurement",
}
ENDED_STATES = ("finished", "stopped", "failed", "lost")
EPOCHS_A_PIECE = 50
LONGEST_NAME, LONGEST_UNIT, LONGEST_TEXT = 200, 50, 2000
MOST_HARDWARE, MOST_SENTENCES, MOST_EPOCHS = 100, 100, 1_000_000
HIGHEST_PUE = 10

Joules = dict[str, float]


def profile_pieces(feed: LiveFeed) -> Iterator[bytes]:
    """Yield the text of the profile: its facts, then some epochs at a time."""
    finished = [entry.value for _, entry in sorted(feed.epochs.items())][:MOST_EPOCHS]
    summary = {} if feed.sample is None else feed.sample.value
    share = has_share(finished, summary)
    outside = outside_epochs(finished, feed.facts, summary, share=share) if finished else None
    epochs = finished or intervals_as_epochs(feed, summary)
    facts = profile_facts(feed, outside, assumptions(feed, summary, is_divided=not finished, share=share))
    # The epochs are the last field, so that they can follow.
    yield json_bytes(facts)[:-1] + b',"epochs":['
    for place in range(0, len(epochs), EPOCHS_A_PIECE):
        texts = [json_bytes(epoch_of(epoch, share=share)) for epoch in epochs[place : place + EPOCHS_A_PIECE]]
        yield (b"," if place else b"") + b",".join(texts)
    yield b"]}"


def has_share(finished: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]) -> bool:
    """Say whether the job's share of the energy is known everywhere; shares and wholes are never mixed."""
    return summary.get("attributed_j") is not None and all(epoch.get("attributed_j") for epoch in finished)


def profile_facts(feed: LiveFeed, outside: dict[str, Any] | None, sentences: list[str]) -> dict[str, Any]:
    """Return every field of the profile but the epochs."""
    facts, pue = feed.facts, feed.facts.get("pue")
    return {
        "format": "energyvis-profile",
        "version": 1,
        "id": feed.run_id,
        "name": (facts.get("name") or feed.run_id)[:LONGEST_NAME],
        "author": facts.get("user"),
        "url": None,
        "created_at": facts.get("started_at"),
        "region_id": facts.get("region_id"),
        "pue": pue if pue is not None and pue <= HIGHEST_PUE else None,
        "division": "epoch" if feed.epochs else "interval",
        "hardware": [
            {
                "kind": item["kind"],
                "model": item["model"][:LONGEST_NAME],
                "chip_id": item.get("chip_id"),
                "count": item["count"],
            }
            for item in facts.get("hardware", ())[:MOST_HARDWARE]
            if item["count"]
        ],
        "outside_epochs": outside,
        "provenance": {
            "tool": "energyvis_tracker",
            "version": VERSION,
            "source": weakest_source(facts),
            "assumptions": [sentence[:LONGEST_TEXT] for sentence in sentences[:MOST_SENTENCES]],
        },
        "precision": None,
    }


def epoch_of(epoch: Mapping[str, Any], *, share: bool) -> dict[str, Any]:
    """Return one epoch; a metric that is no number (a loss of NaN) has no place in a profile."""
    unit = epoch.get("unit")
    return {
        "index": epoch["epoch"],
        "duration_s": max(0.0, epoch["duration_s"]),
        "energy_j": known_joules(epoch["attributed_j"] if share else epoch["energy_j"]),
        "units": epoch.get("units"),
        "unit": None if unit is None else unit[:LONGEST_UNIT],
        "metrics": {name: value for name, value in epoch["metrics"].items() if math.isfinite(value)},
    }


def known_joules(energy_j: Mapping[str, float | None]) -> Joules:
    """Return the joules of the kinds that were measured, by the kinds of a profile."""
    return {kind: max(0.0, joules) for kind in KINDS if (joules := energy_j.get(kind)) is not None}


def intervals_as_epochs(feed: LiveFeed, summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the course of a run without epochs; one interval, of what is known, before the first sweep."""
    intervals = feed.bins.intervals() or [{"duration_s": 0.0, "energy_j": summary.get("energy_j", {})}]
    return [
        {"epoch": index, "attributed_j": interval["energy_j"], "metrics": {}, **interval}
        for index, interval in enumerate(intervals)
    ]


def outside_epochs(
    finished: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Any],
    summary: Mapping[str, Any],
    *,
    share: bool,
) -> dict[str, Any] | None:
    """Return time and energy of the run that lie in no finished epoch, never below 0."""
    if not summary:
        return None
    field = "attributed_j" if share else "energy_j"
    totals: Mapping[str, float] = summary[field]
    inside = {kind: math.fsum(epoch[field].get(kind) or 0.0 for epoch in finished) for kind in totals}
    run_s = (summary["at_us"] - us_from_iso(facts["started_at"])) / 1e6 if "started_at" in facts else 0.0
    return {
        "duration_s": max(0.0, run_s - math.fsum(epoch["duration_s"] for epoch in finished)),
        "energy_j": known_joules({kind: total - inside[kind] for kind, total in totals.items()}),
    }


def weakest_source(facts: Mapping[str, Any]) -> str:
    """Return the source that bears least; `estimate` where nothing is measured."""
    found = {device["source"] for device in facts.get("devices", ())}
    return next((source for source in WEAKEST_FIRST if source in found), "estimate")


def assumptions(feed: LiveFeed, summary: Mapping[str, Any], *, is_divided: bool, share: bool) -> list[str]:
    """Return sentences about what a reader of the numbers has to know."""
    facts = feed.facts
    devices = facts.get("devices", ())
    weak = sorted(
        {(device["kind"].upper(), device["source"]) for device in devices if device["source"] in HOW}
    )
    found = [f"The energy of {kind} {HOW[source]}." for kind, source in weak]
    if is_divided:
        found.append("The run has finished no epoch, so it is cut into equal intervals of time.")
    elif facts.get("state") not in ENDED_STATES:
        found.append("The epoch that the run is in counts as outside of its epochs until it is finished.")
    if gaps := summary.get("qualities", {}).get("gap"):
        found.append(
            f"{gaps:,} of {summary['samples']:,} readings close a gap whose energy is not known "
            "and counts as 0 J."
        )
    rule = facts.get("attribution") or "exclusive"
    if rule != "exclusive":
        what = (
            "the job's share of the machine by" if share else "that of whole devices, not the job's share by"
        )
        found.append(f"The energy is {what} the rule {rule!r}.")
    found += [
        f"{device['id']} was not measured: {device['note'].rstrip('.') or 'no reason is recorded'}."
        for device in devices
        if device["source"] == "none"
    ]
    if facts.get("state") not in ENDED_STATES:
        found.append("The run was still going on when the profile was made.")
    return found
