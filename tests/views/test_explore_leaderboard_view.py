"""The leaderboard's table without a browser."""

from typing import Any

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.leader.leaderboard import Leaderboard
from energyvis_panel.views.explore.leader.leaderboard_rows import (
    SAVED,
    bar_share,
    cell_text,
    columns,
    digits_text,
    hint,
    parting_digits,
)


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return Leaderboard(state)


def ask(view: Any, kind: str, value: object) -> None:
    """What the browser sends when something is chosen."""
    view.hear({"kind": kind, "value": value})


def test_the_first_page_has_ten_runs_with_places_units_and_bars(view: Any) -> None:
    shown = view.listed.shown
    assert [line["place"] for line in shown["lines"]] == list(range(1, 11))
    assert (shown["first"], shown["last"], shown["count"]) == (1, 10, 63_527)
    titles = [column["title"] for column in view.listed.columns]
    assert titles[0] == "Energy (Wh)"
    assert {"Run time (s)", "Mean power (W)", "Energy per datum (mJ)"} < set(titles)
    energies = [float(line["cells"][0]) for line in shown["lines"]]
    assert energies == sorted(set(energies))
    assert {len(line["cells"][0]) for line in shown["lines"]} == {len("3.737")}
    power = [column["name"] for column in view.listed.columns].index("power_w")
    assert {len(line["cells"][power]) for line in shown["lines"]} == {len("271")}
    assert not any(line["bar"] for line in shown["lines"])
    assert shown["lines"][0]["hints"][0].endswith(" J")


def test_choices_are_answered_with_another_page(view: Any) -> None:
    ask(view, "size", 25)
    assert len(view.listed.shown["lines"]) == 25
    ask(view, "step", 1)
    assert view.listed.shown["first"] == 26
    ask(view, "sort", "depth")
    assert (view.listed.shown["first"], view.listed.shown["order_by"]) == (1, "depth")
    assert not view.listed.shown["descending"]
    ask(view, "sort", "depth")
    assert view.listed.shown["descending"]
    depth = [column["name"] for column in view.listed.columns].index("depth")
    assert {line["cells"][depth] for line in view.listed.shown["lines"]} == {"20"}
    ask(view, "measure", "run_time_s")
    assert view.listed.columns == columns("run_time_s")
    assert view.listed.shown["order_by"] == "run_time_s"
    assert view.answer.startswith("The fastest run takes")


def test_groups_are_counted_as_rows(view: Any) -> None:
    ask(view, "group", "dataset")
    assert (view.listed.shown["count"], len(view.listed.shown["lines"])) == (13, 10)
    ask(view, "step", 1)
    assert (view.listed.shown["first"], view.listed.shown["last"]) == (11, 13)
    ask(view, "step", 1)
    assert view.listed.shown["first"] == 11
    assert len(view.table().rows) == 13


def test_a_brush_begins_at_the_first_page(view: Any, state: Exploration) -> None:
    ask(view, "step", 1)
    ask(view, "step", 1)
    assert view.listed.shown["first"] == 21
    state.brush_set("dataset", ("mnist",))
    assert view.listed.shown["first"] == 1
    assert view.listed.shown["count"] == state.run_count
    assert all("mnist" in line["cells"] for line in view.listed.shown["lines"])


def test_no_run_is_an_empty_page(view: Any) -> None:
    ask(view, "text", "no such text")
    assert (view.listed.shown["lines"], view.listed.shown["first"], view.listed.shown["last"]) == ([], 0, 0)
    assert view.listed.shown["count"] == 0


def test_opening_a_row_looks_at_its_run_only(view: Any, state: Exploration) -> None:
    run = view.listed.shown["lines"][3]["run"]
    ask(view, "open", run)
    assert state.mark is not None
    assert state.mark.sets == {"run_id": (run,)}
    ask(view, "open", "a run that is not on the page")
    assert state.mark.sets == {"run_id": (run,)}


def test_the_table_behind_the_card_reads_rows_in_order_with_places(view: Any, state: Exploration) -> None:
    state.brush_set("dataset", ("sleep",))
    ask(view, "measure", "power_w")
    table = view.table()
    assert list(table.header) == list(SAVED.values())
    assert len(table.rows) == state.run_count
    rows = list(table.rows)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    powers = [row[list(SAVED).index("power_w")] for row in rows]
    assert powers == sorted(powers)
    assert table.rows[200:202] == rows[200:202]
    assert table.rows[5] == rows[5]
    assert rows[0][1] == view.listed.shown["lines"][0]["run"]


def test_a_brush_changes_the_page_and_builds_nothing(view: Any, state: Exploration) -> None:
    listed, before = view.listed, view.listed.columns
    state.brush_range("depth", 3, 5)
    assert view.listed is listed
    assert view.listed.columns is before


def test_a_bar_is_there_where_it_can_be_seen(view: Any) -> None:
    ask(view, "sort", "energy_j")
    ask(view, "sort", "dataset")
    rows = view._runs
    bars = [line["bar"] for line in view.listed.shown["lines"]]
    median = view._state.answer("leaderboard_summary").to_pylist()[0]["median"]
    assert bars == [bar_share(row["energy_j"], median) for row in rows]
    assert any(bars)


def test_what_a_narrow_card_leaves_out_is_neither_network_nor_time() -> None:
    spare = [column["name"] for column in columns("energy_j") if column["is_spare"]]
    assert spare == ["energy_j", "j_per_datum", "std_energy_j", "power_w"]
    assert {column["name"]: column["unit"] for column in columns("energy_j")}["size"] == "parameters"


@pytest.mark.parametrize(
    ("values", "digits"),
    [
        ([3.7367, 3.7800, 3.9], 3),
        ([3.7997, 3.8014, 3.8028], 4),
        ([3.80141, 3.80142], 6),
        ([3.801411, 3.801412], 6),
        ([3.8, 3.8, None, 3.8], 3),
        ([None, None], 3),
        ([], 3),
    ],
)
def test_neighbours_have_the_digits_that_part_them(values: list[float | None], digits: int) -> None:
    assert parting_digits(values) == digits


def test_cells_have_three_digits_or_those_that_part_them() -> None:
    assert [digits_text(value, 4) for value in (3.73667, 123456.7, 0.00123456, 9.99996)] == [
        "3.737", "123,500", "0.001235", "10.00",
    ]  # fmt: skip
    assert cell_text("energy_j", None) == "–"
    assert cell_text("energy_j", 3600.0) == "1.00"
    assert cell_text("energy_j", 3612.0, 5) == "1.0033"
    assert cell_text("size", 16_777_216) == "16,777,216"
    assert hint("energy_j", 13452.015625) == "13,452.0156 J"
    assert hint("dataset", "mnist") == ""


@pytest.mark.parametrize(
    ("amount", "median", "expected"),
    [
        (1.0, 4.0, 0.25), (9.0, 4.0, 1.0), (0.39, 4.0, 0.0), (0.4, 4.0, 0.1), (None, 4.0, 0.0),
        (1.0, None, 0.0), (1.0, 0.0, 0.0),
    ],
)  # fmt: skip
def test_a_bar_is_a_share_of_the_median(amount: float | None, median: float | None, expected: float) -> None:
    assert bar_share(amount, median) == expected
