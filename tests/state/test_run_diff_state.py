"""Picking two runs and comparing them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.run_diff import run_work
from energyvis_panel.state.run_diff import RunDiffState
from tests.diff_fixture import RUN_A, RUN_B, write_pair
from tests.lake_fixture import LakeWriter


@pytest.fixture
def state(tmp_path: Path) -> Iterator[RunDiffState]:
    write_pair(LakeWriter(tmp_path / "lake"))
    with Gateway(threads=1) as gateway:
        lake = Lake(gateway, tmp_path / "lake")
        yield RunDiffState(lambda run_id: run_work(lake, run_id))


def test_a_third_run_takes_the_seconds_place_and_a_picked_one_is_put_back(state: RunDiffState) -> None:
    for run_id in ("R1", "R2", "R3"):
        state.pick(run_id)
    assert state.picked == ["R1", "R3"]
    state.pick("R1")
    assert state.picked == ["R3"]
    state.pick("")
    assert state.picked == ["R3"]


def test_two_runs_are_compared_per_unit(state: RunDiffState) -> None:
    state.compare()
    assert state.diff is None
    state.pick(RUN_A)
    state.pick(RUN_B)
    state.compare()
    assert state.diff is not None
    assert (state.pers, state.per) == (["sample", "epoch", "total"], "sample")
    assert state.change is not None
    assert state.change.change == pytest.approx(0.1)
    assert state.change.is_significant
    state.per = "total"
    assert state.change.p_value is None
    state.swap()
    assert state.diff.a.run_id == RUN_B
    assert state.change.change == pytest.approx(100 / 110 - 1)
    state.clear()
    assert (state.diff, state.change) == (None, None)


def test_a_run_that_is_gone_is_a_sentence(state: RunDiffState) -> None:
    state.pick(RUN_A)
    state.pick("GONE")
    state.compare()
    assert state.diff is None
    assert "There is no run 'GONE'" in state.failure
