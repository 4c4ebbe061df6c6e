"""The shipped table of networks holds the published vectors; each run gets what follows from its network."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, networks_path, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.resources import resource_path

KEY = ("dataset", "shape", "size", "depth", "batch_size")


@pytest.fixture(scope="module")
def networks() -> pa.Table:
    return pq.read_table(networks_path())


def network(networks: pa.Table, *key: Any) -> dict[str, Any]:
    """The one row with a key."""
    wanted = [pc.equal(networks[name], value) for name, value in zip(KEY, key, strict=True)]
    at = wanted[0]
    for each in wanted[1:]:
        at = pc.and_(at, each)
    rows: list[dict[str, Any]] = networks.filter(at).to_pylist()
    assert len(rows) == 1
    return rows[0]


def test_the_file_is_small_and_says_where_it_comes_from(networks: pa.Table) -> None:
    assert networks_path().stat().st_size < 1_000_000
    about = json.loads(networks.schema.metadata[b"energyvis"])
    assert about["measured"] is False
    assert "2329316" in about["source"]
    assert (about["year"], about["licence"], about["rows"]) == (2022, "CC-BY-4.0", networks.num_rows)


def test_every_conceivable_setting_has_one_row(networks: pa.Table) -> None:
    # 13 data sets x 20 sizes x (13 depths x 8 shapes + 1); smaller batches: rectangles of 2 to 6 layers.
    counts = {row["batch_size"]: row["depth_count"] for row in networks.group_by("batch_size").aggregate(
        [("depth", "count")]).to_pylist()}  # fmt: skip
    assert counts == {256: 27_300, 128: 1_300, 64: 1_300, 32: 1_300}
    assert len({tuple(row[name] for name in KEY) for row in networks.select(KEY).to_pylist()}) == 31_200
    assert sum(networks[name].null_count for name in networks.column_names) == 0


def test_published_networks_of_pollen(networks: pa.Table) -> None:
    rows = [network(networks, "529_pollen", "rectangle", size, 3, 256) for size in (32, 64, 128, 256, 512)]
    assert [row["widths"] for row in rows] == [[width, width, 1] for width in (3, 5, 8, 13, 19)]
    assert [row["cpu_backward_bytes"] for row in rows] == [560, 914, 1565, 2969, 5182]
    assert [row["gpu_backward_bytes"] for row in rows] == [314, 578, 1095, 2276, 4221]
    assert {row["data_set_bytes"] for row in rows} == {76_960}


def test_published_network_of_201_pol(networks: pa.Table) -> None:
    row = network(networks, "201_pol", "rectangle", 128, 2, 256)
    assert (row["widths"], row["parameters"]) == ([3, 11], 125)
    assert (row["cpu_layer_bytes"], row["cpu_forward_bytes"], row["cpu_backward_bytes"]) == (1450, 1950, 2762)
    assert (row["cpu_epoch_bytes"], row["cpu_epoch_level"]) == (114_434, 2)
    assert row["flops_per_epoch"] == 7_258_355
    assert row["flops_per_datum"] == pytest.approx(603.254, abs=5e-4)
    assert row["missed"] == pytest.approx(3 / 128)


def test_data_sets_are_those_of_the_networks(networks: pa.Table) -> None:
    data_sets = pa_csv.read_csv(resource_path("datasets/butter_e/data_sets.csv")).to_pylist()
    assert len(data_sets) == 13
    assert all((row["task"] == "classification") == (row["classes"] is not None) for row in data_sets)
    batches = {row["dataset"]: -(-4 * row["observations"] // (5 * 256)) for row in data_sets}
    plain = networks.filter(pc.equal(networks["batch_size"], 256))
    found = zip(plain["dataset"].to_pylist(), plain["train_batches"].to_pylist(), strict=True)
    assert dict(found) == batches


def test_the_scripts_make_the_shipped_files(tmp_path: Path, networks: pa.Table) -> None:
    again = tmp_path / "networks.parquet"
    script = resource_path("datasets/build/butter_e_networks.py")
    subprocess.run([sys.executable, script, "--out", again], check=True, capture_output=True)
    assert pq.read_table(again).equals(networks)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """Rows of butter_e_runs by run id: runs made by hand from one of the stand-in."""
    whole = pq.read_table(standin_path())
    usual = {
        **whole.slice(0, 1).to_pylist()[0],
        "status": "standardised", "dataset": "201_pol", "shape": "rectangle", "size": 128, "depth": 2,
        "hardware": "CPU node", "run_time_s": 1052.8839136, "j_per_datum": 0.004, "batch_size": 256,
        "started_at": datetime(2022, 10, 1, 12, tzinfo=UTC),
    }  # fmt: skip
    unknown = dict.fromkeys(
        ("energy_j", "power_w", "std_power_w", "std_energy_j", "non_overhead_energy_j", "j_per_datum")
    )
    runs: list[dict[str, Any]] = [
        {"run_id": "usual"},
        {"run_id": "gpu", "hardware": "GPU node", "run_time_s": 1656.3736757, "size": 2**24},
        {"run_id": "small batch", "batch_size": 32},
        {"run_id": "strange batch", "batch_size": 48},
        {"run_id": "strange network", "size": 100},
        {"run_id": "named otherwise", "shape": "wide_first_4x"},
        {"run_id": "no energy", "status": "no_file", **unknown},
        {"run_id": "zero", "status": "rejected_energy", "energy_j": 0.0, "j_per_datum": -0.001},
        {"run_id": "short", "run_time_s": 50.0},
    ]
    path = tmp_path_factory.mktemp("runs") / "runs.parquet"
    pq.write_table(pa.Table.from_pylist([{**usual, **run} for run in runs], schema=whole.schema), path)
    with Gateway(threads=1) as gateway:
        load_butter_e(gateway, path)
        table = gateway._database.connection.cursor().sql("SELECT * FROM butter_e_runs").to_arrow_table()
        yield {row["run_id"]: row for row in table.to_pylist()}


def test_a_run_gets_what_follows_from_its_network(loaded: dict[str, dict[str, Any]]) -> None:
    run = loaded["usual"]
    assert run["parameters"] == 125
    assert run["flops_per_datum"] == pytest.approx(603.254, abs=5e-4)
    assert (run["working_set_bytes"], run["working_set_level"]) == (1950, "L1")
    assert run["j_per_batch"] == pytest.approx(0.004 * 256, rel=1e-6)
    assert run["j_per_epoch"] == pytest.approx(0.004 * 256 * 47, rel=1e-6)
    assert run["ms_per_batch"] == pytest.approx(1000 * 1000 / (47 * 3000), rel=1e-5)
    assert run["started_s"] == datetime(2022, 10, 1, 12, tzinfo=UTC).timestamp()
    assert run["epochs"] == 3000


def test_working_sets_are_those_of_the_node(loaded: dict[str, dict[str, Any]], networks: pa.Table) -> None:
    row = network(networks, "201_pol", "rectangle", 2**24, 2, 256)
    run = loaded["gpu"]
    assert (run["working_set_bytes"], run["working_set_level"]) == (row["gpu_forward_bytes"], "HBM")
    assert run["ms_per_batch"] == pytest.approx(1000 * 1000 / (47 * 3000), rel=1e-5)


def test_a_smaller_batch_has_a_network_of_its_own(loaded: dict[str, dict[str, Any]]) -> None:
    run = loaded["small batch"]
    assert run["working_set_bytes"] == 4 * 32 * 51 // 36 + 4 * 125
    assert run["j_per_epoch"] == pytest.approx(0.004 * 32 * 375, rel=1e-6)


@pytest.mark.parametrize("name", ["strange batch", "strange network"])
def test_a_run_without_a_network_stays(loaded: dict[str, dict[str, Any]], name: str) -> None:
    run = loaded[name]
    assert run["energy_px"] is not None
    lacking = ("parameters", "working_set_bytes", "working_set_level", "working_set_px", "j_per_epoch")
    assert [run[column] for column in lacking] == [None] * 5


def test_at_depth_two_the_shape_does_not_matter(loaded: dict[str, dict[str, Any]]) -> None:
    assert loaded["named otherwise"]["parameters"] == 125
    assert loaded["named otherwise"]["shape"] == "wide_first_4x"


def test_a_run_without_energy_stays_and_has_no_bin(loaded: dict[str, dict[str, Any]]) -> None:
    run = loaded["no energy"]
    lacking = ("energy_j", "energy_px", "power_px", "j_per_datum_px", "j_per_batch", "ms_per_batch")
    assert [run[column] for column in lacking] == [None] * 6
    assert run["run_time_px"] is not None
    assert run["parameters"] == 125


def test_zero_and_less_lie_at_the_low_end_of_an_axis_in_logarithms(loaded: dict[str, dict[str, Any]]) -> None:
    assert loaded["zero"]["energy_px"] == loaded["zero"]["j_per_datum_px"] == 0
    assert loaded["usual"]["energy_px"] > 0


def test_a_run_shorter_than_the_overhead_has_no_time_per_batch(loaded: dict[str, dict[str, Any]]) -> None:
    assert loaded["short"]["ms_per_batch"] is None


def test_every_run_of_the_stand_in_has_a_network_of_about_its_size() -> None:
    with Gateway() as gateway:
        load_butter_e(gateway)
        cursor = gateway._database.connection.cursor()
        (row,) = cursor.sql(
            "SELECT count(*), count(parameters), max(abs(parameters - size) / size), "
            "count(working_set_px), count(started_px) FROM butter_e_runs"
        ).fetchall()
    assert (row[0], row[1], row[3], row[4]) == (63_527, 63_527, 63_527, 63_527)
    assert row[2] <= 0.2
