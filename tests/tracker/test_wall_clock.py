"""Time in the lake never goes back, whatever happens to the machine's clock."""

from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.clock import WallClock

SECOND_US, SECOND_NS = 1_000_000, 1_000_000_000


class Clocks:
    """A machine whose clocks the test moves."""

    def __init__(self) -> None:
        self.wall_us, self.mono_ns, self.boot_ns = 1_000 * SECOND_US, 50 * SECOND_NS, 60 * SECOND_NS
        self.clock = WallClock(lambda: self.wall_us, lambda: self.mono_ns, lambda: self.boot_ns)

    def wait(self, seconds: int) -> None:
        self.wall_us += seconds * SECOND_US
        self.mono_ns += seconds * SECOND_NS
        self.boot_ns += seconds * SECOND_NS


def test_a_clock_that_is_set_back_changes_nothing_but_a_note() -> None:
    clocks = Clocks()
    clocks.wait(1)
    before = clocks.clock.read()[0]
    clocks.wait(1)
    clocks.wall_us -= 3600 * SECOND_US
    after = clocks.clock.read()[0]
    assert after - before == SECOND_US
    assert clocks.clock.notes == ["The clock was set 3600.0 s back; times go on from where they were."]


def test_a_clock_that_is_set_forward_is_followed() -> None:
    clocks = Clocks()
    before = clocks.clock.read()[0]
    clocks.wait(1)
    clocks.wall_us += 60 * SECOND_US
    assert clocks.clock.read()[0] - before == 61 * SECOND_US
    assert clocks.clock.notes == ["The clock was set 60.0 s forward."]


def test_sleep_is_told_from_a_clock_that_was_set() -> None:
    clocks = Clocks()
    before = clocks.clock.read()[0]
    clocks.wait(1)
    clocks.wall_us += 8 * 3600 * SECOND_US
    clocks.boot_ns += 8 * 3600 * SECOND_NS
    assert clocks.clock.read()[0] - before == (8 * 3600 + 1) * SECOND_US
    assert clocks.clock.notes == ["The machine slept for 28800 s."]


def test_small_steering_leaves_no_note() -> None:
    clocks = Clocks()
    clocks.wait(1)
    clocks.wall_us -= 400_000
    clocks.clock.read()
    assert clocks.clock.notes == []


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(-10_000_000, 10_000_000)), max_size=40))
def test_time_never_goes_back(moves: list[tuple[int, int]]) -> None:
    clocks, last_us = Clocks(), 0
    for seconds, jump_us in moves:
        clocks.wait(seconds)
        clocks.wall_us += jump_us
        wall_us, mono_ns = clocks.clock.read()
        assert wall_us >= last_us
        assert mono_ns == clocks.mono_ns
        last_us = wall_us
