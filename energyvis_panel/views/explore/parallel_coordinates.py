"""Parallel coordinates: every run as a line over six axes, with a brush on each."""

import math
from typing import Any, Final

import numpy as np
import pyarrow as pa
from bokeh.models import ColumnDataSource, FixedTicker, LinearAxis, Range1d
from bokeh.plotting import figure as new_figure
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, Axis, column
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.parallel_coordinates import AXIS_ORDER, QUESTIONS, drivers_answer
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.brush_box import BrushBox, Side, add_box_select
from energyvis_panel.views.explore.raster import lines_image, ramp
from energyvis_panel.views.explore.view import HARDWARE_COLOURS, ChartTable, ExploreView
from energyvis_panel.views.theme import GREY, style_figure

PAIRS: Final = len(AXIS_ORDER) - 1
TALL_CHART_HEIGHT: Final = 340
BRUSH_HALF_WIDTH: Final = 0.06
TICKS: Final = 6
TEN_THOUSAND: Final = 1e4
MILLION: Final = 1e6


def lines_of(rows: pa.Table, is_gpu: int | None = None) -> list[NDArray[np.int64]]:
    """Columns pair, from, to and runs of one hardware class, or of both."""
    columns = [column(rows, name) for name in ("pair", "from_px", "to_px", "run_count")]
    if is_gpu is None:
        return columns
    mine = column(rows, "is_gpu") == is_gpu
    return [values[mine] for values in columns]


def tick_values(axis: Axis, per_unit: float) -> list[float]:
    """A few round values within the axis, in the unit that is drawn."""
    low, high = axis.low / per_unit, axis.high / per_unit
    if axis.is_log:
        step = max(1, math.ceil((math.log10(high) - math.log10(low)) / TICKS))
        return [
            10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1, step)
        ]
    rough = (high - low) / TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step_value = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return list(np.arange(math.ceil(low / step_value) * step_value, high, step_value))


def tick_labels(axis: Axis, per_unit: float) -> dict[float, str]:
    """Labels of an axis by their height in bins."""
    return {axis.position(number * per_unit): short_number(number) for number in tick_values(axis, per_unit)}


def short_number(number: float) -> str:
    """``number`` as an axis says it: 1,000, then 10 k and 1 M."""
    if number >= MILLION:
        return f"{number / MILLION:g} M"
    return f"{number / 1000:g} k" if number >= TEN_THOUSAND else f"{number:,.6g}"


class ParallelCoordinates(ExploreView):
    """Which settings lead to much energy (X5)."""

    address = "parallel-coordinates"
    questions = QUESTIONS
    question = "Which settings lead to much energy?"

    def build(self, state: Exploration) -> Any:
        """The figure, with its context drawn."""
        fig: Any = new_figure(
            height=TALL_CHART_HEIGHT,
            sizing_mode="stretch_width",
            tools="",
            x_range=Range1d(start=-0.95, end=PAIRS + 0.4),
            y_range=Range1d(start=-4, end=BINS + 4),
            x_axis_location="above",
        )
        fig.grid.visible = False
        place = {"x": 0, "y": 0, "dw": PAIRS, "dh": BINS}
        context = lines_image(lines_of(state.context("parallel_coordinates")), PAIRS)
        fig.image([context], **place, color_mapper=ramp(GREY, 0.08, 0.4))
        self.images = [
            ColumnDataSource({"image": [context * 0]}, name=f"parallel-{name}") for name in HARDWARE
        ]
        for source, colour in zip(self.images, HARDWARE_COLOURS, strict=True):
            fig.image("image", **place, source=source, color_mapper=ramp(colour, 0.12, 0.75))
        self.images[0].name = "parallel-coordinates"
        draw_axes(fig, state.axes)
        style_figure(fig)
        fig.xaxis.axis_line_color = None
        self._brushes = [axis_brush(state, position, name) for position, name in enumerate(AXIS_ORDER)]
        for brush in self._brushes:
            fig.add_layout(brush.annotation)
        add_box_select(fig, "both", self._drawn)
        return fig

    def _drawn(self, box: dict[str, float]) -> None:
        nearest = min(max(round((box["x0"] + box["x1"]) / 2), 0), PAIRS)
        self._brushes[nearest].draw({AXIS_ORDER[nearest]: (box["y0"], box["y1"])})

    def draw(self) -> None:
        """Patch the images to the present selection."""
        rows = self._state.answer("parallel_coordinates")
        for is_gpu, source in enumerate(self.images):
            image = lines_image(lines_of(rows, is_gpu), PAIRS)
            source.data = {"image": [image]}

    def say(self) -> str:
        """Which setting energy follows more closely."""
        return drivers_answer(self._state)

    def table(self) -> ChartTable:
        """Runs from bin to bin."""
        header = ("From", "To", "Hardware", "Runs")
        rows = self._state.answer("parallel_coordinates").to_pylist()
        return ChartTable(
            header,
            [
                [
                    self._end(row["pair"], row["from_px"]),
                    self._end(row["pair"] + 1, row["to_px"]),
                    HARDWARE[row["is_gpu"]],
                    row["run_count"],
                ]
                for row in rows
            ],
        )

    def _end(self, place: int, px: int) -> str:
        quantity = AXIS_ORDER[place]
        value = self._state.axes[quantity].value(px + 0.5)
        return f"{QUANTITIES[quantity].title} {QUANTITIES[quantity].text(value)}"


def draw_axes(fig: Any, axes: dict[str, Axis]) -> None:
    """Draw the axes with titles, units and values: Bokeh's own axes, so that they follow the theme."""
    fig.xaxis.ticker = list(range(len(AXIS_ORDER)))
    fig.xaxis.major_label_overrides = {place: QUANTITIES[name].short for place, name in enumerate(AXIS_ORDER)}
    fig.yaxis.visible = False
    places = fig.xaxis[0].ticker.ticks
    fig.segment(places, 0, places, BINS, line_color=GREY, line_width=1.5)
    for place, name in enumerate(AXIS_ORDER):
        labels: dict[Any, Any] = dict(tick_labels(axes[name], QUANTITIES[name].per_unit))
        ticker: Any = FixedTicker(ticks=list(labels))
        fig.add_layout(
            LinearAxis(fixed_location=place, ticker=ticker, major_label_overrides=labels, bounds=(0, BINS)),
            "left",
        )


def axis_brush(state: Exploration, place: int, quantity: str) -> BrushBox:
    """The brush of one axis, which moves up and down."""
    axis = state.axes[quantity]
    side = Side(quantity, "bottom", "top", to_plot=axis.position, from_plot=axis.value)
    return BrushBox(
        state,
        [side],
        left=place - BRUSH_HALF_WIDTH,
        right=place + BRUSH_HALF_WIDTH,
        movable="y",
        resizable="y",
    )
