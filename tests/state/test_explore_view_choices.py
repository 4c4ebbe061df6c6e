"""What is chosen within the explore views, as text for a URL and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.state.explore.anomaly.anomaly_questions import Thresholds, said_thresholds
from energyvis_panel.state.explore.compare.comparison import MEASURES, START, Comparison, said_comparison
from energyvis_panel.state.explore.leaderboard import BEST_PER, PAGE_SIZES, SORTED_BY, Board
from energyvis_panel.state.explore.leaderboard import MEASURES as LEADS
from energyvis_panel.state.explore.view_choices import ViewChoices, choices_from_link, link_text

NAMES = st.text("abcdefghijklmnopqrstuvwxyz-_", min_size=1, max_size=20)
CHOSEN = st.dictionaries(
    NAMES, st.dictionaries(NAMES, st.text(max_size=80), min_size=1, max_size=4), max_size=6
)
CODES = {
    "hardware": {"CPU node": 0, "GPU node": 1},
    "shape": {"rectangle": 1, "trapezoid": 2},
    "depth": {"2": 2, "4": 4},
}
SIDES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(sorted(values)) for name, values in CODES.items()}
)


@given(CHOSEN)
def test_a_link_reads_back_as_it_was_whatever_a_value_holds(chosen: dict[str, dict[str, str]]) -> None:
    assert choices_from_link(link_text(chosen)) == chosen


@given(st.text())
def test_any_text_is_read_and_what_has_not_the_form_is_left_out(text: str) -> None:
    found = choices_from_link(text)
    assert choices_from_link(link_text(found)) == found


def test_a_link_names_what_is_not_as_at_first_by_view_and_in_order() -> None:
    choices = ViewChoices()
    choices.tell("leaderboard", {"text": "50 % of; a|b", "measure": "power_w"})
    choices.tell("depth", {"compared": "networks"})
    assert choices.link == (
        "depth.compared:networks;leaderboard.measure:power_w;leaderboard.text:50 %25 of%3B a%7Cb"
    )
    choices.tell("leaderboard", {})
    assert choices.link == "depth.compared:networks"
    choices.tell("depth", {})
    assert choices.link == ""


def test_views_that_are_built_later_find_what_the_link_says_of_them_and_keep_it_there() -> None:
    choices = ViewChoices(link="shapes.mode:saving;depth.compared:runs;nonsense;.x;a.b")
    assert choices.of_view("depth") == {"compared": "runs"}
    assert not choices.of_view("signatures")
    choices.tell("depth", {})
    assert choices.link == "shapes.mode:saving"


@given(a=SIDES, b=SIDES, measure=st.sampled_from(sorted(MEASURES)))
def test_a_comparison_reads_back(a: dict[str, str], b: dict[str, str], measure: str) -> None:
    chosen = Comparison(a, b, measure)
    read = said_comparison(chosen.changed(), CODES)
    # Two sides that fix nothing are no comparison, and read as the one at first.
    assert read == (chosen if a or b else Comparison(measure=measure))
    assert not START.changed()


def test_a_comparison_leaves_out_what_the_data_lack() -> None:
    read = said_comparison({"a.depth": "4", "b.depth": "99", "c.depth": "4", "measure": "joy"}, CODES)
    assert read == Comparison({"depth": "4"}, {}, START.measure)


@given(
    measure=st.sampled_from(sorted(LEADS)),
    order_by=st.sampled_from(sorted(SORTED_BY)),
    descending=st.booleans(),
    best_per=st.sampled_from(sorted(BEST_PER)),
    text=st.text(max_size=80),
    page_size=st.sampled_from(PAGE_SIZES),
)
def test_a_board_reads_back(
    measure: str, order_by: str, *, descending: bool, best_per: str, text: str, page_size: int
) -> None:
    board = Board(measure, order_by, descending, best_per, text, 0, page_size)
    assert Board.said(board.changed()) == board
    assert not Board().changed()


@pytest.mark.parametrize(
    "said",
    [{"measure": "joy"}, {"order": "joy-"}, {"best": "joy"}, {"rows": "7"}, {"rows": "²"}, {"page": "2"}],
)
def test_a_board_stays_as_at_first_where_a_link_asks_for_what_is_not_on_offer(said: dict[str, str]) -> None:
    assert Board.said(said) == Board()


@given(
    z=st.floats(0, 60, exclude_min=True),
    fence=st.floats(0, 40, exclude_min=True),
    forest=st.floats(0, 1, exclude_min=True),
)
def test_thresholds_read_back(z: float, fence: float, forest: float) -> None:
    thresholds = Thresholds(z, fence, forest)
    assert said_thresholds(thresholds.changed()) == (thresholds, [])
    assert not Thresholds().changed()


def test_what_is_no_threshold_is_given_back() -> None:
    read, refused = said_thresholds({"z": "3", "fence": "nan", "forest": "2", "joy": "1"})
    assert read == Thresholds(z=3.0)
    assert refused == ["fence:nan", "forest:2", "joy:1"]
