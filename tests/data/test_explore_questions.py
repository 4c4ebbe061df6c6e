"""The questions of the Explore page over a real table: declared columns, nothing where nothing is left."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.frontier.unbeaten_runs import frontiers

WITH_BRUSHES = (
    "explore/runtime_energy_density",
    "explore/selection_summary",
)
OF_ALL_RUNS = ("explore/axes", "explore/categories")


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as opened:
        load_butter_e(opened)
        yield opened


def declared(question: str) -> list[str]:
    """Columns with types as the header of the question says."""
    header = re.sub(r"\n--\s+", " ", (resource_path("sql") / f"{question}.sql").read_text(encoding="utf-8"))
    found = re.search(r" Columns: ((?:\w+ [A-Z]+(?:, )?)+)", header)
    assert found, question
    return found[1].split(", ")


def described(gateway: Gateway, question: str, params: dict[str, object]) -> list[str]:
    relation = gateway._database.connection.cursor().sql(gateway._text(question), params=params)
    return [f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True)]


@pytest.mark.parametrize("question", [*WITH_BRUSHES, *OF_ALL_RUNS])
def test_columns_are_as_declared(gateway: Gateway, question: str) -> None:
    params: dict[str, object] = {"brushes": Brushes().parameter()} if question in WITH_BRUSHES else {}
    assert described(gateway, question, params) == declared(question)


@pytest.mark.parametrize("question", WITH_BRUSHES)
def test_nothing_selected_gives_no_rows(gateway: Gateway, question: str) -> None:
    none = Brushes().with_range("depth", 2.2, 2.8)
    table = gateway.ask(question, brushes=none.parameter())
    if question == "explore/selection_summary":
        assert table.to_pylist() == [{"cpu_runs": 0, "gpu_runs": 0}]
    else:
        assert table.num_rows == 0


def test_every_category_counts_every_run(gateway: Gateway) -> None:
    rows = gateway.ask("explore/categories").to_pylist()
    for dimension in ("hardware", "dataset", "shape", "status"):
        mine = [row for row in rows if row["dimension"] == dimension]
        assert sum(row["run_count"] for row in mine) == 63_527
        assert all(row["run_count"] == row["synthetic_count"] for row in mine)


def test_counts_of_values_are_those_of_the_table(gateway: Gateway) -> None:
    runs = pq.read_table(standin_path()).to_pandas()
    brushes = Brushes().with_range("depth", 3, 9).with_set("dataset", ("mnist", "adult"))
    mine = runs[runs["depth"].between(3, 9) & runs["dataset"].isin(["mnist", "adult"])]
    rows = gateway.ask("explore/category_counts", brushes=brushes.parameter()).to_pylist()
    assert {row["dimension"] for row in rows} == {
        "hardware", "dataset", "shape", "status", "batch", "node_type", "optimizer", "batch_size",
        "learning_rate",
    }  # fmt: skip
    for name in ("hardware", "dataset", "shape", "status", "batch", "node_type", "optimizer", "batch_size"):
        counted = mine[name].value_counts()
        expected = {str(value): count for value, count in counted.items() if count}
        assert {row["category"]: row["run_count"] for row in rows if row["dimension"] == name} == expected
        alone = gateway.ask("explore/counts_of_category", brushes=brushes.parameter(), category=name)
        assert {row["category"]: row["run_count"] for row in alone.to_pylist()} == expected


def test_a_word_that_no_run_has_admits_nothing(gateway: Gateway) -> None:
    unknown = Brushes().with_set("shape", ("hexagon",))
    (row,) = gateway.ask("explore/selection_summary", brushes=unknown.parameter()).to_pylist()
    assert row == {"cpu_runs": 0, "gpu_runs": 0}
    (row,) = gateway.ask("explore/selection_summary", brushes=unknown.turned("shape").parameter()).to_pylist()
    assert sum(row.values()) == 63_527


def test_axes_leave_room_around_the_extremes(gateway: Gateway) -> None:
    axes = {row["dimension"]: row for row in gateway.ask("explore/axes").to_pylist()}
    assert [name for name, row in axes.items() if not row["is_log"]] == ["depth", "power_w", "started_s"]
    assert axes["depth"]["low"] < 2
    assert axes["depth"]["high"] > 20
    assert axes["size"]["low"] < 32
    assert axes["size"]["high"] > 2**24


@pytest.mark.parametrize(
    ("points", "frontier"),
    [
        # (run time, energy): equal times, equal energies, and equal runs must not hide or double a point
        ([(1, 9), (1, 8), (2, 8), (2, 7), (3, 7), (4, 7.5)], [(1, 8), (2, 7)]),
        ([(5, 5), (5, 5), (6, 5)], [(5, 5), (5, 5)]),
        ([(2, 2)], [(2, 2)]),
        ([(1, 3), (1.0001, 2.9999), (1.0002, 2.9998)], [(1, 3), (1.0001, 2.9999), (1.0002, 2.9998)]),
    ],
)
def test_ties_on_the_frontier(
    tmp_path: Path, points: list[tuple[float, float]], frontier: list[tuple[float, float]]
) -> None:
    file = tmp_path / "runs.parquet"
    runs = pq.read_table(standin_path()).slice(0, len(points))
    for position, name in enumerate(("run_time_s", "energy_j")):
        values = pa.array([point[position] for point in points], pa.float64())
        runs = runs.set_column(runs.column_names.index(name), name, values)
    pq.write_table(runs, file)
    with Gateway() as gateway:
        load_butter_e(gateway, file)
        table = frontiers(
            gateway.ask("explore/frontier_candidates", brushes=Brushes().parameter(), kind="hardware")
        )
    best = [row for row in table.to_pylist() if row["is_unbeaten"]]
    assert [(row["run_time_s"], row["energy_j"]) for row in best] == frontier
