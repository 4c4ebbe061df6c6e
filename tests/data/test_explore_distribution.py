"""The questions behind distributions and frontiers over small tables: exact rows, missing values, ties."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier.unbeaten_runs import frontiers
from tests.sql.question_header import read_header

EVERYTHING = Brushes().parameter()
NOTHING = Brushes().with_range("depth", 2.2, 2.8).parameter()
QUANTITIES = ("energy_j", "j_per_datum", "run_time_s", "power_w")
PARTS = ("std_energy_j", "non_overhead_energy_j")
ASKED = [
    *(("explore/energy_histogram", {"quantity": name}) for name in QUANTITIES),
    *(("explore/energy_part_histogram", {"quantity": name}) for name in PARTS),
    *(("explore/quartiles", {"quantity": name}) for name in (*QUANTITIES, *PARTS)),
    *(
        ("explore/frontier_candidates", {"kind": name})
        for name in ("hardware", "shape", "optimizer", "dataset")
    ),
]


@pytest.mark.parametrize(("question", "values"), ASKED)
def test_columns_are_as_declared(butter_e: Gateway, question: str, values: dict[str, str]) -> None:
    relation = butter_e._database.connection.cursor().sql(
        butter_e._text(question), params={"brushes": EVERYTHING, **values}
    )
    found = tuple(f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True))
    assert found == read_header(butter_e.sql_root / f"{question}.sql").columns


@pytest.mark.parametrize(("question", "values"), ASKED)
def test_nothing_selected_gives_nothing(butter_e: Gateway, question: str, values: dict[str, str]) -> None:
    table = butter_e.ask(question, brushes=NOTHING, **values)
    if question == "explore/quartiles":
        assert table.to_pylist() == [
            {"cpu_runs": 0, "gpu_runs": 0, "cpu_quartiles": None, "gpu_quartiles": None}
        ]
    else:
        assert table.num_rows == 0


@pytest.mark.parametrize("name", [*QUANTITIES, *PARTS])
def test_quartiles_and_counts_are_those_of_numpy(butter_e: Gateway, name: str) -> None:
    table = pq.read_table(standin_path(), columns=["hardware", "depth", name])
    brushes = Brushes().with_range("depth", 3, 7).parameter()
    row = butter_e.ask("explore/quartiles", brushes=brushes, quantity=name).to_pylist()[0]
    depth, hardware = table["depth"].to_numpy(), np.array(table["hardware"].to_pylist())
    for of, short in (("CPU node", "cpu"), ("GPU node", "gpu")):
        values = table[name].to_numpy().astype(float)[(hardware == of) & (depth >= 3) & (depth <= 7)]
        values = values[~np.isnan(values)]
        assert row[f"{short}_runs"] == len(values) > 1000
        assert row[f"{short}_quartiles"] == pytest.approx(list(np.quantile(values, [0.25, 0.5, 0.75])))


@pytest.mark.parametrize("name", PARTS)
def test_parts_of_energy_lie_on_its_axis_and_those_below_it_are_left_out(
    butter_e: Gateway, name: str
) -> None:
    axis = Exploration(butter_e).axes["energy_j"]
    values = pq.read_table(standin_path(), columns=[name])[name].to_numpy().astype(float)
    inside = values[values >= axis.low]
    rows = butter_e.ask("explore/energy_part_histogram", brushes=EVERYTHING, quantity=name).to_pylist()
    assert sum(row["run_count"] for row in rows) == len(inside)
    counted = np.histogram(np.clip(inside, None, axis.high), axis.edges())[0]
    found = np.zeros(len(counted), int)
    for row in rows:
        found[row["px"]] += row["run_count"]
    # A run on an edge between bins may fall to either side of it.
    assert np.abs(np.cumsum(found) - np.cumsum(counted)).max() <= 2


def test_a_run_without_a_value_is_in_no_bin_and_on_no_frontier(first_runs: Any) -> None:
    gateway = first_runs(3, energy_j=[5.0, None, 7.0], run_time_s=[2.0, 1.0, 1.0])
    rows = gateway.ask("explore/energy_histogram", brushes=EVERYTHING, quantity="energy_j").to_pylist()
    assert sum(row["run_count"] for row in rows) == 2
    candidates = gateway.ask("explore/frontier_candidates", brushes=EVERYTHING, kind="hardware")
    frontier = frontiers(candidates).to_pylist()
    assert [(run["run_time_s"], run["energy_j"]) for run in frontier] == [(1, 7), (2, 5)]
    assert gateway.ask("explore/runtime_energy_density", brushes=EVERYTHING).num_rows == 2
    assert (
        gateway.ask("explore/energy_part_histogram", brushes=NOTHING, quantity="std_energy_j").num_rows == 0
    )


def frontier_of(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those that no other beats, one by one."""
    return sorted(
        (x, y) for x, y in points if not any(a <= x and b <= y and (a < x or b < y) for a, b in points)
    )


@pytest.mark.parametrize("kind", ["hardware", "shape", "optimizer", "dataset"])
def test_each_kind_has_its_frontier_and_the_unbeaten_are_marked(butter_e: Gateway, kind: str) -> None:
    brushes = (
        Brushes().with_range("energy_j", 1e5, 1e6).with_set("batch", ("optimizer_energy_1_cpu", "energy_1"))
    )
    table = pq.read_table(standin_path())
    keep = (table["energy_j"].to_numpy() >= 1e5) & (table["energy_j"].to_numpy() <= 1e6)
    keep &= np.isin(np.array(table["batch"].to_pylist()), ["optimizer_energy_1_cpu", "energy_1"])
    mine = table.filter(pa.array(keep))
    points = list(zip(mine["run_time_s"].to_numpy().astype(float), mine["energy_j"].to_numpy().astype(float),
                      strict=True))  # fmt: skip
    kinds = np.array(mine[kind].to_pylist())
    candidates = butter_e.ask("explore/frontier_candidates", brushes=brushes.parameter(), kind=kind)
    rows = frontiers(candidates).to_pylist()
    for name in set(kinds):
        got = [(run["run_time_s"], run["energy_j"]) for run in rows if run["kind"] == name]
        assert got == staircase([point for point, of in zip(points, kinds, strict=True) if of == name])
    best = [(run["run_time_s"], run["energy_j"]) for run in rows if run["is_unbeaten"]]
    assert best == staircase(points)
    assert len(rows) > len(best) > 3


def staircase(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The frontier of many points by a sweep, equal points all kept; as :func:`frontier_of` finds it."""
    least, found = math.inf, []
    ordered = sorted(points)
    for at, (x, y) in enumerate(ordered):
        if y < least:
            found.append((x, y))
            least = y
        elif at and ordered[at - 1] == (x, y) and found and found[-1] == (x, y):
            found.append((x, y))
    return found


def test_the_sweep_finds_what_comparing_all_pairs_finds() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        points = [(float(x), float(y)) for x, y in rng.integers(0, 6, (12, 2))]
        assert staircase(points) == frontier_of(points)


def test_a_kind_that_was_not_recorded_is_said(first_runs: Any) -> None:
    gateway = first_runs(2, optimizer=[None, "Adam"], energy_j=[1.0, 2.0], run_time_s=[1.0, 2.0])
    rows = frontiers(
        gateway.ask("explore/frontier_candidates", brushes=EVERYTHING, kind="optimizer")
    ).to_pylist()
    assert [(run["kind"], run["is_unbeaten"]) for run in rows] == [("not recorded", True), ("Adam", False)]
