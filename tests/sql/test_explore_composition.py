"""The question behind the composition: columns, classes, and runs without a value or a recorded energy."""

from typing import Any

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from tests.sql.question_header import read_header

QUESTION = "explore/composition_parts"
EVERYTHING = Brushes().parameter()
NOTHING = Brushes().with_range("depth", 2.2, 2.8).parameter()
SIZES = {"first": "size", "edges": [1024, 32768, 1048576]}
FIRSTS: list[dict[str, Any]] = [
    SIZES,
    {"first": "depth", "edges": [3, 7, 11]},
    {"first": "hardware", "edges": [0, 0, 0]},
]


@pytest.mark.parametrize("values", FIRSTS)
def test_columns_are_as_declared(butter_e: Gateway, values: dict[str, Any]) -> None:
    relation = butter_e._database.connection.cursor().sql(
        butter_e._text(QUESTION), params={"brushes": EVERYTHING, **values}
    )
    found = tuple(f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True))
    assert found == read_header(butter_e.sql_root / f"{QUESTION}.sql").columns


@pytest.mark.parametrize("values", FIRSTS)
def test_nothing_selected_gives_no_row(butter_e: Gateway, values: dict[str, Any]) -> None:
    assert butter_e.ask(QUESTION, brushes=NOTHING, **values).num_rows == 0


def test_each_edge_begins_a_class(first_runs: Any) -> None:
    gateway = first_runs(
        6,
        size=[32, 1023, 1024, 32767, 32768, 1048576],
        shape=["rectangle"] * 6,
        dataset=["banana"] * 6,
        energy_j=[1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
    )
    rows = gateway.ask(QUESTION, brushes=EVERYTHING, **SIZES).to_pylist()
    assert sorted((row["grade"], row["run_count"], row["energy_j"]) for row in rows) == [
        (0, 2, 3),
        (1, 2, 12),
        (2, 1, 16),
        (3, 1, 32),
    ]
    assert {(row["shape"], row["dataset"]) for row in rows} == {("rectangle", "banana")}


def test_hardware_is_0_for_cpu_nodes_and_1_for_gpu_nodes(first_runs: Any) -> None:
    gateway = first_runs(
        3,
        hardware=["GPU node", "CPU node", "GPU node"],
        shape=["trapezoid"] * 3,
        dataset=["adult"] * 3,
        depth=[4] * 3,
    )
    rows = gateway.ask(QUESTION, brushes=EVERYTHING, **FIRSTS[2]).to_pylist()
    assert sorted((row["grade"], row["run_count"]) for row in rows) == [(0, 1), (1, 2)]


def test_what_was_not_recorded_is_counted_and_adds_nothing(first_runs: Any) -> None:
    gateway = first_runs(
        3,
        size=[32, 64, None],
        energy_j=[None, 5.0, None],
        shape=["rectangle"] * 3,
        dataset=["banana"] * 3,
    )
    rows = gateway.ask(QUESTION, brushes=EVERYTHING, **SIZES).to_pylist()
    found = {row["grade"]: (row["run_count"], row["measured_count"], row["energy_j"]) for row in rows}
    assert found == {0: (2, 1, 5.0), None: (1, 0, 0.0)}


def test_brushes_are_heeded(butter_e: Gateway) -> None:
    brushes = Brushes().with_set("dataset", ("mnist", "adult")).with_range("depth", 3, 6)
    rows = butter_e.ask(QUESTION, brushes=brushes.parameter(), **FIRSTS[1]).to_pylist()
    assert {row["grade"] for row in rows} == {1}
    assert {row["dataset"] for row in rows} == {"mnist", "adult"}
