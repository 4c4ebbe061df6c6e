from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.edits import EditError, Edits, PieceChoice
from energyvis_panel.domain.hardware import HardwareError
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile
from energyvis_panel.domain.scenario import Projection, project
from energyvis_panel.domain.study import Choice, compare, edit_parts, scenario_of
from tests.profiles_fixture import REFERENCES, small_profile

PROFILE = small_profile("one", outside=True)
POSITIVE = st.floats(0.01, 1e6)


def edited(edits: Edits, profile: EnergyProfile = PROFILE) -> Projection:
    return project(profile, scenario_of(profile, REFERENCES, edits))


@pytest.mark.parametrize(
    ("edits", "named"),
    [
        ({"pue": 0.5}, "PUE is 0.5, but must lie from 1 to 10"),
        ({"g_per_kwh": -1.0}, "g/kWh is -1"),
        ({"g_per_kwh": float("nan")}, "g/kWh is nan"),
        ({"price_per_kwh": 1e9}, "USD/kWh"),
        ({"epoch_s": 0.0}, "duration of an epoch"),
        ({"watts": (("gpu", -1.0),)}, "power of GPU"),
        ({"watts": (("tpu", 1.0),)}, "no kind of device"),
        ({"efficiency": 0.0}, "parallel efficiency"),
    ],
)
def test_a_value_out_of_range_is_named(edits: dict[str, object], named: str) -> None:
    with pytest.raises(EditError, match=named):
        Edits(**edits)  # type: ignore[arg-type] # the wrong types are among what is tried


def test_an_own_chip_needs_a_name_watts_and_a_rate_and_nothing_else_is_replaced() -> None:
    with pytest.raises(EditError, match="needs a name"):
        PieceChoice("gpu", "", 1, " ", 300.0, 100.0)
    with pytest.raises(EditError, match="power of Mine"):
        PieceChoice("gpu", "", 1, "Mine", 0.0, 100.0)
    with pytest.raises(EditError, match="cannot be replaced"):
        PieceChoice("dram", "x", 1)
    with pytest.raises(HardwareError, match="Add a chip"):
        Edits(pieces=())
    own = PieceChoice("gpu", "", 2, "Mine", 300.0, 100.0).piece(REFERENCES.chip)
    assert (own.count, own.chip.tdp_w, own.chip.tflops("fp16")) == (2, 300.0, 100.0)
    assert own.chip.source == "entered by hand"


@given(POSITIVE)
def test_an_epochs_duration_scales_its_energy_at_equal_power(epoch_s: float) -> None:
    found = edited(Edits(epoch_s=epoch_s))
    assert found.epoch_s() == pytest.approx(epoch_s)
    before = edited(Edits())
    for epoch, old in zip(found.epochs, before.epochs, strict=True):
        assert epoch.duration_s is not None
        assert epoch.energy.total_j() / epoch.duration_s == pytest.approx(old.energy.total_j() / 100.0)
    assert found.outside == before.outside


@given(POSITIVE)
def test_a_profile_without_times_takes_them_at_equal_energy(epoch_s: float) -> None:
    timeless = replace(
        small_profile("t"), epochs=tuple(replace(e, duration_s=None) for e in small_profile("t").epochs)
    )
    found = edited(Edits(epoch_s=epoch_s), timeless)
    assert found.energy_j() == pytest.approx(edited(Edits(), timeless).energy_j())
    assert found.epoch_s() == pytest.approx(epoch_s)


@given(POSITIVE, st.sampled_from(["gpu", "cpu", "dram"]))
def test_the_power_of_a_kind_becomes_what_was_entered(watts: float, kind: str) -> None:
    found = edited(Edits(watts=((kind, watts),)))  # type: ignore[arg-type] # one of the kinds
    power = found.power_w()
    assert power is not None
    assert power[kind] == pytest.approx(watts)  # type: ignore[index] # as above
    others = {key: value for key, value in (edited(Edits()).power_w() or {}).items() if key != kind}
    for other, value in others.items():
        assert power[other] == pytest.approx(value)


def test_edits_apply_in_the_order_that_is_documented() -> None:
    found = edited(Edits(epoch_s=50.0, watts=(("gpu", 1000.0),), pue=2.0))
    power = found.power_w()
    assert power is not None
    assert power["gpu"] == pytest.approx(1000.0)
    assert found.epoch_s() == pytest.approx(50.0)
    assert found.energy().of("gpu") == pytest.approx(1000.0 * 250.0 * 2.0)


def test_own_values_go_before_the_regions_and_say_so() -> None:
    scenario = scenario_of(PROFILE, REFERENCES, Edits(region_id="US-WY", g_per_kwh=12.0, price_per_kwh=0.5))
    assert scenario.intensity is not None
    assert scenario.price is not None
    assert (scenario.intensity.g_per_kwh, scenario.intensity.source) == (12.0, "entered by hand")
    assert (scenario.price.per_kwh, scenario.price.source) == (0.5, "entered by hand")
    assert scenario_of(PROFILE, REFERENCES, Edits(region_id="FR")).price is None


def test_edits_of_the_machine_leave_a_compared_profile_alone() -> None:
    profiles = {"one": PROFILE, "two": small_profile("two")}
    edits = Edits(region_id="US-WY", epoch_s=10.0, watts=(("gpu", 1.0),))
    comparison = compare(profiles, REFERENCES, Choice("one", ("two",), edits))
    moved = comparison.alternatives[1].projection
    assert moved.epoch_s() == 100.0
    assert moved.energy() == compare(profiles, REFERENCES, Choice("two")).baseline.projection.energy()
    assert moved.scenario.intensity == REFERENCES.intensities["US-WY"]


def test_each_edit_is_named_with_its_field() -> None:
    edits = Edits(
        region_id="US-WY",
        pue=1.1,
        epoch_s=3600.0,
        watts=(("gpu", 250.0),),
        pieces=(PieceChoice("gpu", "new-gpu", 2),),
    )
    assert edit_parts(edits, REFERENCES, PROFILE) == [
        ("region_id", "in Wyoming"),
        ("pieces", "2 × New GPU instead of the recorded machine"),
        ("pue", "PUE 1.1"),
        ("epoch_s", "1 h 00 min per epoch"),
        ("watts", "GPU at 250 W"),
    ]


def test_a_kind_without_energy_takes_the_power_evenly() -> None:
    silent = replace(
        PROFILE,
        epochs=tuple(replace(epoch, energy=EnergyByKind(gpu=0.0)) for epoch in PROFILE.epochs),
        outside=None,
    )
    found = edited(Edits(watts=(("gpu", 10.0),), pue=1.0), silent)
    assert [epoch.energy.gpu for epoch in found.epochs] == [1000.0] * 4
