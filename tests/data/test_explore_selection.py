"""The selection made for the brushes that are set selects what the selection with all conditions does."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from energyvis_panel.data import butter_e_selection
from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.butter_e_selection import CONDITION, NarrowSelections
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import QueryError
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import NAMES, QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration

QUESTION = "explore/selection_summary"
LASSO = ((100.0, 1e4), (1e4, 1e5), (1e4, 1e6), (100.0, 1e6))


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as opened:
        load_butter_e(opened)
        yield opened


def brushed(gateway: Gateway, name: str) -> Brushes:
    """A brush of this name that admits some runs."""
    state = Exploration(gateway)
    if name in state.categories:
        known = list(state.categories[name])
        return Brushes().with_set(name, tuple(known[: max(1, len(known) // 2)]))
    if name in QUANTITIES:
        axis = state.axes[name]
        return Brushes().with_range(name, axis.value(40), axis.value(130))
    if name == "run_time_energy":
        return Brushes().with_lasso(name, LASSO)
    rows = gateway.ask("explore/chosen_columns", brushes=Brushes().parameter(), columns=[name])
    return Brushes().with_set(name, (rows[name][7].as_py(),))


def with_all_conditions(gateway: Gateway, brushes: Brushes) -> pa.Table:
    """The answer of the macro that holds every condition."""
    params = {"brushes": brushes.parameter(Exploration(gateway).axes)}
    return gateway._database.connection.cursor().sql(gateway._text(QUESTION), params=params).to_arrow_table()


def test_every_brush_has_one_condition_on_a_line_of_its_own() -> None:
    text = (resource_path("sql") / "butter_e" / "make_selection.sql").read_text(encoding="utf-8")
    lines = [set(re.findall(CONDITION, line)) for line in text.splitlines() if "AND passes_" in line]
    assert all(len(named) == 1 for named in lines)
    assert sorted(name for named in lines for name in named) == sorted(NAMES)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_one_brush_selects_the_same_either_way(gateway: Gateway, name: str, turned: bool) -> None:
    brushes = brushed(gateway, name)
    if turned:
        brushes = brushes.turned(name)
    narrow = gateway.ask(QUESTION, brushes=brushes.parameter(Exploration(gateway).axes))
    assert narrow == with_all_conditions(gateway, brushes)
    (counts,) = narrow.to_pylist()
    assert 0 < counts["cpu_runs"] + counts["gpu_runs"] < 63_527


def test_beyond_the_most_combinations_all_conditions_answer(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(butter_e_selection, "MOST_MADE", 1)
    narrowing = NarrowSelections(gateway)
    depth, size = brushed(gateway, "depth").parameter(), brushed(gateway, "size").parameter()
    assert narrowing(depth)[0] == "brushes_and_depth"
    assert narrowing(size) == ("main", size)
    assert narrowing(depth)[0] == "brushes_and_depth"


def test_threads_that_brush_alike_for_the_first_time_do_not_collide() -> None:
    with Gateway() as opened, ThreadPoolExecutor(8) as pool:
        load_butter_e(opened)
        brushes = Brushes().with_range("depth", 2, 4).with_range("size", 1e3, 1e5).parameter()
        answers = list(pool.map(lambda _turn: opened.ask(QUESTION, brushes=brushes), range(16)))
    assert all(answer == answers[0] for answer in answers)


def test_a_schema_is_named_in_plain_letters(gateway: Gateway) -> None:
    with pytest.raises(QueryError, match="no name of a schema"):
        gateway.run_part("butter_e/make_selection", "main; DROP TABLE butter_e_runs", lambda _line: True)
