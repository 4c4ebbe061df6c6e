"""The question behind the view of cache spill over small tables: exact rows, missing values, brushes."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.pair_counts import axis_bins
from tests.sql.question_header import read_header

QUESTION = "explore/cache_spill_density"
EVERYTHING = Brushes().parameter()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Gateway]:
    """Twelve runs of the stand-in, every third of which has no energy per datum."""
    table = pq.read_table(standin_path())
    sizes, published = table["size"].to_numpy(), np.array(table["status"].to_pylist()) == "standardised"
    firsts = [np.flatnonzero(published & (sizes == 2**power))[0] for power in (5, 12, 18, 24)]
    table = table.take(np.repeat(firsts, 3))
    at = table.column_names.index("j_per_datum")
    values = [0.004, 0.004, None] * 4
    table = table.set_column(at, "j_per_datum", pa.array(values, table.schema.field(at).type))
    at = table.column_names.index("run_id")
    table = table.set_column(at, "run_id", pa.array([f"run {number}" for number in range(12)]))
    pq.write_table(table, tmp_path / "runs.parquet")
    with Gateway() as opened:
        load_butter_e(opened, tmp_path / "runs.parquet")
        yield opened


def test_columns_are_as_declared(butter_e: Gateway) -> None:
    relation = butter_e._database.connection.cursor().sql(
        butter_e._text(QUESTION), params={"brushes": EVERYTHING}
    )
    found = tuple(f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True))
    assert found == read_header(butter_e.sql_root / f"{QUESTION}.sql").columns


def test_nothing_selected_gives_nothing(butter_e: Gateway) -> None:
    brushes = Brushes().with_range("depth", 2.2, 2.8).parameter()
    assert butter_e.ask(QUESTION, brushes=brushes).num_rows == 0


def test_equal_runs_share_a_row_and_those_without_energy_have_none(small: Gateway) -> None:
    rows = small.ask(QUESTION, brushes=EVERYTHING).to_pylist()
    assert len(rows) == 4
    assert [row["run_count"] for row in rows] == [2, 2, 2, 2]
    assert {row["j_per_datum_px"] for row in rows} == {rows[0]["j_per_datum_px"]}
    assert len({row["working_set_px"] for row in rows}) > 1


@pytest.mark.parametrize(
    "brushes",
    [
        Brushes(),
        Brushes().with_range("depth", 3, 7).with_set("hardware", ("CPU node",)),
        Brushes().with_range("working_set_bytes", 1e5, 1e7).with_range("j_per_datum", 5e-3, 5e-2),
    ],
)
def test_every_bin_counts_the_runs_of_numpy(butter_e: Gateway, brushes: Brushes) -> None:
    runs = all_runs(butter_e)
    kept = np.isfinite(runs["working_set_bytes"]) & np.isfinite(runs["j_per_datum"])
    for name, (low, high) in brushes.ranges.items():
        kept &= (runs[name] >= low) & (runs[name] <= high)
    if brushes.sets:
        kept &= ~runs["is_gpu"]
    axes = Exploration(butter_e).axes
    across, up = (axis_bins(axes[name], runs[name])[kept] for name in ("working_set_bytes", "j_per_datum"))
    expected = Counter(zip(runs["is_gpu"][kept].tolist(), across.tolist(), up.tolist(), strict=True))
    table = butter_e.ask(QUESTION, brushes=brushes.parameter())
    found = {tuple(row.values())[:3]: row["run_count"] for row in table.to_pylist()}
    assert len(found) == table.num_rows
    assert found == expected


def all_runs(gateway: Gateway) -> dict[str, Any]:
    """Columns of all runs, NaN where there is no value."""
    statement = """
        SELECT is_gpu, depth::double AS depth, working_set_bytes::double AS working_set_bytes, j_per_datum
        FROM butter_e_runs
    """
    table = gateway._database.connection.cursor().sql(statement).to_arrow_table()
    return {name: table[name].to_numpy() for name in table.column_names}
