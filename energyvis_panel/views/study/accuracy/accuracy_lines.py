"""A metric against consumption as one HoloViews overlay, from the rows that it draws."""

from typing import Any

import holoviews as hv
import numpy as np

from energyvis_panel.views import theme
from energyvis_panel.views.study.accuracy.accuracy_rows import AccuracyRows
from energyvis_panel.views.study.chart.chart_rows import SOURCE_MARKS
from energyvis_panel.views.study.chart.consumption_lines import MARKED_EPOCHS, line_style

NO_PATH: dict[str, Any] = {"amount": [-1.0] * 3, "value": [0.0] * 3, "color": theme.BASELINE, "dash": "solid"}
"""Stands, unseen, for no path: HoloViews cannot tell colours from numbers in an element without rows."""
NO_MARK: dict[str, Any] = {
    "amount": [np.nan], "value": [np.nan], "label": [""], "epoch": [0], "color": [theme.BASELINE],
    "fill": [1.0], "mark": ["circle"],
}  # fmt: skip


def accuracy_chart(rows: AccuracyRows | None) -> hv.Overlay:
    """Overlay of the goal, the lines and their marks: three elements for any number of lines."""
    x_label, y_label, unit, value_unit = ("", "", "", "")
    last, bottom, top = (1.0, 0.0, 1.0)
    if rows is not None:
        x_label, y_label, unit, value_unit = rows.x_label, rows.y_label, rows.unit, rows.value_unit
        last, bottom, top = rows.last, rows.bottom, rows.top
    dims = [
        hv.Dimension("amount", label=x_label or "amount"),
        hv.Dimension("value", label=y_label or "value"),
    ]
    hover = [
        ("", "@label"),
        ("epoch", "@epoch"),
        ("consumed", f"@amount{{0,0.[000]}} {unit}"),
        (y_label.removesuffix(", %") or "value", f"@value{{0,0.[000]}} {value_unit}"),
    ]
    return hv.Overlay(
        [
            hv.Contours(goal_path(rows), dims, ["color", "dash"]).opts(
                color="color", line_dash="dash", line_width=1
            ),
            hv.Contours(paths(rows) or [NO_PATH], dims, ["color", "dash"]).opts(
                color="color", line_dash="dash", line_width=2.2
            ),
            hv.Points(marks(rows), dims, ["label", "epoch", "color", "fill", "mark"]).opts(
                color="color", fill_alpha="fill", marker="mark", size=5, tools=["hover"], hover_tooltips=hover
            ),
        ]
    ).opts(
        hv.opts.Overlay(
            responsive=True,
            height=theme.CHART_HEIGHT,
            show_legend=False,
            xlabel=x_label,
            ylabel=y_label,
            xlim=(-0.02 * last, last),
            ylim=(bottom, top),
            default_tools=[],
            tools=["xwheel_zoom", "xpan", "reset", "save"],
            active_tools=[],
            hooks=[theme.figure_hook],
        )
    )


def goal_path(rows: AccuracyRows | None) -> list[dict[str, Any]]:
    """Grey line at the goal, across the chart."""
    if rows is None or rows.goal is None:
        return [NO_PATH]
    across = {"amount": [0.0, rows.last], "value": [rows.goal] * 2}
    return [across | {"color": theme.GREY, "dash": "dotted"}]


def paths(rows: AccuracyRows | None) -> list[dict[str, Any]]:
    """One path a line that carries the metric, the baseline solid, alternatives orange and dashed."""
    if rows is None:
        return []
    styled = [(line.curve, *line_style(slot)) for slot, line in enumerate(rows.lines)]
    return [
        {
            "amount": curve.amount / rows.per_unit,
            "value": curve.value * rows.scale,
            "color": color,
            "dash": dash,
        }
        for curve, color, dash in styled
        if curve.value.size
    ]


def marks(rows: AccuracyRows | None) -> dict[str, Any]:
    """Columns of the points of all lines that are short enough to be marked; estimates are open."""
    columns: dict[str, list[Any]] = {name: [] for name in NO_MARK}
    for slot, line in enumerate(rows.lines if rows is not None else ()):
        count = line.curve.value.size
        if rows is None or count > MARKED_EPOCHS:
            continue
        columns["amount"] += (line.curve.amount / rows.per_unit).tolist()
        columns["value"] += (line.curve.value * rows.scale).tolist()
        columns["epoch"] += line.curve.epoch.astype(int).tolist()
        columns["label"] += [line.label] * count
        columns["color"] += [line_style(slot)[0]] * count
        columns["fill"] += [0.0 if line.source == "estimate" else 1.0] * count
        columns["mark"] += [SOURCE_MARKS[line.source][0]] * count
    return columns if columns["amount"] else NO_MARK


def line_labels(rows: AccuracyRows | None) -> dict[str, Any]:
    """Names at the ends of the lines; nothing where a single line needs no name."""
    ends: dict[str, Any] = {"x": [], "y": [], "text": [], "color": []}
    if rows is None or len(rows.lines) == 1:
        return ends
    for slot, line in enumerate(rows.lines):
        if line.curve.value.size:
            ends["x"].append(float(line.curve.amount[-1]) / rows.per_unit)
            ends["y"].append(float(line.curve.value[-1]) * rows.scale)
            ends["text"].append(line.letter or line.label)
            ends["color"].append(line_style(slot)[0])
    return ends
