"""Comparison of two configurations: pairs, ranks and sentences against a loop over the runs."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats as scipy_stats

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.paired_comparison import holm
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.compare.comparison import (
    QUESTIONS,
    QUICK,
    SETTINGS,
    START,
    START_CODES,
    Comparison,
    mark_of,
    packed,
    quick_choices,
    setting_codes,
    side_label,
)
from energyvis_panel.state.explore.compare.comparison_effects import (
    ALL_DATA_SETS,
    Effect,
    comparison_answer,
    effects,
    further_tests,
    overall,
)
from energyvis_panel.state.explore.exploration import Exploration

stats: Any = scipy_stats
ASKED = ("explore/compare_pairs", "explore/compared_runs", "explore/compare_settings")
CONFIGURATIONS = [
    Comparison(),
    Comparison({"optimizer": "Adam"}, {"optimizer": "SGD"}, "run_time_s"),
    Comparison(
        {"depth": "4", "hardware": "CPU node"}, {"depth": "8", "hardware": "GPU node"}, "std_energy_j"
    ),
    Comparison({}, {"shape": "trapezoid"}),
    Comparison({"shape": "trapezoid"}, {}),
    Comparison({"shape": "rectangle"}, {"shape": "rectangle", "batch_size": "32"}),
]


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    found = Exploration(butter_e)
    found.pose(QUESTIONS)
    return found


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    table: pd.DataFrame = pq.read_table(standin_path()).to_pandas()
    for name in SETTINGS:
        table[name] = table[name].astype(np.float32).astype(str) if name == "learning_rate" else table[name]
    return table


def codes_of(state: Exploration) -> dict[str, dict[str, int]]:
    return setting_codes(state.answer("compare_settings"))


def compared(state: Exploration, comparison: Comparison) -> tuple[list[Effect], dict[str, Any]]:
    """Effects and further tests of a comparison under the present brushes."""
    state.pose(comparison.questions(codes_of(state)))
    names = list(state.categories["dataset"])
    return (
        effects(state.answer("compare_pairs"), names),
        further_tests(state.answer("compare_tests"), names),
    )


def sides(runs: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    """The runs of both sides, one by one, with ``is_b`` and ``log_value``."""
    fits = {}
    for side in ("a", "b"):
        fixed = getattr(comparison, side)
        fits[side] = np.ones(len(runs), bool)
        for name, value in fixed.items():
            fits[side] &= runs[name].astype(str).to_numpy() == value
    if len(comparison.a) == len(comparison.b):
        kept, is_b = fits["a"] != fits["b"], fits["b"]
    elif len(comparison.a) > len(comparison.b):
        kept, is_b = fits["a"] | fits["b"], ~fits["a"]
    else:
        kept, is_b = fits["a"] | fits["b"], fits["b"]
    amount = runs[comparison.measure].astype(float)
    found: pd.DataFrame = runs.assign(is_b=is_b, log_value=np.log(amount))[kept & amount.notna()]
    return found


def paired(found: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    keys = ["dataset", *comparison.matched]
    means = found.pivot_table(index=keys, columns="is_b", values="log_value", aggfunc=["mean", "size"])
    both = means.dropna()
    return pd.DataFrame(
        {
            "ratio": both[("mean", True)] - both[("mean", False)],
            "runs": both[("size", True)] + both[("size", False)],
        }
    )


@pytest.mark.parametrize("number", range(len(CONFIGURATIONS)))
@pytest.mark.parametrize("brushed", [False, True])
def test_pairs_and_tests_are_those_of_a_loop_over_the_runs(
    state: Exploration, runs: pd.DataFrame, number: int, *, brushed: bool
) -> None:
    comparison, mine = CONFIGURATIONS[number], runs
    if brushed:
        state.brush_range("size", 64, 2**20)
        state.brush_set("dataset", ("adult", "banana", "mnist", "sleep", "splice"))
        mine = runs[runs["size"].between(64, 2**20) & runs["dataset"].isin(state.brushes.sets["dataset"])]
    found, further = compared(state, comparison)
    of_runs = sides(mine, comparison)
    pairs = paired(of_runs, comparison)
    assert {effect.name for effect in found} == set(pairs.index.get_level_values("dataset"))
    assert sum(effect.pairs for effect in found) == len(pairs) > 50
    for effect in found:
        ratios = pairs.xs(effect.name, level="dataset")
        logs = ratios["ratio"].to_numpy()
        assert effect.pairs == len(logs)
        assert effect.repeated_pairs == (ratios["runs"] > 2).sum()
        assert effect.log_ratio == pytest.approx(logs.mean(), abs=1e-9)
        interval = stats.ttest_1samp(logs, 0).confidence_interval(0.95)
        assert effect.interval == pytest.approx((interval.low, interval.high), abs=1e-9)
        assert further[effect.name].median_ratio == pytest.approx(math.exp(np.median(logs)))
    assert further[ALL_DATA_SETS].median_ratio == pytest.approx(math.exp(pairs["ratio"].median()))
    assert further[ALL_DATA_SETS].b_runs == of_runs["is_b"].sum()
    names = sorted(of_runs["dataset"].unique())
    expected: dict[str, list[float | None]] = {"wilcoxon_p": [], "welch_p": [], "mann_whitney_p": []}
    for name in names:
        in_set = of_runs[of_runs["dataset"] == name]
        a, b = (in_set.loc[in_set["is_b"] == side, "log_value"].to_numpy() for side in (False, True))
        ratios = pairs["ratio"][pairs.index.get_level_values("dataset") == name].to_numpy()
        signed = stats.wilcoxon(ratios, correction=True, method="asymptotic").pvalue if len(ratios) else None
        enough = min(len(a), len(b)) >= 5
        expected["wilcoxon_p"].append(signed)
        expected["welch_p"].append(stats.ttest_ind(a, b, equal_var=False).pvalue if enough else None)
        expected["mann_whitney_p"].append(
            stats.mannwhitneyu(a, b, method="asymptotic").pvalue if enough else None
        )
    for test, p_values in expected.items():
        for name, p_value in zip(names, holm(p_values), strict=True):
            found_p = getattr(further[name], test)
            assert (found_p is None) == (p_value is None)
            assert p_value is None or found_p == pytest.approx(p_value, rel=1e-6, abs=1e-300)


Made = Callable[[list[dict[str, Any]]], Exploration]


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """An exploration of a few runs worked out by hand, each given by what differs from a plain one."""
    opened = []

    def make(changes: list[dict[str, Any]]) -> Exploration:
        plain = {
            "dataset": "mnist", "shape": "rectangle", "size": 32, "depth": 3, "hardware": "CPU node",
            "optimizer": "Adam", "batch_size": 256, "learning_rate": 1e-4, "j_per_datum": 1.0,
            "status": "standardised", "batch": "energy_1",
        }  # fmt: skip
        schema = pq.read_schema(standin_path())
        base = pq.read_table(standin_path()).slice(0, 1).to_pylist()[0]
        rows = [base | plain | change | {"run_id": str(n)} for n, change in enumerate(changes)]
        file = tmp_path / "runs.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), file)
        gateway = Gateway(threads=1)
        opened.append(gateway)
        load_butter_e(gateway, file)
        state = Exploration(gateway)
        state.pose(QUESTIONS)
        return state

    yield make
    for gateway in opened:
        gateway.close()


def test_pairs_worked_by_hand(made: Made) -> None:
    gpu = {"hardware": "GPU node"}
    state = made(
        [
            {"j_per_datum": 1.0}, gpu | {"j_per_datum": 2.0},
            # Two runs of one side: their geometric mean, 2, stands for them.
            {"size": 64, "j_per_datum": 1.0}, {"size": 64, "j_per_datum": 4.0},
            gpu | {"size": 64, "j_per_datum": 16.0},
            # No partner: another depth, another optimizer; and one without a value.
            {"size": 128}, gpu | {"size": 128, "depth": 4}, gpu | {"size": 128, "optimizer": "SGD"},
            {"size": 256}, gpu | {"size": 256, "j_per_datum": None},
        ]
    )  # fmt: skip
    (effect,) = effects(state.answer("compare_pairs"), ["mnist"])
    assert (effect.name, effect.pairs, effect.repeated_pairs) == ("mnist", 2, 1)
    assert effect.log_ratio == pytest.approx(math.log(4))  # of 2 and 8
    assert effect.interval is None
    assert effect.p_value is None
    assert effect.log_a == pytest.approx(math.log(2) / 2)
    assert "fewer than 5" in effect.interval_text
    said = comparison_answer(state, START, [effect])
    assert "takes 4.00 times the energy per datum" in said
    assert "no interval, fewer than 5 pairs, 1 data set" in said
    assert "2 matched settings, all but 1 run once on each side" in said


def test_ties_share_their_ranks(made: Made) -> None:
    gpu = {"hardware": "GPU node"}
    ratios = [1.0, 2.0, 2.0, 0.5, 4.0, 8.0]
    rows = [
        row
        for n, ratio in enumerate(ratios)
        for row in ({"size": 2**n}, gpu | {"size": 2**n, "j_per_datum": ratio})
    ]
    tests = further_tests(made(rows).answer("compare_tests"), ["mnist"])["mnist"]
    logs = np.log(ratios)
    assert tests.wilcoxon_p == pytest.approx(
        stats.wilcoxon(logs, correction=True, method="asymptotic").pvalue
    )
    assert tests.mann_whitney_p == pytest.approx(
        stats.mannwhitneyu(np.zeros(6), logs, method="asymptotic").pvalue
    )
    # Of 36 couples of one run each, 4 x 6 have B larger, 6 equal, 6 smaller.
    assert tests.cliffs_delta == pytest.approx((24 - 6) / 36)
    # Ranks of |log|: 2 for the three of size 2, then 4, 5; 1.0 is left out. Positive: 2 + 2 + 4 + 5 of 15.
    assert tests.rank_biserial == pytest.approx(2 * 13 / 15 - 1)


def test_a_side_that_fixes_nothing_is_the_rest(state: Exploration) -> None:
    rest, _further = compared(state, Comparison({}, {"hardware": "GPU node"}))
    both, _further = compared(state, Comparison())
    # The order in which threads add up is not always the same.
    assert [effect.log_ratio for effect in rest] == pytest.approx([effect.log_ratio for effect in both])
    assert [effect.pairs for effect in rest] == [effect.pairs for effect in both]


def test_swapped_sides_have_inverse_factors(state: Exploration) -> None:
    one, _further = compared(state, START)
    other, _further = compared(state, START.swapped())
    assert [effect.log_ratio for effect in one] == pytest.approx([-effect.log_ratio for effect in other])
    first, second = overall(one), overall(other)
    assert first is not None
    assert second is not None
    assert first.pairs == second.pairs
    assert first.interval is not None
    assert second.interval == pytest.approx((-first.interval[1], -first.interval[0]), abs=0.01)


def test_runs_on_both_sides_of_equal_breadth_are_left_out(state: Exploration, runs: pd.DataFrame) -> None:
    comparison = Comparison({"hardware": "CPU node"}, {"shape": "trapezoid"})
    _effects, further = compared(state, comparison)
    known = runs["j_per_datum"].notna()
    cpu, trapezoid = runs["hardware"] == "CPU node", runs["shape"] == "trapezoid"
    assert further[ALL_DATA_SETS].a_runs == (known & cpu & ~trapezoid).sum()
    assert further[ALL_DATA_SETS].b_runs == (known & trapezoid & ~cpu).sum()


def test_every_value_of_a_setting_has_a_code_in_order(state: Exploration, runs: pd.DataFrame) -> None:
    codes = codes_of(state)
    assert codes["hardware"] == START_CODES["hardware"]
    assert codes["depth"] == {str(depth): depth for depth in sorted(runs["depth"].unique())}
    assert list(codes["size"]) == [str(size) for size in sorted(runs["size"].unique())]
    assert list(codes["learning_rate"]) == ["1e-05", "0.0001", "0.001", "0.01"]
    assert sorted(codes["shape"].values()) == list(range(1, 9))
    counted = dict.fromkeys(SETTINGS, 0)
    for row in state.answer("compare_settings").to_pylist():
        counted[row["setting"]] += row["run_count"]
    assert set(counted.values()) == {len(runs)}
    assert quick_choices(codes) == list(QUICK)
    assert quick_choices(codes | {"optimizer": {"Adam": 1}}) == [name for name in QUICK if "SGD" not in name]


def test_masks_do_not_overlap_and_leave_the_data_set() -> None:
    masks = [setting.mask for setting in SETTINGS.values()]
    assert sum(masks) == (1 << 63) - 1 - (255 << 1)
    assert packed(
        {"depth": "8", "hardware": "GPU node"}, {"depth": {"8": 8}, "hardware": {"GPU node": 1}}
    ) == {
        "mask": (255 << 29) + 1,
        "key": (8 << 29) + 1,
        "fixes": 2,
    }


def test_the_sentence_says_what_is_matched_how_sure_and_from_how_many(state: Exploration) -> None:
    found, _further = compared(state, START)
    said = comparison_answer(state, START, found)
    assert said.startswith(
        "At the same data set, shape, size, depth and training settings, a run on a GPU node takes "
    )
    assert re.search(r"takes 1\.\d\d times the energy per datum of one on a CPU node", said)
    whole = overall(found)
    assert whole is not None
    assert f"95 % interval {whole.interval_text}, 12 data sets; {whole.pairs:,} matched settings" in said
    assert said.endswith("63,527 of 63,527 runs).")
    assert whole.is_clear


def test_the_sentence_says_why_there_is_nothing(state: Exploration) -> None:
    same = Comparison({"shape": "rectangle"}, {"shape": "rectangle"})
    assert "A and B are the same" in comparison_answer(state, same, [])
    assert "63,527 of 63,527 runs" in comparison_answer(state, same, [])
    state.brush_set("hardware", ("CPU node",))
    found, _further = compared(state, START)
    assert found == []
    assert "holds no settings with runs of both" in comparison_answer(state, START, found)
    state.brush_range("depth", 2.2, 2.8)
    assert comparison_answer(state, START, []) == "No run matches all brushes. Clear one."


@pytest.mark.parametrize(
    ("data_sets", "said"),
    [
        (("mnist",), r"95 % interval [\d.]+ to [\d.]+, 1 data set;"),
        (("mnist", "sleep"), "no interval over 2 data sets, 5 are needed"),
    ],
)
def test_few_data_sets_have_no_interval_over_them(
    state: Exploration, data_sets: tuple[str, ...], said: str
) -> None:
    state.brush_set("dataset", data_sets)
    found, _further = compared(state, START)
    assert re.search(said, comparison_answer(state, START, found))


def test_sides_are_named_in_full() -> None:
    fixed = {"learning_rate": "1e-05", "shape": "trapezoid", "size": "1024", "hardware": "GPU node"}
    assert side_label(fixed) == "trapezoid · 1,024 parameters · rate 0.00001 · GPU node"
    assert side_label({}) == "any other run"


def test_a_row_is_looked_at_as_its_runs() -> None:
    comparison = Comparison(
        {"hardware": "CPU node", "depth": "4", "size": "32"},
        {"hardware": "GPU node", "depth": "4", "size": "64", "shape": "trapezoid"},
    )
    mark = mark_of(comparison, "mnist")
    assert mark == Brushes(
        {"depth": (4.0, 4.0)}, {"dataset": ("mnist",), "hardware": ("CPU node", "GPU node")}
    )
    assert mark_of(comparison).sets.keys() == {"hardware"}


@pytest.mark.parametrize("question", ASKED)
def test_columns_are_as_declared_and_nothing_selected_gives_no_rows(butter_e: Gateway, question: str) -> None:
    header = (resource_path("sql") / f"{question}.sql").read_text(encoding="utf-8")
    declared = re.search(r" Columns: ((?:\w+ [A-Z]+(?:,\s+)?)+)", re.sub(r"\n--\s+", " ", header))
    assert declared
    values: dict[str, Any] = {"brushes": Brushes().with_range("depth", 2.2, 2.8).parameter()}
    if question != "explore/compare_settings":
        values |= {"a": packed(START.a, START_CODES), "b": packed(START.b, START_CODES)}
        values["measure"] = START.measure
    relation = butter_e._database.connection.cursor().sql(butter_e._text(question), params=values)
    found = [f"{name} {kind}" for name, kind in zip(relation.columns, relation.types, strict=True)]
    assert found == declared[1].split(", ")
    assert butter_e.ask(question, **values).num_rows == 0
