"""Distributions: areas, shares, contexts, quartiles and the sentence."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.energy_distribution import (
    BARS,
    MEASURES,
    bar_counts,
    density,
    histogram_answer,
    histogram_grid,
    quartiles_of,
    scaled_to,
    shares,
)
from energyvis_panel.state.explore.exploration import Exploration

LOG = Axis(is_log=True, low=1e3, high=1e7)
LINEAR = Axis(is_log=False, low=200.0, high=600.0)


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    found = Exploration(butter_e)
    found.pose(MEASURES["energy_j"].questions())
    return found


def shown(state: Exploration, measure: str) -> str:
    """The sentence for a measure."""
    state.drop("energy_histogram", "quartiles")
    state.pose(MEASURES[measure].questions())
    return histogram_answer(state, MEASURES[measure])


grids = st.lists(st.integers(0, 1000), min_size=2 * BINS, max_size=2 * BINS).map(
    lambda counts: np.array(counts).reshape(2, BINS)
)


@given(grids)
def test_the_area_of_a_density_is_the_number_of_runs(grid: NDArray[np.int64]) -> None:
    decades_per_bin = 4 / BINS
    assert (density(grid, LOG) * decades_per_bin).sum(axis=1) == pytest.approx(grid.sum(axis=1))
    tens_of_watts_per_bin = 400 / BINS / 10
    assert (density(grid, LINEAR) * tens_of_watts_per_bin).sum(axis=1) == pytest.approx(grid.sum(axis=1))


def test_a_density_is_a_bell_of_fixed_width_whose_height_is_known() -> None:
    grid = np.zeros((2, BINS), np.int64)
    grid[0, 120] = 1000
    curve = density(grid, LOG)[0]
    assert curve.argmax() == 120
    # 1,000 runs under a bell of standard deviation 0.05 decades
    assert curve.max() == pytest.approx(1000 / (0.05 * np.sqrt(2 * np.pi)), rel=1e-3)
    at_one_sd = 120 + 0.05 / (4 / BINS)
    assert np.interp(at_one_sd, np.arange(BINS), curve) == pytest.approx(curve.max() * np.exp(-0.5), rel=1e-2)


@given(grids)
def test_shares_add_up_to_100_percent_of_each_class(grid: NDArray[np.int64]) -> None:
    grid[:, 0] += 1
    bars = bar_counts(grid)
    assert bars.shape == (2, BARS)
    assert shares(bars, grid).sum(axis=1) == pytest.approx([100, 100])


def test_the_context_has_the_area_of_the_selection_class_by_class() -> None:
    everything = np.full((2, BINS), 10)
    selected = np.zeros((2, BINS), np.int64)
    selected[0, 7] = 60
    scaled = everything * scaled_to(everything, selected)
    assert scaled[0].sum() == pytest.approx(60)
    assert scaled[1].sum() == pytest.approx(2400 * 60 / 4800)
    assert (scaled_to(everything, selected * 0) == 1).all()


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_counts_the_runs_that_have_it(state: Exploration, name: str) -> None:
    shown(state, name)
    values = pq.read_table(standin_path(), columns=[name])[name].to_numpy().astype(float)
    least = state.axes[MEASURES[name].axis].low if MEASURES[name].question != "energy_histogram" else -np.inf
    counted = int((values >= least).sum())
    assert histogram_grid(state.answer("energy_histogram")).sum() == counted
    cpu, gpu = quartiles_of(state.answer("quartiles"))
    assert cpu is not None
    assert gpu is not None
    assert cpu.run_count + gpu.run_count == int(np.isfinite(values).sum())
    assert cpu.lower < cpu.median < cpu.upper


def test_a_brush_of_its_own_changes_the_quartiles_and_not_the_bars(state: Exploration) -> None:
    bars = state.answer("energy_histogram")
    state.brush_range("energy_j", 1e5, 2e5)
    assert state.answer("energy_histogram") is bars
    cpu, _gpu = quartiles_of(state.answer("quartiles"))
    assert cpu is not None
    assert 1e5 <= cpu.lower <= cpu.upper <= 2e5


def test_a_lasso_in_the_plane_changes_the_bars(state: Exploration) -> None:
    state.brush_lasso("run_time_energy", ((100, 1e5), (1000, 1e5), (1000, 1e6), (100, 1e6)))
    assert histogram_grid(state.answer("energy_histogram")).sum() == state.run_count < state.total_runs


def test_the_sentence_says_medians_ratio_and_runs(state: Exploration) -> None:
    said = histogram_answer(state)
    cpu, gpu = quartiles_of(state.answer("quartiles"))
    assert cpu is not None
    assert gpu is not None
    assert said.startswith("The median run takes ")
    assert f"{gpu.median / cpu.median:.2f} times as much on the GPU node (63,527 of 63,527 runs)." in said
    assert "as long on the" in shown(state, "run_time_s")
    assert shown(state, "power_w").startswith("The median run draws ")


def test_runs_without_a_value_are_told(state: Exploration) -> None:
    values = pq.read_table(standin_path(), columns=["j_per_datum"])["j_per_datum"]
    assert f"(63,527 of 63,527 runs, {values.null_count:,} of them without a value)" in shown(
        state, "j_per_datum"
    )
    state.brush_set("status", ("overhead_estimate",))
    assert shown(state, "j_per_datum") == (
        "None of the selected runs has a value here: energy per datum (3,120 of 63,527 runs)."
    )


def test_one_class_and_no_run(state: Exploration) -> None:
    state.brush_set("hardware", ("CPU node",))
    assert " on a CPU node (47,669 of 63,527 runs)." in histogram_answer(state)
    assert "GPU" not in histogram_answer(state)
    state.brush_range("depth", 2.1, 2.2)
    assert histogram_answer(state) == "No run matches all brushes. Clear one."


@pytest.fixture
def one_run(tmp_path: Path) -> Iterator[Exploration]:
    """A data set of a single run that took 7.2 kJ."""
    table = pq.read_table(standin_path()).slice(0, 1)
    at = table.column_names.index("energy_j")
    table = table.set_column(at, "energy_j", pa.array([7200.0], table.schema.field("energy_j").type))
    pq.write_table(table, tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        yield Exploration(gateway)


def test_a_single_run_is_no_median(one_run: Exploration) -> None:
    one_run.pose(MEASURES["energy_j"].questions())
    assert histogram_answer(one_run) in {
        f"The only run takes 2.00 Wh on a {node} node (1 of 1 runs)." for node in ("CPU", "GPU")
    }
