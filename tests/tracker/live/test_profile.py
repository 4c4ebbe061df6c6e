"""The profile of a run that goes on is one that the app reads, and adds up to the run."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.profile_json import read_profile
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile
from energyvis_tracker.live.feed import LiveFeed
from energyvis_tracker.live.interval_bins import IntervalBins
from energyvis_tracker.live.profile import profile_pieces
from tests.tracker.live.conftest import RUN_ID, TOKEN, LiveSite, finished_epoch, run_record, summary

SCHEMA = Path(__file__).parents[3] / "datasets" / "schemas" / "energy_profile.schema.json"


def feed_with(*epochs: dict[str, Any], record: dict[str, Any] | None = None) -> LiveFeed:
    feed = LiveFeed(RUN_ID, TOKEN, started_ns=0)
    feed.publish_state(record or run_record())
    for epoch in epochs:
        feed.publish_epoch(epoch)
    return feed


def profile_of(feed: LiveFeed) -> EnergyProfile:
    text = b"".join(profile_pieces(feed))
    check_fields(json.loads(text))
    profile, assumed = read_profile(text)
    assert assumed == ()
    return profile


def check_fields(value: dict[str, Any]) -> None:
    """Compare the fields with those of the schema, which the app's reader is more generous about."""
    schema = json.loads(SCHEMA.read_text())
    assert set(value) == set(schema["properties"])
    for part, name in [*((e, "epoch") for e in value["epochs"]), (value["provenance"], "provenance")]:
        assert set(part) <= set(schema["$defs"][name]["properties"])
        assert set(part) >= set(schema["$defs"][name]["required"])


def test_epochs_and_what_lies_outside_add_up_to_the_run() -> None:
    feed = feed_with(finished_epoch(0, 10.0), finished_epoch(1, 20.0, units=512.0, unit="samples"))
    feed.publish_sample(summary(energy_gpu_j=100.0))
    profile = profile_of(feed)
    assert (profile.id, profile.name, profile.author) == (RUN_ID, "resnet50", "ada")
    assert (profile.region_id, profile.pue, profile.division) == ("FR", 1.2, "epoch")
    assert profile.energy() == EnergyByKind(gpu=100.0, cpu=30.0)
    assert profile.duration_s() == 20.0
    assert profile.outside is not None
    assert profile.outside.energy == EnergyByKind(gpu=70.0, cpu=22.0)
    assert [(epoch.units, epoch.unit) for epoch in profile.epochs] == [(None, None), (512.0, "samples")]
    assert [(item.kind, item.model, item.count) for item in profile.hardware] == [("gpu", "NVIDIA A100", 1)]
    assert profile.provenance.source == "estimate"


def test_what_a_reader_has_to_know_is_said() -> None:
    feed = feed_with(finished_epoch(0))
    feed.publish_sample(summary())
    assert set(profile_of(feed).provenance.assumptions) == {
        "The energy of CPU is an estimate, not a measurement.",
        "The epoch that the run is in counts as outside of its epochs until it is finished.",
        "1 of 41 readings close a gap whose energy is not known and counts as 0 J.",
        "dram was not measured: not readable.",
        "The run was still going on when the profile was made.",
    }
    feed.publish_state(run_record(state="finished"))
    assert not any("going on" in sentence for sentence in profile_of(feed).provenance.assumptions)


def test_a_run_that_has_just_begun_has_a_profile(site: LiveSite) -> None:
    profile, _ = read_profile(site.get("/api/v1/profile").body)
    assert profile.division == "interval"
    assert [(epoch.duration_s, epoch.energy) for epoch in profile.epochs] == [(0.0, EnergyByKind())]


def test_a_feed_without_even_a_record_has_a_profile() -> None:
    profile = profile_of(LiveFeed(RUN_ID, TOKEN))
    assert (profile.name, profile.hardware, profile.provenance.source) == (RUN_ID, (), "estimate")


@given(st.integers(1, 2000), st.integers(100_000_000, 4_000_000_000))
def test_a_run_without_epochs_is_cut_into_intervals(sweeps: int, step_ns: int) -> None:
    feed = feed_with()
    for sweep in range(1, min(sweeps, 400) + 1):
        feed.add_sample(sweep * step_ns, {"gpu": 5.0 * sweep, "cpu": 0.0})
    profile = profile_of(feed)
    swept = min(sweeps, 400)
    assert profile.division == "interval"
    assert len(profile.epochs) <= 120
    assert profile.outside is None
    assert profile.energy().gpu == pytest.approx(5.0 * swept)
    assert profile.energy().cpu == 0.0
    assert profile.duration_s() == pytest.approx(swept * step_ns / 1e9)


def test_epochs_that_are_ahead_of_the_summary_leave_nothing_negative() -> None:
    feed = feed_with(*(finished_epoch(index, energy_gpu_j=90.0) for index in range(30)))
    feed.publish_sample(summary(energy_gpu_j=100.0))
    outside = profile_of(feed).outside
    assert outside is not None
    assert (outside.duration_s, outside.energy) == (0.0, EnergyByKind(gpu=0.0, cpu=0.0))


def test_epochs_come_by_number_and_without_what_is_no_number() -> None:
    metrics = {"loss": float("nan"), "accuracy": 0.9}
    feed = feed_with(finished_epoch(2), finished_epoch(0, metrics=metrics), finished_epoch(1))
    profile = profile_of(feed)
    assert [epoch.index for epoch in profile.epochs] == [0, 1, 2]
    assert dict(profile.epochs[0].metrics) == {"accuracy": 0.9}


def test_shares_of_the_job_and_whole_devices_are_never_mixed() -> None:
    record = run_record(attribution="cpu_time")
    share = {"cpu": 10.0, "gpu": 50.0}
    whole = feed_with(finished_epoch(0), record=record)
    whole.publish_sample(summary(attributed_j=share))
    assert profile_of(whole).energy() == EnergyByKind(gpu=100.0, cpu=30.0)
    assert any("whole devices" in sentence for sentence in profile_of(whole).provenance.assumptions)
    attributed = feed_with(finished_epoch(0, attributed_j={"cpu": 1.0, "gpu": 5.0}), record=record)
    attributed.publish_sample(summary(attributed_j=share))
    assert profile_of(attributed).energy() == EnergyByKind(gpu=50.0, cpu=10.0)
    assert any("the job's share of" in sentence for sentence in profile_of(attributed).provenance.assumptions)


def test_what_a_profile_has_no_room_for_is_shortened() -> None:
    record = run_record(
        name="n" * 300,
        pue=20.0,
        hardware=[{"kind": "gpu", "model": "m" * 300, "count": 1, "chip_id": None}] * 120,
        devices=[
            {"kind": "gpu", "id": str(number), "model": "", "source": "none", "note": "x" * 3000}
            for number in range(150)
        ],
    )
    profile = profile_of(feed_with(finished_epoch(0, unit="u" * 60, units=1.0), record=record))
    assert len(profile.name) == 200
    assert profile.pue is None
    assert len(profile.hardware) == 100
    assert len(profile.provenance.assumptions) == 100


def test_a_run_that_ended_before_its_first_interval_is_over_keeps_its_energy() -> None:
    feed = feed_with(record=run_record(state="finished"))
    feed.bins = IntervalBins(0)
    feed.add_sample(250_000_000, {"gpu": 12.5})
    assert profile_of(feed).energy() == EnergyByKind(gpu=12.5)
