"""The leaderboard: orders, filters and groups against a sort of all runs, and the sentence."""

import re
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.units import energy_text
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.leaderboard import (
    MEASURES,
    MOST_SAVED,
    QUESTIONS,
    SORTED_BY,
    START,
    Board,
    ListedRows,
    leaderboard_answer,
    run_mark,
    summary_of,
)

ASKED = ("explore/leaderboard", "explore/leaderboard_best", "explore/leaderboard_summary")


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    found = Exploration(butter_e)
    found.pose(QUESTIONS)
    return found


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    table: pd.DataFrame = pq.read_table(standin_path()).to_pandas()
    # Read as categories, texts would be in the order of their first occurrence.
    return table.astype(dict.fromkeys(("dataset", "shape", "hardware", "node", "status", "run_id"), str))


def listed(state: Exploration, board: Board) -> list[str]:
    """The runs on the page of a board."""
    state.pose(board.questions())
    return [row["run_id"] for row in state.answer("leaderboard").to_pylist()]


def in_order(runs: pd.DataFrame, name: str, *, descending: bool = False) -> list[str]:
    ordered = runs.sort_values(
        [name, "run_id"], ascending=[not descending, True], na_position="last", kind="stable"
    )
    return list(ordered["run_id"])


@pytest.mark.parametrize("name", SORTED_BY)
@pytest.mark.parametrize("descending", [False, True])
def test_a_page_is_a_part_of_all_runs_in_order(
    state: Exploration, runs: pd.DataFrame, name: str, *, descending: bool
) -> None:
    state.brush_range("depth", 3, 7)
    mine = runs[runs["depth"].between(3, 7)]
    board = Board(order_by=name, descending=descending, page=3, page_size=25)
    assert listed(state, board) == in_order(mine, name, descending=descending)[75:100]


@pytest.mark.parametrize("measure", MEASURES)
def test_runs_without_a_value_are_not_listed(state: Exploration, runs: pd.DataFrame, measure: str) -> None:
    board = Board(measure=measure, order_by=measure)
    known = runs[runs[measure].notna()]
    assert listed(state, board) == in_order(known, measure)[:10]
    summary = summary_of(state.answer("leaderboard_summary"))
    assert summary["run_count"] == len(known)
    assert summary["median"] == pytest.approx(known[measure].astype(float).median())
    assert summary["least"] == pytest.approx(float(known[measure].min()))


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("mnist", ["mnist"]),
        ("  MNIST   gpu node ", ["mnist", "gpu node"]),
        ("residual standard", ["residual", "standard"]),
        ("r103u", ["r103u"]),
        ("mnist r103u", ["mnist", "r103u"]),
    ],
)
def test_a_text_keeps_the_runs_that_have_it(
    state: Exploration, runs: pd.DataFrame, text: str, has: list[str]
) -> None:
    kept = pd.Series(data=True, index=runs.index)
    for word in has:
        fields = [runs[name].str.lower() for name in ("dataset", "shape", "hardware", "node", "status")]
        kept &= pd.concat([field.str.contains(word, regex=False) for field in fields], axis=1).any(axis=1)
    assert 0 < kept.sum() < len(runs)
    assert listed(state, Board(text=text)) == in_order(runs[kept], "energy_j")[:10]
    assert summary_of(state.answer("leaderboard_summary"))["run_count"] == kept.sum()


@pytest.mark.parametrize("best_per", ["dataset", "shape", "hardware"])
def test_each_group_is_led_by_its_least(state: Exploration, runs: pd.DataFrame, best_per: str) -> None:
    board = Board(measure="run_time_s", order_by=best_per, best_per=best_per, page_size=25)
    rows = {row[best_per]: row["run_time_s"] for row in listed_rows(state, board)}
    least = runs.groupby(best_per)["run_time_s"].min()
    assert list(rows) == sorted(least.index)
    assert rows == pytest.approx({name: float(value) for name, value in least.items()})
    assert summary_of(state.answer("leaderboard_summary"))["group_count"] == len(least)


def listed_rows(state: Exploration, board: Board) -> list[dict[str, Any]]:
    listed(state, board)
    rows: list[dict[str, Any]] = state.answer("leaderboard").to_pylist()
    return rows


def test_a_percent_or_quote_in_a_text_is_only_text(state: Exploration) -> None:
    for text in ("%", "' OR 1=1 --", "_"):
        found = listed(state, Board(text=text))
        assert bool(found) == (text == "_")


def test_choices_change_the_board_and_begin_at_its_first_page() -> None:
    board = Board(page=4)
    assert board.after("measure", "power_w", 99) == Board(measure="power_w", order_by="power_w")
    once = board.after("sort", "dataset", 99)
    assert once == Board(order_by="dataset")
    assert once.after("sort", "dataset", 99) == Board(order_by="dataset", descending=True)
    assert once.after("sort", "dataset", 99).after("sort", "dataset", 99) == once
    assert board.after("group", "shape", 99) == Board(best_per="shape")
    assert board.after("text", "x" * 100, 99) == Board(text="x" * 80)
    assert board.after("size", 25, 99) == Board(page_size=25)


