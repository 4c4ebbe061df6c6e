"""The questions of the tour: their columns, the empty selection, and what each leaves out."""

from typing import Any, Final

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore.brushes import Brushes
from tests.sql.question_header import read_header

QUESTIONS: Final[dict[str, dict[str, Any]]] = {
    "explore/tour_choice": {},
    "explore/tour_overhead": {"short_s": 840.0},
    "explore/tour_by_size": {},
    "explore/tour_by_depth": {},
    "explore/tour_spill": {"windows": ({"is_gpu": True, "low": 0.0, "high": 1e6},)},
    "explore/tour_giants": {},
}
NOBODY: Final = Brushes().with_range("started_s", 0, 1)
COUNTS: Final = {"settings", "cheaper_on_cpu", "run_count", "gpu_runs", "short_runs"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_columns_are_as_declared(butter_e: Gateway, question: str) -> None:
    header = read_header(resource_path("sql") / f"{question}.sql")
    params = QUESTIONS[question] | {"brushes": Brushes().parameter()}
    relation = butter_e._database.connection.cursor().sql(butter_e._text(question), params=params)
    described = tuple(f"{n} {t}" for n, t in zip(relation.columns, relation.types, strict=True))
    assert described == header.columns
    assert set(header.parameters) == set(params)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_run_gives_no_row_or_one_of_zeros(butter_e: Gateway, question: str) -> None:
    rows = butter_e.ask(question, **QUESTIONS[question], brushes=NOBODY.parameter()).to_pylist()
    for row in rows:
        assert row == {name: 0 if name in COUNTS else None for name in row}
    assert len(rows) == (question in {"explore/tour_choice", "explore/tour_overhead"})


def test_windows_keep_their_places_where_one_is_empty(butter_e: Gateway) -> None:
    windows = (
        {"is_gpu": True, "low": 0.0, "high": 1e6},
        {"is_gpu": True, "low": 1.0, "high": 2.0},
        {"is_gpu": False, "low": 0.0, "high": 1e6},
    )
    rows = butter_e.ask("explore/tour_spill", brushes=Brushes().parameter(), windows=windows).to_pylist()
    assert [row["place"] for row in rows] == [1, 3]
    on_gpu = Brushes().with_set("hardware", ("GPU node",))
    (row,) = butter_e.ask("explore/tour_spill", brushes=on_gpu.parameter(), windows=windows).to_pylist()
    assert row == rows[0]


def test_a_network_of_one_kind_of_node_is_no_setting_of_both(butter_e: Gateway) -> None:
    for hardware in ("CPU node", "GPU node"):
        brushes = Brushes().with_set("hardware", (hardware,))
        (row,) = butter_e.ask("explore/tour_choice", brushes=brushes.parameter()).to_pylist()
        assert row["settings"] == 0


def test_giants_are_the_largest_that_ran_on_a_cpu_node(butter_e: Gateway) -> None:
    for largest in (1 << 24, 1 << 10):
        brushes = Brushes().with_range("size", high=largest)
        rows = butter_e.ask("explore/tour_giants", brushes=brushes.parameter()).to_pylist()
        assert {row["size"] for row in rows} == {largest}
        assert [row["depth"] for row in rows] == sorted({row["depth"] for row in rows})
