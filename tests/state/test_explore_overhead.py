"""Overhead against training: groups, shares, stairs, the shortest runs and the sentence, over the table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.overhead.overhead import (
    GROUPINGS,
    SLOT,
    Spent,
    by_group,
    by_hardware,
    by_run_time,
    group_of,
    groups_of,
    overhead_questions,
    spent_text,
)
from energyvis_panel.state.explore.overhead.overhead_answer import (
    FEWEST,
    half_spent_s,
    overhead_answer,
    shortest_runs,
)

AXIS = Axis(is_log=True, low=1.0, high=float(2**24))
"""Ten bins are twice as long."""


@pytest.fixture(scope="module")
def runs() -> Any:
    """All runs, with what of each is overhead."""
    table = pq.read_table(standin_path()).to_pandas()
    table = table.astype({"std_energy_j": float, "energy_overhead_j": float, "run_time_s": float})
    return table.assign(
        on_gpu=table["hardware"] == "GPU node",
        spends=np.minimum(table["energy_overhead_j"], table["std_energy_j"]),
    )


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    found = Exploration(butter_e)
    found.pose(overhead_questions())
    return found


def regrouped(state: Exploration, grouping: str) -> None:
    """Ask for other groups."""
    state.drop(SLOT)
    state.pose(overhead_questions(grouping))


def share(runs: Any) -> float:
    """Overhead in percent of the energy of some runs."""
    return float(100 * runs["spends"].sum() / runs["std_energy_j"].sum())


def sums(known: list[int], overhead_j: list[float], std_energy_j: list[float]) -> Spent:
    """Sums over runs that all have a standardised energy and took more than the overhead."""
    count = np.array(known)
    return Spent(count, count, 0 * count, np.array(overhead_j), np.array(std_energy_j))


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_groups_hold_every_run_and_shares_are_those_of_the_table(
    state: Exploration, runs: Any, grouping: str
) -> None:
    regrouped(state, grouping)
    state.brush_range("depth", 3, 9)
    mine = runs[runs["depth"].between(3, 9)]
    groups = groups_of(state.context(SLOT), grouping)
    spent = by_group(state.answer(SLOT), grouping, [group.key for group in groups])
    assert spent.runs.sum() == len(mine) == state.run_count
    for at, group in enumerate(groups):
        assert group.mark is not None
        for name, (low, high) in group.mark.ranges.items():
            inside = mine[mine[name].between(low, high)]
        for name, values in group.mark.sets.items():
            inside = mine[mine[name].isin(values)]
        both = spent.summed(1)[at]
        assert both.known == len(inside)
        assert not len(inside) or float(both.share) == pytest.approx(share(inside))
        assert float(both.training_j) == pytest.approx((inside["std_energy_j"] - inside["spends"]).sum())
        for place, on_gpu in enumerate((False, True)):
            part = inside[inside["on_gpu"] == on_gpu]
            assert spent.known[at, place] == len(part)
            assert not len(part) or float(spent[at, place].share) == pytest.approx(share(part))


def test_words_come_from_most_overhead_to_least_and_sizes_as_they_grow(state: Exploration, runs: Any) -> None:
    regrouped(state, "dataset")
    expected = sorted(runs["dataset"].unique(), key=lambda name: -share(runs[runs["dataset"] == name]))
    assert [group.text for group in groups_of(state.context(SLOT), "dataset")] == expected
    regrouped(state, "size")
    texts = [group.text for group in groups_of(state.context(SLOT), "size")]
    assert texts[:2] == ["32 to 127", "128 to 511"]
    assert texts[-1] == "8,388,608 to 33,554,431"
    assert len(texts) == 10


def test_runs_without_a_value_have_a_group_that_is_no_brush() -> None:
    group = group_of("node_type", "")
    assert (group.text, group.mark) == ("No node type", None)
    assert group_of("size", "").text == "No network size"


def test_stairs_are_shares_by_bin_of_run_time(state: Exploration, runs: Any) -> None:
    state.brush_set("dataset", ("mnist", "splice"))
    mine = runs[runs["dataset"].isin(["mnist", "splice"])]
    axis = state.axes["run_time_s"]
    bins = np.array([min(int(axis.position(value)), BINS - 1) for value in mine["run_time_s"]])
    spent = by_run_time(state.answer(SLOT))
    assert spent.known.sum() == len(mine)
    steps = spent.steps(4)
    for place, on_gpu in enumerate((False, True)):
        for step in range(BINS // 4):
            inside = mine[(bins // 4 == step) & (mine["on_gpu"] == on_gpu)]
            assert steps.known[place, step] == len(inside)
            found = float(steps.share[place, step])
            assert found == pytest.approx(share(inside)) if len(inside) else np.isnan(found)


def test_the_published_share_and_that_of_a_short_gpu_run(state: Exploration, runs: Any) -> None:
    state.brush_set("status", ("standardised",))
    hardware = by_hardware(state.answer(SLOT))
    published = runs[runs["status"] == "standardised"]
    assert float(hardware.summed(0).share) == pytest.approx(share(published))
    # BUTTER-E: 114,873 of 1,047,339 J in the mean; 271.6 of 336.7 kJ of a run of 827 s.
    assert float(hardware.summed(0).share) == pytest.approx(11.0, abs=0.3)
    state.brush_set("hardware", ("GPU node",))
    state.brush_range("run_time_s", 800, 850)
    assert float(by_hardware(state.answer(SLOT)).share[1]) == pytest.approx(80, abs=5)


def test_the_sentence_says_shares_and_the_shortest_runs(state: Exploration, runs: Any) -> None:
    state.brush_set("status", ("standardised",))
    mine = runs[runs["status"] == "standardised"]
    gpu = by_run_time(state.answer(SLOT))[1]
    found = shortest_runs(gpu, state.axes["run_time_s"])
    assert found is not None
    on_gpu = mine[mine["on_gpu"]]
    short = on_gpu[on_gpu["run_time_s"] < found.up_to_s]
    assert found.run_count == len(short) >= 0.1 * len(on_gpu)
    assert found.share == pytest.approx(share(short))
    one_bin_less = state.axes["run_time_s"].value(state.axes["run_time_s"].position(found.up_to_s) - 1)
    assert (on_gpu["run_time_s"] < one_bin_less).sum() < 0.1 * len(on_gpu)
    assert overhead_answer(state) == (
        f"Starting and idling take {share(mine):.1f} % of the energy: "
        f"{share(mine[~mine['on_gpu']]):.2f} % on CPU nodes, {share(on_gpu):.1f} % on GPU nodes, and "
        f"{share(short):.1f} % in the {len(short):,} shortest runs there, up to 15 min 12 s "
        "(37,055 of 63,527 runs)."
    )


def test_one_hardware_needs_no_there(state: Exploration, runs: Any) -> None:
    state.brush_set("hardware", ("CPU node",))
    said = overhead_answer(state)
    mine = runs[~runs["on_gpu"]]
    assert said.startswith(f"Starting and idling take {share(mine):.2f} % of the energy on CPU nodes, and ")
    all_overhead = int((mine["energy_overhead_j"] >= mine["std_energy_j"]).sum())
    assert said.endswith(f"(47,669 of 63,527 runs, {all_overhead} all overhead).")
    assert "there" not in said


def test_too_few_runs_and_runs_of_one_time_and_none(state: Exploration) -> None:
    state.brush_range("run_time_s", 900, 905)
    assert "GPU nodes; all runs there take about as long (" in overhead_answer(state)
    state.brush_range("run_time_s", 900, 900.5)
    assert state.run_count > 1
    assert f"; fewer than {FEWEST} runs there, so nothing is said of the shortest (" in overhead_answer(state)
    state.brush_range("depth", 2.1, 2.2)
    assert overhead_answer(state) == "No run matches all brushes. Clear one."


@pytest.fixture
def two_runs(tmp_path: Path) -> Iterator[Exploration]:
    """A run of batch a that took 36 kJ, 9 kJ of them overhead, and one of batch b with neither known."""
    table = pq.read_table(standin_path()).slice(0, 2)
    for name, values in {
        "hardware": ["CPU node", "CPU node"],
        "batch": ["a", "b"],
        "std_energy_j": [36_000.0, None],
        "energy_overhead_j": [9_000.0, None],
    }.items():
        at = table.column_names.index(name)
        table = table.set_column(at, name, pa.array(values, table.schema.field(name).type))
    pq.write_table(table, tmp_path / "two.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "two.parquet")
        state = Exploration(gateway)
        state.pose(overhead_questions("batch"))
        yield state


def test_runs_without_a_standardised_energy_are_told(two_runs: Exploration) -> None:
    said = overhead_answer(two_runs)
    assert said == (
        "Starting and idling take 25.0 % of the 10.0 Wh of the only run "
        "(2 of 2 runs, 1 of them without a standardised energy)."
    )
    two_runs.brush_set("batch", ("a",))
    assert overhead_answer(two_runs) == (
        "Starting and idling take 25.0 % of the 10.0 Wh of the only run (1 of 2 runs)."
    )
    two_runs.brush_set("batch", ("b",))
    assert overhead_answer(two_runs) == (
        "None of the selected runs has a standardised energy "
        "(1 of 2 runs, 1 of them without a standardised energy)."
    )


def test_half_is_told_to_the_end_of_the_last_bin_that_reaches_it() -> None:
    energies = np.zeros((2, BINS))
    energies[0, [10, 20, 30]] = 100.0
    energies[1, [10, 20, 30]] = [90.0, 50.0, 49.9]
    spent = sums([1] * BINS, energies[1].tolist(), energies[0].tolist())
    assert half_spent_s(spent, AXIS) == pytest.approx(AXIS.value(21))
    assert half_spent_s(sums([1] * BINS, [1.0] * BINS, [2.1] * BINS), AXIS) is None


def test_the_shortest_are_whole_bins_of_at_least_a_tenth_and_not_all() -> None:
    known, energy_j = [0] * BINS, [0.0] * BINS
    known[5], known[9], known[50] = 9, 2, 89
    energy_j[5], energy_j[9], energy_j[50] = 90.0, 10.0, 900.0
    overhead_j = [half / 2 for half in energy_j]
    overhead_j[5] = 90.0
    found = shortest_runs(sums(known, overhead_j, energy_j), AXIS)
    assert found is not None
    assert found.run_count == 11
    assert found.share == pytest.approx(95.0)
    assert found.up_to_s == pytest.approx(AXIS.value(10))
    known[50] = 8
    assert shortest_runs(sums(known, overhead_j, energy_j), AXIS) is None
    known = [0] * BINS
    known[50] = 100
    assert shortest_runs(sums(known, overhead_j, energy_j), AXIS) is None


def test_what_is_said_of_a_place() -> None:
    assert spent_text(sums([4487], [8e8], [3.6e9])[0]) == "22.2 % of 1.00 MWh, 4,487 runs"
    assert spent_text(sums([1], [900.0], [3600.0])[0]) == "25.0 % of 1.00 Wh, 1 run"
    assert spent_text(sums([0], [0.0], [0.0])[0]) == "no run"
