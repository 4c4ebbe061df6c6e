"""Parallel coordinates: every run as a line over the chosen axes, with a brush on each."""

from typing import Any, Final

import panel as pn
from bokeh.events import DoubleTap, Tap

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.pair_counts import NOWHERE
from energyvis_panel.state.explore.parallel.parallel_axes import MOST_AXES, ParallelAxes
from energyvis_panel.state.explore.parallel.parallel_coordinates import (
    DRIVERS,
    DRIVERS_SLOT,
    SLOT,
    counted_axes,
    pairs_question,
    placed_axes,
)
from energyvis_panel.state.explore.parallel.parallel_drivers import drivers_answer
from energyvis_panel.state.explore.placed_axis import Bar, PlacedAxis
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.frontier.brush_box import add_box_select
from energyvis_panel.views.explore.parallel.parallel_axis_bar import AxisBar, AxisChooser
from energyvis_panel.views.explore.parallel.parallel_brush import AxisBrush
from energyvis_panel.views.explore.parallel.parallel_figure import HEIGHT_PX, ParallelFigure
from energyvis_panel.views.explore.parallel.runs_picture import RunsPicture
from energyvis_panel.views.explore.view import ChartTable, ExploreView

LEAST_GAP_PX: Final = 92
"""Narrowest distance between two axes; where there is less room, the chart scrolls sideways."""
BESIDE_PX: Final = 60
SCROLLS: Final = (
    '<p style="margin:0;max-height:clamp(0px,({width}px - 100cqi) * 99,1.5em);overflow:hidden;font-size:13px;'
    'line-height:1.5;color:var(--ev-muted)">Scroll sideways to see all {axes} axes.</p>'
)
"""Takes room only where the chart is wider than the card."""
FADE: Final = (
    "linear-gradient(to left, var(--ev-paper) 40%, transparent) right / 56px 100% no-repeat local,"
    "linear-gradient(to left, color-mix(in srgb, var(--ev-text) 28%, transparent), transparent)"
    " right / 20px 100% no-repeat scroll"
)
"""A shadow at the right edge, under the lines, which the chart's own end covers when it is in view."""


