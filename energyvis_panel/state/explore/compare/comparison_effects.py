"""What a comparison found: factors with intervals and tests by data set and in all, and the sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, nan
from typing import Any, Final

import pyarrow as pa

from energyvis_panel.domain.paired_comparison import (
    CONFIDENCE,
    FEWEST_CLUSTERS,
    FEWEST_PAIRS,
    Interval,
    Spread,
    cluster_interval,
    holm,
    t_interval,
    t_test,
    welch_test,
)
from energyvis_panel.domain.rank_tests import SignedRanks, TwoSampleRanks
from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.compare.comparison import (
    FEWEST_DIFFERENT,
    MEASURES,
    Comparison,
    matched_said,
    sides_said,
)
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import NOTHING_SELECTED, counted

ALL_DATA_SETS: Final = "All data sets"
SIGNIFICANT: Final = 1 - CONFIDENCE


@dataclass(frozen=True, slots=True)
class Effect:
    """By what factor B differs from A in one data set, or in all; ratios are B to A.

    Attributes
    ----------
    pairs, repeated_pairs
        Matched settings, and those of them that were run more than once on one side.
    log_ratio, interval
        Mean of the natural logarithms of the ratios with its 95 % interval; None = too little to tell.
    p_value
        Of the paired t test, corrected for the number of data sets; None for all data sets together.
    log_a, log_b
        Means of the logarithms of the measure over the pairs.

    """

    name: str
    pairs: int
    repeated_pairs: int
    log_ratio: float
    interval: Interval | None
    p_value: float | None
    log_a: float
    log_b: float

    @property
    def is_clear(self) -> bool:
        """Whether chance alone would hardly give such a factor."""
        if self.p_value is not None:
            return self.p_value < SIGNIFICANT
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]

    @property
    def ratio_text(self) -> str:
        """The factor with three digits."""
        return three_digits(exp(self.log_ratio))

    @property
    def interval_text(self) -> str:
        """The interval of the factor, or why there is none."""
        if self.interval is None:
            return f"none: fewer than {FEWEST_PAIRS} pairs"
        low, high = self.interval
        return f"{three_digits(exp(low))} to {three_digits(exp(high))}"


@dataclass(frozen=True, slots=True)
class FurtherTests:
    """Further tests of one data set; p values are corrected for the number of data sets (Holm)."""

    median_ratio: float | None
    a_runs: int
    b_runs: int
    wilcoxon_p: float | None = None
    rank_biserial: float | None = None
    welch_p: float | None = None
    mann_whitney_p: float | None = None
    cliffs_delta: float | None = None


def effects(rows: pa.Table, names: Sequence[str]) -> list[Effect]:
    """Effects by data set; ``names`` are those of all data sets, in order."""
    found = rows.to_pylist()
    spreads = [Spread(row["pairs"], row["mean_log_ratio"], known(row["variance_log_ratio"])) for row in found]
    return [
        Effect(
            names[row["dataset_code"] - 1],
            row["pairs"],
            row["repeated_pairs"],
            row["mean_log_ratio"],
            t_interval(spread),
            p_value,
            row["mean_log_a"],
            row["mean_log_b"],
        )
        for row, spread, p_value in zip(
            found, spreads, holm([t_test(spread) for spread in spreads]), strict=True
        )
    ]


def overall(found: Sequence[Effect]) -> Effect | None:
    """The effect over all pairs, its interval from drawing whole data sets; None without a pair."""
    pairs = sum(effect.pairs for effect in found)
    if not pairs:
        return None
    if len(found) == 1:
        interval = found[0].interval
    else:
        interval = cluster_interval(
            [effect.log_ratio * effect.pairs for effect in found], [effect.pairs for effect in found]
        )
    log_ratio, log_a, log_b = (
        sum(getattr(effect, name) * effect.pairs for effect in found) / pairs
        for name in ("log_ratio", "log_a", "log_b")
    )
    repeated = sum(effect.repeated_pairs for effect in found)
    return Effect(ALL_DATA_SETS, pairs, repeated, log_ratio, interval, None, log_a, log_b)


def further_tests(rows: pa.Table, names: Sequence[str]) -> dict[str, FurtherTests]:
    """Further tests by name of data set, and under ``ALL_DATA_SETS`` the median and the runs of all."""
    found = rows.to_pylist()
    of_sets = [row for row in found if row["dataset_code"] is not None]
    signed = [
        SignedRanks(row["ranked_pairs"] or 0, row["positive_rank_sum"] or 0.0, row["pair_ties"] or 0.0)
        for row in of_sets
    ]
    ranks = [
        TwoSampleRanks(row["a_runs"], row["b_runs"], row["b_rank_sum"], row["run_ties"]) for row in of_sets
    ]
    p_values = zip(
        holm([one.p_value() for one in signed]),
        holm([welch_test(spread(row, "a"), spread(row, "b")) for row in of_sets]),
        holm([one.p_value() for one in ranks]),
        strict=True,
    )
    by_name = {
        names[row["dataset_code"] - 1]: FurtherTests(
            ratio(row["median_log_ratio"]),
            row["a_runs"],
            row["b_runs"],
            wilcoxon_p,
            pair_ranks.agreement(),
            welch_p,
            mann_whitney_p,
            run_ranks.dominance(),
        )
        for row, pair_ranks, run_ranks, (wilcoxon_p, welch_p, mann_whitney_p) in zip(
            of_sets, signed, ranks, p_values, strict=True
        )
    }
    for row in found:
        if row["dataset_code"] is None:
            by_name[ALL_DATA_SETS] = FurtherTests(
                ratio(row["median_log_ratio"]), row["a_runs"], row["b_runs"]
            )
    return by_name


def spread(row: dict[str, Any], side: str) -> Spread:
    """Logarithms of the runs of one side."""
    return Spread(row[f"{side}_runs"], known(row[f"{side}_mean_log"]), known(row[f"{side}_variance_log"]))


def known(value: float | None) -> float:
    """``value``, or NaN where there is none."""
    return nan if value is None else value


def ratio(log_ratio: float | None) -> float | None:
    """The factor of a logarithm, where there is one."""
    return None if log_ratio is None else exp(log_ratio)


def comparison_answer(state: Exploration, comparison: Comparison, found: Sequence[Effect]) -> str:
    """What takes how many times as much, in one sentence."""
    if not state.run_count:
        return NOTHING_SELECTED
    if not comparison.is_possible:
        return f"{FEWEST_DIFFERENT} ({counted(state)})"
    whole = overall(found)
    a, b = sides_said(comparison)
    if whole is None:
        return f"The selection holds no settings with runs of both: {b}, and {a} ({counted(state)})."
    verb = MEASURES[comparison.measure].said.format(whole.ratio_text)
    return (
        f"At the same {matched_said(comparison.matched)}, {b} {verb} {a} "
        f"({interval_said(whole, len(found))}; {repetition_said(whole)}; {counted(state)})."
    )


def interval_said(whole: Effect, data_sets: int) -> str:
    """The interval of all data sets, or why there is none."""
    sets = f"{data_sets} data set{'s' * (data_sets > 1)}"
    if whole.interval is not None:
        return f"95 % interval {whole.interval_text}, {sets}"
    if data_sets == 1:
        return f"no interval, fewer than {FEWEST_PAIRS} pairs, {sets}"
    return f"no interval over {sets}, {FEWEST_CLUSTERS} are needed"


def repetition_said(whole: Effect) -> str:
    """How many settings are matched, and how often each was run."""
    matched = f"{whole.pairs:,} matched setting{'s' * (whole.pairs > 1)}"
    if not whole.repeated_pairs:
        return f"{matched}, each run once on each side"
    if whole.repeated_pairs == whole.pairs:
        return f"{matched}, each run more than once"
    return f"{matched}, all but {whole.repeated_pairs:,} run once on each side"
