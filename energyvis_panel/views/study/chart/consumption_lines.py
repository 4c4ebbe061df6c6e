"""The consumption chart as one HoloViews overlay, from the rows that it draws."""

from dataclasses import dataclass
from typing import Any

import holoviews as hv
import numpy as np

from energyvis_panel.domain.curve import Curve
from energyvis_panel.views import theme
from energyvis_panel.views.study.chart.chart_rows import (
    SOURCE_MARKS,
    ChartLine,
    ChartRows,
)

MARKED_EPOCHS = 80
"""Beyond this many epochs the marks would touch, so the line stands alone."""

NO_PATH: dict[str, Any] = {"epoch": [-1.0] * 3, "amount": [0.0] * 3, "color": theme.BASELINE, "dash": "solid"}
"""Stands, unseen, for no path: HoloViews cannot tell colours from numbers in an element without rows."""
NO_MARK: dict[str, Any] = {
    "epoch": [np.nan], "amount": [np.nan], "label": [""], "color": [theme.BASELINE], "fill": [1.0],
    "mark": ["circle"], "size": [6.0],
}  # fmt: skip
MARK_SIZE, RING_SIZE = 6.0, 11.0
PLACE_TEXT = {"epoch": "@epoch", "time": "@epoch{0,0.[000]} h"}


@dataclass(frozen=True, slots=True)
class DrawnPaths:
    """What each element of the chart draws: bands, recorded lines, thin lines, and columns of marks.

    Thin are the forecasts, and what joins the epoch in progress to the last finished one.
    """

    bands: list[dict[str, Any]]
    recorded: list[dict[str, Any]]
    thin: list[dict[str, Any]]
    marks: dict[str, Any]


def drawn_paths(rows: ChartRows | None) -> DrawnPaths:
    """The elements' paths in axis units; each holds at least one, unseen where there is nothing to draw."""
    lines = rows.lines if rows is not None else ()
    per_unit = rows.per_unit if rows is not None else 1.0
    styled = [(line, *line_style(slot)) for slot, line in enumerate(lines)]
    filled = [path | {"color": color} for line, color, _ in styled for path in bands(line.curve, per_unit)]
    recorded = [
        {"epoch": line.curve.epoch, "amount": line.curve.value / per_unit, "color": color, "dash": dash}
        for line, color, dash in styled
        if line.curve.value.size
    ]
    thin = [
        path | {"color": color, "dash": dash}
        for line, color, dash in styled
        for path in forecasts(line.curve, per_unit)
    ]
    thin += [
        path | {"color": color, "dash": "dotted"}
        for line, color, _ in styled
        for path in joins(line, per_unit)
    ]
    return DrawnPaths(filled or [NO_PATH], recorded or [NO_PATH], thin or [NO_PATH], marks(styled, per_unit))


def consumption_chart(rows: ChartRows | None, *, log_scale: bool = False) -> hv.Overlay:
    """Overlay of bands, recorded lines, thin lines and marks: four elements for any number of lines."""
    frame = chart_frame(rows, log_scale=log_scale)
    paths = drawn_paths(rows)
    dims = [hv.Dimension("epoch", label=frame.x_label), hv.Dimension("amount", label=frame.y_label)]
    return hv.Overlay(
        [
            hv.Polygons(paths.bands, dims, ["color"]).opts(color="color", alpha=0.12, line_alpha=0),
            hv.Contours(paths.recorded, dims, ["color", "dash"]).opts(
                color="color", line_dash="dash", line_width=2.2
            ),
            hv.Contours(paths.thin, dims, ["color", "dash"]).opts(
                color="color", line_dash="dash", line_width=1, alpha=0.8
            ),
            hv.Points(paths.marks, dims, ["label", "color", "fill", "mark", "size"]).opts(
                color="color",
                fill_alpha="fill",
                marker="mark",
                size="size",
                tools=["hover"],
                hover_tooltips=frame.hover,
            ),
        ]
    ).opts(
        hv.opts.Overlay(
            responsive=True,
            height=theme.CHART_HEIGHT,
            show_legend=False,
            xlabel=frame.x_label,
            ylabel=frame.y_label,
            xlim=frame.x_range,
            ylim=frame.y_range,
            logy=log_scale,
            default_tools=[],
            tools=["xwheel_zoom", "xpan", "reset", "save"],
            active_tools=[],
            hooks=[theme.figure_hook],
        )
    )


