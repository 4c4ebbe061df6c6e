"""Laws of the lake for any run: where its rows lie changes no answer, and its parts add up to it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_check import check_lake
from energyvis_panel.data.lake_compaction import compact_lake
from tests.lake_fixture import RUN, LakeWriter, Row, at, epoch, sample, span

SECOND = "01JBQ0000000000000000000BB"
KINDS = ("gpu", "cpu", "dram", "other")
HOSTS = ("node1", "node2")
STEPS = ("epochs", "spans", "facts", "samples", "rename", "remove", "remove file", "rollup")
# An example writes a lake, so there are few, and none is made smaller when it fails.
FEW = settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
EIGHTHS = st.integers(0, 8)
ENERGIES = st.integers(0, 8_000_000).map(lambda eighths: eighths / 8)
"""Sums of eighths are exact in any order, so that answers can be compared to the last bit."""


class StopError(Exception):
    """The power went out."""


@dataclass(frozen=True)
class AnyRun:
    """A run: the readings of each writer in order, and its epochs by writer."""

    rows: dict[str, list[Row]]
    epochs: dict[str, list[Row]]

    def write(self, writer: LakeWriter, run_id: str, rows: dict[str, list[Row]], cuts: list[int]) -> None:
        """Write the readings in segments that end after the numbers ``cuts``."""
        writer.marker()
        writer.facts(run_id, hosts=list(HOSTS))
        for name, readings in rows.items():
            places = [0, *sorted(cut for cut in cuts if cut < len(readings)), len(readings)]
            for number, (first, last) in enumerate(pairwise(places)):
                part = [row | {"run_id": run_id} for row in readings[first:last]]
                writer.segment(run_id, number, part, name)
                writer.spans(run_id, number, [span(run_id, number, "eval", first, last, units=1.0)], name)
            if self.epochs[name]:
                writer.epochs(run_id, [row | {"run_id": run_id} for row in self.epochs[name]], name)


@st.composite
def runs(draw: st.DrawFn) -> AnyRun:
    """One or two writers with up to two devices each; an attribution rule or none; up to two epochs."""
    rows: dict[str, list[Row]] = {}
    epochs: dict[str, list[Row]] = {}
    share = draw(st.none() | EIGHTHS.map(lambda eighths: eighths / 8))
    for place in range(draw(st.integers(1, 2))):
        host, name = HOSTS[place], f"{HOSTS[place]}-{10 + place}"
        devices = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=2, unique=True))
        ticks = draw(st.integers(1, 8))
        bounds = sorted(draw(st.lists(st.integers(0, ticks), min_size=2, max_size=4, unique=True)))
        made: list[Row] = []
        sums: dict[int, dict[str, float]] = {}
        for tick in range(ticks):
            index = next((i for i, (a, b) in enumerate(pairwise(bounds)) if a < tick <= b), None)
            for kind in devices:
                energy_j = 0.0 if tick == 0 else draw(ENERGIES)
                changes: dict[str, Any] = {"seq": len(made), "host": host, "epoch": index}
                if share is not None:
                    changes["attributed_energy_j"] = energy_j * share
                made.append(sample(RUN, tick, energy_j, device_kind=kind, device_id=f"{kind}-0", **changes))
                if index is not None:
                    of_epoch = sums.setdefault(index, {})
                    of_epoch[f"energy_{kind}_j"] = of_epoch.get(f"energy_{kind}_j", 0.0) + energy_j
        rows[name] = made
        epochs[name] = [epoch(RUN, i, bounds[i], bounds[i + 1], **of_kinds) for i, of_kinds in sums.items()]
    return AnyRun(rows, epochs)


CUTS = st.lists(st.integers(1, 15), max_size=3, unique=True)


@contextmanager
def fresh_lake() -> Iterator[tuple[Lake, LakeWriter]]:
    """A lake of its own for each example."""
    with tempfile.TemporaryDirectory() as folder, Gateway(threads=1) as gateway:
        writer = LakeWriter(Path(folder) / "lake")
        yield Lake(gateway, writer.path), writer


def answers(lake: Lake) -> list[pa.Table]:
    """All that a reader can see of the run."""
    return [
        lake.all_runs(at(100)),
        *(
            lake.ask(question, run_id=RUN)
            for question in (
                "lake/compacted_samples",
                "lake/compacted_epochs",
                "lake/compacted_spans",
                "runs/epochs_of_run",
                "runs/outside_of_run",
                "runs/spans_of_run",
            )
        ),
    ]


def total_j(lake: Lake, run_id: str) -> float:
    rows = lake.ask("runs/sources_of_run", run_id=run_id).to_pylist()
    return float(sum(row["energy_j"] for row in rows))


def recorded_j(run: AnyRun) -> float:
    total_j = 0.0
    for row in (row for rows in run.rows.values() for row in rows):
        share_j = row.get("attributed_energy_j")
        total_j += row["energy_j"] if share_j is None else share_j
    return total_j


@FEW
@given(run=runs(), cuts=CUTS, step=st.sampled_from(STEPS), occurrence=st.integers(1, 3))
def test_live_half_compacted_and_compacted_runs_read_the_same(
    run: AnyRun, cuts: list[int], step: str, occurrence: int
) -> None:
    met: list[str] = []

    def stop(name: str) -> None:
        met.append(name)
        if name == step and met.count(step) == occurrence:
            raise StopError

    with fresh_lake() as (lake, writer):
        run.write(writer, RUN, run.rows, cuts)
        live = answers(lake)
        assert check_lake(lake, at(100)).is_fine
        try:
            compact_lake(lake, before=stop)
        except StopError:
            assert answers(lake) == live
            assert check_lake(lake, at(100)).is_fine
        compact_lake(lake)
        assert lake.listing().runs[RUN].is_compacted
        assert answers(lake) == live
        assert check_lake(lake, at(100)).is_fine


@FEW
@given(run=runs(), first=CUTS, second=CUTS)
def test_how_a_run_is_cut_into_segments_changes_nothing(
    run: AnyRun, first: list[int], second: list[int]
) -> None:
    found = []
    for cuts in (first, second):
        with fresh_lake() as (lake, writer):
            run.write(writer, RUN, run.rows, cuts)
            found.append([lake.ask("lake/compacted_samples", run_id=RUN), lake.all_runs(at(100))])
    assert found[0] == found[1]


@FEW
@given(run=runs(), place=st.integers(0, 8), cuts=CUTS)
def test_two_halves_of_a_run_add_up_to_it(run: AnyRun, place: int, cuts: list[int]) -> None:
    with fresh_lake() as (lake, writer):
        split_at = at(place)
        for run_id, is_first in ((RUN, True), (SECOND, False)):
            part = {
                name: [row for row in rows if (row["ts"] <= split_at) == is_first]
                for name, rows in run.rows.items()
            }
            run.write(writer, run_id, part, cuts)
        halves_j = total_j(lake, RUN) + total_j(lake, SECOND)
        rows = lake.all_runs(at(100)).to_pylist()
    assert halves_j == pytest.approx(recorded_j(run), rel=1e-12, abs=1e-12)
    assert sum(row["energy_j"] or 0.0 for row in rows) == pytest.approx(halves_j, rel=1e-12, abs=1e-12)


@FEW
@given(run=runs(), cuts=CUTS, is_compacted=st.booleans())
def test_epochs_and_the_time_between_them_add_up_to_the_run(
    run: AnyRun, cuts: list[int], is_compacted: bool
) -> None:
    with fresh_lake() as (lake, writer):
        run.write(writer, RUN, run.rows, cuts)
        if is_compacted:
            compact_lake(lake)
        parts = [
            row
            for question in ("runs/epochs_of_run", "runs/outside_of_run")
            for row in lake.ask(question, run_id=RUN).to_pylist()
        ]
        whole_j = total_j(lake, RUN)
    parts_j = float(sum(row[f"energy_{kind}_j"] or 0.0 for row in parts for kind in KINDS))
    assert parts_j == pytest.approx(recorded_j(run), rel=1e-9, abs=1e-9)
    assert whole_j == pytest.approx(recorded_j(run), rel=1e-9, abs=1e-9)
