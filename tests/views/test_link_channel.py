"""Linked frames: what a frame is brought to by another is not told again, and what comes in is checked."""

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.study import Study
from energyvis_panel.views.embed.link_channel import LONGEST_TEXT, LinkChannel, linked_brushes, linked_study
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles
from tests.views.conftest import send


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


def test_a_brush_is_told_with_a_new_serial(state: Exploration) -> None:
    channel = linked_brushes("lab", state)
    state.brush_range("depth", 2, 8)
    assert (channel.text, channel.serial) == ("depth:2..8", 1)


def test_brushes_of_another_frame_are_followed_and_not_told_again(state: Exploration) -> None:
    channel = linked_brushes("lab", state)
    send(channel, {"text": "depth:2.0..8", "serial": 0})
    assert state.brushes.ranges == {"depth": (2, 8)}
    assert (channel.text, channel.serial) == ("depth:2..8", 0)


def test_what_was_sent_before_the_last_brush_here_is_passed_over(state: Exploration) -> None:
    channel = linked_brushes("lab", state)
    state.brush_range("depth", 2, 8)
    send(channel, {"text": "depth:5..6", "serial": 0})
    assert state.link == "depth:2..8"


@pytest.mark.parametrize("text", ["nonsense:1..2", "depth:two..3", "hardware:abacus"])
def test_brushes_that_cannot_be_are_said_and_change_nothing(state: Exploration, text: str) -> None:
    channel = linked_brushes("lab", state)
    state.brush_range("depth", 2, 8)
    send(channel, {"text": text, "serial": 1})
    assert state.refusal
    assert (state.link, channel.text, channel.serial) == ("depth:2..8", "depth:2..8", 1)


@pytest.mark.parametrize(
    "message",
    [
        None,
        "depth:2..8",
        {"text": 3, "serial": 0},
        {"serial": 0},
        {"text": "x" * (LONGEST_TEXT + 1), "serial": 0},
    ],
)
def test_a_message_of_another_shape_is_passed_over(message: object) -> None:
    followed: list[str] = []
    send(LinkChannel("lab", "", followed.append), message)
    assert followed == []


def test_frames_over_other_runs_share_no_brushes(state: Exploration) -> None:
    assert linked_brushes("lab", state).topic == "lab brushes butter-e"
    assert linked_study("lab", Study(CannedProfiles(), REFERENCES)).topic == "lab study"


def test_a_study_follows_the_region_of_another() -> None:
    one, other = (Study(CannedProfiles(), REFERENCES) for _ in range(2))
    here, there = linked_study("lab", one), linked_study("lab", other)
    one.choose_region("US-WY")
    assert here.serial == 1
    send(there, {"text": here.text, "serial": 0})
    assert other.choice == one.choice
    assert there.serial == 0
