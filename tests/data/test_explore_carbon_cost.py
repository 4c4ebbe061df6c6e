"""The energy behind carbon and cost: exact sums, missing values, runs that took less than the overhead."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from tests.sql.question_header import read_header

QUESTION = "explore/carbon_cost_energy"


def asked(gateway: Gateway, brushes: Brushes) -> dict[bool, dict[str, Any]]:
    """Rows by hardware class."""
    rows = gateway.ask("explore/carbon_cost_energy", brushes=brushes.parameter()).to_pylist()
    assert len({row["is_gpu"] for row in rows}) == len(rows)
    return {row["is_gpu"]: row for row in rows}


def test_columns_are_as_declared(butter_e: Gateway) -> None:
    relation = butter_e._database.connection.cursor().sql(
        butter_e._text(QUESTION), params={"brushes": Brushes().parameter()}
    )
    found = tuple(f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True))
    assert found == read_header(butter_e.sql_root / f"{QUESTION}.sql").columns


def test_nothing_selected_gives_no_rows(butter_e: Gateway) -> None:
    assert asked(butter_e, Brushes().with_range("depth", 2.2, 2.8)) == {}


@pytest.mark.parametrize("depths", [(2, 20), (5, 8)])
def test_sums_are_those_of_numpy(butter_e: Gateway, depths: tuple[int, int]) -> None:
    table = pq.read_table(
        standin_path(), columns=["hardware", "depth", "energy_j", "energy_overhead_j"]
    ).to_pandas()
    mine = table[table["depth"].between(*depths)]
    rows = asked(butter_e, Brushes().with_range("depth", *depths))
    for hardware, is_gpu in (("CPU node", False), ("GPU node", True)):
        of = mine[mine["hardware"] == hardware]
        energy = of["energy_j"].to_numpy().astype(float)
        overhead = np.minimum(energy, of["energy_overhead_j"].to_numpy().astype(float))
        assert rows[is_gpu]["run_count"] == rows[is_gpu]["measured_runs"] == len(of) > 1000
        assert rows[is_gpu]["overhead_j"] == pytest.approx(overhead.sum(), rel=1e-9)
        assert rows[is_gpu]["training_j"] == pytest.approx((energy - overhead).sum(), rel=1e-9)
        assert rows[is_gpu]["unsplit_j"] == 0


def test_each_run_is_in_one_part_and_missing_values_add_nothing(tmp_path: Path) -> None:
    table = pq.read_table(standin_path()).slice(0, 6)
    columns: dict[str, list[Any]] = {
        "hardware": ["CPU node"] * 5 + ["GPU node"],
        # whole, less than the overhead, without energy, overhead not known, neither, zero
        "energy_j": [100.0, 10.0, None, 7.0, None, 0.0],
        "energy_overhead_j": [30.0, 30.0, 30.0, None, None, 50.0],
    }
    for name, values in columns.items():
        at = table.column_names.index(name)
        table = table.set_column(at, name, pa.array(values, table.schema.field(name).type))
    pq.write_table(table, tmp_path / "runs.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "runs.parquet")
        rows = asked(gateway, Brushes())
    numbers = {key: list(row.values())[1:] for key, row in rows.items()}
    assert numbers == {False: [5, 3, 70.0, 40.0, 7.0], True: [1, 1, 0.0, 0.0, 0.0]}
