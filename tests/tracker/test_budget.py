"""Budgets: what they refuse, when a projection passes one, and what then happens to the job."""

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker import Budget, ConfigurationError
from energyvis_tracker.budget import J_PER_KWH, BudgetWatch, recorded_budget


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "limits nothing"),
        ({"energy_kwh": 0}, "positive number"),
        ({"energy_kwh": True}, "positive number"),
        ({"energy_kwh": float("nan")}, "positive number"),
        ({"energy_kwh": "2"}, "positive number"),
        ({"carbon_kg": 1.0}, "needs intensity_g_per_kwh"),
        ({"cost": 1.0}, "needs price_per_kwh"),
        ({"energy_kwh": 1.0, "action": "explode"}, "'warn', 'pause' or 'stop'"),
    ],
)
def test_a_budget_that_cannot_be_meant_is_one_clear_error(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        Budget(**arguments)


def test_projection_carbon_and_cost() -> None:
    budget = Budget(energy_kwh=1, carbon_kg=0.4, cost=0.2, intensity_g_per_kwh=400, price_per_kwh=0.3)
    watch = BudgetWatch(budget, pue=1.5, epochs_planned=10)
    # 2 of 10 epochs took 0.1 kWh each, and 0.05 kWh went before them.
    projected_j = watch.projected_j(0.25 * J_PER_KWH, 0.2 * J_PER_KWH, 2)
    assert projected_j == pytest.approx((0.25 + 8 * 0.1) * J_PER_KWH)
    assert watch.figures(projected_j) == pytest.approx(
        {"energy_kwh": 1.05, "carbon_kg": 1.05 * 1.5 * 0.4, "cost": 1.05 * 1.5 * 0.3}
    )
    sentences = watch.newly_passed(0.25 * J_PER_KWH, projected_j)
    assert len(sentences) == 3
    assert "1.05 kWh of its budget of 1 kWh; so far it has used 0.25 kWh." in sentences[0]
    assert watch.newly_passed(0.25 * J_PER_KWH, 2 * projected_j) == []  # said once


@given(used_j=st.floats(0, 1e9), epochs_j=st.floats(0, 1e9), done=st.integers(0, 20))
def test_a_projection_is_never_below_what_was_used(used_j: float, epochs_j: float, done: int) -> None:
    watch = BudgetWatch(Budget(energy_kwh=1), pue=None, epochs_planned=10)
    assert watch.projected_j(used_j, epochs_j, done) >= used_j
    if done >= 10:
        assert watch.projected_j(used_j, epochs_j, done) == used_j


def test_run_json_holds_joules_and_grams() -> None:
    budget = Budget(carbon_kg=2, intensity_g_per_kwh=10)
    assert recorded_budget(budget) == {
        "energy_j": None, "carbon_g": 2000, "cost": None, "currency": "", "action": "warn",
    }  # fmt: skip


BUSY = """
import logging
logging.basicConfig(level="WARNING", format="%(message)s")
from energyvis_tracker import Budget, EnergyTracker
budget = Budget(energy_kwh=1e-9, action={action!r})
with EnergyTracker("dear", epochs=50, interval_s=0.05, budget=budget, quiet=True) as t:
    for epoch in t.epochs():
        sum(range(300_000))
    print(t.next_epoch, t.should_stop)
"""


def test_a_budget_that_only_warns_lets_the_job_go_on(lake: Any, run_job: Any) -> None:
    job = run_job(BUSY.format(action="warn"))
    assert job.stdout == "50 False\n"
    assert job.stderr.count("of its budget of 1e-09 kWh") == 1
    run = lake.run()
    assert run["state"] == "finished"
    assert "of its budget of 1e-09 kWh" in run["notes"]
    assert run["budget"]["energy_j"] == pytest.approx(0.0036)


def test_a_budget_that_stops_ends_the_loop_after_the_epoch(lake: Any, run_job: Any) -> None:
    job = run_job(BUSY.format(action="stop"))
    epochs, should_stop = job.stdout.split()
    assert should_stop == "True"
    assert int(epochs) < 50
    run = lake.run()
    assert run["state"] == "stopped"
    assert "the budget is going to be passed" in run["notes"]
    assert len(lake.epochs()) == int(epochs)


def test_a_command_that_passes_its_budget_is_asked_to_end(lake: Any, run_job: Any) -> None:
    command = [
        sys.executable,
        "-m",
        "energyvis_tracker",
        "run",
        "--quiet",
        "--interval",
        "0.05",
        "--budget-kwh",
        "1e-9",
    ]
    job = run_job([*command, "--budget-action", "stop", "--", "sleep", "60"])
    assert job.returncode == 128 + 15
    assert lake.run()["state"] == "stopped"
