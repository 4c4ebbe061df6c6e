"""The page's chapters, lazy views and workbench without a browser."""

from typing import Any

import pytest

from energyvis_panel.assembly.explore_parts import EXPLORE_VIEWS
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.layout.building import Building, answered_whole
from energyvis_panel.views.explore.layout.cell import Cell
from energyvis_panel.views.explore.layout.chapters import (
    CHAPTERS,
    PLACES,
    SPANNING,
    VIEW_CLASSES,
    Place,
    spanning,
)
from energyvis_panel.views.explore.layout.contents import Contents
from energyvis_panel.views.explore.layout.presets import PRESETS
from energyvis_panel.views.explore.page import ExplorePage
from tests.scored_runs import scored_gateway
from tests.views.conftest import send


@pytest.fixture
def state() -> Exploration:
    gateway, scores = scored_gateway()
    return Exploration(gateway, scores=scores)


@pytest.fixture
def page(state: Exploration) -> ExplorePage:
    """The page with all views."""
    return ExplorePage(state)


@pytest.fixture
def laid_out(state: Exploration, monkeypatch: pytest.MonkeyPatch) -> ExplorePage:
    """The page whose views never come."""
    monkeypatch.setattr(Building, "want", lambda *_names: None)
    return ExplorePage(state)


def in_order(page: ExplorePage) -> list[str]:
    """Names of the cells and chapters that are seen, as the document has them."""
    marks = [part.css_classes[-1] for part in page.grid.column.objects if part.visible]
    return [mark.removeprefix("cell-") for mark in marks]


def test_the_overview_tells_the_story_in_order(page: ExplorePage) -> None:
    story = []
    for chapter in CHAPTERS:
        story += [f"chapter-{chapter.name}", *(place.name for place in chapter.places)]
    assert in_order(page) == story
    assert [name for name in story if name in VIEW_CLASSES] == list(VIEW_CLASSES) == list(page.views)
    assert [chapter["title"] for chapter in Contents().chapters] == [chapter.title for chapter in CHAPTERS]
    assert not page.panel.visible


def test_each_view_has_its_address(page: ExplorePage) -> None:
    assert tuple(page.cells) == EXPLORE_VIEWS


def test_a_half_view_that_is_alone_in_its_row_takes_all_of_it() -> None:
    def places(*widths: bool) -> tuple[Place, ...]:
        return tuple(Place(view, wide) for view, wide in zip(VIEW_CLASSES.values(), widths, strict=False))

    a, b, c, d = list(VIEW_CLASSES)[:4]
    assert spanning(places(False, False)) == set()
    assert spanning(places(False)) == {a}
    assert spanning(places(False, True, False, False)) == {a, b}
    assert spanning(places(False, False, False, True)) == {c, d}


def test_cells_have_their_width_in_both_modes(laid_out: ExplorePage) -> None:
    columns = {name: cell.styles["grid-column"] for name, cell in laid_out.cells.items()}
    assert {name for name, span in columns.items() if span == "1 / -1"} == SPANNING
    laid_out.workbench.link = "leaderboard:half,runtime-energy:full"
    assert laid_out.cells["leaderboard"].styles["grid-column"] == "auto"
    assert laid_out.cells["runtime-energy"].styles["grid-column"] == "1 / -1"


def test_cards_stand_in_chapters_so_their_headings_are_of_the_third_level(page: ExplorePage) -> None:
    texts = [getattr(item, "object", "") for item in page.grid.column.select()]
    headings = [text for text in texts if isinstance(text, str) and text.startswith("<h")]
    assert sum(text.startswith("<h2") for text in headings) == len(CHAPTERS)
    assert sum(text.startswith("<h3") for text in headings) == len(PLACES)


def test_the_workbench_has_its_cards_in_order_with_their_tools_and_nothing_else(
    laid_out: ExplorePage,
) -> None:
    laid_out.workbench.link = "leaderboard:half,energy-histogram:full"
    assert in_order(laid_out) == ["leaderboard", "energy-histogram"]
    assert laid_out.panel.visible
    tools = laid_out.grid.cells["energy-histogram"].tools
    assert (tools.visible, tools.at, tools.of, tools.is_full) == (True, 1, 2, True)
    send(tools, {"action": "move", "by": -1})
    assert in_order(laid_out) == ["energy-histogram", "leaderboard"]
    send(tools, {"action": "place", "at": 1})
    send(tools, {"action": "resize", "is_full": False})
    assert laid_out.workbench.link == "leaderboard:half,energy-histogram:half"
    send(tools, {"action": "remove"})
    assert in_order(laid_out) == ["leaderboard"]
    for nonsense in ({"action": "move", "by": "far"}, {"action": "place"}, {"action": "fly"}, "text", None):
        send(tools, nonsense)
    assert in_order(laid_out) == ["leaderboard"]
    laid_out.workbench.show("overview")
    assert len(in_order(laid_out)) == len(PLACES) + len(CHAPTERS)
    assert not any(cell.tools.visible for cell in laid_out.grid.cells.values())


