"""Whatever a link says: the page opens, and what cannot be followed is named in one sentence."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import SettingsError
from energyvis_panel.state.address import changed_query, follow_query, study_query
from energyvis_panel.state.explore.brush_link import brushes_from_link, link_text
from energyvis_panel.state.explore.brushes import QUANTITIES
from energyvis_panel.state.explore.dimensions import NAMES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.own_runs import MOST_MARKS, OwnRuns
from energyvis_panel.state.explore.parallel.parallel_axes import ParallelAxes
from energyvis_panel.state.explore.typed_bound import bound_text, typed_bound
from energyvis_panel.state.explore.workbench import cards_said
from energyvis_panel.state.runs_address import RUNS_KEYS, follow_runs_query, runs_query
from energyvis_panel.state.shell import first_argument
from energyvis_panel.state.study import Study
from tests.attack.query_texts import ANYTHING, HOSTILE
from tests.profiles_fixture import REFERENCES
from tests.state.test_runs_state import row, state_with
from tests.state.test_study_state import CannedProfiles

LONGEST_SENTENCE = 2000
STUDY_KEYS = (
    "profile", "compare", "further", "measure", "per", "over", "scale", "unit", "region", "g", "pue",
    "price", "epoch_s", "scaling", "watts", "machine", "recorded", "precision",
)  # fmt: skip
PIECES = st.lists(
    st.builds(
        "*".join,
        st.lists(
            st.sampled_from(("gpu", "cpu", "1", "-1", "1e9", "h100", "nan", "", "9" * 5000)) | ANYTHING,
            max_size=7,
        ),
    ),
    max_size=4,
).map(";".join)
BRUSH = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "!", "!!")),
    st.sampled_from(NAMES) | ANYTHING,
    st.sampled_from((":", "", "::")),
    st.builds("{}..{}".format, ANYTHING, ANYTHING)
    | st.lists(st.builds("{},{}".format, st.floats(), st.floats()) | ANYTHING, max_size=70).map("|".join)
    | st.builds("{}..{}".format, st.floats(allow_nan=False), st.floats(allow_nan=False)),
)
RANGES = st.builds(
    "{}:{}..{}".format,
    st.sampled_from(tuple(QUANTITIES)),
    st.sampled_from(("", "-1e300", "-7e10", "0", "1")),
    st.sampled_from(("", "1e300", "1e15", "253402300800", "1e12")),
)
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # texts of 100 kB are meant
FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def check_notice(notice: str) -> None:
    assert "\n" not in notice
    assert "Traceback" not in notice
    assert len(notice) <= LONGEST_SENTENCE


@FEW
@given(query=st.dictionaries(st.sampled_from(STUDY_KEYS), ANYTHING | PIECES, max_size=8))
def test_any_link_opens_a_study(query: dict[str, str]) -> None:
    study = Study(CannedProfiles(), REFERENCES)
    follow_query(study, query)
    check_notice(study.notice)
    assert study.choice is not None
    # What the address then says opens the same study again.
    written = {key: value for key, value in study_query(study).items() if value is not None}
    again = Study(CannedProfiles(), REFERENCES)
    follow_query(again, written)
    assert again.choice == study.choice


@FEW
@given(query=st.dictionaries(st.sampled_from(RUNS_KEYS), ANYTHING, max_size=8))
def test_any_link_opens_the_runs(query: dict[str, str]) -> None:
    state = state_with(row("R1"), row("R2", user="grace"))[0]
    follow_runs_query(state, query)
    check_notice(state.notice)
    written = {key: value for key, value in runs_query(state).items() if value is not None}
    again = state_with(row("R1"), row("R2", user="grace"))[0]
    follow_runs_query(again, written)
    assert [one.run_id for one in again.rows] == [one.run_id for one in state.rows]


@settings(FEW, max_examples=150)
@given(text=st.lists(BRUSH | RANGES, max_size=4).map(";".join))
def test_any_text_is_brushes_or_one_sentence(text: str) -> None:
    try:
        brushes = brushes_from_link(text)
    except SettingsError as error:
        check_notice(str(error))
        return
    assert brushes_from_link(link_text(brushes)) == brushes
    assert len(brushes.sentences()) == len(brushes.names)
    for name, bounds in brushes.ranges.items():
        for bound in bounds:
            assert isinstance(bound_text(name, bound), str)


@FEW
@given(quantity=st.sampled_from(tuple(QUANTITIES)), text=ANYTHING, is_high=st.booleans())
def test_any_typed_bound_is_a_number_or_one_sentence(quantity: str, text: str, is_high: bool) -> None:
    try:
        value = typed_bound(quantity, text, is_high=is_high)
    except SettingsError as error:
        check_notice(str(error))
        return
    assert value == value, "NaN is no bound"  # noqa: PLR0124 - only NaN is not itself


@FEW
@given(text=ANYTHING)
def test_any_text_lays_out_a_workbench(text: str) -> None:
    cards, notice = cards_said(text, {"depth": True, "anomalies": False})
    assert len(cards) <= 2
    check_notice(notice)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_link_opens_an_exploration_and_asks_no_other_question(butter_e: Gateway, text: str) -> None:
    state = Exploration(butter_e)
    total = state.run_count
    for link in (
        text,
        f"dataset:{text}",
        f"energy_j:{text}..",
        f"started_s:1..{text}",
        f"status:{text}|mnist",
    ):
        state.link = link
        check_notice(state.refusal)
        state.clear()
    axes = ParallelAxes.of(state)
    axes.link = text
    check_notice(axes.refusal)
    own = OwnRuns.of(state)
    own.follow_link(text)
    assert len(own.marked) <= MOST_MARKS
    state.refresh()
    assert state.run_count == total


@given(
    arguments=st.dictionaries(st.text(max_size=9), st.lists(st.binary(max_size=99), max_size=3), max_size=3)
)
def test_arguments_are_text_whatever_bytes_they_are(arguments: dict[str, list[bytes]]) -> None:
    for name in (*arguments, "absent"):
        first_argument(arguments, name).encode("utf-8")


@given(
    query=st.text(max_size=300),
    arguments=st.dictionaries(st.sampled_from(("a", "q")), st.none() | st.text(max_size=30)),
)
def test_any_address_can_be_written_on(query: str, arguments: dict[str, str | None]) -> None:
    written = changed_query(query, arguments)
    assert written == "" or written.startswith("?")
    assert written.isascii()
    assert not set(written) & set("<>\"' \r\n")
