"""What becomes of a run with raw BUTTER-E data behind it: standard power, statuses, shapes, data sets."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e_raw import RawFiles, standardise_raw
from energyvis_panel.data.gateway import Gateway
from tests.butter_e_raw_fixture import Sample, raw_run
from tests.data.butter_e_raw_case import BEGIN, MINUTES, NODE, at, small_set, standardised


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=2) as opened:
        yield opened


def test_published_row_comes_out_to_the_last_digit(gateway: Gateway, tmp_path: Path) -> None:
    # Run 0027f496-4858-423c-a409-d3e2ca57d2e9 of the published table (BUTTER-E, CC-BY-4.0). Its readings were
    # not published with it; these are whole watts that add up to its very energy.
    started = datetime.fromisoformat("2022-09-30 12:47:36.634695+00:00")
    updated = datetime.fromisoformat("2022-09-30 13:21:20.688547+00:00")
    first = datetime.fromisoformat("2022-09-30 12:48:01+00:00")
    watts = [327, 298, *[296] * 33]
    node = "r7i2n32"
    samples: list[Sample] = [(first + timedelta(minutes=n - 1), node, w) for n, w in enumerate(watts)]
    raw = small_set(samples, (started - BEGIN).total_seconds(), (updated - BEGIN).total_seconds())
    raw.runs[1]["host_name"] = node
    row, counts = standardised(gateway, raw, tmp_path)
    assert row["run_time_s"] == pytest.approx(2024.053852, rel=1e-14)
    assert row["energy_j"] == pytest.approx(599995.2646469999, rel=1e-14)
    assert row["power_w"] == pytest.approx(296.4324610504483, rel=1e-14)
    assert row["std_power_w"] == pytest.approx(286.4324610504483, rel=1e-14)
    assert row["std_energy_j"] == pytest.approx(579754.7261269998, rel=1e-14)
    assert (row["node_type"], row["hardware"]) == ("cpu2", "CPU node")
    assert counts.power_offset_w == {"cpu1": 0, "cpu2": -10}


def test_optimizer_batch_keeps_its_status_with_and_without_energy(gateway: Gateway, tmp_path: Path) -> None:
    raw = small_set(MINUTES, batch="optimizer_energy_1_cpu", batch_size=32, optimizer="SGD")
    raw.runs.append(raw.runs[1] | {"run_id": "x2", "slurm_job_id": 3})
    row, counts = standardised(gateway, raw, tmp_path)
    lost = pq.read_table(tmp_path / "butter_e.parquet", filters=[("run_id", "=", "x2")]).to_pylist()[0]
    assert (row["status"], lost["status"]) == ("optimizer_batch", "optimizer_batch")
    assert row["energy_j"] == 24_000
    # 67,557 observations are 1,689 batches of 32.
    assert row["j_per_datum"] == pytest.approx((24_000 - 60) / (1_689 * 32 * 3_000), rel=1e-12)
    assert (lost["energy_j"], lost["std_power_w"], lost["j_per_datum"]) == (None, None, None)
    assert (counts.optimizer_batch, counts.no_file) == (2, 0)


def test_networks_of_two_layers_are_one_experiment(gateway: Gateway, tmp_path: Path) -> None:
    raw = small_set(MINUTES, depth=2)
    ids = [("trapezoid", 5), ("rectangle", 9), ("rectangle", 8), ("exponential", 7)]
    raw.runs[1:] = [
        raw.runs[1] | {"run_id": f"x{n}", "shape": shape, "old_experiment_id": n} for shape, n in ids
    ]
    alone = {"run_id": "x4", "shape": "wide_first_4x", "old_experiment_id": 4, "dataset": "mnist"}
    raw.runs += [raw.runs[1] | alone, raw.runs[1] | alone | {"run_id": "x3", "old_experiment_id": 3}]
    # One that the filters reject has no say: 0 W before its one reading at its end make 0 J.
    raw.runs.append(raw_run(0, at(20), at(60), run_id="x1", depth=2, old_experiment_id=1, slurm_job_id=3))
    raw.jobs[3] = [(at(0), NODE, 0), (at(60), NODE, 300)]
    standardise_raw(gateway, raw.write(tmp_path / "raw"), tmp_path / "butter_e.parquet")
    rows = pq.read_table(tmp_path / "butter_e.parquet", filters=[("depth", "=", 2)]).to_pylist()
    assert {row["shape"] for row in rows} == {"rectangle"}
    found = {row["run_id"]: row["experiment_id"] for row in rows}
    assert found == {"x5": 8, "x9": 8, "x8": 8, "x7": 8, "x4": 3, "x3": 3, "x1": 1}


def test_columns_may_come_in_any_order_and_with_an_end_time(gateway: Gateway, tmp_path: Path) -> None:
    raw = small_set(MINUTES)
    for run in raw.runs:
        run["end_time"] = "2023-02-09 00:00:00+00:00"
    columns = [*reversed(raw.runs[0])]
    files = raw.write(tmp_path / "raw", metadata_columns=columns)
    counts = standardise_raw(gateway, files, tmp_path / "butter_e.parquet")
    assert (counts.metadata, counts.standardised, counts.overhead_estimate) == (2, 1, 1)


@pytest.mark.parametrize("name", ["n_observations", "n_instances", "shipped"])
def test_sizes_of_data_sets_come_in_three_spellings(name: str, gateway: Gateway, tmp_path: Path) -> None:
    files = small_set(MINUTES).write(tmp_path / "raw")
    path = tmp_path / "raw" / "pmlb.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("n_observations", name), encoding="utf-8")
    if name == "shipped":
        files = RawFiles(files.metadata, files.energy, files.node_sinfo, files.node_power_dist)
    standardise_raw(gateway, files, tmp_path / "butter_e.parquet")
    rows = pq.read_table(tmp_path / "butter_e.parquet", filters=[("status", "=", "standardised")]).to_pylist()
    assert rows[0]["j_per_datum"] == pytest.approx((24_000 - 60) / (212 * 256 * 3_000), rel=1e-12)