def test_views_off_the_workbench_ask_nothing_until_they_are_back(
    page: ExplorePage, state: Exploration, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.workbench.link = "leaderboard:full"
    monkeypatch.setattr(state, "schedule", lambda _refresh: None)
    state.brush_range("depth", 2, 4)
    slots = {slot for place in state.stale() for slot in [place.partition("@")[0]]}
    assert any(slot.startswith("leaderboard") for slot in slots)
    others = {slot for name, view in page.views.items() if name != "leaderboard" for slot in view.slots}
    assert not slots & others
    page.workbench.show("overview")
    assert others & {place.partition("@")[0] for place in state.stale()}


def test_a_view_that_is_back_shows_the_brushes_of_now(page: ExplorePage, state: Exploration) -> None:
    histogram = page.views["energy-histogram"]
    assert "(63,527 of 63,527 runs)" in histogram.answer
    page.workbench.link = "leaderboard:full"
    state.brush_set("dataset", ("mnist",))
    assert state.run_count == state.categories["dataset"]["mnist"]
    page.workbench.show("overview")
    assert f"({state.run_count:,} of 63,527 runs)" in histogram.answer


def test_the_contents_switch_the_mode_and_bring_the_last_workbench_of_the_browser(
    laid_out: ExplorePage,
) -> None:
    send(laid_out.contents, {"action": "mode", "mode": "workbench", "last": "anomalies:half,gone:full"})
    assert laid_out.workbench.names == ("anomalies",)
    assert "'gone'" in laid_out.panel.notice
    assert (laid_out.contents.mode, laid_out.contents.bench) == ("workbench", "anomalies:half")
    send(laid_out.contents, {"action": "mode", "mode": "overview"})
    send(laid_out.contents, {"action": "mode", "mode": "workbench", "last": "leaderboard:half"})
    assert list(laid_out.workbench.names) == ["anomalies"]
    send(laid_out.contents, {"action": "mode", "mode": "elsewhere"})
    assert laid_out.workbench.mode == "workbench"


def test_the_panel_picks_clears_takes_back_and_restores(laid_out: ExplorePage) -> None:
    laid_out.workbench.show("workbench")
    send(laid_out.panel, {"action": "pick", "names": ["comparison", "energy-histogram", 7]})
    assert laid_out.panel.picked == ["energy-histogram", "comparison"]
    send(laid_out.panel, {"action": "clear"})
    assert laid_out.panel.picked == []
    send(laid_out.panel, {"action": "undo"})
    assert laid_out.panel.saved_as == "energy-histogram:half,comparison:full"
    send(laid_out.panel, {"action": "restore", "link": "anomalies:full"})
    assert in_order(laid_out) == ["anomalies"]
    send(laid_out.panel, {"action": "restore", "link": 7})
    assert in_order(laid_out) == ["anomalies"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_presets_lay_out_views_that_exist(laid_out: ExplorePage, preset: Any) -> None:
    send(laid_out.panel, {"action": "restore", "link": preset.link})
    assert laid_out.workbench.notice == ""
    assert laid_out.workbench.cards


def test_a_view_is_revealed_from_the_workbench_only_if_it_is_not_on_it(laid_out: ExplorePage) -> None:
    laid_out.workbench.link = "leaderboard:full"
    laid_out.reveal("leaderboard")
    assert (laid_out.workbench.mode, laid_out.contents.jump["name"]) == ("workbench", "leaderboard")
    laid_out.reveal("anomalies")
    assert (laid_out.workbench.mode, laid_out.contents.jump["name"]) == ("overview", "anomalies")


def test_a_link_opens_the_workbench(state: Exploration) -> None:
    page = ExplorePage(state, bench="anomalies:half,gone:half")
    assert in_order(page) == ["anomalies"]
    assert list(page.views) == ["anomalies"]
    page.build_all()
    assert set(page.views) == set(VIEW_CLASSES)


def test_what_is_wanted_twice_is_built_once_and_in_order(butter_e: Gateway) -> None:
    built: list[str] = []
    building = Building(Exploration(butter_e), {"a": {}, "b": {}, "c": {}}, built.append)
    building.want("b", "b")
    building.want("a", "b", "c", "a")
    assert built == ["b", "a", "c"]


def test_a_question_whose_answer_about_all_runs_was_withdrawn_is_asked_again(butter_e: Gateway) -> None:
    state = Exploration(butter_e)
    state.brush_range("depth", 6, 6)
    asked = VIEW_CLASSES["depth"].questions
    answers = state.asked_ahead(asked)
    assert set(answered_whole(asked, answers)) == set(asked)
    (slot,) = asked
    del answers[f"{slot}@context"]
    assert answered_whole(asked, answers) == {}
    state.pose(answered_whole(asked, answers), later=True)
    state.publish(answers, count=False)
    view = VIEW_CLASSES["depth"](state)
    assert state.context(slot).num_rows > 0
    assert view.answer


def test_room_is_kept_for_a_view_and_stays_when_it_is_there() -> None:
    place = next(iter(PLACES.values()))
    cell = Cell(place, lambda _message: None, lambda _message: None)
    assert cell.column.styles["min-height"] == f"{place.height_px}px"
    assert not cell.sight.filled
    cell.fill("the view")
    assert cell.sight.filled
    assert cell.column.styles["min-height"] == f"{place.height_px}px"
