"""The rail without a browser: what it shows of the selection, and what clicks and typed numbers do."""

import math
from datetime import UTC, datetime

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.selection.rail import LISTED, Rail
from tests.views.conftest import send


@pytest.fixture
def rail(butter_e: Gateway) -> Rail:
    return Rail(Exploration(butter_e))


def shown(rail: Rail, category: str) -> dict[str, int]:
    found: dict[str, int] = rail.filters.counts[category]
    return found


def test_the_bar_counts_names_inverts_and_clears_the_brushes(rail: Rail) -> None:
    state, bar = rail._state, rail.selection
    state.brush_range("energy_j", 3.6e5, 3.6e6)
    assert bar.brushes == [{"name": "energy_j", "text": "Energy 100 Wh to 1.00 kWh", "inverted": False}]
    assert (bar.selected, bar.total) == (state.run_count, 63_527)
    inside = state.run_count
    send(bar, {"action": "invert", "name": "energy_j"})
    assert bar.brushes == [{"name": "energy_j", "text": "Not energy 100 Wh to 1.00 kWh", "inverted": True}]
    assert bar.selected == 63_527 - inside
    send(bar, {"action": "undo"})
    assert bar.selected == inside
    send(bar, {"action": "redo"})
    send(bar, {"action": "remove", "name": "energy_j"})
    assert not state.brushes
    assert bar.steps == {"undo": True, "redo": False}


def test_a_saved_selection_is_restored_and_a_spoilt_one_refused(rail: Rail) -> None:
    state, bar = rail._state, rail.selection
    state.brush_set("hardware", ("GPU node",))
    saved = bar.saved_as
    send(bar, {"action": "clear"})
    send(bar, {"action": "restore", "link": saved})
    assert state.brushes.sets == {"hardware": ("GPU node",)}
    send(bar, {"action": "restore", "link": "colour:red"})
    assert "names no dimension" in bar.refusal
    assert state.brushes.sets == {"hardware": ("GPU node",)}


def test_typed_ranges_brush_and_what_is_no_number_is_refused(rail: Rail) -> None:
    state = rail._state
    send(rail.filters, {"action": "range", "name": "run_time_s", "low": "1.5 k", "high": ""})
    assert state.brushes.ranges == {"run_time_s": (1500, math.inf)}
    spec = next(spec for spec in rail.filters.ranges if spec["name"] == "run_time_s")
    assert (spec["low"], spec["high"]) == ("1500", "")
    send(rail.filters, {"action": "range", "name": "run_time_s", "low": "1500", "high": "soon"})
    assert "Run time (s): 'soon' is not a number" in rail.selection.refusal
    assert state.brushes.ranges == {"run_time_s": (1500, math.inf)}


def test_a_typed_day_is_that_whole_day_in_utc(rail: Rail) -> None:
    send(rail.filters, {"action": "range", "name": "started_s", "low": "2022-10-20", "high": "2022-10-20"})
    low, high = rail._state.brushes.ranges["started_s"]
    assert low == datetime(2022, 10, 20, tzinfo=UTC).timestamp()
    assert high == pytest.approx(low + 86_400, abs=0.01)
    send(rail.filters, {"action": "range", "name": "started_s", "low": "yesterday", "high": ""})
    assert "'yesterday' is no date" in rail.selection.refusal


def test_values_are_counted_in_the_selection_and_beyond_their_own_brush(rail: Rail) -> None:
    state = rail._state
    assert sum(shown(rail, "dataset").values()) == 63_527
    send(rail.filters, {"action": "set", "name": "dataset", "values": ["mnist"]})
    assert shown(rail, "dataset") == state.categories["dataset"]
    assert sum(shown(rail, "hardware").values()) == state.run_count == state.categories["dataset"]["mnist"]
    state.brush_set("hardware", ("GPU node",))
    assert sum(shown(rail, "dataset").values()) == state.categories["hardware"]["GPU node"]
    assert sum(shown(rail, "hardware").values()) == state.categories["dataset"]["mnist"]
    send(rail.filters, {"action": "set", "name": "dataset", "values": []})
    assert "dataset" not in state.brushes.sets
    assert sum(shown(rail, "dataset").values()) == state.run_count


def test_the_scope_switch_shows_the_published_runs(rail: Rail) -> None:
    state = rail._state
    for scope, runs in (("Published", 37_055), ("Kept", 40_223), ("All runs", 63_527)):
        send(rail.scope, {"name": "scope", "value": scope})
        assert state.run_count == runs
        assert rail.scope.groups[0]["value"] == scope


@pytest.mark.parametrize(
    "message",
    [
        None,
        {"action": "set", "name": "node", "values": ["r1"]},
        {"action": "set", "name": "dataset", "values": "mnist"},
        {"action": "range", "name": "colour", "low": "1"},
        {"action": "scope", "value": "Some"},
        {"action": "remove", "name": ["energy_j"]},
    ],
)
def test_a_message_that_makes_no_sense_changes_nothing(rail: Rail, message: object) -> None:
    send(rail.filters, message)
    send(rail.selection, message)
    assert not rail._state.brushes


def test_every_value_of_the_data_can_be_chosen(rail: Rail) -> None:
    listed = {spec["name"]: [value for value, _runs in spec["values"]] for spec in rail.filters.categories}
    assert tuple(listed) == LISTED
    assert listed["shape"] == list(rail._state.categories["shape"])
    assert len(listed["dataset"]) == 13
