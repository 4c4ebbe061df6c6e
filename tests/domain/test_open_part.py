"""The epoch in progress is changed by the same factors as the finished ones, whatever is edited."""

from dataclasses import replace

import pytest

from energyvis_panel.domain.carbon import Price
from energyvis_panel.domain.edits import Edits, PieceChoice
from energyvis_panel.domain.live_reading import OpenEpoch
from energyvis_panel.domain.open_part import projected_open
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, HardwareItem, Outside
from energyvis_panel.domain.scenario import project
from energyvis_panel.domain.study import scenario_of
from tests.profiles_fixture import REFERENCES, small_profile

MACHINE = (HardwareItem("gpu", "old-gpu", 2, "old-gpu"), HardwareItem("cpu", "host-cpu", 1, "host-cpu"))
LIKE_A_FINISHED_ONE = OpenEpoch(4, 100.0, EnergyByKind(gpu=3.6e6, cpu=0.36e6), estimated=False)
HALF = OpenEpoch(4, 50.0, EnergyByKind(gpu=1.8e6, cpu=0.18e6), estimated=False)


def followed(part: OpenEpoch) -> EnergyProfile:
    """A run whose open epoch lies, as a live profile has it, outside of its finished ones."""
    outside = Outside(part.duration_s + 10.0, part.energy.plus(EnergyByKind(gpu=1000.0)))
    return replace(small_profile(), hardware=MACHINE, outside=outside)


@pytest.mark.parametrize(
    "edits",
    [
        Edits(),
        Edits(pue=2.0, region_id="US-WY"),
        Edits(price_per_kwh=0.5),
        Edits(pieces=(PieceChoice("gpu", "new-gpu", 1), PieceChoice("cpu", "host-cpu", 1))),
        Edits(epoch_s=40.0),
        Edits(watts=(("gpu", 100.0),)),
        Edits(watts=(("dram", 100.0),)),
        Edits(epoch_s=40.0, watts=(("gpu", 100.0),)),
    ],
)
def test_a_whole_epoch_in_progress_is_worth_a_finished_one(edits: Edits) -> None:
    profile = followed(LIKE_A_FINISHED_ONE)
    projection = project(profile, scenario_of(profile, REFERENCES, edits))
    whole, finished = projected_open(projection, LIKE_A_FINISHED_ONE), projection.epochs[-1]
    assert whole is not None
    assert whole.duration_s == pytest.approx(finished.duration_s)
    # Where the mean power of the whole run is set, the length of its parts has a share in each factor.
    tolerance = 0.15 if edits.epoch_s and edits.watts else 1e-9
    assert whole.energy.total_j() == pytest.approx(finished.energy.total_j(), rel=tolerance)
    assert whole.carbon_g == pytest.approx(finished.carbon_g, rel=tolerance)
    assert whole.cost == pytest.approx(finished.cost, rel=tolerance)


@pytest.mark.parametrize("edits", [Edits(), Edits(epoch_s=40.0), Edits(watts=(("gpu", 100.0),))])
def test_half_of_it_is_worth_half(edits: Edits) -> None:
    profile = followed(HALF)
    projection = project(profile, scenario_of(profile, REFERENCES, edits))
    half = projected_open(projection, HALF)
    assert half is not None
    assert half.energy.total_j() == pytest.approx(projection.epochs[-1].energy.total_j() / 2)
    assert half.duration_s == pytest.approx((projection.epochs[-1].duration_s or 0.0) / 2)


def test_without_epochs_of_its_own_a_run_has_none_in_progress() -> None:
    profile = replace(followed(HALF), division="interval")
    assert projected_open(project(profile, scenario_of(profile, REFERENCES, Edits())), HALF) is None
    profile = replace(followed(HALF), epochs=())
    assert projected_open(project(profile, scenario_of(profile, REFERENCES, Edits())), HALF) is None


def test_a_price_that_is_not_known_gives_no_cost() -> None:
    profile = followed(HALF)
    scenario = replace(scenario_of(profile, REFERENCES, Edits()), price=None)
    part = projected_open(project(profile, scenario), HALF)
    assert part is not None
    assert part.cost is None
    priced = projected_open(project(profile, replace(scenario, price=Price(1.0, "USD", "test"))), HALF)
    assert priced is not None
    assert priced.cost == pytest.approx(1.5 * 0.55)
