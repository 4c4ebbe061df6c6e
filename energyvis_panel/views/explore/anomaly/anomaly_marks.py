"""Flagged runs as marks of the anomaly timeline: numbers, of which the browser makes what a hover says."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from bokeh.models import ColumnDataSource, CustomJSHover, HoverTool, TapTool
from numpy.typing import NDArray

from energyvis_panel.domain.anomaly_scales import FENCE, FOREST, RESIDUAL, Scale
from energyvis_panel.state.explore.anomaly.anomalies import CLEAR_SD
from energyvis_panel.state.explore.anomaly.anomaly_questions import INNER_FENCE, OUTER_FENCE, Thresholds
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.theme import VERMILLION

MS_PER_S: Final = 1000
SIZES: Final = {"z": 5, "fence": 9, "forest": 13}
"""Pixels across of the three marks of a flagged run, one around the other."""
NAMED: Final = ("dataset", "shape", "hardware", "batch", "node")
"""Categories of a run that its hover names; the marks hold their places among :func:`category_names`."""
HUNG, BY_TIME, BY_POWER, BY_NEITHER = range(4)
"""Why a run is out of the ordinary, as anomaly_hover.js tells the cases apart."""
WORDS: Final = (Path(__file__).parent / "anomaly_hover.js").read_text(encoding="utf-8")
HOVER: Final = """
<div style="max-width:320px;white-space:normal;font-size:12px;line-height:1.4">
  <b>@x{took}</b><br>@x{reason}.<br>@x{node}.<br>@x{network}<br>
  Batch @x{batch}, started @x{started}, @x{energy}
</div>
"""


def category_names(state: Exploration) -> dict[str, list[str]]:
    """Values of the categories that a hover names, by category."""
    return {name: list(state.categories[name]) for name in NAMED}


def mark_columns(
    rows: pa.Table, thresholds: Thresholds, names: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Flagged runs as marks: where, by which method, and the numbers of which their hover speaks.

    Single precision holds what has three digits in a hover; times and energies keep theirs.
    """
    z, fence, score = (numbers(rows, name) for name in ("residual_sd", "fence_iqr", "forest_score"))
    flags = (np.abs(z) > thresholds.z, fence > thresholds.fence, score > thresholds.forest)
    sizes = {
        f"size_{name}": np.where(flag, SIZES[name], 0).astype(np.uint8)
        for name, flag in zip(SIZES, flags, strict=True)
    }
    codes = {
        name: pc.fill_null(pc.index_in(rows[name], pa.array(names[name], pa.string())), 0xFFFF)
        .to_numpy()
        .astype(np.uint16)
        for name in NAMED
    }
    return (
        sizes
        | codes
        | reason_columns(rows)
        | {
            "x": numbers(rows, "started_s") * MS_PER_S,
            "residual": positions(RESIDUAL, z),
            "fence": positions(FENCE, fence),
            "forest": positions(FOREST, score),
            "z": z.astype(np.float32),
            "score": score.astype(np.float32),
            "fences": np.searchsorted((INNER_FENCE, OUTER_FENCE), fence).astype(np.uint8),
            "factor": (numbers(rows, "standard_j") / numbers(rows, "expected_j")).astype(np.float32),
            "energy_j": numbers(rows, "energy_j"),
            "size": numbers(rows, "size").astype(np.int32),
            "depth": numbers(rows, "depth").astype(np.uint8),
            "week_runs": numbers(rows, "week_runs").astype(np.int32),
            "week_flagged": numbers(rows, "week_flagged").astype(np.int32),
        }
    )


def numbers(rows: pa.Table, name: str) -> NDArray[np.float64]:
    """A column as doubles, in which thresholds are compared as DuckDB compares them."""
    return np.asarray(rows[name].to_numpy(), np.float64)


def positions(scale: Scale, values: NDArray[np.float64]) -> NDArray[np.float32]:
    """How far up each of ``values`` is drawn, from 0 to 1."""
    within = np.clip(values, scale.low, scale.high)
    bent = np.arcsinh(within / scale.unit) if scale.unit else within
    low, high = scale.bent(scale.low), scale.bent(scale.high)
    return ((bent - low) / (high - low)).astype(np.float32)


def reason_columns(rows: pa.Table) -> dict[str, Any]:
    """Why each run is out of the ordinary, by how much (sd, of a hung run W), and how long it hung (s)."""
    time, power = numbers(rows, "run_time_sd"), numbers(rows, "power_sd")
    hung = pc.equal(rows["status"], "rejected_run_time").to_numpy()
    by_time = np.abs(time) >= np.abs(power)
    neither = np.maximum(np.abs(time), np.abs(power)) < CLEAR_SD
    return {
        "why": np.select([hung, neither, by_time], [HUNG, BY_NEITHER, BY_TIME], BY_POWER).astype(np.uint8),
        "by": np.where(hung, numbers(rows, "power_w"), np.where(by_time, time, power)).astype(np.float32),
        "hung_s": np.where(hung, numbers(rows, "run_time_s"), 0).astype(np.float32),
    }


def add_marks(figures: Sequence[Any], marks: ColumnDataSource, names: Mapping[str, Sequence[str]]) -> None:
    """Draw the marks in all three figures: all methods in the first, its own in each of the others."""
    looks: dict[str, dict[str, Any]] = {
        "z": {"marker": "circle", "fill_color": VERMILLION, "line_color": None},
        "fence": {"marker": "circle", "fill_color": None, "line_color": VERMILLION},
        "forest": {"marker": "diamond", "fill_color": None, "line_color": VERMILLION},
    }
    tap = {"nonselection_alpha": 1.0, "nonselection_fill_alpha": 1.0, "nonselection_line_alpha": 1.0}
    args: dict[str, Any] = {"marks": marks, "names": dict(names)}
    said: dict[str, Any] = {"@x": CustomJSHover(args=args, code=WORDS, name="anomaly-words")}
    main = figures[0]
    for name, look in looks.items():
        main.scatter("x", "residual", source=marks, size=f"size_{name}", line_width=1.2, **look, **tap)
    touched = main.scatter("x", "residual", source=marks, size=14, alpha=0, nonselection_alpha=0)
    main.add_tools(HoverTool(renderers=[touched], tooltips=HOVER, formatters=said, limit=1))
    main.add_tools(tap_tool := TapTool(renderers=[touched]))
    main.toolbar.active_tap = tap_tool
    for fig, name in zip(figures[1:], ("fence", "forest"), strict=True):
        dots = fig.scatter("x", name, source=marks, size=f"size_{name}", **looks[name], **tap)
        fig.add_tools(HoverTool(renderers=[dots], tooltips=HOVER, formatters=said, limit=1))
