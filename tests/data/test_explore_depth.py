"""The questions of the view of depth: columns, rows against numpy, missing values."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.depth.depth_questions import BITS_OF_NETWORKS, BITS_OF_RUNS
from energyvis_panel.state.explore.exploration import Exploration
from tests.sql.question_header import read_header

EVERYTHING = Brushes().parameter()
NOTHING = Brushes().with_range("depth", 2.2, 2.8).parameter()
ASKED = [("explore/depth_networks", BITS_OF_NETWORKS), ("explore/depth_runs", BITS_OF_RUNS)]
CODED = ("dataset", "optimizer", "size", "batch_size")


@pytest.mark.parametrize(("question", "kept"), ASKED)
def test_columns_are_as_declared_and_nothing_gives_nothing(
    butter_e: Gateway, question: str, kept: int
) -> None:
    relation = butter_e._database.connection.cursor().sql(
        butter_e._text(question), params={"brushes": EVERYTHING, "kept": kept}
    )
    found = tuple(f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True))
    assert found == read_header(butter_e.sql_root / f"{question}.sql").columns
    assert butter_e.ask(question, brushes=NOTHING, kept=kept).num_rows == 0


def test_each_network_has_its_geometric_mean_at_each_depth(butter_e: Gateway) -> None:
    brushes = Brushes().with_range("depth", 3, 7).with_set("dataset", ("adult", "mnist"))
    names = [*CODED, "hardware", "depth", "j_per_datum"]
    table = pq.read_table(standin_path(), columns=names)
    codes = {
        name: {value: at for at, value in enumerate(sorted(set(table[name].to_pylist())), 1)}
        for name in CODED
    }
    table = table.filter(pc.field("dataset").isin(["adult", "mnist"]) & (pc.field("j_per_datum") > 0))
    table = table.filter((pc.field("depth") >= 3) & (pc.field("depth") <= 7))
    expected: dict[int, list[float]] = {}
    for row in table.to_pylist():
        place = {name: codes[name][row[name]] for name in CODED}
        setting = (
            (row["hardware"] == "GPU node")
            + (place["dataset"] << 1)
            + (place["size"] << 17)
            + (row["depth"] << 29)
            + (place["optimizer"] << 37)
            + (place["batch_size"] << 45)
        )
        expected.setdefault(setting, []).append(row["j_per_datum"])
    rows = butter_e.ask("explore/depth_networks", brushes=brushes.parameter(), kept=BITS_OF_NETWORKS)
    found = {row["setting"]: (row["mean_log"], row["run_count"]) for row in rows.to_pylist()}
    assert len(found) == rows.num_rows > 1000
    assert found.keys() == expected.keys()
    for setting, values in expected.items():
        assert found[setting] == (pytest.approx(np.log(values).mean(), abs=1e-6), len(values))


def test_runs_are_counted_by_node_data_set_depth_and_bin(butter_e: Gateway) -> None:
    axis = Exploration(butter_e).axes["j_per_datum"]
    rows = butter_e.ask("explore/depth_runs", brushes=EVERYTHING, kept=BITS_OF_RUNS).to_pydict()
    settings, bins, counts = (np.array(rows[name]) for name in ("setting", "px", "run_count"))
    table = pq.read_table(standin_path(), columns=["hardware", "depth", "dataset", "j_per_datum"])
    table = table.filter(pc.field("j_per_datum").is_valid())
    assert counts.sum() == table.num_rows == 60_359
    mine = table.filter((pc.field("hardware") == "CPU node") & (pc.field("depth") == 9))
    mine = mine.filter(pc.field("dataset") == "sleep")["j_per_datum"].to_numpy()
    code = sorted(Exploration(butter_e).categories["dataset"]).index("sleep") + 1
    chosen = settings == (code << 1) + (9 << 29)
    # A run near the edge of a bin may fall on either side of it by rounding alone.
    found = dict(zip(bins[chosen].tolist(), counts[chosen].tolist(), strict=True))
    places = np.array([axis.position(value) for value in mine.astype(float)])
    expected = np.unique(np.floor(places), return_counts=True)
    assert found == dict(zip(expected[0].astype(int).tolist(), expected[1].tolist(), strict=True))


def test_a_run_without_an_energy_per_datum_is_in_no_row(tmp_path: Path) -> None:
    table = pq.read_table(standin_path()).filter(pc.field("j_per_datum").is_valid()).slice(0, 4)
    at = table.column_names.index("j_per_datum")
    values = pa.array([None, 0.004, None, 0.009], table.schema.field(at).type)
    pq.write_table(table.set_column(at, "j_per_datum", values), tmp_path / "runs.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "runs.parquet")
        for question, kept in ASKED:
            rows = gateway.ask(question, brushes=EVERYTHING, kept=kept)
            assert sum(rows["run_count"].to_pylist()) == 2
