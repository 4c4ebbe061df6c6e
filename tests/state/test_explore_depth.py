"""Curves of depth: every number against the table of runs; gaps, robustness, and the sentence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.segmented_regression import fit_segments
from energyvis_panel.state.explore.depth.depth_answer import depth_answer
from energyvis_panel.state.explore.depth.depth_curves import DepthCurve, curves_of
from energyvis_panel.state.explore.depth.depth_networks import filled_in, often_run
from energyvis_panel.state.explore.depth.depth_questions import CURVES, networks_question, runs_question
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Question
from tests.state.brute_force import BruteForce

PUBLISHED_MJ = {
    "CPU node": {
        2: 4.32, 4: 5.31, 5: 5.74, 6: 4.31, 7: 7.25, 8: 8.10,
        10: 9.17, 12: 10.87, 14: 12.70, 16: 13.82, 20: 16.50,
    },
    "GPU node": {
        2: 9.97, 4: 10.30, 5: 10.56, 6: 10.59, 7: 10.92, 8: 11.10,
        10: 11.59, 12: 12.19, 14: 12.52, 16: 12.83, 20: 13.49,
    },
}  # fmt: skip
"""Median energy per datum by depth over the published table: BUTTER-E (Tripp et al. 2024, arXiv 2403.08151),
vector paths of the figure of energy by depth in its supplementary notebooks."""


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture(scope="module")
def brute(butter_e: Gateway) -> BruteForce:
    return BruteForce(standin_path(), Exploration(butter_e).axes, butter_e)


def shown(state: Exploration, question: Question) -> dict[tuple[str, bool], DepthCurve]:
    """Curves of the present selection."""
    state.drop(CURVES)
    state.pose({CURVES: question})
    return curves_of(state.answer(CURVES), state)


def as_runs(state: Exploration) -> dict[tuple[str, bool], DepthCurve]:
    return shown(state, runs_question(state.axes["j_per_datum"]))


def said(state: Exploration) -> str:
    return depth_answer(state, shown(state, networks_question()), same_networks=True)


def expected_curve(
    brute: BruteForce, state: Exploration, dataset: str, *, gpu: bool
) -> tuple[list[int], NDArray[np.float64], list[int], list[int], int]:
    """Depths, medians in mJ, runs, networks filled in, and networks, made from the runs one by one."""
    energy, depth = brute.quantities["j_per_datum"], brute.quantities["depth"]
    kept = brute.passing(state.brushes) & (brute.is_gpu == gpu) & ~np.isnan(energy)
    depths = sorted(set(depth[kept].astype(int).tolist()))
    logs: dict[tuple[Any, ...], dict[int, list[float]]] = {}
    columns = [brute.categories[name] for name in ("dataset", "optimizer", "batch_size")]
    for at in np.flatnonzero(kept).tolist():
        network = (*(column[at] for column in columns), brute.quantities["size"][at])
        logs.setdefault(network, {}).setdefault(int(depth[at]), []).append(np.log(energy[at]))
    often = [of for name, of in logs.items() if 2 * len(of) > len(depths) and dataset in {"", name[0]}]
    depths = [one for one in depths if any(one in of for of in often)]
    # Least squares on a dummy of each network and of each depth fills the gaps.
    known = [(at, depths.index(one), np.mean(of[one])) for at, of in enumerate(often) for one in of]
    dummies = np.zeros((len(known), len(often) + len(depths)))
    for row, (at, place, _log) in enumerate(known):
        dummies[row, at] = dummies[row, len(often) + place] = 1
    effects = np.linalg.lstsq(dummies, np.array([log for *_at, log in known]), rcond=None)[0]
    grid = effects[: len(often), None] + effects[len(often) :]
    filled = np.ones(grid.shape, int)
    for at, place, log in known:
        grid[at, place], filled[at, place] = log, 0
    runs = [sum(len(of.get(one, ())) for of in often) for one in depths]
    return depths, 1000 * np.exp(np.median(grid, axis=0)), runs, filled.sum(axis=0).tolist(), len(often)


@pytest.mark.parametrize("brushed", ["all", "published", "one shape", "large"])
def test_curves_of_networks_are_those_of_the_table(
    state: Exploration, brute: BruteForce, brushed: str
) -> None:
    if brushed == "published":
        state.brush_set("status", ("standardised",))
    elif brushed == "one shape":
        state.brush_set("shape", ("wide_first_16x",))
    elif brushed == "large":
        state.brush_range("size", 3e6)
    curves = shown(state, networks_question())
    for dataset, gpu in (("", False), ("", True), ("mnist", False), ("nursery", True)):
        depths, energies_mj, runs, filled, networks = expected_curve(brute, state, dataset, gpu=gpu)
        curve = curves[dataset, gpu]
        assert list(curve.depths) == depths
        assert curve.energies_mj == pytest.approx(energies_mj, rel=1e-6)
        assert (list(curve.runs), list(curve.filled), curve.networks) == (runs, filled, networks)
        there = [at for at, depth in enumerate(depths) if gpu or depth != 6]
        line = fit_segments([depths[at] for at in there], energies_mj[there].tolist(), significance=0.002)
        assert line is not None
        assert curve.fit is not None
        assert curve.fit.bend == line.bend
        assert (curve.fit.slope, curve.fit.slope_after) == pytest.approx(
            (line.slope, line.slope_after), rel=1e-4
        )


def test_medians_of_runs_are_those_of_the_table_to_a_bin(state: Exploration, brute: BruteForce) -> None:
    state.brush_range("size", 100, 1e6)
    curves, kept = as_runs(state), brute.passing(state.brushes)
    energy, depth = brute.quantities["j_per_datum"], brute.quantities["depth"]
    axis = state.axes["j_per_datum"]
    half_a_bin = (axis.high / axis.low) ** (0.51 / 240) - 1
    checked = 0
    for (dataset, gpu), curve in curves.items():
        mine = kept & (brute.is_gpu == gpu) & ~np.isnan(energy)
        if dataset:
            mine &= brute.categories["dataset"] == dataset
        for at, median_mj, runs in zip(curve.depths, curve.energies_mj, curve.runs, strict=True):
            values = energy[mine & (depth == at)]
            assert runs == len(values)
            middle = np.exp(np.median(np.log(values)))
            # Between two runs in the middle the bins lie as far apart as they do.
            assert median_mj == pytest.approx(1000 * middle, rel=2 * half_a_bin)
            checked += 1
    assert checked == 26 * 14


def test_the_published_medians_by_depth_come_out(state: Exploration) -> None:
    state.brush_set("status", ("standardised",))
    curves = as_runs(state)
    for gpu, of in enumerate(PUBLISHED_MJ.values()):
        curve = curves["", bool(gpu)]
        found = dict(zip(curve.depths, curve.energies_mj, strict=True))
        assert {depth: found[depth] for depth in of} == pytest.approx(of, rel=0.04)
    cpu = dict(zip(curves["", False].depths, curves["", False].energies_mj, strict=True))
    assert cpu[6] / (cpu[5] * cpu[7]) ** 0.5 == pytest.approx(0.67, abs=0.05)


def test_small_batches_bend_the_line_of_runs_and_not_that_of_the_same_networks(state: Exploration) -> None:
    # The batch in which optimizer and batch size vary has 2 to 6 layers; small batches take more.
    of_runs, of_networks = as_runs(state)["", False].fit, shown(state, networks_question())["", False].fit
    assert of_runs is not None
    assert of_runs.bend == pytest.approx(7.3, abs=0.5)
    assert of_runs.is_steeper
    assert of_networks is not None
    assert of_networks.bend is None
    state.brush_set("batch_size", ("256",))
    alike = as_runs(state)["", False].fit
    assert alike is not None
    assert alike.bend is None


def test_six_layers_on_cpu_nodes_are_left_out_of_the_line(state: Exploration) -> None:
    curve = shown(state, networks_question())["", False]
    at_six = curve.energies_mj[list(curve.depths).index(6)]
    assert curve.fit is not None
    assert at_six < 0.75 * curve.fit.at(6)
    with_six = fit_segments(list(curve.depths), list(curve.energies_mj))
    assert with_six is not None
    assert with_six.slope != pytest.approx(curve.fit.slope, abs=1e-3)


levels = st.lists(st.floats(-3, 3), min_size=3, max_size=6)


@settings(deadline=None)  # a busy machine is no failure
@given(levels, levels, st.randoms(use_true_random=False))
def test_what_is_missing_is_the_sum_of_level_and_effect(
    networks: list[float], depths: list[float], random: Any
) -> None:
    whole = np.array(networks)[:, None] + np.array(depths)
    holed = whole.copy()
    for row in range(len(networks)):
        holed[row, random.randrange(len(depths))] = np.nan
    assume(not np.isnan(holed).all(axis=0).any())
    assert filled_in(holed) == pytest.approx(whole, abs=1e-6)


def test_often_is_at_more_than_half_of_the_depths() -> None:
    known = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1]], bool)
    assert often_run(known).tolist() == [False, True, False]
    assert often_run(known[:, :3]).tolist() == [True, True, False]


def test_the_sentence_says_slopes_and_runs(state: Exploration) -> None:
    curves = shown(state, networks_question())
    cpu, gpu = curves["", False], curves["", True]
    assert cpu.fit is not None
    assert gpu.fit is not None
    compared = sum(cpu.runs) + sum(gpu.runs)
    assert said(state) == (
        "From no depth on: with the same networks at every depth, energy per datum follows a straight line "
        f"of +{cpu.fit.slope:.3f} mJ a layer on CPU nodes and a straight line of +{gpu.fit.slope:.3f} mJ a "
        f"layer on GPU nodes (63,527 of 63,527 runs, {compared:,} of them compared)."
    )


def test_the_sentence_says_the_bend_with_its_interval(state: Exploration) -> None:
    state.brush_range("size", 4e6)
    text = said(state)
    assert text.startswith("From 4 layers or fewer on CPU nodes: ")
    assert "turns up at 4 layers or fewer (95 % interval 4 to " in text
    assert "from \N{MINUS SIGN}" in text
    state.clear()
    state.brush_range("size", high=2048)
    text = said(state)
    assert text.startswith("From no depth on: ")
    fit = shown(state, networks_question())["", False].fit
    assert fit is not None
    assert fit.bend is not None
    assert f"turns down at {fit.bend:.1f}".removesuffix(".0") in text


def test_the_sentence_of_runs_says_that_networks_differ(state: Exploration) -> None:
    text = depth_answer(state, as_runs(state), same_networks=False)
    assert text.startswith("From 7.3 layers on CPU nodes: over runs as they are, whose networks differ ")
    assert "(63,527 of 63,527 runs, 60,359 of them with an energy per datum)." in text


def test_too_few_depths_one_class_and_no_run(state: Exploration) -> None:
    state.brush_range("depth", 2, 4)
    assert said(state).startswith("Fewer than 7 depths are selected, so nothing is said of a bend (")
    state.brush_range("depth", 2.1, 2.2)
    assert said(state) == "No run matches all brushes. Clear one."
    state.clear()
    state.brush_set("hardware", ("GPU node",))
    assert "CPU" not in said(state)
    assert said(state).startswith("From no depth on: ")
    state.clear()
    state.brush_set("status", ("overhead_estimate",))
    assert said(state) == (
        "No network was run at more than half of the selected depths with an energy per datum "
        "(3,120 of 63,527 runs)."
    )
    assert depth_answer(state, as_runs(state), same_networks=False) == (
        "None of the selected runs has an energy per datum (3,120 of 63,527 runs)."
    )


def test_seven_depths_on_gpu_nodes_are_six_on_cpu_nodes(state: Exploration) -> None:
    state.brush_range("depth", 3, 9)
    text = said(state)
    assert "no line on CPU nodes, where there are fewer than 7 depths" in text
    assert "mJ a layer on GPU nodes" in text


@pytest.fixture
def one_run(tmp_path: Path) -> Iterator[Exploration]:
    """A data set of a single run."""
    table = pq.read_table(standin_path())
    valid = np.flatnonzero(~np.isnan(table["j_per_datum"].to_numpy().astype(float)))
    pq.write_table(table.slice(int(valid[0]), 1), tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        yield Exploration(gateway)


def test_a_single_run_is_a_dot_without_a_line(one_run: Exploration) -> None:
    curves = shown(one_run, networks_question())
    assert len(curves) == 2
    for curve in curves.values():
        assert (list(curve.runs), list(curve.filled), curve.networks, curve.fit) == ([1], [0], 1, None)
    assert said(one_run) == ("Fewer than 7 depths are selected, so nothing is said of a bend (1 of 1 runs).")
