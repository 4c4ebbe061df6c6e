"""Own runs to mark: which can be compared and why not, what is chosen, and a link that holds it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lab_runs import LabRuns
from energyvis_panel.data.lake import Lake
from energyvis_panel.errors import DatasetError
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.own_runs import MOST_MARKS, REASONS, OwnRuns, offer_own_runs
from tests.lake_fixture import LakeWriter, readings

RUN = "01JBQ0000000000000000000A{}"


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    return LakeWriter(tmp_path / "lake")


@pytest.fixture
def lab(writer: LakeWriter) -> Iterator[LabRuns]:
    with Gateway(threads=1) as gateway:
        yield LabRuns(Lake(gateway, writer.path), threads=1)


@pytest.fixture
def own(butter_e: Gateway, lab: LabRuns) -> OwnRuns:
    return offer_own_runs(Exploration(butter_e), lab)


def read_by(writer: LakeWriter, run_id: str, source: str, quality: str = "ok") -> None:
    """A finished run of a minute whose energy was obtained in one way."""
    writer.marker()
    writer.facts(run_id, name=f"{source} {quality}")
    rows = readings(run_id, [0.0, 100.0], source=source)
    writer.segment(run_id, 0, [*rows[:1], rows[1] | {"quality": quality}])


def test_every_run_is_told_apart_by_a_rule(own: OwnRuns, writer: LakeWriter) -> None:
    writer.plain_run(RUN.format(1), name="good", project=None)
    writer.plain_run(RUN.format(2), name="failed", state="failed")
    writer.plain_run(RUN.format(3), name="running", state="running", ended_at=None)
    for place, (source, quality) in enumerate(
        [("integrated", "ok"), ("estimate", "ok"), ("imported", "ok"), ("counter", "gap")], start=4
    ):
        read_by(writer, RUN.format(place), source, quality)
    writer.facts(RUN.format(8), name="nothing")
    writer.plain_run(RUN.format(9), name="instant", ended_at="2026-11-03T10:00:00.000000Z")
    own.show(own.answer())
    assert {run.name: run.reason for run in own.runs} == {
        "good": "",
        "failed": REASONS["failed"],
        "running": REASONS["unfinished"],
        "integrated ok": "",
        "estimate ok": REASONS["estimated"],
        "imported ok": REASONS["imported"],
        "counter gap": REASONS["gaps"],
        "nothing": REASONS["no_energy"],
        "instant": "it lasted no time",
    }
    good = next(run for run in own.runs if run.name == "good")
    # 60 s at 140 W: 8,400 J.
    assert good.label == "good: 2.33 Wh, 1 min 00 s, measured"
    assert good.values == {
        "energy_j": 8400,
        "run_time_s": 60,
        "power_w": 140,
        "j_per_datum": pytest.approx(2.8),
    }
    assert (good.kinds, good.hardware, good.detail) == ("cpu, gpu", "GPU node", "2026-11-03 10:00 UTC")


def test_runs_are_chosen_and_taken_away(own: OwnRuns, writer: LakeWriter) -> None:
    for at in range(MOST_MARKS + 1):
        writer.plain_run(RUN.format(at), name=f"run {at}")
    writer.plain_run(RUN.format("X"), name="a run with a long name", state="failed")
    own.show(own.answer())
    for at in range(MOST_MARKS):
        own.toggle(RUN.format(at))
    assert [run.name for run in own.marks] == [f"run {at}" for at in range(MOST_MARKS)]
    own.toggle(RUN.format(MOST_MARKS))
    assert own.refusal == "At most 8 runs are marked. Take one away first."
    assert len(own.marks) == MOST_MARKS
    own.toggle(RUN.format(0))
    assert (len(own.marks), own.refusal) == (MOST_MARKS - 1, "")
    own.toggle(RUN.format("X"))
    assert own.refusal == "Not marked: a run with a lo…, it ended with an error, or was lost."
    own.toggle("nobody")
    assert own.refusal == "Not marked: 'nobody', which the lake does not hold."
    own.clear()
    assert (own.marks, own.link) == ((), "")


def test_a_link_holds_the_marks_and_says_what_is_gone(
    butter_e: Gateway, lab: LabRuns, writer: LakeWriter
) -> None:
    writer.plain_run(RUN.format(1), name="one")
    writer.plain_run(RUN.format(2), name="two", state="failed")
    own = offer_own_runs(
        Exploration(butter_e), lab, ",".join((RUN.format(1), RUN.format(2), "gone", RUN.format(1)))
    )
    assert own.marks == ()
    own.show(own.answer())
    assert [run.name for run in own.marks] == ["one"]
    assert own.link == RUN.format(1)
    assert own.refusal == (
        "Not marked: two, it ended with an error, or was lost; 'gone', which the lake does not hold."
    )


def test_a_lake_that_cannot_be_read_keeps_the_marks(own: OwnRuns, writer: LakeWriter) -> None:
    writer.plain_run(RUN.format(1))
    own.show(own.answer())
    own.toggle(RUN.format(1))

    def failing() -> None:
        raise DatasetError("The lake changes faster than it can be read.")

    own.read = failing
    own.show(own.answer())
    assert own.refusal == "The lake changes faster than it can be read."
    assert len(own.marks) == 1


def test_an_exploration_without_a_lake_offers_none(butter_e: Gateway) -> None:
    own = OwnRuns.of(Exploration(butter_e))
    assert own.read is None
    own.show(own.answer())
    assert own.refusal == "No runs of the lab are offered here."
