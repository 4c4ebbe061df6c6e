"""Eco2AI's table: rows of one id are its epochs, the PUE in the energies is said to be unknown."""

import pytest

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.domain.profile import EnergyByKind, HardwareItem
from energyvis_panel.errors import ProfileError
from tests.data.importer_case import only, read_sample, said, sample


def test_rows_of_one_id_are_epochs_with_their_metrics() -> None:
    training, other = read_sample("eco2ai_0_3.csv")
    assert training.profile.division == "epoch"
    assert [epoch.energy.other for epoch in training.profile.epochs] == pytest.approx([36_000.0, 39_600.0])
    assert training.profile.epochs[1].metrics == {"loss": 0.3, "accuracy": 0.8}
    assert training.profile.hardware == (
        HardwareItem("cpu", "Intel(R) Xeon(R) Gold 6240", 2),
        HardwareItem("gpu", "NVIDIA A100", 4),
    )
    assert (training.profile.region_id, other.profile.region_id) == ("CH", "US-GA")
    assert training.profile.pue is None
    assert "include the PUE" in said(training.assumptions)
    assert "rated power" in said(training.defects)
    assert other.defects == ()


def test_older_spelling_of_the_columns_is_read() -> None:
    found = only("eco2ai_0_1.csv")
    assert found.profile.epochs[0].energy == EnergyByKind(other=7200.0)
    assert found.profile.region_id == "RU"


def test_energy_by_device_is_used_where_it_is_there() -> None:
    energy = only("eco2ai_devices.csv").profile.epochs[0].energy
    assert (energy.cpu, energy.gpu, energy.dram) == pytest.approx((7200, 10_800, 3600))
    assert energy.other is None


def test_joules_in_the_place_of_kwh_are_refused() -> None:
    text = sample("eco2ai_0_1.csv").replace(b",0.002,", b",36000000,")
    with pytest.raises(ProfileError, match="not in joules"):
        read_import(text, "emission.csv")
