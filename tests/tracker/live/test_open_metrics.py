"""Metrics: a strict reader of OpenMetrics text takes them, and the figures are the run's."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.live.feed import LiveFeed
from energyvis_tracker.live.open_metrics import open_metrics
from tests.tracker.live.conftest import (
    OTHER_RUN_ID,
    RUN_ID,
    TOKEN,
    LiveSite,
    finished_epoch,
    run_record,
    summary,
)

SUFFIXES = {"counter": "_total", "gauge": "", "info": "_info"}
SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)')
UNESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}

Metrics = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def strictly_read(text: str) -> Metrics:
    """Return the value of each sample, as the OpenMetrics specification, "Text format", would have it read.

    A family's metadata comes before its samples, families are not interleaved, no sample stands twice, a
    name ends with its unit, and the text ends with "# EOF" and a line feed.
    """
    assert text.endswith("\n# EOF\n")
    kinds: dict[str, str] = {}
    family, metrics = "", {}
    for line in text.removesuffix("# EOF\n").removesuffix("\n").split("\n"):
        if line.startswith("# "):
            _, word, name, content = line.split(" ", 3)
            if word == "TYPE":
                assert name not in kinds
                family, kinds[name] = name, content
            assert name == family
            assert word in {"TYPE", "UNIT", "HELP"}
            assert word != "UNIT" or name.endswith(f"_{content}")
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        assert match[1] == family + SUFFIXES[kinds[family]]
        labels = LABEL.findall(match[2] or "")
        assert ",".join(f'{name}="{value}"' for name, value in labels) == (match[2] or "")
        assert len({name for name, _ in labels}) == len(labels)
        plain = tuple((name, re.sub(r'\\["\\n]', lambda m: UNESCAPED[m[0]], value)) for name, value in labels)
        assert (match[1], plain) not in metrics
        metrics[match[1], plain] = float(match[3])
    return metrics


def metrics_of(*feeds: LiveFeed) -> Metrics:
    return strictly_read(b"".join(open_metrics(feeds)).decode())


def values(metrics: Metrics, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """Return the values of a metric by some of its labels."""
    return {
        tuple(dict(found)[label] for label in labels): value
        for (metric, found), value in metrics.items()
        if metric == name
    }


def feed_of(run_id: str = RUN_ID, **changes: Any) -> LiveFeed:
    feed = LiveFeed(run_id, TOKEN)
    feed.publish_state(run_record(run_id, **changes))
    return feed


def test_the_figures_are_the_runs(site: LiveSite) -> None:
    feed = site.feeds[0]
    feed.publish_sample(summary(energy_gpu_j=1234.5))
    feed.publish_epoch(finished_epoch(0))
    feed.publish_epoch(finished_epoch(0, metrics={"accuracy": 1.0}))
    feed.publish_epoch(finished_epoch(1))
    metrics = strictly_read(site.get("/metrics").body.decode())
    assert values(metrics, "energyvis_energy_joules_total", "kind", "device", "source") == {
        ("gpu", "GPU-1", "counter"): 1234.5,
        ("cpu", "cpu", "estimate"): 30.0,
    }
    assert values(metrics, "energyvis_power_watts", "kind", "project", "user", "host") == {
        ("gpu", "vision", "ada", "node1"): 250.0
    }
    assert values(metrics, "energyvis_epochs_total", "run_id", "run") == {(RUN_ID, "resnet50"): 2.0}
    assert values(metrics, "energyvis_samples_total", "quality") == {("ok",): 40.0, ("gap",): 1.0}
    assert values(metrics, "energyvis_run_info", "run", "state") == {("resnet50", "running"): 1.0}
    assert values(metrics, "energyvis_sampler_cpu_seconds_total")[()] > 0


def test_a_run_without_a_sample_has_no_joules_rather_than_0() -> None:
    metrics = metrics_of(feed_of(), LiveFeed(OTHER_RUN_ID, TOKEN))
    assert not values(metrics, "energyvis_energy_joules_total")
    assert values(metrics, "energyvis_run_info", "run_id", "host", "state") == {
        (RUN_ID, "node1", "running"): 1.0,
        (OTHER_RUN_ID, "", ""): 1.0,
    }


def test_a_device_that_is_not_measured_has_no_line_rather_than_0() -> None:
    feed = feed_of()
    gpu = summary()["devices"][0]
    feed.publish_sample(summary(devices=[gpu, gpu | {"id": "GPU-2", "source": "none", "energy_j": 0.0}]))
    assert values(metrics_of(feed), "energyvis_energy_joules_total", "device") == {("GPU-1",): 100.0}


def test_several_runs_stand_in_one_family() -> None:
    feeds = feed_of(), feed_of(OTHER_RUN_ID, name="bert")
    for feed in feeds:
        feed.publish_sample(summary())
    assert len(values(metrics_of(*feeds), "energyvis_energy_joules_total", "run_id", "device")) == 4


@pytest.mark.parametrize("power_w", [float("nan"), float("inf"), None])
def test_a_power_that_is_no_number_has_no_line(power_w: float | None) -> None:
    feed = feed_of()
    devices = [summary()["devices"][0] | {"power_w": power_w}]
    feed.publish_sample(summary(devices=devices))
    assert not values(metrics_of(feed), "energyvis_power_watts")


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_survive_their_escaping(name: str, project: str) -> None:
    name, project = (text.encode("utf-8", "replace").decode() for text in (name, project))
    metrics = metrics_of(feed_of(name=name, project=project))
    assert values(metrics, "energyvis_run_info", "run", "project") == {(name, project): 1.0}
