"""carbontracker's two logs: watts times seconds before PUE, totals with PUE; lost readings are named."""

import pytest

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.domain.profile import HardwareItem
from energyvis_panel.errors import ProfileError
from tests.data.importer_case import only, said, sample

STANDARD = "4711.root_2026-11-20T100000Z_carbontracker.log"
OUTPUT = "4711.root_2026-11-20T100000Z_carbontracker_output.log"


def test_epochs_are_mean_watts_times_seconds() -> None:
    profile = only(STANDARD).profile
    assert [epoch.duration_s for epoch in profile.epochs] == [100.0, 60.5, 2.0]
    assert [epoch.energy.gpu for epoch in profile.epochs] == [20_000.0, 200 * 60.5, None]
    assert [epoch.energy.cpu for epoch in profile.epochs] == [8050.0, 0.0, 162.0]
    assert profile.division == "epoch"
    assert (profile.region_id, profile.pue, profile.provenance.version) == ("DK", 1.58, "2.4.7")
    assert profile.hardware == (
        HardwareItem("gpu", "NVIDIA GeForce RTX 3060", 2),
        HardwareItem("cpu", "Intel(R) Xeon(R) CPU E5-2690 v3 @ 2.60GHz", 1),
    )
    assert profile.created_at == "2026-11-20T10:00:00"


def test_a_wrap_and_a_missing_reading_are_named() -> None:
    defects = said(only(STANDARD).defects)
    assert "The CPU draws 0 W in 1 of 3 epochs (no. 2)" in defects
    assert "The GPU has no reading in 1 of 3 epochs (no. 3)" in defects


def test_first_versions_number_their_processors_only() -> None:
    profile = only("carbontracker_1_1.log").profile
    assert profile.epochs[0].energy.gpu == pytest.approx(136.86084615 * 141.9)
    assert profile.hardware == (HardwareItem("gpu", "NVIDIA GeForce RTX 3060", 1),)
    assert (profile.region_id, profile.pue) == ("US-GA", 1.55)


def test_the_last_total_counts_and_its_pue_is_divided_out() -> None:
    found = only(OUTPUT)
    (epoch,) = found.profile.epochs
    assert epoch.duration_s == 163.0
    assert epoch.energy.gpu == pytest.approx(0.0158 * 3.6e6 / 1.58)
    assert found.profile.pue == 1.58
    assert "one total of 3 epochs" in said(found.assumptions)


def test_one_figure_for_two_devices_is_named() -> None:
    text = sample(STANDARD).replace(b"[150.0 50.0]", b"100.0")
    (found,) = read_import(text, "x.log")
    assert found.profile.epochs[0].energy.gpu == 10_000.0
    assert "names 2 GPU devices but gives one figure" in said(found.defects)


def test_runs_in_one_file_become_profiles() -> None:
    text = sample("carbontracker_1_1.log")
    first, second = read_import(text + text, "two.log")
    assert (first.profile.name, second.profile.name) == ("two, run 1", "two, run 2")
    assert first.profile.epochs == second.profile.epochs


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (b"80.5", b"-80.5", "epoch 1 has the power '-80.5' for 'cpu', not watts from 0"),
        (b"80.5", b"much", "epoch 1 has the power 'much' for 'cpu'"),
        (b"80.5", b"inf", "epoch 1 has the power 'inf' for 'cpu'"),
        (b"80.5", b"8050000.0", "mean power of 8,050 kW for each CPU device, more than 1,000 kW"),
        (b"Duration", b"Took", "without an epoch that ended"),
    ],
)
def test_bad_logs_get_a_sentence(before: bytes, after: bytes, sentence: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_import(sample(STANDARD).replace(before, after), "x.log")
    assert sentence in str(caught.value)


def test_a_prediction_is_no_measurement() -> None:
    text = sample(OUTPUT).replace(b"Actual", b"Former")
    with pytest.raises(ProfileError, match="a prediction is no measurement"):
        read_import(text, "x_output.log")
