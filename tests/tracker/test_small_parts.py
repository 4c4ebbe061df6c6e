"""Identifiers, clocks, places and the environment of SLURM."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.clock import TickSchedule, iso_utc, us_from_iso
from energyvis_tracker.errors import SinkError
from energyvis_tracker.lake import default_lake, open_lake, replace_file, writer_name
from energyvis_tracker.slurm import scheduler_facts
from energyvis_tracker.ulid import CROCKFORD_BASE32, new_ulid


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_run_ids_sort_by_time(one_ms: int, other_ms: int) -> None:
    one, other = new_ulid(one_ms), new_ulid(other_ms)
    assert len(one) == 26
    assert set(one) <= set(CROCKFORD_BASE32)
    assert one != other
    assert one_ms == other_ms or (one < other) == (one_ms < other_ms)


def test_a_run_id_holds_the_time_of_the_specification() -> None:
    assert new_ulid(1_469_918_176_385).startswith("01ARYZ6S41")  # the example in the ULID specification


@given(st.integers(0, 4_000_000_000_000_000))
def test_times_survive_their_text(time_us: int) -> None:
    assert us_from_iso(iso_utc(time_us)) == time_us


@given(st.lists(st.integers(0, 5_000_000_000), max_size=30), st.floats(0.001, 30))
def test_ticks_stay_on_their_grid_however_late_each_one_is(delays_ns: list[int], interval_s: float) -> None:
    schedule = TickSchedule(1000, interval_s)
    taken = 0
    for delay_ns in delays_ns:
        now_ns = schedule.due_ns + delay_ns
        schedule.advance(now_ns)
        taken += 1
        assert now_ns < schedule.due_ns <= now_ns + schedule.interval_ns
        assert (schedule.due_ns - 1000) % schedule.interval_ns == 0
    assert schedule.tick == 1 + taken + schedule.missed


@pytest.mark.parametrize(
    ("environ", "lake"),
    [
        ({"ENERGYVIS_LAKE": "/a", "XDG_DATA_HOME": "/b"}, "/a"),
        ({"XDG_DATA_HOME": "/b"}, "/b/energyvis/lake"),
        ({"XDG_DATA_HOME": "relative"}, "~/.local/share/energyvis/lake"),
        ({}, "~/.local/share/energyvis/lake"),
    ],
)
def test_the_default_lake(environ: dict[str, str], lake: str) -> None:
    assert default_lake(environ) == Path(lake).expanduser()


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": "energyvis-lake", "version": 2}', '{"format": "other"}']
)
def test_a_foreign_marker_is_refused_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    marker = tmp_path / "lake.json"
    marker.write_text(text)
    with pytest.raises(SinkError, match="does not describe a lake"):
        open_lake(tmp_path)
    assert marker.read_text() == text


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(target, b"x")
    assert list(tmp_path.iterdir()) == [target]
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with target.open("rb") as reader:
        replace_file(target, b"new")
        assert reader.read() == b"old"
    assert target.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_writer_names_are_safe_in_file_names() -> None:
    assert writer_name("node 7/ä.cluster", 12) == "node_7__.cluster-12"


def test_slurm_speaks_through_the_environment() -> None:
    environ = {
        "SLURM_JOB_ID": "7",
        "SLURM_STEP_ID": "0",
        "SLURM_ARRAY_JOB_ID": "5",
        "SLURM_ARRAY_TASK_ID": "2",
    }
    environ |= {"SLURM_JOB_ACCOUNT": "a", "SLURM_JOB_PARTITION": "p"}
    facts = {"job": "7", "step": "0", "array": "5_2", "account": "a", "partition": "p"}
    assert scheduler_facts(environ) == facts
    assert scheduler_facts({}) is None
