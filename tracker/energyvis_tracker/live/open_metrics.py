"""The newest figures of runs as OpenMetrics text 1.0 (the specification of OpenMetrics, "Text format")."""

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from energyvis_tracker.live.feed import LiveFeed

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Line = tuple[Mapping[str, str], float]


def open_metrics(feeds: Sequence[LiveFeed]) -> Iterator[bytes]:
    """Yield the text family by family. A device without a reading has no line: that is not 0."""
    run, seconds = "energyvis_run", "energyvis_sampler_cpu_seconds"
    yield family("energyvis_energy_joules", "counter", "Energy since the run began", "joules", energy(feeds))
    yield family("energyvis_power_watts", "gauge", "Mean power at the last sample", "watts", power(feeds))
    yield family("energyvis_epochs", "counter", "Finished epochs", "", epochs(feeds))
    yield family("energyvis_samples", "counter", "Samples recorded, by quality", "", samples(feeds))
    yield family(run, "info", "Facts of the run", "", [(run_labels(feed), 1) for feed in feeds])
    used = "Processor time of the sampler, which serves all runs of a user on this machine"
    yield family(seconds, "counter", used, "seconds", [({}, time.process_time())])
    yield b"# EOF\n"


def family(name: str, kind: str, meaning: str, unit: str, lines: Iterable[Line]) -> bytes:
    """Return one metric family; `meaning` is its help."""
    suffix = {"counter": "_total", "info": "_info", "gauge": ""}[kind]
    text = [
        f"# TYPE {name} {kind}",
        *([f"# UNIT {name} {unit}"] if unit else []),
        f"# HELP {name} {meaning}.",
    ]
    for labels, value in lines:
        if not math.isfinite(value):
            continue
        inside = ",".join(f'{label}="{label_value(content)}"' for label, content in labels.items())
        text.append(f"{name}{suffix}{{{inside}}} {value!r}" if inside else f"{name}{suffix} {value!r}")
    return ("\n".join(text) + "\n").encode("utf-8", "replace")


def label_value(content: Any) -> str:
    """Return a label's value with backslash, quote and line feed escaped."""
    return ("" if content is None else str(content)).translate(ESCAPES)


def short_labels(feed: LiveFeed) -> dict[str, str]:
    """Return the labels of every metric of a run."""
    return {"run_id": feed.run_id, "run": feed.facts.get("name", "")}


def device_labels(feed: LiveFeed, device: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of a device's metrics."""
    return where_labels(feed) | {
        "kind": device["kind"], "device": device["id"], "source": device["source"]
    }  # fmt: skip


def where_labels(feed: LiveFeed) -> dict[str, str]:
    """Return which run of whom on which machine."""
    facts = feed.facts
    return short_labels(feed) | {
        "project": facts.get("project"),
        "user": facts.get("user"),
        "host": ",".join(facts.get("hosts") or ()),
    }  # type: ignore[return-value]  # none becomes an empty label


def run_labels(feed: LiveFeed) -> dict[str, str]:
    """Return the labels of a run's facts."""
    return where_labels(feed) | {"state": feed.facts.get("state", "")}


def summary_of(feed: LiveFeed) -> Mapping[str, Any]:
    """Return the newest summary, empty before the first."""
    return {} if feed.sample is None else feed.sample.value


def measured_devices(feed: LiveFeed) -> list[Mapping[str, Any]]:
    """Return the devices that are measured or estimated."""
    return [device for device in summary_of(feed).get("devices", ()) if device["source"] != "none"]


def energy(feeds: Sequence[LiveFeed]) -> list[Line]:
    """Return the joules of each device."""
    return device_lines(feeds, "energy_j")


def power(feeds: Sequence[LiveFeed]) -> list[Line]:
    """Return the watts of each device that has any."""
    return device_lines(feeds, "power_w")


def device_lines(feeds: Sequence[LiveFeed], quantity: str) -> list[Line]:
    """Return one quantity of each device that has it."""
    return [
        (device_labels(feed, device), device[quantity])
        for feed in feeds
        for device in measured_devices(feed)
        if device[quantity] is not None
    ]


def epochs(feeds: Sequence[LiveFeed]) -> list[Line]:
    """Return how many epochs each run has finished."""
    return [(short_labels(feed), len(feed.epochs)) for feed in feeds]


def samples(feeds: Sequence[LiveFeed]) -> list[Line]:
    """Return how many samples of each quality each run has."""
    return [
        (short_labels(feed) | {"quality": quality}, count)
        for feed in feeds
        for quality, count in sorted(summary_of(feed).get("qualities", {}).items())
    ]
