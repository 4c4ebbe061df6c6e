from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.joined_epochs import joined
from tests.profiles_fixture import small_profile


@given(st.integers(1, 200), st.integers(1, 50))
def test_sums_stay_and_no_more_than_asked_for_are_left(epochs: int, most: int) -> None:
    profile = small_profile("x", epochs=epochs, outside=True)
    found = joined(profile, most)
    assert len(found.epochs) <= most or epochs <= most
    assert found.energy().total_j() == pytest.approx(profile.energy().total_j())
    assert found.duration_s() == pytest.approx(profile.duration_s())
    assert [epoch.index for epoch in found.epochs] == list(range(len(found.epochs)))


def test_a_short_profile_stays_as_it_is_and_a_joined_one_says_so() -> None:
    profile = small_profile("x", epochs=10)
    assert joined(profile, 10) is profile
    found = joined(profile, 4)
    assert found.division == "interval"
    assert "10 epochs of the record are shown joined by 3" in found.provenance.assumptions[-1]


def test_an_unknown_time_leaves_the_time_of_its_group_unknown() -> None:
    profile = small_profile("x", epochs=4)
    first = replace(profile.epochs[0], duration_s=None)
    found = joined(replace(profile, epochs=(first, *profile.epochs[1:])), 2)
    assert [epoch.duration_s for epoch in found.epochs] == [None, 200.0]


def test_of_the_metrics_the_last_of_each_group_stays() -> None:
    profile = small_profile("x", epochs=4)
    logged = tuple(replace(epoch, metrics={"accuracy": 0.1 * epoch.index}) for epoch in profile.epochs)
    found = joined(replace(profile, epochs=logged), 2)
    assert [epoch.metrics["accuracy"] for epoch in found.epochs] == pytest.approx([0.1, 0.3])
