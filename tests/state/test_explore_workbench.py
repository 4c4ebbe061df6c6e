"""The workbench: what lies on it, in which order, its link, and steps back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.state.explore.workbench import EMPTY, BenchCard, Workbench, bench_text, cards_said

KNOWN = {"energy-histogram": False, "depth": False, "anomalies": True, "leaderboard": True}


@pytest.fixture
def bench() -> Workbench:
    return Workbench(KNOWN)


def test_the_overview_has_no_link_and_an_empty_workbench_has_one(bench: Workbench) -> None:
    assert (bench.mode, bench.link) == ("overview", "")
    bench.show("workbench")
    assert bench.link == EMPTY
    assert Workbench(KNOWN, link=EMPTY).mode == "workbench"
    bench.show("overview")
    assert bench.link == ""


def test_views_are_picked_in_the_order_of_the_story_at_their_own_width_and_new_ones_come_last(
    bench: Workbench,
) -> None:
    bench.show("workbench")
    bench.pick(("anomalies", "depth"))
    assert bench.link == "depth:half,anomalies:full"
    bench.pick(("anomalies", "depth", "energy-histogram"))
    assert list(bench.names) == ["depth", "anomalies", "energy-histogram"]
    bench.pick(("energy-histogram", "anomalies", "nothing"))
    assert list(bench.names) == ["anomalies", "energy-histogram"]
    bench.remove("anomalies")
    assert list(bench.names) == ["energy-histogram"]


def test_cards_are_moved_placed_and_resized_and_stay_within_the_row(bench: Workbench) -> None:
    bench.link = "energy-histogram,depth,anomalies"
    bench.move("depth", 1)
    assert list(bench.names) == ["energy-histogram", "anomalies", "depth"]
    assert bench.told == "Now in place 3 of 3."
    bench.move("depth", 1)
    assert list(bench.names) == ["energy-histogram", "anomalies", "depth"]
    bench.place("depth", -5)
    assert list(bench.names) == ["depth", "energy-histogram", "anomalies"]
    bench.place("leaderboard", 0)
    bench.move("leaderboard", 1)
    assert list(bench.names) == ["depth", "energy-histogram", "anomalies"]
    bench.resize("depth", is_full=True)
    bench.resize("anomalies", is_full=False)
    assert bench.link == "depth:full,energy-histogram:half,anomalies:half"


def test_every_change_is_taken_back_by_one_step(bench: Workbench) -> None:
    bench.show("workbench")
    bench.pick(("depth", "anomalies"))
    bench.clear()
    assert bench.link == EMPTY
    bench.clear()
    bench.undo()
    assert list(bench.names) == ["depth", "anomalies"]
    bench.undo()
    assert list(bench.names) == []
    assert not bench.can_undo
    bench.undo()
    assert bench.mode == "workbench"


def test_a_link_is_followed_as_far_as_it_can_be_and_the_rest_named_in_one_sentence(bench: Workbench) -> None:
    bench.link = "depth:full,nothing:half,anomalies:huge,depth:half"
    assert bench.cards == (BenchCard("depth", is_full=True), BenchCard("anomalies", is_full=True))
    assert bench.notice == (
        "The workbench asks for what is not here: the view 'nothing', the width 'huge' of 'anomalies'. "
        "The rest is shown."
    )
    assert bench.link == "depth:full,anomalies:full"
    bench.resize("depth", is_full=False)
    assert bench.notice == ""
    bench.link = "leaderboard:half"
    bench.link = ""
    assert bench.mode == "overview"
    assert list(bench.names) == ["leaderboard"]


def test_a_saved_workbench_is_laid_out_as_one_step(bench: Workbench) -> None:
    bench.link = "depth:half"
    bench.restore("anomalies:half,elsewhere:full")
    assert bench.link == "anomalies:half"
    assert "'elsewhere'" in bench.notice
    bench.undo()
    assert bench.link == "depth:half"


def test_the_overview_keeps_what_lies_on_the_workbench(bench: Workbench) -> None:
    bench.link = "depth:half"
    bench.show("overview")
    assert bench.saved_as == "depth:half"
    bench.show("workbench")
    assert bench.link == "depth:half"


@given(st.lists(st.tuples(st.sampled_from(list(KNOWN)), st.booleans()), unique_by=lambda pair: pair[0]))
def test_link_and_cards_are_inverse(pairs: list[tuple[str, bool]]) -> None:
    cards = tuple(BenchCard(name, is_full) for name, is_full in pairs)
    assert cards_said(bench_text(cards), KNOWN) == (cards, "")


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    cards, _notice = cards_said(text, KNOWN)
    assert {card.name for card in cards} <= set(KNOWN)
