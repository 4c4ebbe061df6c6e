"""Neighbours of a network over small real tables, and over the stand-in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.network_neighbours import network_neighbours
from energyvis_panel.domain.network import TASKS, Task, Wish
from energyvis_panel.domain.network_neighbours import Neighbours
from energyvis_panel.errors import DatasetError
from energyvis_panel.resources import resource_path
from tests.sql.question_header import read_header

ADULT = next(task for task in TASKS if task.name == "adult")
QUESTIONS = ("butter_e/measured_range", "butter_e/network_neighbours")
PARAMS: dict[str, dict[str, object]] = {
    "butter_e/measured_range": {},
    "butter_e/network_neighbours": {
        "datasets": ["adult"],
        "least_size": 1.0,
        "most_size": 1e9,
        "depths": [6],
        "nodes": ["CPU node"],
        "cpu_overhead_s": 50.0,
        "gpu_overhead_s": 600.0,
    },
}


def run(**values: Any) -> dict[str, Any]:
    """A standardised CPU run on adult: 300 J for 1,000 data, 10,000 J of overhead, 1,050 s."""
    return {
        "run_id": "r", "synthetic": False, "status": "standardised", "batch": "b", "dataset": "adult",
        "shape": "rectangle", "size": 65_536, "depth": 6, "hardware": "CPU node", "node": "n",
        "node_type": "cpu1", "slurm_job_id": 1, "started_at": datetime(2022, 10, 1, tzinfo=UTC),
        "run_time_s": 1050.0, "energy_j": 10_300.0, "power_w": 300.0, "std_power_w": 300.0,
        "std_energy_j": 10_300.0, "energy_overhead_j": 10_000.0, "non_overhead_energy_j": 300.0,
        "j_per_datum": 0.3, "optimizer": "Adam", "learning_rate": 1e-4, "batch_size": 256,
    } | values  # fmt: skip


def loaded(folder: Path, *runs: dict[str, Any]) -> Gateway:
    schema = pq.read_schema(standin_path()).remove_metadata()
    file = folder / "runs.parquet"
    pq.write_table(pa.Table.from_pylist(list(runs), schema=schema), file)
    gateway = Gateway(threads=1)
    load_butter_e(gateway, file)
    return gateway


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Gateway]:
    runs = [
        run(),
        run(j_per_datum=0.1, non_overhead_energy_j=100.0, std_energy_j=10_100.0, run_time_s=2050.0),
        run(
            j_per_datum=0.2, non_overhead_energy_j=200.0, std_energy_j=10_200.0, size=32_768, run_time_s=40.0
        ),
        run(hardware="GPU node", j_per_datum=0.5, non_overhead_energy_j=500.0, run_time_s=1600.0),
        run(shape="trapezoid", depth=4),
        run(shape="too_large", size=262_144),
        run(shape="too_deep", depth=9),
        run(shape="other_task", dataset="sleep"),
        run(shape="rejected", status="rejected_outlier"),
        run(shape="no_datum", j_per_datum=None),
    ]
    with loaded(tmp_path, *runs) as gateway:
        yield gateway


def found(neighbours: Neighbours) -> list[tuple[str, int, str, int]]:
    return [(n.shape, n.depth, n.hardware, n.runs) for n in neighbours.found]


def test_only_standardised_runs_near_the_wish_count(opened: Gateway) -> None:
    assert found(network_neighbours(opened, Wish(ADULT, 65_536, 6))) == [
        ("rectangle", 6, "CPU node", 3),
        ("rectangle", 6, "GPU node", 1),
        ("too_deep", 9, "CPU node", 1),
        ("trapezoid", 4, "CPU node", 1),
    ]
    assert found(network_neighbours(opened, Wish(ADULT, 65_536, 6, "GPU node"))) == [
        ("rectangle", 6, "GPU node", 1)
    ]


def test_quartiles_sizes_overhead_and_time_are_those_of_the_runs(opened: Gateway) -> None:
    first, gpu, *_ = network_neighbours(opened, Wish(ADULT, 65_536, 6)).found
    assert (first.per_datum.low, first.per_datum.median, first.per_datum.high) == pytest.approx(
        (0.15, 0.2, 0.25)
    )
    assert first.per_run.median == pytest.approx(10_200)
    assert first.overhead_j == 10_000
    assert (first.least_size, first.most_size) == (32_768, 65_536)
    assert first.mean_log2_size == pytest.approx((16 + 16 + 15) / 3)
    # The run that took less time than the overhead says nothing of the time for a datum.
    assert first.datum_s == pytest.approx((1550 - 52.8839136) / 1000)
    assert gpu.datum_s == pytest.approx((1600 - 656.3736757) / 1000)


def test_the_range_spans_what_was_measured_and_real_runs_are_not_called_synthetic(opened: Gateway) -> None:
    neighbours = network_neighbours(opened, Wish(ADULT, 65_536, 6))
    assert neighbours.measured.depths == (4, 6, 9)
    assert (neighbours.measured.least_parameters, neighbours.measured.most_parameters) == (32_768, 262_144)
    assert not neighbours.synthetic


def test_beyond_the_range_the_nearest_that_were_measured_answer(opened: Gateway) -> None:
    assert [n.shape for n in network_neighbours(opened, Wish(ADULT, 1e9, 9)).found] == ["too_large"]


def test_a_table_without_standardised_runs_is_named(tmp_path: Path) -> None:
    with (
        loaded(tmp_path, run(status="rejected_outlier")) as gateway,
        pytest.raises(DatasetError, match="no standardised"),
    ):
        network_neighbours(gateway, Wish(ADULT, 65_536, 6))


@pytest.mark.parametrize("question", QUESTIONS)
def test_columns_are_as_declared_and_no_rows_come_of_nothing(
    question: str, opened: Gateway, tmp_path: Path
) -> None:
    declared = read_header(resource_path("sql") / f"{question}.sql").columns
    params = PARAMS[question]
    relation = opened._database.connection.cursor().sql(opened._text(question), params=params)
    assert tuple(f"{n} {t}" for n, t in zip(relation.columns, relation.types, strict=True)) == declared
    if "datasets" in params:
        assert opened.ask(question, **params | {"datasets": []}).num_rows == 0
    else:
        (tmp_path / "none").mkdir()
        with loaded(tmp_path / "none", run(status="rejected_outlier")) as gateway:
            assert gateway.ask(question, **params).to_pylist()[0]["runs"] == 0


def test_the_stand_in_is_synthetic_and_every_wish_finds_runs(butter_e: Gateway) -> None:
    for parameters, depth in ((1, 2), (2**16, 7), (1e12, 1000)):
        for task in (ADULT, Task("", 10, 1), Task("", 10**9, 10**6)):
            neighbours = network_neighbours(butter_e, Wish(task, parameters, depth))
            assert neighbours.synthetic
            assert neighbours.found
            assert {n.hardware for n in neighbours.found} == {"CPU node", "GPU node"}


def test_medians_agree_with_numpy_over_the_file(butter_e: Gateway) -> None:
    table = pq.read_table(standin_path()).to_pandas()
    near = table[
        (table["status"] == "standardised") & (table["dataset"] == "adult") & (table["shape"] == "trapezoid")
        & (table["depth"] == 6) & (table["hardware"] == "CPU node") & table["size"].between(2**15, 2**17)
    ]  # fmt: skip
    (one,) = [
        n
        for n in network_neighbours(butter_e, Wish(ADULT, 2**16, 6, "CPU node")).found
        if (n.shape, n.depth) == ("trapezoid", 6)
    ]
    assert one.runs == len(near)
    assert one.per_datum.median == pytest.approx(float(np.median(near["j_per_datum"].astype(float))))
    assert one.per_run.high == pytest.approx(float(np.quantile(near["std_energy_j"].astype(float), 0.75)))