class ParallelCoordinates(ExploreView):
    """Which settings lead to much energy (X5)."""

    address = "parallel-coordinates"
    questions = DRIVERS
    question = "Which settings lead to much energy?"
    how_to_read = (
        "Each run is a line from axis to axis: blue on CPU nodes, green on GPU nodes, stronger where more "
        "runs run together, over all runs in grey. Drag along an axis to brush it, click names to brush a "
        "category (with Shift, to look at its runs), click elsewhere on an axis to look at the runs there, "
        "and click twice on a brush to clear it. Drag a title sideways to move its axis, or use the arrow "
        "keys; under each axis, turn it over or change its scale. r is the correlation with energy on the "
        "axes as first drawn; 'explains' is the share of the variance of energy that a category explains."
    )

    def build(self, state: Exploration) -> Any:
        """Controls and the figure, with its context drawn."""
        self.axes = ParallelAxes.of(state)
        self.questions = DRIVERS | {SLOT: self._question()}  # type: ignore[misc] # the axes are the data's
        state.pose(self.questions)
        self.drawing = ParallelFigure()
        self.chart = self.drawing.figure
        self.chart.name = f"figure-{self.address}"
        self.images = self.drawing.images
        self._arranged: tuple[PlacedAxis, ...] = ()
        self._drawn_rows: object = None
        self._tapped_bar: Bar | None = None
        self._brushes = [AxisBrush(state) for _place in range(MOST_AXES)]
        for brush in self._brushes:
            self.chart.add_layout(brush.annotation)
        add_box_select(self.chart, "both", self._drawn)
        self.chart.on_event(Tap, self._tapped)
        self.chart.on_event(DoubleTap, self._tapped_twice)
        self.bar = AxisBar(self.axes, height=HEIGHT_PX)
        self.chooser = AxisChooser(self.axes, margin=0)
        self.picture = RunsPicture(state, lambda: self._arranged, self.question, margin=0)
        self._stack = pn.Column(
            pn.pane.Bokeh(self.chart, sizing_mode="stretch_width", margin=0), self.bar,
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
        self._scrolls = pn.pane.HTML(
            "", sizing_mode="stretch_width", margin=0, styles={"container-type": "inline-size"}
        )
        self.axes.param.watch(self._axes_chosen, "shown")
        state.param.watch(on_document(self._mark_chosen), "brushes")
        scroller = pn.Column(
            self._stack,
            sizing_mode="stretch_width",
            margin=0,
            styles={"overflow-x": "auto", "min-width": "0", "background": FADE},
        )
        tools = pn.FlexBox(self.chooser, self.picture, gap="8px", margin=(0, 0, 4, 0))
        return pn.Column(tools, self._scrolls, scroller, sizing_mode="stretch_width", margin=0)

    def _question(self) -> Question:
        return pairs_question(placed_axes(self._state, self.axes.shown))

    def _axes_chosen(self, _event: object) -> None:
        """Ask about other axes; where only flips changed, the answers are there and are drawn at once."""
        self._state.pose({SLOT: self._question()})
        on_document(self.draw)()

    def draw(self) -> None:
        """Patch the figure to the present answer, once that is about the shown axes."""
        axes = placed_axes(self._state, self.axes.shown)
        asked = counted_axes(self._state.asked(SLOT))
        if asked is None or asked.columns != tuple(axis.column for axis in axes):
            return
        rows = self._state.answer(SLOT)
        if axes != self._arranged:
            self._arrange(axes)
        elif rows is self._drawn_rows:
            # Only what drives energy was answered: that is said, and draws nothing.
            return
        self.drawing.draw(rows)
        self._drawn_rows = rows

    def _arrange(self, axes: tuple[PlacedAxis, ...]) -> None:
        self._arranged = axes
        self.drawing.arrange(axes, self._state.context(SLOT))
        for place, brush in enumerate(self._brushes):
            brush.stand(place, axes[place] if place < len(axes) else None)
        self._mark_chosen()
        width = LEAST_GAP_PX * len(axes) + BESIDE_PX
        self._stack.styles = {"min-width": f"{width}px"}
        self._scrolls.object = SCROLLS.format(width=width, axes=len(axes))

    def _mark_chosen(self, *_events: object) -> None:
        self.drawing.mark_chosen(self._state.brushes)

    def _drawn(self, box: dict[str, float]) -> None:
        place = self.drawing.place_at((box["x0"] + box["x1"]) / 2)
        axis = self._arranged[place]
        low, high = sorted((box["y0"], box["y1"]))
        if axis.axis is not None:
            self._brushes[place].drawn(low, high)
            return
        within = tuple(value for value, at in axis.value_heights().items() if low <= at <= high)
        if within:
            self._state.brush_set(axis.choice.name, within)

    def _tapped(self, event: Any) -> None:
        self._tapped_bar = bar = self.drawing.bar_at(event.x, event.y)
        if bar is None:
            return
        axis = self._arranged[self.drawing.place_at(event.x)]
        if axis.axis is None and not event.modifiers.get("shift"):
            chosen = set(self._state.brushes.sets.get(axis.choice.name, ())) ^ {bar.said}
            self._state.brush_set(axis.choice.name, tuple(chosen))
        else:
            self._state.look_at(bar.mark, f"{axis.dimension.title} {bar.said}")

    def _tapped_twice(self, event: Any) -> None:
        bar = self.drawing.bar_at(event.x, event.y)
        if bar is not self._tapped_bar:
            # Two quick clicks on two names are no double click, though Bokeh says so.
            self._tapped(event)
        elif bar is not None:
            self._state.clear(self._arranged[self.drawing.place_at(event.x)].choice.name)

    def say(self) -> str:
        """Which settings energy follows; the last sentence until its slow question is answered."""
        if self.answer and not self._state.is_current(DRIVERS_SLOT):
            return self.answer
        return drivers_answer(self._state)

    def table(self) -> ChartTable:
        """Runs from bin to bin."""
        header = ("From", "To", "Hardware", "Runs")
        rows = self._state.answer(SLOT).to_pylist()
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
        axis = self._arranged[place]
        if px == NOWHERE:
            return f"{axis.dimension.title} unknown"
        if axis.axis is not None:
            return f"{axis.dimension.title} {axis.dimension.text(axis.axis.value(px + 0.5))}"
        heights = axis.value_heights()
        value = min(heights, key=lambda said: abs(axis.turned(heights[said]) - px))
        return f"{axis.dimension.title} {value}"
