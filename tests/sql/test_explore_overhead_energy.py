"""The question of overhead: its columns, and its sums run by run over the table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore.brushes import Brushes
from tests.sql.question_header import read_header

QUESTION = "explore/overhead_energy"
SUMS = ("run_count", "known_count", "spent_count", "overhead_j", "std_energy_j")
RUNS = (
    # std energy, overhead: more than the overhead, all of it, less than it, and either not known
    (1000.0, 100.0),
    (100.0, 100.0),
    (60.0, 100.0),
    (None, 100.0),
    (500.0, None),
    (None, None),
)


def with_column(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    """``table`` with these values in a column."""
    at = table.column_names.index(name)
    return table.set_column(at, name, pa.array(values, table.schema.field(name).type))


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Gateway]:
    """The runs of ``RUNS``: equal but for their energies, and the sizes 32, 127, 128, 512, 2,048 and none."""
    table = pq.read_table(standin_path()).take([0] * len(RUNS))
    for place, name in enumerate(("std_energy_j", "energy_overhead_j")):
        table = with_column(table, name, [run[place] for run in RUNS])
    table = with_column(table, "size", [32, 127, 128, 512, 2048, None])
    table = with_column(table, "batch", ["one", "one", "one", "one", "one", None])
    pq.write_table(table, tmp_path / "few.parquet")
    with Gateway() as opened:
        load_butter_e(opened, tmp_path / "few.parquet")
        yield opened


def asked(gateway: Gateway, grouping: str, brushes: Brushes | None = None) -> pa.Table:
    """The answer."""
    return gateway.ask(QUESTION, brushes=(brushes or Brushes()).parameter(), grouping=grouping)


@pytest.mark.parametrize("grouping", ["hardware", "node_type", "batch", "dataset", "size"])
def test_columns_are_as_declared_and_no_run_gives_no_row(butter_e: Gateway, grouping: str) -> None:
    header = read_header(resource_path("sql") / f"{QUESTION}.sql")
    params = {"brushes": Brushes().parameter(), "grouping": grouping}
    relation = butter_e._database.connection.cursor().sql(butter_e._text(QUESTION), params=params)
    described = tuple(f"{n} {t}" for n, t in zip(relation.columns, relation.types, strict=True))
    assert described == header.columns
    assert asked(butter_e, grouping, Brushes().with_range("depth", 2.2, 2.8)).num_rows == 0


def test_overhead_is_never_more_than_a_run_took_and_unknown_runs_are_counted_apart(few: Gateway) -> None:
    rows = asked(few, "hardware").to_pylist()
    assert len(rows) == 1
    assert {name: rows[0][name] for name in SUMS} == {
        "run_count": 6,
        "known_count": 3,
        "spent_count": 2,
        "overhead_j": 100 + 100 + 60,
        "std_energy_j": 1000 + 100 + 60,
    }


def test_a_group_without_a_known_run_has_sums_of_zero_and_one_without_value_has_no_word(few: Gateway) -> None:
    rows = {row["word"]: row for row in asked(few, "batch").to_pylist()}
    assert set(rows) == {"one", None}
    assert [rows[None][name] for name in SUMS] == [1, 0, 0, 0.0, 0.0]


def test_a_class_of_sizes_spans_two_doublings(few: Gateway) -> None:
    rows = asked(few, "size").to_pylist()
    # 32 and 127; 128; 512; 2,048; the run without a size
    assert {row["size_class"]: row["run_count"] for row in rows} == {2: 2, 3: 1, 4: 1, 5: 1, None: 1}
    assert {row["word"] for row in rows} == {None}


@pytest.mark.parametrize("grouping", ["hardware", "node_type", "batch", "dataset"])
def test_sums_are_those_of_the_table(butter_e: Gateway, grouping: str) -> None:
    runs = pq.read_table(standin_path()).to_pandas()
    mine = runs[runs["depth"].between(3, 9)].astype({"std_energy_j": float, "energy_overhead_j": float})
    spends = np.minimum(mine["std_energy_j"], mine["energy_overhead_j"])
    mine = mine.assign(spends=spends, all_of_it=spends == mine["std_energy_j"])
    found = asked(butter_e, grouping, Brushes().with_range("depth", 3, 9)).to_pandas()
    by_word = found.groupby("word")[list(SUMS)].sum()
    expected = mine.groupby(grouping, observed=True)
    assert by_word["run_count"].to_dict() == expected.size().to_dict()
    assert by_word["known_count"].to_dict() == expected["std_energy_j"].count().to_dict()
    assert by_word["spent_count"].to_dict() == expected["all_of_it"].sum().to_dict()
    assert by_word["overhead_j"].to_dict() == pytest.approx(expected["spends"].sum().to_dict(), rel=1e-12)
    assert by_word["std_energy_j"].to_dict() == pytest.approx(
        expected["std_energy_j"].sum().to_dict(), rel=1e-12
    )
