"""Laws of the scenario algebra that hold for every profile."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from energyvis_panel.domain.carbon import CarbonError, CarbonIntensity
from energyvis_panel.domain.hardware import DEVICE_KINDS, Chip, HardwareChange, HardwareError, Piece
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, Outside, Provenance
from energyvis_panel.domain.scenario import Scenario, ScenarioError, project

AMOUNTS = st.floats(min_value=0, max_value=1e12, allow_nan=False)
POSITIVE = st.floats(min_value=1e-3, max_value=1e6)
ENERGIES = st.builds(EnergyByKind, **{kind: st.none() | AMOUNTS for kind in DEVICE_KINDS})
PUES = st.floats(1, 10)
INTENSITIES = st.builds(
    CarbonIntensity,
    region_id=st.just("US-GA"),
    name=st.just("Georgia"),
    g_per_kwh=st.floats(0, 5000),
    year=st.just(2023),
    source=st.just("test"),
    scope=st.just("direct"),
    basis=st.just("generation"),
)


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-6)


@st.composite
def profiles(draw: st.DrawFn, fewest: int = 1) -> EnergyProfile:
    parts = draw(st.lists(st.tuples(AMOUNTS, ENERGIES), min_size=fewest, max_size=8))
    outside = draw(st.none() | st.builds(Outside, duration_s=AMOUNTS, energy=ENERGIES))
    return EnergyProfile(
        id="p",
        name="p",
        epochs=tuple(Epoch(index, duration, energy) for index, (duration, energy) in enumerate(parts)),
        hardware=(),
        provenance=Provenance("test", "counter"),
        outside=outside,
    )


def part(profile: EnergyProfile, first: int, last: int, *, outside: bool) -> EnergyProfile:
    return EnergyProfile(
        id="part",
        name="part",
        epochs=profile.epochs[first:last],
        hardware=(),
        provenance=profile.provenance,
        outside=profile.outside if outside else None,
    )


def chip(power_w: float, rate_tflops: float, name: str = "chip") -> Chip:
    return Chip(
        name, "gpu", "v", name, power_w, rate_tflops, rate_tflops, rate_tflops, rate_tflops, "vendor", "test"
    )


@given(profiles(fewest=2), PUES, INTENSITIES, st.data())
def test_splitting_a_run_and_adding_gives_the_same(
    profile: EnergyProfile, pue: float, intensity: CarbonIntensity, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(profile.epochs) - 1))
    scenario = Scenario(intensity=intensity, pue=pue)
    whole = project(profile, scenario)
    first = project(part(profile, 0, cut, outside=True), scenario)
    second = project(part(profile, cut, len(profile.epochs), outside=False), scenario)
    assert close(whole.energy_j(), first.energy_j() + second.energy_j())
    assert close(whole.carbon_g() or 0, (first.carbon_g() or 0) + (second.carbon_g() or 0))
    assert close(whole.duration_s() or 0, (first.duration_s() or 0) + (second.duration_s() or 0))


@given(profiles(), PUES, INTENSITIES)
def test_pue_scales_energy_and_carbon_alike_and_no_time(
    profile: EnergyProfile, pue: float, intensity: CarbonIntensity
) -> None:
    plain = project(profile, Scenario(intensity=intensity))
    with_pue = project(profile, Scenario(intensity=intensity, pue=pue))
    assert close(with_pue.energy_j(), plain.energy_j() * pue)
    assert close(with_pue.carbon_g() or 0, (plain.carbon_g() or 0) * pue)
    assert with_pue.duration_s() == plain.duration_s()


@given(profiles(), PUES, INTENSITIES, st.data())
def test_more_power_never_means_less(
    profile: EnergyProfile, pue: float, intensity: CarbonIntensity, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(profile.epochs) - 1))
    kind = data.draw(st.sampled_from(DEVICE_KINDS))
    more = data.draw(AMOUNTS)
    epochs = list(profile.epochs)
    old = epochs[index]
    epochs[index] = Epoch(old.index, old.duration_s, old.energy.plus(EnergyByKind(**{kind: more})))
    raised = EnergyProfile("q", "q", tuple(epochs), (), profile.provenance, outside=profile.outside)
    scenario = Scenario(intensity=intensity, pue=pue)
    assert project(raised, scenario).energy_j() >= project(profile, scenario).energy_j() * (1 - 1e-12)
    assert (project(raised, scenario).carbon_g() or 0) >= (project(profile, scenario).carbon_g() or 0) * (
        1 - 1e-12
    )


@given(profiles())
def test_the_default_scenario_leaves_the_run_as_it_was_measured(profile: EnergyProfile) -> None:
    found = project(profile, Scenario())
    assert [epoch.energy for epoch in found.epochs] == [epoch.energy for epoch in profile.epochs]
    assert found.carbon_g() is None
    assert found.cost() is None
    assert close(found.energy_j(), profile.energy().total_j())


@given(profiles(), st.lists(st.tuples(POSITIVE, POSITIVE, st.integers(1, 64)), min_size=1, max_size=4))
def test_replacing_hardware_by_itself_changes_nothing(
    profile: EnergyProfile, made_of: list[tuple[float, float, int]]
) -> None:
    pieces = tuple(Piece(chip(power, rate), count) for power, rate, count in made_of)
    same = project(profile, Scenario(hardware=HardwareChange(pieces, pieces)))
    assert close(same.energy_j(), project(profile, Scenario()).energy_j())
    assert close(same.duration_s() or 0, project(profile, Scenario()).duration_s() or 0)


@given(profiles(), PUES)
def test_total_is_the_sum_over_the_kinds(profile: EnergyProfile, pue: float) -> None:
    found = project(profile, Scenario(pue=pue))
    by_kind = sum(p.energy.of(kind) or 0.0 for p in found.parts() for kind in DEVICE_KINDS)
    assert close(found.energy_j(), by_kind)
    kinds = {kind for p in found.parts() for kind in p.energy.measured()}
    assert kinds == set(profile.energy().measured())


@given(profiles(), POSITIVE, POSITIVE)
def test_kinds_that_stay_keep_their_mean_power(profile: EnergyProfile, rate: float, other: float) -> None:
    assume(profile.duration_s())
    edit = HardwareChange((Piece(chip(100, rate, "old"), 1),), (Piece(chip(100, other, "new"), 1),))
    found = project(profile, Scenario(hardware=edit))
    for before, after in zip(profile.epochs, found.epochs, strict=True):
        if before.duration_s and after.duration_s and before.energy.cpu is not None:
            assert after.energy.cpu is not None
            assert math.isclose(
                after.energy.cpu / after.duration_s,
                before.energy.cpu / before.duration_s,
                rel_tol=1e-9,
                abs_tol=1e-300,
            )


def test_the_papers_formula_by_hand() -> None:
    # 8 chips of 250 W and 10 TFLOP/s by 4 of 400 W and 40: (1600/160)/(2000/80) = 0.4, and 80/160 = 0.5.
    edit = HardwareChange((Piece(chip(250, 10, "old"), 8),), (Piece(chip(400, 40, "new"), 4),))
    assert next(t.factor for t in edit.transfers() if t.source == "gpu") == pytest.approx(0.4)
    assert edit.duration_factor() == pytest.approx(0.5)
    profile = EnergyProfile(
        "p",
        "p",
        (Epoch(0, 100.0, EnergyByKind(gpu=1000.0, cpu=200.0)),),
        (),
        Provenance("test", "counter"),
    )
    georgia = CarbonIntensity("US-GA", "Georgia", 400.0, 2023, "test", "direct", "generation")
    found = project(profile, Scenario(intensity=georgia, pue=1.58, hardware=edit))
    assert found.epochs[0].energy.gpu == pytest.approx(1000 * 0.4 * 1.58)
    assert found.epochs[0].energy.cpu == pytest.approx(200 * 0.5 * 1.58)
    assert found.duration_s() == pytest.approx(50.0)
    assert found.carbon_g() == pytest.approx((1000 * 0.4 + 200 * 0.5) * 1.58 / 3.6e6 * 400)


def test_values_out_of_range_are_refused() -> None:
    for pue in (0.99, 10.01, math.nan, math.inf):
        with pytest.raises(ScenarioError):
            Scenario(pue=pue)
    for value in (-1.0, 5001.0, math.nan, math.inf):
        with pytest.raises(CarbonError):
            CarbonIntensity("X", "X", value, None, "test", "direct", "generation")
    with pytest.raises(HardwareError):
        Piece(chip(1, 1), 0)


def test_time_that_is_not_known_stays_unknown() -> None:
    profile = EnergyProfile(
        "p", "p", (Epoch(0, None, EnergyByKind(gpu=1.0)),), (), Provenance("test", "imported")
    )
    assert project(profile, Scenario()).duration_s() is None
