"""Shapes over depth: levels, intervals, quartiles, ranks and the sentence against the raw table."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.shapes.shapes import (
    RECTANGLE_CODE,
    SLOT,
    ShapeCurves,
    rectangle_code,
    shapes_question,
)
from energyvis_panel.state.explore.shapes.shapes_fit import joined_groups
from energyvis_panel.state.explore.shapes.shapes_levels import shape_levels
from energyvis_panel.state.explore.shapes.shapes_normal import normal_matrix, symmetric_inverse
from energyvis_panel.state.explore.shapes.shapes_sentence import dip_of, shapes_answer

QUESTION = "explore/shapes_settings"
STRATUM = ["dataset", "size", "optimizer", "batch_size", "learning_rate"]
CELL = ["shape", "depth"]


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    table: pd.DataFrame = pq.read_table(standin_path()).to_pandas()
    table = table[table["j_per_datum"] > 0].copy()
    table["log"] = np.log(table["j_per_datum"].astype(float))
    table["is_gpu"] = table["hardware"] == "GPU node"
    return table


def curves(state: Exploration, *, is_gpu: bool = False) -> ShapeCurves:
    """Curves of one kind of node under the present brushes."""
    state.pose(shapes_question(is_gpu=is_gpu))
    return ShapeCurves.of(state.answer(SLOT), list(state.categories["shape"]))


def said(state: Exploration, *, is_gpu: bool = False) -> str:
    return shapes_answer(state, curves(state, is_gpu=is_gpu), is_gpu=is_gpu)


def settings(runs: pd.DataFrame) -> pd.DataFrame:
    """Settings whose data set, size and way of training ran with two shapes, with their mean logarithm."""
    groups = runs.groupby([*STRATUM, *CELL], observed=True)["log"]
    rows: pd.DataFrame = groups.agg(mean="mean", run_count="size").reset_index()
    rows["deep"] = rows["shape"].where(rows["depth"] > 2)
    return rows.loc[rows.groupby(STRATUM)["deep"].transform("nunique") >= 2]


def fitted(rows: pd.DataFrame) -> tuple[pd.Series, Any, pd.Series]:
    """Level of each cell at the mean of all strata, covariance, and residuals: one dummy for each of both."""
    strata = pd.get_dummies(rows[STRATUM].astype(str).agg(" ".join, axis=1)).to_numpy(float)
    cells = pd.get_dummies(rows["shape"].astype(str) + " " + rows["depth"].astype(str))
    design = np.hstack([strata, cells.to_numpy(float)])
    found = np.linalg.lstsq(design, rows["mean"].to_numpy(), rcond=None)
    residual = rows["mean"].to_numpy() - design @ found[0]
    variance = residual @ residual / (len(rows) - found[2])
    covariance = variance * np.linalg.pinv(design.T @ design, hermitian=True)
    ends = strata.shape[1]
    level = pd.Series(found[0][ends:] + found[0][:ends].mean(), index=cells.columns)
    return level, covariance[ends:, ends:], pd.Series(residual, index=rows.index)


@pytest.mark.parametrize("is_gpu", [False, True])
def test_settings_are_counted_and_averaged_as_in_the_table(
    butter_e: Gateway, runs: pd.DataFrame, *, is_gpu: bool
) -> None:
    rows = butter_e.ask(QUESTION, brushes=Brushes().parameter(), is_gpu=is_gpu)
    assert [f"{field.name} {field.type}" for field in rows.schema] == [
        "setting_key int64", "log_j_per_datum double", "run_count int64",
    ]  # fmt: skip
    of_it = runs[runs["is_gpu"] == is_gpu]
    groups = of_it.groupby([*STRATUM, *CELL], observed=True)["log"]
    assert rows.num_rows == groups.ngroups
    assert sum(rows["run_count"].to_pylist()) == len(of_it)
    assert np.sort(rows["log_j_per_datum"].to_numpy()) == pytest.approx(np.sort(groups.mean()))


@pytest.mark.parametrize(("is_gpu", "data_sets"), [(True, ("banana", "mnist", "sleep")), (False, ("adult",))])
def test_levels_intervals_and_quartiles_are_those_of_least_squares_with_dummies(
    state: Exploration, runs: pd.DataFrame, data_sets: tuple[str, ...], *, is_gpu: bool
) -> None:
    state.brush_set("dataset", data_sets)
    found = curves(state, is_gpu=is_gpu)
    rows = settings(runs[(runs["is_gpu"] == is_gpu) & runs["dataset"].isin(data_sets)])
    level, covariance, residual = fitted(rows)
    names = list(level.index)
    for at, shape in enumerate(found.names):
        for column, depth in enumerate(found.depths):
            drawn = {name: grid[at, column] for name, grid in found.by_depth.items()}
            cell, base = (f"{one if depth > 2 else 'rectangle'} {depth}" for one in (shape, "rectangle"))
            of_cell = rows[rows["shape"].astype(str) + " " + rows["depth"].astype(str) == cell]
            assert drawn["setting_count"] == len(of_cell)
            assert drawn["run_count"] == of_cell["run_count"].sum()
            assert drawn["log_level"] == pytest.approx(level[cell])
            assert drawn["log_ratio"] == pytest.approx(level[cell] - level[base], abs=1e-9)
            one, other = names.index(cell), names.index(base)
            error = math.sqrt(
                max(covariance[one, one] + covariance[other, other] - 2 * covariance[one, other], 0)
            )
            assert drawn["high"] - drawn["log_ratio"] == pytest.approx(1.96 * error, abs=1e-7)
            assert drawn["log_ratio"] - drawn["low"] == pytest.approx(1.96 * error, abs=1e-7)
            quartiles = np.quantile(residual[of_cell.index], [0.25, 0.75]) + level[cell]
            assert (drawn["lower"], drawn["upper"]) == pytest.approx(tuple(quartiles))
            least = min(level[name] for name in names if name.endswith(f" {depth}"))
            assert drawn["log_behind"] == pytest.approx(level[cell] - least, abs=1e-9)


def test_the_mean_over_depths_weighs_each_depth_the_same(state: Exploration) -> None:
    found = curves(state, is_gpu=True)
    deep = np.array(found.depths) > 2
    assert found.overall["log_level"] == pytest.approx(found.by_depth["log_level"][:, deep].mean(axis=1))
    assert found.overall["log_ratio"] == pytest.approx(
        found.by_depth["log_ratio"][:, deep].mean(axis=1), abs=1e-12
    )
    assert found.overall["run_count"] == pytest.approx(found.by_depth["run_count"][:, deep].sum(axis=1))
    assert found.cheapest == found.names[found.overall["log_level"].argmin()]
    assert np.isnan(found.overall["lower"]).all()


def test_settings_with_one_shape_say_nothing(state: Exploration, runs: pd.DataFrame) -> None:
    found = curves(state)
    assert found.run_count < len(runs[~runs["is_gpu"]])
    rows = settings(runs[~runs["is_gpu"]])
    assert found.setting_count == len(rows)
    state.brush_set("optimizer", ("SGD", "RMSprop"))
    alone = curves(state)
    assert alone.run_count == len(runs[runs["optimizer"].isin(["SGD", "RMSprop"])])
    assert said(state) == (
        "Only rectangle is selected on CPU nodes, so nothing is said of which is cheapest "
        f"({alone.run_count:,} of 63,527 runs)."
    )


def test_of_groups_that_share_no_setting_the_larger_is_shown() -> None:
    key = [(1 << 1) | (shape << 9) | (1 << 17) | (3 << 29) for shape in (1, 2, 3)]
    key += [(2 << 1) | (shape << 9) | (1 << 17) | (4 << 29) for shape in (1, 2)]
    rows = pa.table({"setting_key": key, "log_j_per_datum": [0.0, 1.0, 2.0, 5.0, 6.0], "run_count": [1] * 5})
    found = ShapeCurves.of(shape_levels(rows, RECTANGLE_CODE), ["a", "rectangle", "c"])
    assert found.depths == (3,)
    assert found.by_depth["log_ratio"][:, 0].tolist() == pytest.approx([-1.0, 0.0, 1.0])


def test_cells_are_joined_through_others() -> None:
    joined = np.eye(6, dtype=bool)
    for one, other in ((0, 5), (5, 3), (3, 1), (2, 4)):
        joined[one, other] = joined[other, one] = True
    assert joined_groups(joined).tolist() == [0, 0, 2, 0, 2, 0]


def test_two_layers_are_one_network_for_all_shapes(state: Exploration) -> None:
    found = curves(state)
    assert found.depths == (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20)
    assert (found.by_depth["log_level"][:, 0] == found.by_depth["log_level"][0, 0]).all()
    assert (found.by_depth["log_ratio"][:, 0] == 0).all()
    assert np.isnan(found.ranks[:, 0]).all()
    assert np.sort(found.ranks[:, 1:], axis=0) == pytest.approx(np.tile(np.arange(1, 9)[:, None], 13))
    state.brush_range("depth", 2, 2)
    shallow = curves(state)
    assert said(state) == (
        "Only networks of two layers are selected on CPU nodes, where all shapes are one "
        f"({shallow.run_count:,} of 63,527 runs)."
    )


def test_a_brush_of_shapes_is_left_out(state: Exploration) -> None:
    before = curves(state)
    state.brush_set("shape", ("trapezoid",))
    assert curves(state).run_count == before.run_count > state.run_count


def test_six_layers_take_less_on_cpu_nodes(state: Exploration) -> None:
    cpu, gpu = curves(state), curves(state, is_gpu=True)
    columns = [cpu.depths.index(depth) for depth in (5, 6, 7)]
    before, at, after = cpu.by_depth["log_level"][:, columns].T
    assert dip_of(cpu) == pytest.approx(1 - math.exp((at - (before + after) / 2).mean()))
    assert 0.25 < dip_of(cpu) < 0.4
    assert abs(dip_of(gpu)) < 0.05
    assert "; 6 layers take 33.0 % less than 5 and 7, cause unknown (" in said(state)
    assert "6 layers" not in said(state, is_gpu=True)


def test_the_sentence_says_who_leads_by_how_much_and_whether_that_is_chance(state: Exploration) -> None:
    found = curves(state, is_gpu=True)
    whole = found.overall
    least, most = (found.names[at] for at in (whole["log_level"].argmin(), whole["log_level"].argmax()))
    more = 100 * math.expm1(np.ptp(whole["log_level"]))
    is_clear = whole["log_behind"].max() > 3.03 * whole["behind_se"][whole["log_level"].argmax()]
    assert found.leads()[1] == max((found.ranks == 1).sum(axis=1)) <= found.leads()[2] / 2
    assert said(state, is_gpu=True) == (
        "On GPU nodes no shape stays cheapest from 3 to 20 layers; averaged over depths, "
        f"{most} takes {more:.3f} % more than {least}, {'beyond' if is_clear else 'no more than'} chance "
        f"({found.run_count:,} of 63,527 runs)."
    )


@pytest.fixture
def dearer(tmp_path: Path) -> Iterator[Exploration]:
    """Runs of the stand-in of which all beyond two layers but trapezoids take twice the energy."""
    table = pq.read_table(standin_path())
    frame = table.to_pandas()
    twice = (frame["depth"] > 2) & (frame["shape"] != "trapezoid")
    values = frame["j_per_datum"].where(~twice, 2 * frame["j_per_datum"])
    at = table.column_names.index("j_per_datum")
    field = table.schema.field("j_per_datum")
    pq.write_table(table.set_column(at, field, pa.array(values, field.type)), tmp_path / "dearer.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "dearer.parquet")
        yield Exploration(gateway)


def test_a_shape_that_stays_cheapest_is_said(dearer: Exploration) -> None:
    found = curves(dearer)
    assert found.leads() == ("trapezoid", 13, 13)
    assert said(dearer).startswith(
        "On CPU nodes trapezoid stays cheapest at all 13 depths from 3 to 20 layers; averaged over depths, "
    )
    assert "beyond chance" in said(dearer)
    dearer.brush_range("depth", 3, 3)
    assert said(dearer).startswith(
        "On CPU nodes trapezoid is cheapest at the only depth at which shapes can be compared; averaged over "
    )


def test_few_runs_none_and_none_of_the_hardware(state: Exploration) -> None:
    state.brush_set("hardware", ("GPU node",))
    assert said(state) == (
        "No selected run on CPU nodes has an energy per datum, so nothing is said of shapes "
        "(0 of 63,527 runs)."
    )
    state.brush_set("dataset", ("mnist",))
    state.brush_range("size", 1000, 1100)
    state.brush_range("depth", 8, 10)
    few = curves(state, is_gpu=True)
    assert 2 < few.setting_count < 30
    assert said(state, is_gpu=True) == (
        "Fewer than 30 settings are selected on GPU nodes, so nothing is said of which shape is cheapest "
        f"({few.run_count} of 63,527 runs)."
    )
    state.brush_range("depth", 2.1, 2.2)
    assert said(state) == "No run matches all brushes. Clear one."


def test_one_run_is_a_line_of_one_point(tmp_path: Path) -> None:
    table = pq.read_table(standin_path())
    one = table.filter(pa.compute.equal(table["shape"], "trapezoid")).slice(0, 1)
    pq.write_table(one, tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        state = Exploration(gateway)
        row = one.to_pylist()[0]
        is_gpu = row["hardware"] == "GPU node"
        found = curves(state, is_gpu=is_gpu)
        assert np.exp(found.by_depth["log_level"]) == pytest.approx(np.array([[row["j_per_datum"]]]))
        assert np.isnan(found.by_depth["log_ratio"]).all()
        assert said(state, is_gpu=is_gpu).startswith("Only trapezoid is selected on ")


def test_the_code_of_the_rectangle_is_its_place(state: Exploration) -> None:
    assert rectangle_code(list(state.categories["shape"])) == RECTANGLE_CODE
    assert rectangle_code(["trapezoid"]) == 0


def test_the_normal_matrix_and_its_inverse_are_those_of_least_squares() -> None:
    rows = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 0.0]])
    share = rows / rows.sum(axis=1, keepdims=True)
    normal = normal_matrix(rows)
    assert normal == pytest.approx(np.diag(rows.sum(axis=0)) - rows.T @ share)
    assert normal.sum(axis=1) == pytest.approx(0.0)
    assert (normal[~np.eye(3, dtype=bool)] < 0).tolist() == [True, False, True, True, False, True]
    assert symmetric_inverse(normal + 1.0) == pytest.approx(np.linalg.inv(normal + 1.0))


def test_the_dearest_shape_is_that_of_the_sentence(state: Exploration) -> None:
    found = curves(state)
    assert found.dearest == found.names[found.overall["log_level"].argmax()]
    assert f", {found.dearest} takes " in said(state)
    state.brush_range("depth", 2, 2)
    assert curves(state).dearest == ""
