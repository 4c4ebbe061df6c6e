"""The stand-in says what it is, and repeats the published figures within the tolerances its README states."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from butter_e_standin import tables
from numpy.typing import NDArray

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError
from energyvis_panel.resources import resource_path

FIGURES = runpy.run_path(str(resource_path("datasets/build/butter_e_standin_figures.py")))

# Published quantiles of the 37,055 standardised runs: 25 %, 50 %, 75 %.
QUANTILES = {
    "energy_j": (216_888.8, 478_734.4, 1_178_589),
    "run_time_s": (667.341, 1_242.421, 3_320.141),
    "power_w": (322.154, 349.262, 421.948),
    "std_power_w": (321.341, 348.093, 418.640),
    "std_energy_j": (215_824.1, 471_009.0, 1_173_883),
    "non_overhead_energy_j": (126_804.9, 336_355.9, 1_111_264),
    "size": (2_048, 65_536, 1_048_576),
    "depth": (5, 8, 12),
}
MEANS = {
    "energy_j": 1_057_974,
    "run_time_s": 2_758.776,
    "power_w": 369.298,
    "std_power_w": 365.368,
    "std_energy_j": 1_047_339,
    "non_overhead_energy_j": 932_466,
    "size": 1_900_497,
    "depth": 9.072,
}
# Rows by shape, the networks of two layers among the rectangles.
ALL_SHAPES = {
    "rectangle": 8_004, "trapezoid": 5_205, "exponential": 4_880, "rectangle_residual": 4_330,
    "wide_first_2x": 3_750, "wide_first_4x": 3_612, "wide_first_8x": 3_629, "wide_first_16x": 3_645,
}  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> pa.Table:
    return pq.read_table(standin_path())


@pytest.fixture(scope="module")
def standardised(runs: pa.Table) -> pa.Table:
    return runs.filter(pa.compute.equal(runs["status"], "standardised"))


def column(table: pa.Table, name: str) -> NDArray[np.float64]:
    return np.asarray(table[name].to_numpy(), np.float64)


def text(table: pa.Table, name: str) -> NDArray[np.str_]:
    return np.array(table[name].to_pylist())


def test_it_is_small_and_says_that_it_is_synthetic(runs: pa.Table) -> None:
    assert standin_path().stat().st_size < 4_000_000
    assert json.loads(runs.schema.metadata[b"energyvis"])["synthetic"] is True
    assert all(runs["synthetic"].to_pylist())


def test_counts_by_stage_are_the_published_ones(runs: pa.Table) -> None:
    status = text(runs, "status")
    kept = {"standardised", "overhead_estimate", "below_overhead"}
    assert len(status) == 63_527
    assert np.isin(status, list(kept)).sum() == 40_223
    assert (status == "standardised").sum() == 37_055
    assert (status == "rejected_run_time").sum() == 163
    assert len(set(runs["run_id"].to_pylist())) == 63_527


def test_only_the_optimizer_batch_varies_its_optimizer(runs: pa.Table) -> None:
    other = runs.filter(pa.compute.not_equal(runs["status"], "optimizer_batch"))
    assert set(other["optimizer"].to_pylist()) == {"Adam"}
    assert set(other["batch_size"].to_pylist()) == {256}
    assert len(set(runs["optimizer"].to_pylist())) == 3


@pytest.mark.parametrize("name", QUANTILES)
def test_quartiles_of_the_whole_table(standardised: pa.Table, name: str) -> None:
    got = np.quantile(column(standardised, name), [0.25, 0.5, 0.75])
    assert got == pytest.approx(QUANTILES[name], rel=0.04)


@pytest.mark.parametrize("name", MEANS)
def test_means_of_the_whole_table(standardised: pa.Table, name: str) -> None:
    assert column(standardised, name).mean() == pytest.approx(MEANS[name], rel=0.01)


@pytest.mark.parametrize("hardware", ["CPU node", "GPU node"])
@pytest.mark.parametrize(
    ("by", "figures", "tolerance"),
    [("size", "J_PER_DATUM_BY_SIZE", 0.01), ("depth", "J_PER_DATUM_BY_DEPTH", 0.04)],
)
def test_median_j_per_datum(
    standardised: pa.Table, hardware: str, by: str, figures: str, tolerance: float
) -> None:
    mine = text(standardised, "hardware") == hardware
    value = np.log2(column(standardised, by)) if by == "size" else column(standardised, by)
    for at, published in FIGURES[figures][hardware].items():
        got = np.median(column(standardised, "j_per_datum")[mine & (value == at)])
        assert got == pytest.approx(published, rel=tolerance), (hardware, by, at)


@pytest.mark.parametrize("place", range(4))
def test_median_j_per_datum_on_cpu_by_size_and_depth(standardised: pa.Table, place: int) -> None:
    depth = FIGURES["CPU_DEPTHS"][place]
    mine = (text(standardised, "hardware") == "CPU node") & (column(standardised, "depth") == depth)
    exponent = np.log2(column(standardised, "size"))
    published = {size: row[place] for size, row in FIGURES["CPU_J_PER_DATUM"].items()}
    got = {
        size: np.median(column(standardised, "j_per_datum")[mine & (exponent == size)]) for size in published
    }
    assert got == pytest.approx(published, rel=0.12)


@pytest.mark.parametrize("by", ["shape", "dataset"])
def test_rows_by_shape_and_data_set(standardised: pa.Table, by: str) -> None:
    published = ALL_SHAPES if by == "shape" else {name: row[1] for name, row in FIGURES["DATASETS"].items()}
    labels = text(standardised, by)
    assert {name: int((labels == name).sum()) for name in published} == pytest.approx(published, rel=0.03)


def test_overhead_is_the_published_quantile_of_the_tiny_data_set(runs: pa.Table) -> None:
    small = (text(runs, "status") == "overhead_estimate") & (column(runs, "size") <= 1024)
    for hardware, published in FIGURES["OVERHEAD_J"].items():
        mine = small & (text(runs, "hardware") == hardware)
        assert np.quantile(column(runs, "std_energy_j")[mine], 0.05) == pytest.approx(published, rel=1e-4)
        seconds = np.quantile(column(runs, "run_time_s")[mine], 0.05)
        assert seconds == pytest.approx(FIGURES["OVERHEAD_S"][hardware], rel=0.04)


def test_energy_is_power_times_time(runs: pa.Table) -> None:
    assert column(runs, "energy_j") == pytest.approx(
        column(runs, "power_w") * column(runs, "run_time_s"), rel=1e-5
    )


def test_the_script_makes_the_shipped_file(tmp_path: Path, runs: pa.Table) -> None:
    again = tmp_path / "again.parquet"
    script = resource_path("datasets/build/butter_e_standin.py")
    subprocess.run(
        [sys.executable, script, "--rows", "5000", "--out", again], check=True, capture_output=True
    )
    made = pq.read_table(again)
    assert made["run_id"].to_pylist() == runs["run_id"].to_pylist()[:5000]
    assert column(made, "energy_j") == pytest.approx(column(runs, "energy_j")[:5000], rel=1e-5)


def test_more_rows_repeat_the_recipe_with_fresh_noise(runs: pa.Table) -> None:
    first, second = tables(63_527 + 100)
    assert first["energy_j"].equals(runs["energy_j"])
    assert second["run_id"].to_pylist() == [f"standin-{number:07d}" for number in range(63_528, 63_628)]
    assert not second["energy_j"].equals(first["energy_j"].slice(0, 100))


def test_a_file_that_is_no_table_of_runs_is_refused_by_name(tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": [1]}), other)
    with Gateway() as gateway:
        with pytest.raises(DatasetError, match=r"other\.parquet is not a table"):
            load_butter_e(gateway, other)
        with pytest.raises(DatasetError, match="no file"):
            load_butter_e(gateway, tmp_path / "absent.parquet")


def test_a_file_without_runs_is_refused(tmp_path: Path, runs: pa.Table) -> None:
    empty = tmp_path / "empty.parquet"
    pq.write_table(runs.slice(0, 0), empty)
    with Gateway() as gateway, pytest.raises(DatasetError, match="holds no run"):
        load_butter_e(gateway, empty)


AXES = {
    "size": "size_px",
    "depth": "depth_px",
    "started_s": "started_px",
    "run_time_s": "run_time_px",
    "power_w": "power_px",
    "energy_j": "energy_px",
    "j_per_datum": "j_per_datum_px",
    "working_set_bytes": "working_set_px",
}


def test_bins_lie_within_one_byte_and_follow_the_value() -> None:
    with Gateway() as gateway:
        load_butter_e(gateway)
        loaded = gateway._database.connection.cursor().sql("FROM butter_e_runs").to_arrow_table()
        axes = gateway.ask("explore/axes")
    assert axes["dimension"].to_pylist() == sorted(AXES)
    for quantity, px in AXES.items():
        value, place = column(loaded, quantity), column(loaded, px)
        assert np.isnan(value).tolist() == np.isnan(place).tolist()
        in_order = place[np.argsort(value, kind="stable")]
        assert np.all(np.diff(in_order[np.isfinite(in_order)]) >= 0), quantity
        assert np.nanmin(place) >= 0
        assert 220 < np.nanmax(place) < 240
