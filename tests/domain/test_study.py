from dataclasses import replace

import pytest

from energyvis_panel.domain.edits import Edits
from energyvis_panel.domain.study import Choice, StudyError, compare
from tests.profiles_fixture import REFERENCES, WYOMING, small_profile

PROFILES = {p.id: p for p in (small_profile("one"), small_profile("two", epochs=8, pue=None))}


def test_the_baseline_is_as_measured_and_has_no_alternative() -> None:
    comparison = compare(PROFILES, REFERENCES, Choice("one"))
    assert comparison.alternatives == ()
    assert comparison.baseline.energy_j() == pytest.approx(4 * 3.96e6 * 1.5)
    assert comparison.baseline.carbon_g() == pytest.approx(4 * 1.1 * 1.5 * 325.0)


def test_a_chosen_region_makes_an_alternative_and_leaves_the_baseline() -> None:
    comparison = compare(PROFILES, REFERENCES, Choice("one", edits=Edits(region_id="US-WY")))
    (alternative,) = comparison.alternatives
    assert alternative.letter == "A"
    assert alternative.label == "in Wyoming"
    assert alternative.energy_j() == comparison.baseline.energy_j()
    carbon, base = alternative.carbon_g(), comparison.baseline.carbon_g()
    assert carbon is not None
    assert base is not None
    assert carbon / base == pytest.approx(WYOMING.g_per_kwh / 325.0)


def test_pue_counts_in_the_energy_as_well_as_in_the_carbon() -> None:
    comparison = compare(PROFILES, REFERENCES, Choice("one", edits=Edits(pue=1.0)))
    (alternative,) = comparison.alternatives
    assert alternative.energy_j() * 1.5 == pytest.approx(comparison.baseline.energy_j())
    assert (alternative.carbon_g() or 0) * 1.5 == pytest.approx(comparison.baseline.carbon_g())


def test_a_compared_profile_keeps_its_own_site_until_one_is_chosen() -> None:
    own = compare(PROFILES, REFERENCES, Choice("one", compared_ids=("two",)))
    assert own.alternatives[0].projection.scenario.pue == 1.0
    moved = compare(PROFILES, REFERENCES, Choice("one", ("two",), edits=Edits(region_id="US-WY", pue=1.2)))
    assert [series.letter for series in moved.alternatives] == ["A", "B"]
    assert {series.projection.scenario.pue for series in moved.alternatives} == {1.2}
    assert moved.alternatives[1].label == "Two, in Wyoming, PUE 1.2"


def test_an_unknown_region_or_profile_is_named() -> None:
    with pytest.raises(StudyError, match="'XX-YY'"):
        compare(PROFILES, REFERENCES, Choice("one", edits=Edits(region_id="XX-YY")))
    with pytest.raises(StudyError, match="'three'"):
        compare(PROFILES, REFERENCES, Choice("one", ("three",)))


def test_a_profile_without_region_has_no_carbon_until_one_is_chosen() -> None:
    nowhere = {"one": replace(PROFILES["one"], region_id=None)}
    assert compare(nowhere, REFERENCES, Choice("one")).baseline.carbon_g() is None
    chosen = compare(nowhere, REFERENCES, Choice("one", edits=Edits(region_id="US-WY")))
    assert chosen.baseline.carbon_g() is None
    assert chosen.alternatives[0].carbon_g() == pytest.approx(4 * 1.1 * 1.5 * 831.6)


def test_toggling_twice_changes_nothing_and_the_fourth_alternative_is_refused() -> None:
    choice = Choice("one")
    assert choice.toggled("two").toggled("two") == choice
    full = Choice("one", ("two", "three"), edits=Edits(region_id="US-WY"))
    with pytest.raises(StudyError, match="3 alternatives"):
        full.toggled("four")


def test_mixed_scopes_are_noticed() -> None:
    assert compare(PROFILES, REFERENCES, Choice("one", edits=Edits(region_id="FR"))).scopes() == {
        "direct",
        "lifecycle",
    }
