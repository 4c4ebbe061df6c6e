"""Which runs are strange, when and why: density, marks and the sentence they answer with."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa

from energyvis_panel.domain.anomaly_scales import BINS_UP, STRIP_BINS
from energyvis_panel.domain.explained_effects import ExplainedEffect
from energyvis_panel.domain.units import duration_text, power_text, three_digits
from energyvis_panel.state.explore.anomaly.anomaly_questions import (
    INNER_FENCE,
    MOST_MARKS,
    OUTER_FENCE,
    Thresholds,
)
from energyvis_panel.state.explore.axis import BINS, Counts, column
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import NOTHING_SELECTED

Row = Mapping[str, Any]

UP_BINS: Final = (BINS_UP, STRIP_BINS, STRIP_BINS)
"""Bins of residual, fence and forest."""
REASONS: Final = {
    "hung": "hung",
    "slow": "ran longer than runs of their settings",
    "fast": "ended sooner than runs of their settings",
    "hungry": "drew more power than runs of their settings",
    "modest": "drew less power than runs of their settings",
    "odd": "combine time and power unusually",
}
"""What is strange about a run, by the count that says how many are."""
FLAGGED_HEADER: Final = (
    "Run", "Start (UTC)", "Node", "Batch", "Data set", "Parameters", "Layers", "Energy (J)",
    "Of the predicted", "z (sd)", "Beyond quartile (IQR)", "Forest score", "Flagged by", "Reason",
)  # fmt: skip
CLEAR_SD: Final = 2.0
"""What lies nearer to its prediction than this is no reason."""
HOUR_S: Final = 3600.0


class Scores(Protocol):
    """What scores the runs, once a process."""

    @property
    def are_ready(self) -> bool:
        """Whether the runs have their scores."""

    @property
    def effects(self) -> Sequence[ExplainedEffect]:
        """Systematic effects that were taken into account."""

    def prepare(self) -> None:
        """Score the runs, if that was not done before."""


def density_grids(rows: pa.Table) -> tuple[Counts, ...]:
    """Counts by measure (residual, fence, forest), each bins up x bins across."""
    measure = column(rows, "measure")
    started, up, count = (column(rows, name) for name in ("started_px", "up_px", "run_count"))
    grids = []
    for number, bins in enumerate(UP_BINS):
        grid = np.zeros((bins, BINS), np.int64)
        of_it = measure == number
        grid[up[of_it], started[of_it]] = count[of_it]
        grids.append(grid)
    return tuple(grids)


def methods(row: Row, thresholds: Thresholds) -> tuple[bool, bool, bool]:
    """Whether z, fence and forest flag the run."""
    return (
        abs(row["residual_sd"]) > thresholds.z,
        row["fence_iqr"] > thresholds.fence,
        row["forest_score"] > thresholds.forest,
    )


def factor(row: Row) -> float:
    """How many times what its settings predict a run took, in standardised energy."""
    return float(row["standard_j"] / row["expected_j"])


def took_text(row: Row) -> str:
    """How much a run took, against its prediction and by the three methods."""
    distance = row["fence_iqr"]
    fence = "inside the fences"
    if distance > OUTER_FENCE:
        fence = "beyond the outer fence"
    elif distance > INNER_FENCE:
        fence = "beyond the inner fence"
    return (
        f"Took {three_digits(factor(row))} times what its settings predict "
        f"(z = {row['residual_sd']:+.1f}; {fence}; forest {row['forest_score']:.2f})"
    )


def reason_text(row: Row) -> str:
    """What is strange about a run, in a few words."""
    if row["status"] == "rejected_run_time":
        return f"Hung: {power_text(row['power_w'])} for {duration_text(row['run_time_s'])}"
    time, power = row["run_time_sd"], row["power_sd"]
    if max(abs(time), abs(power)) < CLEAR_SD:
        return "Neither run time nor power lies far off by itself"
    if abs(time) >= abs(power):
        return f"Ran {'longer' if time > 0 else 'shorter'} than predicted ({time:+.1f} sd)"
    return f"Drew {'more' if power > 0 else 'less'} power than predicted ({power:+.1f} sd)"


def node_text(row: Row) -> str:
    """How the other runs of its node fared in that week."""
    runs, flagged = row["week_runs"], row["week_flagged"]
    node = f"Node {row['node']}"
    if runs == 1:
        return f"The only run of node {row['node']} that week"
    if flagged > 1:
        return f"{node}: {flagged:,} of {runs:,} runs flagged that week"
    if flagged == 1:
        return f"{node}: its other {'run is' if runs == 2 else f'{runs - 1:,} runs are'} normal that week"  # noqa: PLR2004 - one other
    return f"{node}: {'both of its' if runs == 2 else f'its {runs:,}'} runs are normal that week"  # noqa: PLR2004 - both


def network_text(row: Row) -> str:
    """The settings of a run in a line."""
    return (
        f"{row['dataset']}, {row['size']:,} parameters, {row['depth']} layers, {row['shape']}, "
        f"{row['hardware']}"
    )


def hung_text(row: Row) -> str:
    """The hung runs as a group; empty where there is none."""
    if not row["hung"]:
        return ""
    least, most = (round(row[f"hung_{end}_s"] / HOUR_S) for end in ("least", "most"))
    span = f"{least} h" if least == most else f"{least} to {most} h"
    runs = "1 run" if row["hung"] == 1 else f"{row['hung']:,} runs"
    return f"{runs} hung: about {round(row['hung_w']):,} W for {span}"


def anomalies_answer(state: Exploration) -> str:
    """How many runs are flagged and why most of them are, in one sentence or two."""
    row = state.answer("anomaly_counts").to_pylist()[0]
    if not row["scored"]:
        return NOTHING_SELECTED if not state.run_count else "No selected run has a known energy."
    runs = "run" if row["scored"] == 1 else "runs"
    of = f"{row['scored']:,} {runs} with known energy"
    if not row["flagged"]:
        whose = f"The {of} is not" if row["scored"] == 1 else f"None of {of} is"
        return f"{whose} flagged by any of the three methods."
    commonest = max(REASONS, key=lambda reason: row[reason])
    why = hung_text(row) if commonest == "hung" else f"{row[commonest]:,} {REASONS[commonest]}"
    if row["flagged"] == 1:
        by_all = ", by all three methods" if row["by_all"] else ""
        return f"1 of {of} is flagged{by_all}. Reason: {why}."
    said = (
        f"{row['flagged']:,} of {of} are flagged, {row['by_all']:,} of them by all three methods. "
        f"Most frequent reason: {why}."
    )
    if row["flagged"] > MOST_MARKS:
        said += f" Marked are the {MOST_MARKS:,} furthest off; the shading holds all runs."
    return said


def flagged_rows(state: Exploration, thresholds: Thresholds) -> list[Sequence[object]]:
    """The flagged runs that are marked, as rows below :data:`FLAGGED_HEADER`."""
    rows: list[Sequence[object]] = []
    for run in state.answer("anomaly_runs").to_pylist():
        flags = zip(("z", "fence", "forest"), methods(run, thresholds), strict=True)
        rows.append((
            run["run_id"], f"{datetime.fromtimestamp(run['started_s'], UTC):%Y-%m-%d %H:%M}", run["node"],
            run["batch"], run["dataset"], run["size"], run["depth"], round(run["energy_j"]),
            round(factor(run), 3), round(run["residual_sd"], 2), round(run["fence_iqr"], 2),
            round(run["forest_score"], 3), ", ".join(name for name, flag in flags if flag), reason_text(run),
        ))  # fmt: skip
    return rows


def effect_text(effect: ExplainedEffect) -> str:
    """An effect for people, e.g. ``"6 layers on CPU nodes: 29 % less energy than 5 and 7 layers"``."""
    more = "more" if effect.change > 0 else "less"
    because = f" ({effect.reason})" if effect.reason else ""
    change = f"{100 * abs(effect.change):.0f} % {more} {effect.quantity}"
    return f"{effect.subject}: {change} than {effect.against}{because}"
