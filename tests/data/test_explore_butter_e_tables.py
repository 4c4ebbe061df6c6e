"""The questions that turn the published table into runs, and hold runs against what is published."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.resources import resource_path
from tests.published_table_fixture import HEADER, PUBLISHED_ROW, table_text, write_table
from tests.sql.question_header import read_header

DATA_SETS = str(resource_path("datasets/butter_e/data_sets.csv"))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=1) as opened:
        yield opened


def standard_rows(gateway: Gateway, folder: Path, *lines: str, header: str = HEADER) -> list[dict[str, Any]]:
    table = write_table(folder, "".join(f"{line}\n" for line in (header, *lines)))
    rows: list[dict[str, Any]] = gateway.ask(
        "butter_e/standard_table", file=str(table), data_sets=DATA_SETS
    ).to_pylist()
    return rows


def published(**cells: object) -> str:
    """The published row with other cells."""
    values = dict(zip(HEADER.split(",")[1:], PUBLISHED_ROW.split(",")[1:], strict=True))
    assert cells.keys() <= values.keys()
    values |= {name: str(cell) for name, cell in cells.items()}
    return ",".join([values["run_id"], *values.values()])


def test_the_published_row_with_all_its_derived_values(gateway: Gateway, tmp_path: Path) -> None:
    (row,) = standard_rows(gateway, tmp_path, PUBLISHED_ROW)
    assert row["j_per_datum"] == pytest.approx(565726.0605540001 / (212 * 256 * 3000))  # 212 batches an epoch
    assert row["power_w"] - 10 == pytest.approx(row["std_power_w"])
    assert row == {
        "run_id": "0027f496-4858-423c-a409-d3e2ca57d2e9",
        "synthetic": False,
        "status": "standardised",
        "batch": "energy_2_cpu",
        "dataset": "connect_4",
        "shape": "rectangle",
        "size": 8192,
        "depth": 10,
        "hardware": "CPU node",
        "node": "r7i2n32",
        "node_type": "cpu2",
        "slurm_job_id": 10343547,
        "started_at": datetime(2022, 9, 30, 12, 47, 36, 634695, tzinfo=UTC),
        "run_time_s": 2024.053852,
        "energy_j": 599995.2646469999,
        "power_w": 296.4324610504483,
        "std_power_w": 286.4324610504483,
        "std_energy_j": 579754.7261269998,
        "energy_overhead_j": 14028.665572999802,
        "non_overhead_energy_j": 565726.0605540001,
        "j_per_datum": row["j_per_datum"],
        "optimizer": "Adam",
        "learning_rate": 1e-4,
        "batch_size": 256,
    }


def test_spellings_that_the_file_has(gateway: Gateway, tmp_path: Path) -> None:
    (row,) = standard_rows(
        gateway, tmp_path, published(is_gpu=1, start_time="2022-10-20 11:20:05+00:00", node="r103u01")
    )
    assert (row["hardware"], row["node_type"]) == ("GPU node", "gpu2")
    assert row["started_at"] == datetime(2022, 10, 20, 11, 20, 5, tzinfo=UTC)


def test_columns_are_found_by_name(gateway: Gateway, tmp_path: Path) -> None:
    names, cells = HEADER.split(","), PUBLISHED_ROW.split(",")
    order = [*range(1, len(names)), 0]
    (row,) = standard_rows(
        gateway,
        tmp_path,
        ",".join([*(cells[place] for place in order), '"a, b"']),
        header=",".join([*(names[place] for place in order), "end_time"]),
    )
    assert row == standard_rows(gateway, tmp_path, PUBLISHED_ROW)[0]


def test_a_data_set_of_unknown_size_has_no_joules_per_datum(gateway: Gateway, tmp_path: Path) -> None:
    (row,) = standard_rows(gateway, tmp_path, published(dataset="elsewhere"))
    assert (row["dataset"], row["j_per_datum"]) == ("elsewhere", None)


def hosts() -> dict[str, str]:
    """Kind of each of the 2,617 nodes, written from the published list of racks."""
    kinds: dict[str, str] = {}
    for rack in range(1, 11):
        chassis = 2 if rack == 8 else 4 if rack == 10 else 8
        for place in range(chassis):
            for node in range(36):
                kinds[f"r{rack}i{place}n{node}"] = "cpu2" if rack in {7, 9, 10} else "cpu1"
    kinds |= {f"r102u{unit:02}": "cpu3" for unit in range(1, 36)} | {"r103u35": "cpu3", "r103u36": "cpu3"}
    kinds |= {f"r103u{unit:02}": "cpu4" for unit in range(25, 35)}
    kinds |= {f"r{rack}u{unit:02}": "gpu1" for rack in (104, 105) for unit in range(1, 38, 2)}
    kinds |= {"r103u21": "gpu1", "r103u23": "gpu1"}
    return kinds | {f"r103u{unit:02}": "gpu2" for unit in range(1, 20, 2)}


def test_kind_of_every_node_and_of_none_else(gateway: Gateway, tmp_path: Path) -> None:
    expected: dict[str, str | None] = {**hosts()}
    assert Counter(expected.values()) == {
        "cpu1": 1800, "cpu2": 720, "cpu3": 37, "cpu4": 10, "gpu1": 40, "gpu2": 10,
    }  # fmt: skip
    strangers = (
        "r11i0n0",
        "r8i2n0",
        "r10i4n0",
        "r103u22",
        "r104u02",
        "r103u02",
        "e1",
        "r1lead",
        "xr1i0n0",
        "",
    )
    expected |= dict.fromkeys(strangers)
    lines = [published(run_id=number, node=node) for number, node in enumerate(expected)]
    rows = standard_rows(gateway, tmp_path, *lines)
    assert {row["node"] or "": row["node_type"] for row in rows} == expected


def test_the_whole_table_can_be_explored(gateway: Gateway, tmp_path: Path) -> None:
    table = write_table(tmp_path, table_text())
    runs = tmp_path / "runs.parquet"
    gateway.write_parquet("butter_e/standard_table", runs, file=str(table), data_sets=DATA_SETS)
    starts = pq.read_table(runs)["started_at"].to_pylist()
    assert starts == sorted(starts)
    load_butter_e(gateway, runs)
    counted = gateway.ask("explore/categories").to_pylist()
    assert sum(row["run_count"] for row in counted if row["dimension"] == "hardware") == 37_055
    overheads = gateway.ask("butter_e/standard_table_overheads", file=str(table)).to_pylist()
    assert overheads == [
        {"hardware": "CPU node", "overhead_j": 14028.665572999802, "overhead_s": 52.8839136},
        {"hardware": "GPU node", "overhead_j": 271560.2400475498, "overhead_s": 656.3736757},
    ]


@pytest.mark.parametrize(
    ("question", "is_table"),
    [
        ("butter_e/standard_table", True),
        ("butter_e/standard_table_overheads", True),
        ("butter_e/table_of_runs", False),
        ("butter_e/acceptance_counts", False),
        ("butter_e/acceptance_quantiles", False),
        ("butter_e/acceptance_groups", False),
    ],
)
def test_columns_are_as_the_header_declares(
    gateway: Gateway, tmp_path: Path, question: str, is_table: bool
) -> None:
    header = read_header(resource_path("sql") / f"{question}.sql")
    file = write_table(tmp_path, f"{HEADER}\n") if is_table else standin_path()
    given = {"file": str(file), "data_sets": DATA_SETS}
    answer = gateway._database.connection.cursor().sql(
        gateway._text(question), params={name: given[name] for name in header.parameters}
    )
    assert tuple(f"{n} {t}" for n, t in zip(answer.columns, answer.types, strict=True)) == header.columns
    if is_table:
        assert answer.fetchall() == []


def test_both_kinds_of_file_give_the_same_columns() -> None:
    folder = resource_path("sql/butter_e")
    assert (
        read_header(folder / "standard_table.sql").columns
        == read_header(folder / "table_of_runs.sql").columns
    )


def small_table(path: Path, **columns: Sequence[object]) -> Path:
    """A Parquet file of runs; what is not given is as in an ordinary run."""
    count = len(next(iter(columns.values())))
    ordinary: dict[str, object] = {
        "synthetic": False, "status": "standardised", "batch": "energy_2_cpu", "dataset": "adult",
        "shape": "rectangle", "size": 64, "depth": 3, "hardware": "CPU node", "node": "r1i0n0",
        "node_type": "cpu1", "run_time_s": 10.0, "energy_j": 1000.0, "power_w": 100.0, "std_power_w": 100.0,
        "std_energy_j": 1000.0, "energy_overhead_j": 10.0, "non_overhead_energy_j": 990.0,
        "j_per_datum": 0.001, "optimizer": "Adam", "learning_rate": 1e-4, "batch_size": 256,
    }  # fmt: skip
    table: dict[str, Sequence[object]] = {name: [value] * count for name, value in ordinary.items()}
    start = datetime(2022, 10, 1, tzinfo=UTC)
    table |= {
        "run_id": [f"run-{number}" for number in range(count)],
        "slurm_job_id": list(range(100, 100 + count)),
        "started_at": [start + timedelta(seconds=number) for number in range(count)],
    }
    pq.write_table(pa.table(table | columns), path)
    return path


def test_counts_by_stage(gateway: Gateway, tmp_path: Path) -> None:
    optimizer = "optimizer_energy_1_cpu"
    status = ["standardised"] * 3 + [
        "zero_watts", "missing_all", "no_file", "missing_some", "rejected_run_time", "rejected_energy",
        "rejected_outlier", "overhead_estimate", "below_overhead", "optimizer_batch", "no_file",
    ]  # fmt: skip
    file = small_table(
        tmp_path / "runs.parquet",
        status=[*status],
        batch=["energy_2_cpu"] * 12 + [optimizer] * 2,
        hardware=["CPU node", "GPU node", "CPU node"] + ["CPU node"] * 11,
        size=[64, 64, 128] + [64] * 11,
        synthetic=[True] + [False] * 13,
        run_id=["a", "a", *range_of_ids(12)],
        run_time_s=[10.0] * 11 + [None, 10.0, 10.0],
        energy_overhead_j=[7.0, 9.0, 7.0] + [0.0] * 11,
    )
    (row,) = gateway.ask("butter_e/acceptance_counts", file=str(file)).to_pylist()
    assert row == {
        "runs": 14, "run_ids": 13, "synthetic_runs": 1, "incomplete_runs": 1, "optimizer_batch": 2,
        "queued": 12, "zero_watts": 1, "missing_all": 1, "no_file": 1, "missing_some": 1, "joined": 8,
        "rejected_run_time": 1, "rejected_energy": 1, "rejected_outlier": 1, "kept": 5,
        "overhead_estimate": 1, "below_overhead": 1, "standardised": 3, "cpu_runs": 2, "gpu_runs": 1,
        "settings_by_hardware": 3, "settings_on_both": 1, "first_job": 100, "last_job": 102,
        "cpu_overhead_j": 7.0, "gpu_overhead_j": 9.0,
    }  # fmt: skip


def range_of_ids(count: int) -> Sequence[object]:
    return [f"b{number}" for number in range(count)]


@pytest.mark.parametrize(
    "column", ["dataset", "shape", "size", "depth", "hardware", "started_at", "run_time_s", "status",
               "run_id", "non_overhead_energy_j"],
)  # fmt: skip
def test_a_run_that_lacks_what_every_run_has(gateway: Gateway, tmp_path: Path, column: str) -> None:
    kinds = {"size": pa.int32(), "depth": pa.int8(), "started_at": pa.timestamp("us", "UTC"),
             "run_time_s": pa.float64(), "non_overhead_energy_j": pa.float64()}  # fmt: skip
    file = small_table(tmp_path / "runs.parquet", energy_j=[1.0])
    table = pq.read_table(file)
    nothing = pa.nulls(1, kinds.get(column, pa.string()))
    pq.write_table(table.set_column(table.column_names.index(column), column, nothing), file)
    (row,) = gateway.ask("butter_e/acceptance_counts", file=str(file)).to_pylist()
    assert row["incomplete_runs"] == 1


def test_a_run_without_energy_is_whole_if_it_says_why(gateway: Gateway, tmp_path: Path) -> None:
    file = small_table(tmp_path / "runs.parquet", status=["no_file"], non_overhead_energy_j=[None])
    (row,) = gateway.ask("butter_e/acceptance_counts", file=str(file)).to_pylist()
    assert (row["incomplete_runs"], row["settings_by_hardware"], row["cpu_overhead_j"]) == (0, 0, None)


def test_quantiles_and_groups_are_those_of_numpy(gateway: Gateway) -> None:
    runs = pq.read_table(standin_path())
    mine = runs.filter(pa.compute.equal(runs["status"], "standardised"))
    rows = gateway.ask("butter_e/acceptance_quantiles", file=str(standin_path())).to_pylist()
    assert len(rows) == 8
    for row in rows:
        values = np.asarray(mine[row["quantity"]].to_numpy(), np.float64)
        assert row["mean"] == pytest.approx(values.mean())
        assert row["quantiles"] == pytest.approx(np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    groups = gateway.ask("butter_e/acceptance_groups", file=str(standin_path())).to_pylist()
    expected = {(kind, name): count for kind in ("shape", "dataset")
                for name, count in Counter(mine[kind].to_pylist()).items()}  # fmt: skip
    assert {(row["kind"], row["name"]): row["runs"] for row in groups} == expected


def test_a_file_of_runs_keeps_its_values(gateway: Gateway, tmp_path: Path) -> None:
    target = tmp_path / "again.parquet"
    gateway.write_parquet("butter_e/table_of_runs", target, file=str(standin_path()))
    given, taken = pq.read_table(standin_path()), pq.read_table(target)
    assert set(taken.column_names) <= set(given.column_names)
    order = np.argsort(np.array(given["run_id"].to_pylist()))
    again = np.argsort(np.array(taken["run_id"].to_pylist()))
    for name in ("energy_j", "j_per_datum", "size"):
        assert np.array_equal(
            np.asarray(given[name].to_numpy(), np.float64)[order],
            np.asarray(taken[name].to_numpy(), np.float64)[again],
            equal_nan=True,
        )
    starts = taken["started_at"].to_pylist()
    assert starts == sorted(starts)
