"""The ticks of a tree of processes between two readings: each counts once."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.meters.proc_folder import Process, process_in
from energyvis_tracker.meters.process_tree import ticks_between


def test_a_name_may_hold_blanks_and_brackets() -> None:
    stat = b"42 (tmux: (x) y) S 7 8 9 0 -1 0 0 0 0 0 11 12 13 14 20 0 3 0 1234 0\n"
    assert process_in(42, stat) == Process(42, 1234, 7, 8, 9, 3, 23, 27)


Snapshot = dict[int, Process]


def ticks_of(snapshots: list[Snapshot]) -> list[int]:
    """Return what is counted from each snapshot of a tree to the next."""
    counted: list[int] = []
    debts: dict[int, int] = {}
    for before, now in pairwise(snapshots):
        ticks, debts = ticks_between(before, now, (), debts)
        counted.append(ticks)
    return counted


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Snapshot], list[int]]:
    """Draw snapshots of a tree whose processes work, start others, and end waited for; and the true ticks."""
    live, next_pid = {1: Process(1, 0, 0, 1, 1, 1, 0, 0)}, 2
    snapshots, truth = [dict(live)], []
    for _ in range(draw(st.integers(1, 6))):
        ticks = 0
        for _ in range(draw(st.integers(0, 8))):
            pid = draw(st.sampled_from(sorted(live)))
            process = live[pid]
            action = draw(st.sampled_from(["work", "fork", "end"]))
            if action == "work":
                done = draw(st.integers(0, 50))
                ticks += done
                live[pid] = replace(process, own_ticks=process.own_ticks + done)
            elif action == "fork":
                live[next_pid] = Process(next_pid, 0, pid, 1, 1, 1, 0, 0)
                next_pid += 1
            elif pid != 1 and not any(child.parent == pid for child in live.values()):
                del live[pid]
                parent = live[process.parent]
                live[parent.pid] = replace(parent, waited_ticks=parent.waited_ticks + process.total_ticks)
        snapshots.append(dict(live))
        truth.append(ticks)
    return snapshots, truth


@given(histories())
def test_every_tick_of_a_tree_counts_once_however_processes_come_and_go(
    history: tuple[list[Snapshot], list[int]],
) -> None:
    snapshots, truth = history
    assert ticks_of(snapshots) == truth


def test_a_child_that_ends_while_the_tree_is_read_does_not_count_twice() -> None:
    parent = Process(1, 0, 0, 1, 1, 1, 0, 0)
    child = Process(2, 0, 1, 1, 1, 1, 70, 0)
    read_just_before = {1: parent}
    late = {1: replace(parent, waited_ticks=75)}
    assert ticks_of([{1: parent, 2: child}, read_just_before, late, late]) == [0, 5, 0]


def test_nor_where_its_parent_ends_as_well_before_the_next_reading() -> None:
    root = Process(1, 0, 0, 1, 1, 1, 0, 0)
    parent = Process(2, 0, 1, 1, 1, 1, 10, 0)
    child = Process(3, 0, 2, 1, 1, 1, 70, 0)
    late = {1: replace(root, waited_ticks=85)}
    assert ticks_of([{1: root, 2: parent, 3: child}, {1: root, 2: parent}, late]) == [0, 5]
