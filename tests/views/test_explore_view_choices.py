"""A link reopens the views with what was chosen in them."""

from typing import Any

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.view_choices import ViewChoices
from energyvis_panel.views.explore.choice_bar import ChoiceBar
from energyvis_panel.views.explore.page import explore_view
from tests.views.conftest import send

BARS = {
    "energy-histogram": {"measure": "run_time_s", "form": "density", "scale": "share"},
    "composition": {"first": "shape", "measure": "energy"},
    "runtime-energy": {"kind": "shape", "shown": "frontier"},
    "overhead": {"grouping": "batch"},
    "cache-spill": {"nodes": "GPU node"},
    "depth": {"compared": "runs"},
    "shapes": {"hardware": "GPU node"},
    "signatures": {"grouping": "shape", "form": "bars"},
}


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


def linked(gateway: Gateway, link: str, name: str) -> tuple[Exploration, Any]:
    """A view that finds choices in the address."""
    state = Exploration(gateway)
    ViewChoices.of(state).link = link
    return state, explore_view(name, state)


@pytest.mark.parametrize("name", list(BARS))
def test_a_view_opens_with_the_choices_of_its_link_as_if_they_were_clicked(
    butter_e: Gateway, state: Exploration, name: str
) -> None:
    view: Any = explore_view(name, state)
    bar: ChoiceBar = view.choices
    assert not ViewChoices.of(state).link
    wanted = {key: other_value(bar, key, value) for key, value in BARS[name].items()}
    bar.chosen = bar.chosen | wanted
    state.refresh()
    link = ViewChoices.of(state).link
    assert link == ";".join(f"{name}.{key}:{wanted[key]}" for key in sorted(wanted))
    again_state, again = linked(butter_e, link, name)
    again_state.refresh()
    assert again.choices.chosen == bar.chosen
    assert again.answer == view.answer
    assert list(again.table().header) == list(view.table().header)
    assert [list(row) for row in again.table().rows] == [list(row) for row in view.table().rows]
    assert not ViewChoices.of(again_state).refusal
    bar.chosen = dict(bar.first)
    assert not ViewChoices.of(state).link


def other_value(bar: ChoiceBar, name: str, wished: str) -> str:
    """The wished value of a choice where it is on offer, else any that is not chosen."""
    options = bar.options[name]
    return wished if wished in options else next(value for value in options if value != bar.first[name])


def test_what_is_not_on_offer_is_named_and_the_rest_is_shown(butter_e: Gateway) -> None:
    state, view = linked(
        butter_e, "signatures.grouping:joy;signatures.form:bars;signatures.x:y", "signatures"
    )
    assert view.choices.chosen == {"grouping": "hardware", "form": "bars"}
    state.refresh()
    assert ViewChoices.of(state).refusal == (
        "The link chooses 'grouping:joy', 'x:y' in the view 'signatures', which is not on offer there. "
        "The rest is shown."
    )
    assert ViewChoices.of(state).link == "signatures.form:bars"


def test_what_a_browser_invents_is_not_remembered(state: Exploration) -> None:
    view: Any = explore_view("signatures", state)
    view.choices.chosen = {"grouping": "<script>", "form": "bars", "joy": "x"}
    assert ViewChoices.of(state).link == "signatures.form:bars"


def test_what_follows_from_a_brush_is_left_to_the_brush(state: Exploration) -> None:
    view: Any = explore_view("shapes", state)
    state.brush_set("hardware", ("GPU node",))
    state.brush_set("shape", ("rectangle",))
    assert view.choices.chosen["hardware"] == "GPU node"
    assert not ViewChoices.of(state).link


def test_a_comparison_comes_back(butter_e: Gateway, state: Exploration) -> None:
    view: Any = explore_view("comparison", state)
    view.picker.request = {
        "kind": "sides", "a": {"depth": "4"}, "b": {"depth": "8"}, "measure": "run_time_s", "serial": 1,
    }  # fmt: skip
    state.refresh()
    link = ViewChoices.of(state).link
    assert link == "comparison.a.depth:4;comparison.b.depth:8;comparison.measure:run_time_s"
    again_state, again = linked(butter_e, link, "comparison")
    again_state.refresh()
    assert again.answer == view.answer
    assert again.picker.chosen == view.picker.chosen
    assert not ViewChoices.of(again_state).refusal
    refused, _view = linked(butter_e, "comparison.a.depth:4;comparison.b.depth:99", "comparison")
    assert "'b.depth:99'" in ViewChoices.of(refused).refusal


def test_a_leaderboard_comes_back_with_its_order_and_filter(butter_e: Gateway, state: Exploration) -> None:
    view: Any = explore_view("leaderboard", state)
    for kind, value in (("measure", "power_w"), ("sort", "depth"), ("sort", "depth"), ("text", "gpu")):
        send(view.listed, {"kind": kind, "value": value})
    state.refresh()
    link = ViewChoices.of(state).link
    assert link == "leaderboard.measure:power_w;leaderboard.order:depth-;leaderboard.text:gpu"
    again_state, again = linked(butter_e, link, "leaderboard")
    again_state.refresh()
    assert again.listed.shown == view.listed.shown
    assert again.listed.text == "gpu"
    assert again.answer == view.answer
    refused, _view = linked(butter_e, "leaderboard.order:joy", "leaderboard")
    assert "'order:joy'" in ViewChoices.of(refused).refusal
