"""What runs should have taken: effects that are known are found again, whatever a few strange runs say."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from energyvis_panel.domain.anomaly_forest import forest_scores
from energyvis_panel.domain.anomaly_model import SETTINGS, Design, Setting, fitted, group_medians
from energyvis_panel.domain.anomaly_scales import FENCE, FOREST, RESIDUAL, Scale
from energyvis_panel.domain.explained_effects import ExplainedEffect, explained_effects

Numbers = NDArray[np.float64]
CAMPAIGN = "CPU node, optimizer batch"
DIP, CPU4, BATCH_32 = 0.7, 0.86, 2.5


def setting(values: list[object]) -> Setting:
    known = list(dict.fromkeys(values))
    return Setting(np.array([known.index(value) for value in values]), known)


def rows() -> list[dict[str, object]]:
    """Every combination of a few settings; node types in turn, so that none goes with a setting."""
    main = [
        {"family": family, "dataset": dataset, "size": size, "depth": depth, "shape": shape,
         "optimizer": "Adam", "batch_size": 256, "learning_rate": 1e-4}
        for family, dataset, size, depth, shape in product(
            ("CPU node", "GPU node"), ("adult", "mnist", "sleep"), (32, 1024, 32_768), range(3, 10),
            ("rectangle", "trapezoid", "exponential"))
    ]  # fmt: skip
    batch = [
        {"family": CAMPAIGN, "dataset": dataset, "size": size, "depth": depth, "shape": "rectangle",
         "optimizer": optimizer, "batch_size": batch_size, "learning_rate": 1e-4}
        for dataset, size, depth, optimizer, batch_size in product(
            ("adult", "mnist"), (32, 1024), (3, 4), ("Adam", "SGD"), (32, 256))
    ]  # fmt: skip
    found = main + batch
    for number, row in enumerate(found):
        of_gpu = row["family"] == "GPU node"
        row["node_type"] = (("gpu1", "gpu2") if of_gpu else ("cpu1", "cpu4"))[number % 5 == 0]
    return found


def log_energy(row: dict[str, object]) -> float:
    depth, size = float(str(row["depth"])), float(str(row["size"]))
    energy = (
        10
        + 0.2 * math.log(size)
        + 0.05 * depth
        + {"adult": 0.0, "mnist": 1.0, "sleep": 2.0}[str(row["dataset"])]
    )
    if row["family"] != "GPU node" and depth == 6:
        energy += math.log(DIP)
    if row["node_type"] == "cpu4":
        energy += math.log(CPU4)
    if row["batch_size"] == 32:
        energy += math.log(BATCH_32)
    return energy


@pytest.fixture
def design() -> Design:
    return Design.of(
        {name: setting([row[name] for row in rows()]) for name in SETTINGS}, np.ones(len(rows()))
    )


@pytest.fixture
def measured() -> Numbers:
    noise = np.random.default_rng(7).normal(0, 0.05, len(rows()))
    return np.array([log_energy(row) for row in rows()]) + noise


def found_effects(design: Design, logs: Numbers) -> dict[str, ExplainedEffect]:
    fit = fitted(design, logs)
    effects = explained_effects({"ln_energy": fit.effects, "ln_power": fit.effects})
    return {one.subject: one for one in effects if one.quantity == "energy"}


def test_known_effects_are_found_again_with_their_size(design: Design, measured: Numbers) -> None:
    effects = found_effects(design, measured)
    assert effects["6 layers on CPU nodes"].change == pytest.approx(DIP - 1, abs=0.03)
    assert effects["6 layers on CPU nodes"].against == "5 and 7 layers"
    assert effects["cpu4 nodes"].change == pytest.approx(CPU4 - 1, abs=0.03)
    assert "idle power" in effects["cpu4 nodes"].reason
    assert effects["batches of 32"].change == pytest.approx(BATCH_32 - 1, rel=0.05)
    assert not {"gpu2 nodes", "6 layers on GPU nodes", "5 layers on CPU nodes"} & set(effects)


def test_what_the_settings_explain_leaves_no_residual(design: Design, measured: Numbers) -> None:
    residual = measured - fitted(design, measured).expected
    assert np.abs(residual).max() < 5 * 0.05
    at_six = np.array([row["depth"] == 6 and row["family"] == "CPU node" for row in rows()])
    on_cpu4 = np.array([row["node_type"] == "cpu4" for row in rows()])
    assert abs(np.median(residual[at_six])) < 0.02
    assert abs(np.median(residual[on_cpu4])) < 0.02


def test_strange_runs_stand_out_and_move_nobody(design: Design, measured: Numbers) -> None:
    strange = np.arange(0, len(measured), 23)
    shifted = measured.copy()
    shifted[strange] += 3.0
    before, after = fitted(design, measured).expected, fitted(design, shifted).expected
    residual = shifted - after
    assert residual[strange].min() > 2.5
    usual = np.setdiff1d(np.arange(len(measured)), strange)
    assert np.abs(residual[usual]).max() < 0.4
    assert np.median(np.abs(after - before)) < 0.02


def test_a_run_that_alone_has_its_settings_does_not_explain_itself() -> None:
    lone = [row for row in rows() if row["shape"] == "rectangle" and row["family"] == "GPU node"]
    noise = np.random.default_rng(5).normal(0, 0.05, len(lone))
    logs = np.array([log_energy(row) for row in lone]) + noise
    design = Design.of({name: setting([row[name] for row in lone]) for name in SETTINGS}, np.ones(len(lone)))
    residual = logs - fitted(design, logs).expected
    assert np.corrcoef(residual, noise)[0, 1] > 0.5
    assert residual.std() > 0.2 * noise.std()


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-1e6, 1e6)), min_size=1, max_size=40))
def test_medians_of_groups_are_those_of_each_group(pairs: list[tuple[int, float]]) -> None:
    names = sorted({group for group, _ in pairs})
    groups = np.array([names.index(group) for group, _ in pairs])
    values = np.array([value for _, value in pairs])
    got = group_medians(groups, len(names), values)
    assert got == pytest.approx([np.median(values[groups == at]) for at in range(len(names))])


def test_the_forest_tells_the_lonely_from_the_usual_and_repeats_itself() -> None:
    sample = np.random.default_rng(3).normal(0, 1, (5000, 3)).astype(np.float32)
    places = np.array([[0, 0, 0], [0.5, -0.5, 0.5], [9, 9, 0]], np.float32)
    scores = forest_scores(sample, places)
    assert scores[0] < scores[1] + 0.05 < 0.55
    assert scores[2] > 0.6
    assert (forest_scores(sample, places) == scores).all()
    assert not len(forest_scores(sample, places[:0]))
    assert forest_scores(sample[:0], places).tolist() == [0, 0, 0]


@pytest.mark.parametrize("scale", [RESIDUAL, FENCE, FOREST])
def test_a_scale_rises_from_its_low_to_its_high_end(scale: Scale) -> None:
    position = scale.position
    values = np.linspace(scale.low, scale.high, 50)
    places = [position(value) for value in values]
    assert (np.diff(places) > 0).all()
    assert (places[0], places[-1]) == (0, 1)
    assert position(-1e9) == 0
    assert position(1e9) == 1


def test_the_usual_has_more_room_than_the_far() -> None:
    assert RESIDUAL.position(4) - RESIDUAL.position(0) > RESIDUAL.position(64) - RESIDUAL.position(32)
    assert FOREST.position(0.6) == pytest.approx(0.5)
