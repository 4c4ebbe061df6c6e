"""A feed: what the session and the server's thread say to each other."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.live.feed import LiveFeed
from energyvis_tracker.live.interval_bins import MOST_INTERVALS, IntervalBins
from tests.tracker.live.conftest import RUN_ID, TOKEN, finished_epoch, summary


def test_a_summary_is_wanted_twice_a_second_while_somebody_watches() -> None:
    feed = LiveFeed(RUN_ID, TOKEN)
    now_ns = time.monotonic_ns()
    assert not feed.wants_sample(now_ns)
    feed.watchers = 1
    assert feed.wants_sample(now_ns)
    feed.publish_sample(summary())
    assert not feed.wants_sample(feed.sampled_ns + 470_000_000)
    assert feed.wants_sample(feed.sampled_ns + 490_000_000)


def test_a_summary_that_was_asked_for_is_wanted_once_it_is_old() -> None:
    feed = LiveFeed(RUN_ID, TOKEN)
    feed.publish_sample(summary())
    feed.is_asked = True
    assert not feed.wants_sample(feed.sampled_ns + 900_000_000)
    assert feed.wants_sample(feed.sampled_ns + 1_000_000_000)
    feed.publish_sample(summary())
    assert not feed.wants_sample(feed.sampled_ns + 5_000_000_000)


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(1, 5))
def test_each_epoch_is_given_once_in_its_last_form(numbers: list[int], limit: int) -> None:
    feed = LiveFeed(RUN_ID, TOKEN)
    latest = {}
    for order, number in enumerate(numbers):
        latest[number] = finished_epoch(number, energy_gpu_j=float(order))
        feed.publish_epoch(latest[number])
    version, given_out = 0, []
    while found := feed.epochs_after(version, limit):
        assert len(found) <= limit
        given_out += [entry.value for entry in found]
        version = found[-1].version
    assert {epoch["epoch"]: epoch for epoch in given_out} == latest
    assert len(given_out) == len(latest)
    assert [epoch["energy_j"]["gpu"] for epoch in given_out] == sorted(
        epoch["energy_j"]["gpu"] for epoch in latest.values()
    )


def test_metrics_logged_again_and_again_take_no_room() -> None:
    feed = LiveFeed(RUN_ID, TOKEN)
    for step in range(1000):
        feed.publish_epoch(finished_epoch(0, metrics={"loss": step}))
    assert len(feed.epoch_log) == 1
    assert feed.epochs_after(0, 10)[0].value["metrics"] == {"loss": 999}


def test_a_flood_of_spans_takes_bounded_room() -> None:
    feed = LiveFeed(RUN_ID, TOKEN)
    for number in range(1000):
        feed.publish_span({"span_id": number})
    assert [span.value["span_id"] for span in feed.spans_after(0)] == list(range(800, 1000))
    assert feed.spans_after(feed.version) == []


def test_the_course_of_a_run_is_fed_with_totals() -> None:
    feed = LiveFeed(RUN_ID, TOKEN, started_ns=0)
    feed.add_sample(500_000_000, {"gpu": 10.0})
    feed.add_sample(1_500_000_000, {"gpu": 30.0, "cpu": 4.0})
    assert feed.bins.intervals() == [
        {"duration_s": 1.0, "energy_j": {"gpu": 20.0, "cpu": 2.0}},
        {"duration_s": 0.5, "energy_j": {"gpu": 10.0, "cpu": 2.0}},
    ]


@given(st.lists(st.tuples(st.integers(0, 400_000_000_000), st.floats(0, 1e6)), min_size=1, max_size=60))
def test_intervals_keep_every_joule_and_every_second(sweeps: list[tuple[int, float]]) -> None:
    bins, now_ns = IntervalBins(7), 7
    for step_ns, energy_j in sweeps:
        now_ns += step_ns
        bins.add(now_ns, {"gpu": energy_j})
    intervals = bins.intervals()
    assert 1 <= len(intervals) <= MOST_INTERVALS
    total_j = sum(interval["energy_j"].get("gpu", 0.0) for interval in intervals)
    given_j = sum(energy_j for _, energy_j in sweeps)
    assert abs(total_j - given_j) <= 1e-9 * max(1.0, given_j)
    assert abs(sum(interval["duration_s"] for interval in intervals) - (now_ns - 7) / 1e9) < 1e-6
    assert len({interval["duration_s"] for interval in intervals[:-1]}) <= 1


@given(st.integers(1, 1000), st.integers(50_000_000, 3_000_000_000))
def test_a_power_that_never_changes_is_the_same_in_every_interval(sweeps: int, step_ns: int) -> None:
    bins = IntervalBins(0)
    for sweep in range(1, sweeps + 1):
        bins.add(sweep * step_ns, {"gpu": 40.0 * step_ns / 1e9})
    for interval in bins.intervals():
        assert interval["energy_j"]["gpu"] == pytest.approx(40.0 * interval["duration_s"])


def test_a_clock_that_stands_still_loses_nothing() -> None:
    bins = IntervalBins(0)
    bins.add(0, {"gpu": 1.0})
    bins.add(1_000_000_000, {"gpu": 2.0})
    bins.add(1_000_000_000, {"gpu": 4.0})
    assert sum(interval["energy_j"]["gpu"] for interval in bins.intervals()) == 7.0