@pytest.mark.parametrize(
    ("page", "step", "count", "then"),
    [
        (0, -1, 25, 0),
        (0, 1, 25, 1),
        (2, 1, 25, 2),
        (2, 1, 31, 3),
        (0, 1, 10, 0),
        (0, 1, 0, 0),
        (5, -1, 25, 2),
    ],
)
def test_steps_stay_within_the_pages(page: int, step: int, count: int, then: int) -> None:
    assert Board(page=page).after("step", step, count).page == then


@pytest.mark.parametrize(
    ("kind", "value"), [("measure", "node"), ("sort", "run_id"), ("group", "node"), ("size", 10_000)]
)
def test_what_is_not_on_offer_changes_nothing(kind: str, value: object) -> None:
    assert START.after(kind, value, 99) == START


def test_all_rows_are_asked_for_when_read_and_not_before(state: Exploration, runs: pd.DataFrame) -> None:
    state.brush_set("dataset", ("mnist",))
    mine = runs[runs["dataset"] == "mnist"]
    rows = ListedRows(state, START, len(mine))
    assert len(rows) == len(mine)
    expected = in_order(mine, "energy_j")
    assert [row["run_id"] for row in rows] == expected
    assert [row["run_id"] for row in rows[200:203]] == expected[200:203]
    assert [row["run_id"] for row in rows[-1:]] == expected[-1:]
    assert rows[7]["run_id"] == expected[7]
    assert rows[-1]["run_id"] == expected[-1]
    assert len(ListedRows(state, START, 10_000_000)) == MOST_SAVED


def test_the_sentence_names_who_leads_and_how_far_the_median_is(
    state: Exploration, runs: pd.DataFrame
) -> None:
    state.brush_set("status", ("standardised",))
    mine = runs[runs["status"] == "standardised"]
    said = leaderboard_answer(state)
    best = mine.sort_values("energy_j").iloc[0]
    network = f"{best['dataset']}, {best['shape']}, {best['size']:,} parameters, {best['depth']} layers"
    assert said.startswith("The thriftiest run takes ")
    assert f"({network}, on a {best['hardware']})" in said
    times = float(mine["energy_j"].median()) / float(best["energy_j"])
    assert f", {times:.3g} times as much (37,055 of 63,527 runs)." in said


def test_the_sentence_counts_what_the_text_leaves(state: Exploration) -> None:
    state.pose(Board(measure="run_time_s", order_by="run_time_s", text="mnist").questions())
    assert re.search(r"\(63,527 of 63,527 runs, [\d,]+ of them with 'mnist'\)\.$", leaderboard_answer(state))
    state.pose(Board(text="nothing has this").questions())
    assert leaderboard_answer(state) == (
        "No selected run matches 'nothing has this' and has a value of energy "
        "(63,527 of 63,527 runs, 0 of them with 'nothing has this')."
    )


def test_one_run_is_compared_with_none(state: Exploration) -> None:
    row = state.answer("leaderboard").to_pylist()[0]
    state.brush_set("run_id", (row["run_id"],))
    one, network = state.answer("leaderboard").to_pylist()[0], run_mark(row)[1]
    assert leaderboard_answer(state) == (
        f"The thriftiest run takes {energy_text(one['energy_j'])} ({network}), the only one listed "
        "(1 of 63,527 runs)."
    )


def test_an_opened_run_is_one_run(state: Exploration) -> None:
    row = state.answer("leaderboard").to_pylist()[0]
    mark, title = run_mark(row)
    assert mark.sets == {"run_id": (row["run_id"],)}
    assert title == (
        f"{row['dataset']}, {row['shape']}, {row['size']:,} parameters, {row['depth']} layers, "
        f"on a {row['hardware']}"
    )


@pytest.mark.parametrize("question", ASKED)
def test_columns_are_as_declared_and_nothing_selected_lists_nothing(butter_e: Gateway, question: str) -> None:
    header = (resource_path("sql") / f"{question}.sql").read_text(encoding="utf-8")
    declared = re.search(r" Columns: ((?:\w+ [A-Z][A-Z ]*(?:,\s+)?)+)", re.sub(r"\n--\s{5}", " ", header))
    assert declared
    board = Board(best_per="shape")
    values: dict[str, Any] = {"brushes": Brushes().with_range("depth", 2.2, 2.8).parameter()}
    if question == "explore/leaderboard":
        board = START
    asked = board.questions()["leaderboard_summary" if question.endswith("summary") else "leaderboard"]
    assert f"explore/{asked.name}" == question
    values |= asked.values  # noqa: PD011 - a question's, not a frame's
    relation = butter_e._database.connection.cursor().sql(butter_e._text(question), params=values)
    found = [f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True)]
    assert found == declared[1].strip().split(", ")
    table = butter_e.ask(question, **values)
    if question.endswith("summary"):
        assert table.to_pylist()[0] | {"run_count": 0} == dict.fromkeys(table.column_names) | {
            "run_count": 0,
            "group_count": 0,
        }
    else:
        assert table.num_rows == 0
