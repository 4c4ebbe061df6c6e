"""The charts of the anomaly timeline, patched when the selection or a threshold changes."""

from typing import Any

from bokeh.models import ColumnDataSource

from energyvis_panel.domain.anomaly_scales import FENCE, FOREST, RESIDUAL
from energyvis_panel.state.explore.anomaly.anomalies import density_grids, hung_text
from energyvis_panel.state.explore.anomaly.anomaly_questions import Thresholds
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.anomaly.anomaly_figures import (
    FENCE_TICKS,
    FOREST_TICKS,
    ON_MARKS,
    RESIDUAL_TICKS,
    ScaleChart,
    batch_figure,
    scale_figure,
    threshold_lines,
)
from energyvis_panel.views.explore.anomaly.anomaly_marks import (
    MS_PER_S,
    add_marks,
    category_names,
    mark_columns,
)
from energyvis_panel.views.explore.frontier.brush_box import BrushBox, Side, add_box_select
from energyvis_panel.views.theme import VERMILLION

MAIN_HEIGHT = 230
STRIP_HEIGHT = 68


class AnomalyCharts:
    """Residual, fence and forest over time, with the batches below.

    Attributes
    ----------
    figures
        From top to bottom; the first is the residual.
    marks
        Source of the flagged runs.
    run_ids
        Name of the run of each mark; no browser needs them.

    """

    def __init__(self, state: Exploration, thresholds: Thresholds) -> None:
        axis = state.axes["started_s"]
        main = scale_figure(axis, RESIDUAL, RESIDUAL_TICKS, "Off the prediction (sd)", height=MAIN_HEIGHT)
        fence = scale_figure(axis, FENCE, FENCE_TICKS, "IQR", main, height=STRIP_HEIGHT)
        forest = scale_figure(axis, FOREST, FOREST_TICKS, "Forest", main, height=STRIP_HEIGHT)
        contexts = density_grids(state.context("anomaly_density"))
        named = zip((main, fence, forest), contexts, ("residual", "fence", "forest"), strict=True)
        self._charts = [ScaleChart(fig, axis, context, name) for fig, context, name in named]
        self._names = category_names(state)
        self.marks = ColumnDataSource(self._mark_columns(state, thresholds), name="anomaly-runs")
        add_marks([main, fence, forest], self.marks, self._names)
        self.hung = ColumnDataSource(
            {"x": [axis.low * MS_PER_S], "y": [1.0], "said": [""]}, name="anomaly-hung"
        )
        main.text(
            "x", "y", "said", source=self.hung, text_baseline="top", text_font_size="11px",
            text_color=VERMILLION, x_offset=2, y_offset=2, **ON_MARKS,
        )  # fmt: skip
        add_time_brush(state, main)
        self.figures = [main, fence, forest, batch_figure(axis, state.answer("anomaly_batches"), main)]
        self.draw_lines(thresholds)

    def draw(self, state: Exploration, thresholds: Thresholds, changed: set[str]) -> None:
        """Patch what the answers in the slots ``changed`` say."""
        if "anomaly_density" in changed:
            grids = density_grids(state.answer("anomaly_density"))
            for chart, grid in zip(self._charts, grids, strict=True):
                chart.draw_counts(grid)
        if "anomaly_runs" in changed:
            self.marks.data = self._mark_columns(state, thresholds)
        if "anomaly_counts" in changed:
            counts = state.answer("anomaly_counts").to_pylist()[0]
            self.hung.data = {**self.hung.data, "said": [hung_text(counts)]}

    def _mark_columns(self, state: Exploration, thresholds: Thresholds) -> dict[str, Any]:
        rows = state.answer("anomaly_runs")
        self.run_ids = rows["run_id"].to_pylist()
        return mark_columns(rows, thresholds, self._names)

    def draw_lines(self, thresholds: Thresholds) -> None:
        """Move the lines of the thresholds."""
        for chart, lines in zip(self._charts, threshold_lines(thresholds), strict=True):
            chart.draw_lines(lines)


def add_time_brush(state: Exploration, fig: Any) -> None:
    """Let a drag across ``fig`` select a period of starts."""
    axis = state.axes["started_s"]
    side = Side(
        "started_s",
        "left",
        "right",
        to_plot=lambda value: min(max(value, axis.low), axis.high) * MS_PER_S,
        from_plot=lambda coordinate: coordinate / MS_PER_S,
    )
    brush = BrushBox(state, [side], name="anomalies-brush", movable="x", resizable="x")
    fig.add_layout(brush.annotation)

    def drawn(geometry: dict[str, Any]) -> None:
        # The tap that opens a run is a geometry too, a point.
        if geometry.get("type") == "rect":
            brush.draw({"started_s": (geometry["x0"], geometry["x1"])})

    add_box_select(fig, "width", drawn)
