"""A session of two hundred random brush steps: at each, all counts and sums equal a loop over all runs."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.composition.composition import RINGS
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.overhead.overhead import GROUPINGS as OVERHEAD_GROUPINGS
from energyvis_panel.state.explore.signatures.signatures import GROUPINGS
from tests.state.brute_force import IN_FILE, BruteForce
from tests.state.visitor import QUESTIONS, Visitor

STEPS = 200
FEWEST = 3
"""How often each kind of step comes at least."""
CHOICES_EVERY = 3
"""After so many steps, other groups are chosen: to ask for them is half of the work."""


def test_each_of_two_hundred_random_steps_counts_what_a_loop_over_all_runs_counts(butter_e: Gateway) -> None:
    now = [0.0]
    state = Exploration(butter_e, clock=lambda: now[0])
    state.pose(QUESTIONS)
    runs = BruteForce(standin_path(), state.axes, butter_e)
    visitor = Visitor(state, runs, 5)
    counts = []
    for at in range(STEPS):
        now[0] += 10
        if at % CHOICES_EVERY == 0:
            visitor.choose()
        visitor.step()
        visitor.check()
        counts.append(state.run_count)
    # The walk has been everywhere: it selected much and little, and made every kind of step.
    assert len(set(counts)) > STEPS // 4
    assert min(counts) < state.total_runs / 100 < state.total_runs / 2 < max(counts)
    kinds = ("range", "values", "box", "lasso", "invert", "clear_one", "clear_all", "undo", "redo")
    assert set(visitor.done) == {*kinds, "leave", "come_back"}
    assert min(map(visitor.done.count, visitor.done)) >= FEWEST
    assert visitor.ranged == set(QUANTITIES)
    assert {one.overhead for one in visitor.chosen} == set(OVERHEAD_GROUPINGS)
    assert {one.ring for one in visitor.chosen} == set(RINGS)
    assert {one.signatures for one in visitor.chosen} == set(GROUPINGS)
    assert {one.is_gpu for one in visitor.chosen} == {False, True}


@pytest.fixture(scope="module")
def gaps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 6,000 runs of which many have no energy, or no start, or no setting, as raw data do."""
    runs = pq.read_table(standin_path())
    rng = np.random.default_rng(3)
    runs = runs.take(rng.choice(runs.num_rows, 6_000, replace=False))
    for names in (
        ("energy_j", "power_w", "j_per_datum"),
        ("started_at",),
        ("run_time_s",),
        ("energy_overhead_j",),
        ("std_energy_j",),
        ("optimizer", "batch"),
        ("dataset",),
        ("shape",),
        ("depth",),
        ("size",),
        ("batch_size",),
        ("learning_rate",),
    ):
        lost = pa.array(rng.random(runs.num_rows) < 0.1)
        for name in names:
            column = runs[name].combine_chunks()
            kept = pc.if_else(lost, pa.scalar(None, column.type), column)
            runs = runs.set_column(runs.column_names.index(name), name, kept)
    file = tmp_path_factory.mktemp("gaps") / "runs.parquet"
    pq.write_table(runs, file)
    return file


def test_runs_without_a_value_pass_no_brush_on_it_whichever_way_it_is_turned(gaps: Path) -> None:
    with Gateway() as gateway:
        load_butter_e(gateway, gaps)
        now = [0.0]
        state = Exploration(gateway, clock=lambda: now[0])
        state.pose(QUESTIONS)
        runs = BruteForce(gaps, state.axes, gateway)
        visitor = Visitor(state, runs, 9)
        for at in range(60):
            now[0] += 10
            if at % CHOICES_EVERY == 0:
                visitor.choose()
            visitor.step()
            visitor.check()
    assert {"range", "lasso", "invert"} < set(visitor.done)


def test_the_bins_of_the_table_are_those_of_the_axes(butter_e: Gateway) -> None:
    state = Exploration(butter_e)
    assert set(IN_FILE) < set(QUANTITIES)
    runs = BruteForce(standin_path(), state.axes, butter_e)
    columns = ["size_px", "depth_px", "run_time_px", "power_px", "energy_px", "j_per_datum_px"]
    table = butter_e.ask("explore/chosen_columns", brushes=state.brushes.parameter(), columns=columns)
    for name, column in zip(IN_FILE, columns, strict=True):
        got = np.nan_to_num(table[column].to_numpy().astype(float), nan=-1)
        assert np.array_equal(np.sort(got), np.sort(runs.bins[name]))
