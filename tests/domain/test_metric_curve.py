from dataclasses import replace

import numpy as np
import pytest

from energyvis_panel.domain.metric_curve import (
    MetricCurve,
    common_goal,
    is_share,
    less_is_better,
    metric_curve,
    metric_names,
)
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.scenario import Projection, Scenario, project
from tests.metrics_fixture import learning_profile
from tests.profiles_fixture import GEORGIA


def projected(profile: EnergyProfile, pue: float = 1.0) -> Projection:
    return project(profile, Scenario(GEORGIA, pue))


MODEL = learning_profile("Model", 4, 3.6e6, 0.8)
"""Accuracies 0.4, 0.6, 0.7, 0.75 after 1, 2, 3, 4 kWh."""


def test_the_metric_stands_over_what_was_consumed_up_to_it_at_the_site() -> None:
    curve = metric_curve(projected(MODEL, pue=1.5), "energy", "val_acc")
    assert curve.amount == pytest.approx([5.4e6, 10.8e6, 16.2e6, 21.6e6])
    assert curve.value == pytest.approx([0.4, 0.6, 0.7, 0.75])
    carbon = metric_curve(projected(MODEL), "carbon", "val_acc")
    assert carbon.amount == pytest.approx([325.0, 650.0, 975.0, 1300.0])


def test_an_epoch_without_the_metric_adds_energy_but_no_point() -> None:
    second = replace(MODEL.epochs[1], metrics={"val_acc": float("nan")})
    third = replace(MODEL.epochs[2], metrics={})
    patched = replace(MODEL, epochs=(MODEL.epochs[0], second, third, MODEL.epochs[3]))
    curve = metric_curve(projected(patched), "energy", "val_acc")
    assert curve.epoch.tolist() == [1, 4]
    assert curve.amount == pytest.approx([3.6e6, 14.4e6])


def test_unknown_metric_or_quantity_gives_an_empty_curve() -> None:
    assert metric_curve(projected(MODEL), "energy", "bleu").value.size == 0
    assert metric_curve(projected(MODEL), "cost", "val_acc").value.size == 0
    assert metric_curve(projected(MODEL), "energy", "bleu").best(less=False) is None
    assert metric_curve(projected(MODEL), "energy", "bleu").reached(0.5, less=False) is None


def test_a_goal_is_reached_at_the_first_epoch_that_is_as_good() -> None:
    curve = metric_curve(projected(MODEL), "energy", "val_acc")
    assert curve.reached(0.6, less=False) == (7.2e6, 2)
    assert curve.reached(0.61, less=False) == (10.8e6, 3)
    assert curve.reached(0.76, less=False) is None
    loss = metric_curve(projected(MODEL), "energy", "loss")
    assert loss.reached(0.25, less=True) == (7.2e6, 2)
    assert loss.best(less=True) == 0.0625


def test_accuracy_on_held_out_data_is_offered_first() -> None:
    epoch = replace(
        MODEL.epochs[0], metrics={"loss": 1.0, "train_acc": 0.5, "acc": 0.5, "val_acc": 0.4, "f1": 0.3}
    )
    names = metric_names([projected(replace(MODEL, epochs=(epoch,)))])
    assert names == ("val_acc", "acc", "train_acc", "f1", "loss")


@pytest.mark.parametrize(
    ("name", "less"),
    [
        ("val_loss", True),
        ("valloss", True),
        ("top1 error", True),
        ("accuracy", False),
        ("WER", True),
        ("map", False),
    ],
)
def test_smaller_is_better_for_losses_and_errors(name: str, less: bool) -> None:
    assert less_is_better(name) is less


def test_the_common_goal_is_reached_by_all() -> None:
    weaker = learning_profile("Weaker", 3, 3.6e6, 0.8)
    curves = [metric_curve(projected(profile), "energy", "val_acc") for profile in (MODEL, weaker)]
    goal = common_goal(curves, less=False)
    assert goal == pytest.approx(0.7)
    assert all(curve.reached(goal or 1, less=False) for curve in curves)
    losses = [metric_curve(projected(profile), "energy", "loss") for profile in (MODEL, weaker)]
    assert common_goal(losses, less=True) == pytest.approx(0.13)
    assert common_goal([], less=True) is None


def test_an_accuracy_within_0_and_1_is_read_in_percent() -> None:
    share = metric_curve(projected(MODEL), "energy", "val_acc")
    assert is_share("val_acc", [share])
    assert not is_share("loss", [share])
    assert not is_share("val_acc", [replace(share, value=share.value * 100)])
    assert not is_share("val_acc", [])


@pytest.mark.parametrize(
    ("best", "goal"), [(0.69, 0.69), (0.7, 0.7), (0.695, 0.69), (69.0, 69.0), (1234.0, 1200.0)]
)
def test_a_goal_of_two_digits_is_not_lost_to_rounding(best: float, goal: float) -> None:
    reached = MetricCurve(np.array([1.0]), np.array([1.0]), np.array([best]))
    assert common_goal([reached], less=False) == goal
