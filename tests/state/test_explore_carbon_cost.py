"""Carbon and cost: every number against a sum over the raw table and the domain's formulas."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.units import energy_text, mass_text, money_text
from energyvis_panel.state.explore.carbon_cost.carbon_cost import (
    QUESTIONS,
    SLOT,
    Amounts,
    RunEnergy,
    Units,
    carbon_cost_answer,
    sums_of,
)
from energyvis_panel.state.explore.carbon_cost.carbon_cost_formulas import (
    carbon_formula,
    cost_formula,
    hardware_formula,
    meter_formula,
    part_formula,
    sources_said,
    table_header,
    table_rows,
)
from energyvis_panel.state.explore.carbon_cost.circumstances import COLORADO, COLORADO_PRICE, Circumstances
from energyvis_panel.state.explore.exploration import Exploration


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    found = Exploration(butter_e)
    found.pose(QUESTIONS)
    return found


@pytest.fixture
def at(state: Exploration) -> Circumstances:
    return Circumstances.of(state)


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    table: pd.DataFrame = pq.read_table(standin_path()).to_pandas()
    return table


def found(state: Exploration) -> RunEnergy:
    return RunEnergy.of(state.answer(SLOT))


def brushed(state: Exploration, runs: pd.DataFrame) -> pd.DataFrame:
    """The same selection in Explore and over the raw table."""
    state.brush_range("depth", 3, 9)
    state.brush_set("dataset", ("adult", "mnist"))
    return runs[runs["depth"].between(3, 9) & runs["dataset"].isin(["adult", "mnist"])]


def test_parts_add_up_to_what_the_nodes_took_and_the_building_to_the_meter(
    state: Exploration, runs: pd.DataFrame
) -> None:
    mine = brushed(state, runs)
    energy_j = mine["energy_j"].astype(float)
    of = found(state)
    assert of.total_j == pytest.approx(energy_j.sum())
    by_hardware = energy_j.groupby(mine["hardware"]).sum()
    assert of.energy_j.sum(axis=1) == pytest.approx(by_hardware[["CPU node", "GPU node"]].to_numpy())
    counts = mine["hardware"].value_counts()
    assert of.run_counts.tolist() == counts[["CPU node", "GPU node"]].tolist()
    parts = of.parts_j(1.5)
    overhead_j = np.minimum(energy_j, mine["energy_overhead_j"].astype(float)).sum()
    assert parts == pytest.approx([energy_j.sum() - overhead_j, overhead_j, 0, 0.5 * energy_j.sum()])
    assert parts.sum() == pytest.approx(1.5 * energy_j.sum())


def test_carbon_and_cost_are_those_of_the_domain(state: Exploration, at: Circumstances) -> None:
    at.enter("pue", "1.58")
    meter_j = found(state).total_j * 1.58
    amounts = Amounts.of(meter_j, at)
    kwh = meter_j / 3.6e6
    assert amounts.carbon_g == COLORADO.emissions_g(meter_j) == pytest.approx(kwh * 494.9047)
    assert amounts.cost_usd == COLORADO_PRICE.cost(meter_j) == pytest.approx(kwh * 0.1164)


def test_the_sentence_says_energy_carbon_cost_and_overhead(
    state: Exploration, at: Circumstances, runs: pd.DataFrame
) -> None:
    mine = brushed(state, runs)
    at.enter("pue", "2")
    energy_j = mine["energy_j"].astype(float)
    share = np.minimum(energy_j, mine["energy_overhead_j"].astype(float)).sum() / energy_j.sum()
    meter_j = 2 * energy_j.sum()
    carbon = mass_text(COLORADO.emissions_g(meter_j))
    assert carbon_cost_answer(state, at) == (
        f"These runs amount to {energy_text(meter_j)} at the meter, {carbon} CO₂e "
        f"and {money_text(COLORADO_PRICE.cost(meter_j))} (Colorado, PUE 2); {100 * share:.3g} % of what "
        f"the nodes took is overhead ({len(mine):,} of 63,527 runs)."
    )
    at.choose_pounds(pounds=True)
    assert f" {mass_text(COLORADO.emissions_g(meter_j), pounds=True)} CO₂e" in carbon_cost_answer(state, at)
    assert " lb CO₂e" in carbon_cost_answer(state, at)


def test_nothing_selected_is_said(state: Exploration, at: Circumstances) -> None:
    state.brush_range("depth", 2.1, 2.9)
    assert carbon_cost_answer(state, at) == "No run matches all brushes. Clear one."
    assert found(state).total_j == 0
    assert list(table_rows(found(state), at)) == []


def test_the_table_adds_up(state: Exploration, at: Circumstances) -> None:
    at.enter("pue", "1.25")
    rows = list(table_rows(found(state), at))
    *flows, total = rows
    assert [row[:2] for row in rows] == [
        ("Training", "CPU node"),
        ("Training", "GPU node"),
        ("Overhead", "CPU node"),
        ("Overhead", "GPU node"),
        ("Building", "both"),
        ("At the meter", "both"),
    ]
    numbers = np.array([row[2:] for row in flows], float)
    assert numbers.sum(axis=0) == pytest.approx(np.array(total[2:], float))
    assert total[2] == pytest.approx(1.25 * found(state).total_j / 3.6e6)
    assert total[3] == pytest.approx(100)
    assert numbers[:, 2] / numbers[:, 0] == pytest.approx(0.4949047)
    assert numbers[:, 3] / numbers[:, 0] == pytest.approx(0.1164)
    assert table_header(at)[4] == "Carbon (kg CO₂e)"
    at.choose_pounds(pounds=True)
    assert table_header(at)[4] == "Carbon (lb CO₂e)"
    pounds = list(table_rows(found(state), at))[-1][4]
    assert pounds == pytest.approx(float(str(total[4])) / 0.45359237)


def test_formulas_give_their_results(state: Exploration, at: Circumstances) -> None:
    at.enter("pue", "1.5")
    of = found(state)
    _sums, units = sums_of(of, at)
    training_j, overhead_j, _unsplit = of.energy_j.sum(axis=0)
    assert part_formula(of, "Training", at, units) == (
        f"{energy_text(of.total_j)} - {energy_text(overhead_j)} of overhead"
    )
    assert part_formula(of, "Building", at, units).startswith(f"(1.5 - 1) × {energy_text(of.total_j)}")
    assert meter_formula(of, at, units) == f"PUE 1.5 × {energy_text(of.total_j)}"
    assert carbon_formula(training_j, at, units) == (
        f"{energy_text(training_j)} × 495 g/kWh = {mass_text(COLORADO.emissions_g(training_j))} CO₂e"
    )
    assert cost_formula(3.6e9, at, units) == "1.00 MWh × 0.116 USD/kWh = 116 USD"
    assert cost_formula(3.6e6, at, units) == "0.00100 MWh × 0.116 USD/kWh = 0.116 USD"
    assert hardware_formula(of, 0) == "sum of 47,669 runs, before PUE"


@pytest.mark.parametrize(
    ("energy_j", "pounds", "names"),
    [
        (3.6e12, False, ("GWh", "t", "million USD")),
        (3.6e8, False, ("kWh", "kg", "USD")),
        (3.6e4, True, ("Wh", "oz", "USD")),
        (0.0, False, ("kWh", "g", "USD")),
    ],
)
def test_units_are_those_of_the_sum_and_money_is_never_in_cents(
    energy_j: float, names: tuple[str, ...], *, pounds: bool
) -> None:
    units = Units.of(Amounts(energy_j, energy_j / 3.6e6 * 500, energy_j / 3.6e6 * 1.5), pounds=pounds)
    assert (units.energy[0], units.mass[0], units.money[0]) == names
    assert units.carbon_text(None) == units.cost_text(None) == "not known"


def test_sources_and_years_are_said(at: Circumstances) -> None:
    assert sources_said(at) == (
        "Colorado: 495 g CO₂e/kWh, EPA eGRID 2023, direct. PUE 1.04: NREL ESIF, where BUTTER-E was measured, "
        "published annual average. 0.116 USD/kWh: EIA Electric Power Annual, commercial, 2023, average "
        "revenue per kWh."
    )
    for name, text in (("g_per_kwh", "20"), ("pue", "1.2"), ("price_per_kwh", "0.5")):
        at.enter(name, text)
    assert sources_said(at) == (
        "20.0 g CO₂e/kWh, entered by hand. PUE 1.2: entered by hand. 0.500 USD/kWh: entered by hand."
    )


Load = Callable[..., Exploration]


@pytest.fixture
def few(first_runs: Any) -> Load:
    """An exploration of the first runs of the stand-in, some columns replaced."""

    def load(count: int, **columns: list[Any]) -> Exploration:
        state = Exploration(first_runs(count, **columns))
        state.pose(QUESTIONS)
        return state

    return load


def test_one_run_is_a_run(few: Load) -> None:
    state = few(1, energy_j=[3.6e6], energy_overhead_j=[0.9e6])
    assert carbon_cost_answer(state, Circumstances.of(state)) == (
        "This run amounts to 1.04 kWh at the meter, 515 g CO₂e and 0.121 USD (Colorado, PUE 1.04); "
        "25.0 % of what the nodes took is overhead (1 of 1 runs)."
    )


def test_runs_without_energy_make_it_a_lower_bound(few: Load) -> None:
    hardware = ["CPU node"] * 3
    state = few(3, energy_j=[3.6e6, None, None], energy_overhead_j=[0.9e6, 1.0, None], hardware=hardware)
    at = Circumstances.of(state)
    said = carbon_cost_answer(state, at)
    assert said.startswith("These runs amount to at least 1.04 kWh at the meter")
    assert said.endswith("(3 of 3 runs, 2 of them without a measured energy).")
    assert hardware_formula(found(state), 0) == ("sum of 1 run, before PUE; 2 more have no measured energy")


def test_no_energy_at_all_is_said(few: Load) -> None:
    state = few(2, energy_j=[None, None])
    assert carbon_cost_answer(state, Circumstances.of(state)) == (
        "None of the selected runs has a measured energy, so they amount to nothing known (2 of 2 runs)."
    )


def test_an_unknown_overhead_is_a_part_of_its_own(few: Load) -> None:
    state = few(2, energy_j=[3.6e6, 7.2e6], energy_overhead_j=[0.9e6, None], hardware=["CPU node"] * 2)
    at = Circumstances.of(state)
    rows = {row[0]: row[2] for row in table_rows(found(state), at)}
    assert rows["Not split"] == pytest.approx(2.0)
    assert rows["Training"] == pytest.approx(0.75)
    assert "; 25.0 % of what the nodes took is overhead, where it is known (" in carbon_cost_answer(state, at)


def test_an_energy_of_zero_is_zero(few: Load) -> None:
    state = few(1, energy_j=[0.0], energy_overhead_j=[5.0])
    at = Circumstances.of(state)
    assert carbon_cost_answer(state, at).startswith("This run amounts to 0 ")
    assert list(table_rows(found(state), at)) == []


def test_what_is_not_known_is_said(
    state: Exploration, at: Circumstances, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Circumstances, "price", None)
    assert " t CO₂e (Colorado, PUE 1.04, price not known); " in carbon_cost_answer(state, at)
    _sums, units = sums_of(found(state), at)
    assert cost_formula(1.0, at, units) == "No price is known here. Enter one."
    assert list(table_rows(found(state), at))[-1][5] is None
    monkeypatch.setattr(Circumstances, "intensity", None)
    assert "Wh at the meter (US-CO, PUE 1.04, intensity and price not known); " in carbon_cost_answer(
        state, at
    )
    assert sources_said(at).startswith("No carbon intensity is known here. Choose a region or enter one.")