def source_columns(rows: ChartRows | None) -> list[dict[str, Any]]:
    """Columns of the Bokeh sources behind the four elements, places as HoloViews writes them.

    Patching the sources takes half a millisecond, drawing the elements again 80.
    """
    paths = drawn_paths(rows)
    columns: list[dict[str, Any]] = [
        {
            "xs": [[[path["epoch"]]] for path in paths.bands],
            "ys": [[[path["amount"]]] for path in paths.bands],
            "color": [path["color"] for path in paths.bands],
        }
    ]
    columns += [
        {
            "xs": [path["epoch"] for path in lines],
            "ys": [path["amount"] for path in lines],
            "color": [path["color"] for path in lines],
            "line_dash": [path["dash"] for path in lines],
        }
        for lines in (paths.recorded, paths.thin)
    ]
    return [*columns, dict(paths.marks)]


@dataclass(frozen=True, slots=True)
class ChartFrame:
    """Labels, ranges and the texts under the pointer."""

    x_label: str
    y_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    hover: list[tuple[str, str]]


def chart_frame(rows: ChartRows | None, *, log_scale: bool) -> ChartFrame:
    """The frame around the rows, or around nothing."""
    if rows is None:
        return ChartFrame("epoch", "no profile", (0.98, 1.02), (0.1 if log_scale else 0.0, 1.0), [])
    first = 1.0 if rows.axis == "epoch" else 0.0
    return ChartFrame(
        rows.x_label,
        rows.y_label,
        (first - 0.02 * rows.last, 1.02 * rows.last),
        (rows.bottom if log_scale else 0.0, rows.top),
        [
            ("", "@label"),
            (rows.x_label, PLACE_TEXT[rows.axis]),
            ("amount", f"@amount{{0,0.[000]}} {rows.unit}"),
        ],
    )


def line_style(slot: int) -> tuple[str, str]:
    """Colour and dash of a line: the baseline solid, alternatives orange and told apart by their dash."""
    return (theme.ALTERNATIVE, theme.ALTERNATIVE_DASHES[slot - 1]) if slot else (theme.BASELINE, "solid")


def bands(drawn: Curve, per_unit: float) -> list[dict[str, Any]]:
    """Outline of the prediction interval; none where nothing is forecast."""
    if not drawn.forecast.size:
        return []
    there, back = drawn.forecast_epoch, drawn.forecast_epoch[::-1]
    outline = np.concatenate([drawn.low, drawn.high[::-1]]) / per_unit
    return [{"epoch": np.concatenate([there, back]), "amount": outline}]


def forecasts(drawn: Curve, per_unit: float) -> list[dict[str, Any]]:
    """Forecast from the last recorded point on, so that the line does not break; none without forecast."""
    if not drawn.forecast.size:
        return []
    epoch = np.concatenate([drawn.epoch[-1:], drawn.forecast_epoch])
    return [{"epoch": epoch, "amount": np.concatenate([drawn.value[-1:], drawn.forecast]) / per_unit}]


def joins(line: ChartLine, per_unit: float) -> list[dict[str, Any]]:
    """From the last recorded point to the epoch in progress; none without such an epoch."""
    if line.open is None:
        return []
    return [
        {
            "epoch": np.array([line.curve.epoch[-1], line.open.place]),
            "amount": np.array([line.curve.value[-1], line.open.amount]) / per_unit,
        }
    ]


def marks(styled: list[tuple[ChartLine, str, str]], per_unit: float) -> dict[str, Any]:
    """Columns of marks: recorded points of the lines that are short enough, and rings of open epochs.

    Estimates are open.
    """
    columns: dict[str, list[Any]] = {name: [] for name in NO_MARK}

    def add(places: list[float], amounts: list[float], **constant: Any) -> None:
        columns["epoch"] += places
        columns["amount"] += amounts
        for name, value in constant.items():
            columns[name] += [value] * len(places)

    for line, color, _ in styled:
        drawn = line.curve
        if drawn.value.size <= MARKED_EPOCHS:
            add(
                drawn.epoch.tolist(),
                (drawn.value / per_unit).tolist(),
                label=line.label,
                color=color,
                fill=0.0 if line.estimated else 1.0,
                mark=SOURCE_MARKS[line.source][0],
                size=MARK_SIZE,
            )
        if line.open is not None:
            label = f"{line.label}: epoch in progress"
            ring = {"label": label, "color": color, "fill": 0.0, "mark": "circle", "size": RING_SIZE}
            add([line.open.place], [line.open.amount / per_unit], **ring)
    return columns if columns["epoch"] else NO_MARK


def line_labels(rows: ChartRows | None) -> dict[str, Any]:
    """Names at the right ends of the lines; nothing where a single line needs no name."""
    ends: dict[str, Any] = {"x": [], "y": [], "text": [], "color": []}
    drawn = [line for line in rows.lines if line.curve.value.size] if rows is not None else []
    if rows is None or len(rows.lines) == 1:
        return ends
    for line in drawn:
        x, y = line.end()
        ends["x"].append(x)
        ends["y"].append(y / rows.per_unit)
        ends["text"].append(line.letter or line.label)
        ends["color"].append(theme.ALTERNATIVE if line.letter else theme.BASELINE)
    return ends
