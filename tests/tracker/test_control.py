"""Orders: whatever the ranks are doing when one comes, they all wait or end at the same epoch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.control import Control


class Rank:
    """A process that goes from epoch to epoch, as it is told."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.next_epoch = 0
        self.is_open = self.is_paused = self.has_ended = False
        self.ended: list[int] = []

    def step(self) -> None:
        if self.has_ended:
            return
        if self.is_open:
            self.is_open = False
            self.ended.append(self.next_epoch)
            self.has_ended = self.control.at_end(self.next_epoch) == "stop"
            self.next_epoch += 1
            return
        control = self.control.at_start(self.next_epoch)
        self.is_paused = control == "pause"
        self.has_ended = control == "stop"
        self.is_open = control is None


@given(
    steps=st.lists(st.integers(0, 2), max_size=60),
    place=st.integers(0, 60),
    action=st.sampled_from(["pause", "stop"]),
)
def test_all_ranks_wait_or_end_at_the_same_epoch(steps: list[int], place: int, action: str) -> None:
    control = Control()
    control.is_alone = False
    ranks = [Rank(control) for _ in range(3)]
    for number, who in enumerate(steps):
        if number == place:
            control.order(action, "test")
        # Ranks work together, so none is more than an epoch ahead of another.
        if len(ranks[who].ended) <= min(len(rank.ended) for rank in ranks):
            ranks[who].step()
    control.order(action, "test")
    for _ in range(200):
        for rank in ranks:
            rank.step()
    assert all(rank.has_ended if action == "stop" else rank.is_paused for rank in ranks)
    assert len({tuple(rank.ended) for rank in ranks}) == 1


def test_a_process_alone_ends_at_any_boundary_and_several_only_where_all_do() -> None:
    alone, several = Control(), Control()
    several.is_alone = False
    for control in (alone, several):
        assert control.at_start(0) is None
        assert control.at_end(0) is None
        control.order("stop", "test")
    assert (alone.between(), several.between()) == ("stop", None)
    assert alone.at_start(1) == "stop"
    assert several.at_start(1) is None
    assert several.at_end(1) == "stop"


def test_resume_lets_go_and_stop_ends_a_pause() -> None:
    control = Control()
    assert not control.order("resume", "nothing to resume")
    assert control.order("pause", "test")
    assert not control.order("pause", "again")
    assert control.at_start(0) == "pause"
    assert control.order("resume", "test")
    assert control.at_start(0) is None
    control.order("pause", "test")
    assert control.order("stop", "test")
    assert control.pause_before is None
    assert control.at_end(0) == "stop"
    assert not control.order("pause", "too late")


@pytest.mark.parametrize("action", ["", "halt"])
def test_an_unknown_order_changes_nothing(action: str) -> None:
    control = Control()
    assert not control.order(action, "test")
    assert control.at_start(0) is None
