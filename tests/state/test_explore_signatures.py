"""Energy signatures: means of each group against the raw table, which are shown, and the sentence."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.signatures.signatures import (
    AMOUNTS,
    GROUPINGS,
    MOST,
    SLOT,
    Signature,
    gap_of,
    largest,
    shown_of,
    signatures_answer,
    signatures_of,
    signatures_question,
)

QUESTION = "explore/signatures_means"
LABELS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "hardware": lambda runs: runs["hardware"].astype(str),
    "shape": lambda runs: runs["shape"].astype(str),
    "hardware_shape": lambda runs: runs["shape"].astype(str) + ", " + runs["hardware"].astype(str),
    "size": lambda runs: runs["size"].map("{:,} parameters".format),
    "depth": lambda runs: runs["depth"].map("{} layers".format),
    "dataset": lambda runs: runs["dataset"].astype(str),
    "node_type": lambda runs: runs["node_type"].astype(str),
    "batch_size": lambda runs: runs["batch_size"].map("batches of {}".format),
    "optimizer": lambda runs: runs["optimizer"].astype(str),
}


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture(scope="module")
def runs(butter_e: Gateway) -> pd.DataFrame:
    """The raw table, with what is calculated for each run in the loaded one."""
    table: pd.DataFrame = pq.read_table(standin_path()).to_pandas()
    derived = butter_e._database.connection.cursor().sql(
        "SELECT run_id, ms_per_batch, working_set_bytes FROM butter_e_runs"
    )
    found = table.merge(derived.df(), on="run_id", validate="one_to_one")
    found["overhead_share"] = found["energy_overhead_j"] / found["std_energy_j"]
    return found


def signatures(state: Exploration, grouping: str) -> dict[str, Signature]:
    """The signatures of one grouping under the present brushes."""
    state.pose(signatures_question(grouping))
    return signatures_of(state.answer(SLOT), grouping)


def said(state: Exploration, grouping: str, picked: list[str] | None = None) -> str:
    found = signatures(state, grouping)
    return signatures_answer(state, [one for one in shown_of(found, picked) if one])


def test_the_question_has_its_columns(butter_e: Gateway) -> None:
    rows = butter_e.ask(QUESTION, brushes=Brushes().parameter(), grouping="hardware_shape")
    assert [f"{field.name} {field.type}" for field in rows.schema] == [
        "word string", "number int32", "run_count int64", "datum_count int64",
        *(f"{amount.name} double" for amount in AMOUNTS),
    ]  # fmt: skip
    assert rows.num_rows == 16
    none = Brushes().with_range("depth", 2.1, 2.2)
    assert butter_e.ask(QUESTION, brushes=none.parameter(), grouping="size").num_rows == 0


def test_every_grouping_has_a_label_here() -> None:
    assert set(LABELS) == set(GROUPINGS)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_each_signature_holds_the_geometric_means_of_its_runs(
    state: Exploration, runs: pd.DataFrame, grouping: str
) -> None:
    state.brush_range("size", 100, 1e6)
    found = signatures(state, grouping)
    brushed = runs[runs["size"].between(100, 1e6)]
    groups = dict(list(brushed.groupby(LABELS[grouping](brushed))))
    assert set(found) == set(groups)
    for label, one in found.items():
        of_it = groups[label]
        assert one.run_count == len(of_it)
        assert one.datum_count == of_it["j_per_datum"].notna().sum()
        for amount in AMOUNTS:
            values = of_it[amount.name].dropna().astype(float)
            expected = math.exp(np.log(values[values > 0]).mean()) if len(values) else math.nan
            assert one.means[amount.name] == pytest.approx(expected, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_the_mark_of_a_signature_holds_its_runs(state: Exploration, grouping: str) -> None:
    for one in list(signatures(state, grouping).values())[-2:]:
        state.brushes = one.mark
        state.refresh()
        assert state.run_count == one.run_count > 0


def test_those_with_the_most_runs_are_shown_or_those_picked(state: Exploration) -> None:
    found = signatures(state, "dataset")
    counts = sorted(state.categories["dataset"].values(), reverse=True)
    assert [one.run_count for one in shown_of(found, None) if one] == counts[:MOST]
    sizes = signatures(state, "size")
    most = sorted(sizes.values(), key=lambda one: -one.run_count)[:MOST]
    in_order = sorted(one.mark.ranges["size"][0] for one in most)
    assert [one.mark.ranges["size"][0] for one in shown_of(sizes, None) if one] == in_order
    picked = shown_of(found, ["mnist", "nowhere", "adult"])
    assert [one.label if one else None for one in picked] == ["mnist", None, "adult"]


def test_the_end_of_an_axis_is_the_largest_mean(state: Exploration) -> None:
    shown = list(signatures(state, "hardware").values())
    for amount in AMOUNTS:
        assert largest(shown, amount.name) == max(one.means[amount.name] for one in shown)
    assert math.isnan(largest([], "power_w"))


def test_the_sentence_says_the_widest_gap_and_who_is_dearest(state: Exploration, runs: pd.DataFrame) -> None:
    shown = signatures(state, "hardware")
    share = runs["overhead_share"].astype(float).map(math.log).groupby(runs["hardware"]).mean()
    times = math.exp(share["GPU node"] - share["CPU node"])
    assert max(gap_of(list(shown.values()), amount) for amount in AMOUNTS) == pytest.approx(times)
    assert said(state, "hardware") == (
        "The configurations differ most in overhead share: GPU node takes "
        f"{times:.2f} times as much as CPU node, {100 * math.exp(share['GPU node']):.1f} % against "
        f"{100 * math.exp(share['CPU node']):.2f} %, and is the dearest on 6 of 6 axes "
        "(63,527 of 63,527 runs)."
    )


def test_amounts_are_written_with_their_units(state: Exploration) -> None:
    texts = [
        amount.text(value)
        for amount, value in zip(AMOUNTS, (0.0123, 4.5, 2048, 7200, 0.25, 333), strict=True)
    ]
    assert texts == ["12.3 mJ", "4.50 ms", "2.00 KiB", "2.00 Wh", "25.0 %", "333 W"]
    assert [amount.column.rpartition(" (")[2] for amount in AMOUNTS] == [
        "mJ)",
        "ms)",
        "KiB)",
        "Wh)",
        "%)",
        "W)",
    ]
    assert signatures(state, "size")["1,024 parameters"].mark.ranges == {"size": (1024, 1024)}


def test_one_configuration_too_few_runs_and_none(state: Exploration) -> None:
    state.brush_set("hardware", ("GPU node",))
    count = state.categories["hardware"]["GPU node"]
    assert said(state, "hardware") == (
        "Only GPU node of those shown has 5 selected runs or more, so nothing is said of how "
        f"configurations differ ({count:,} of 63,527 runs)."
    )
    assert said(state, "dataset", ["mnist"]).startswith("Only mnist of those shown has 5 selected runs")
    state.brush_range("size", 32, 32)
    state.brush_range("depth", 3, 3)
    state.brush_set("shape", ("trapezoid",))
    assert 0 < state.run_count < 5 * 13
    assert said(state, "dataset").startswith("None of those shown has 5 selected runs or more, so ")
    state.brush_range("depth", 2.1, 2.2)
    assert said(state, "hardware") == "No run matches all brushes. Clear one."


def test_runs_without_an_amount_leave_the_others(state: Exploration) -> None:
    state.brush_set("status", ("overhead_estimate",))
    one = signatures(state, "hardware")["CPU node"]
    assert one.datum_count == 0
    assert math.isnan(one.means["j_per_datum"])
    assert math.isnan(one.means["ms_per_batch"])
    assert one.means["power_w"] > 200
    assert "energy per datum" not in said(state, "hardware")


def test_one_run_is_its_own_signature(tmp_path: Path) -> None:
    table = pq.read_table(standin_path()).slice(100, 1)
    pq.write_table(table, tmp_path / "one.parquet")
    row = table.to_pylist()[0]
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        state = Exploration(gateway)
        (one,) = signatures(state, "shape").values()
        assert one.means["energy_j"] == pytest.approx(row["energy_j"])
        assert one.means["power_w"] == pytest.approx(row["power_w"])
        assert said(state, "shape") == (
            "None of those shown has 5 selected runs or more, so nothing is said of how "
            "configurations differ (1 of 1 runs)."
        )
