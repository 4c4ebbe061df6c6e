"""Energy per datum against working set: every run in a raster, with the levels of memory and the medians."""

import math
from typing import Any, Final

import panel as pn
import pyarrow as pa

from energyvis_panel.state.explore.axis import Counts
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.cache_spill.cache_spill import (
    CELL_BINS,
    DENSITY,
    QUESTIONS,
    SELECTED,
    UP,
    cell_counts,
    held_by_level,
    steps_of,
)
from energyvis_panel.state.explore.cache_spill.cache_spill_answer import SHOWN, bytes_text, spill_answer
from energyvis_panel.state.explore.cache_spill.cache_spill_curve import Points, curve_of
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import ACROSS, LEVELS, Level
from energyvis_panel.state.explore.cache_spill.cache_spill_table import HEADER, table_rows
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.cache_spill.level_lines import LevelLines
from energyvis_panel.views.explore.cache_spill.spill_axes import spill_figure
from energyvis_panel.views.explore.cache_spill.spill_brush import MODES, SpillBrush
from energyvis_panel.views.explore.cache_spill.spill_curve import SpillCurve
from energyvis_panel.views.explore.cache_spill.spill_images import SpillImages
from energyvis_panel.views.explore.cache_spill.spill_window import STRIP, SpillWindow
from energyvis_panel.views.explore.choice_bar import Choice, ChoiceBar
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.view import ChartTable, ExploreView

CHOICES: Final = (
    Choice("nodes", "Nodes", {"both": "Both", "cpu": "CPU", "gpu": "GPU"}),
    Choice("shown", "Shown", {"plane": "All", "medians": "Medians"}),
    Choice("mode", "A drag draws", MODES),
)
FIRST: Final = {"nodes": "both", "shown": "plane", "mode": "box"}
FADED: Final = 0.75
"""Opacity of the density, so that curve and names stand out from it."""
NAMED_AT: Final = (1 + STRIP / 2, -STRIP / 2)
"""Where the names of CPU and GPU nodes stand, as shares of the plane's height."""


class CacheSpill(ExploreView):
    """What it costs when a network no longer fits the cache (X10)."""

    address = "cache-spill"
    questions = QUESTIONS
    question = "What does it cost when a network no longer fits the cache?"
    how_to_read = (
        "Every run lies in the plane by the bytes that its forward pass keeps at hand (per core or socket of "
        "a CPU node, per SM or chip of a GPU node; calculated, not measured) and by its energy per datum, "
        "without overhead. Darker is more runs (equalised), grey is all runs. A dashed line stands where a "
        "level of memory and all nearer ones are full. The factor there is the median of the runs that the "
        "next level holds, divided by the median of those that this level holds; both are dotted. A larger "
        "working set is also more work, and the factor holds that too. The line joins medians of about a "
        "doubling of the working set each, none across a boundary; the band runs from the lower to the upper "
        "quartile. All of them are read from bins (240 along the axis). Shown as medians, runs beyond the "
        "quartiles may lie outside. Drag a box or a range to brush; click a place, or the name of a level, "
        "for its runs."
    )

    def build(self, state: Exploration) -> Any:
        """The choices and the figure, with its context drawn."""
        self._chosen = dict(FIRST)
        self.chart = fig = spill_figure(state, f"figure-{self.address}")
        self.window = SpillWindow(state, fig)
        self.density = SpillImages(state, fig, ACROSS, UP, self.address)
        self.density.fade(FADED)
        self._points = Points.of(state.axes[ACROSS])
        self.curves = [SpillCurve(state, fig, self._points, at, self.address) for at in (0, 1)]
        self.lines = [LevelLines(state, fig, at) for at in (0, 1)]
        for curve in self.curves:
            curve.add_hover(fig)
        self.density.add_hovers([curve.source for curve in self.curves])
        self.brush = SpillBrush(state, fig, self.address)
        on_click(fig, self._tapped)
        self.choices = ChoiceBar.of(CHOICES, FIRST, on_document(self._choose))
        self._placed: object = None
        pane = pn.pane.Bokeh(fig, sizing_mode="stretch_width", margin=0)
        return pn.Column(self.choices, pane, sizing_mode="stretch_width", margin=0)

    @property
    def shown(self) -> tuple[int, ...]:
        """Hardware classes that are shown."""
        return SHOWN[self._chosen["nodes"]]

    def _choose(self, chosen: dict[str, str]) -> None:
        before, self._chosen = self._chosen, chosen
        if chosen["mode"] != before["mode"]:
            self.brush.use(chosen["mode"])
        if {**chosen, "mode": ""} != {**before, "mode": ""}:
            for is_gpu in range(len(HARDWARE)):
                self.curves[is_gpu].show(seen=is_gpu in self.shown)
                self.lines[is_gpu].show(seen=is_gpu in self.shown)
            self.draw()
            self.follow()

    def draw(self) -> None:
        """Patch images, curves and factors to the present selection."""
        state = self._state
        self._curve = curve_of(state.answer(SELECTED), self._points, state.axes[UP])
        self._held = held_by_level(state.answer(SELECTED), state.axes[ACROSS], state.axes[UP])
        self._place()
        self.density.draw(self._cells(state.answer(DENSITY)))
        for is_gpu in self.shown:
            self.curves[is_gpu].draw(self._curve, self._held[is_gpu])
            self.lines[is_gpu].draw(steps_of(self._held[is_gpu]))

    def _place(self) -> None:
        """Let the window surround what is shown, and draw in it what stays the same at every brush."""
        if self._chosen["shown"] == "medians":
            self.window.show(self._curve.quartiles[:, list(self.shown)])
        else:
            self.window.show(None)
        window = self.window
        drawn = self.shown, window.low, window.high
        if drawn == self._placed:
            return
        self._placed = drawn
        for lines, share in zip(self.lines, NAMED_AT, strict=True):
            lines.place(window.place(0), window.place(1), window.place(share))
        self.density.draw_context(self._cells(self._state.context(DENSITY)))

    def _cells(self, rows: pa.Table) -> Counts:
        """Counts of the picture, of the hardware that is shown."""
        cells = self.window.within(cell_counts(rows))
        for is_gpu in range(len(HARDWARE)):
            if is_gpu not in self.shown:
                cells[is_gpu] = 0
        return cells

    def say(self) -> str:
        """Where the step is largest, and by how much."""
        return spill_answer(self._state, self._held, self.shown)

    def _tapped(self, event: Any) -> None:
        """Look at the runs of the level whose name, or of the place that is under the pointer."""
        across = self._state.axes[ACROSS]
        x, y = event.x * QUANTITIES[ACROSS].per_unit, event.y * QUANTITIES[UP].per_unit
        if not across.low <= x <= across.high:
            return
        if self.window.place(0) <= event.y <= self.window.place(1):
            self._look_at_place(x, y)
        elif (is_gpu := int(event.y < self.window.place(0))) in self.shown:
            level = next(level for level in LEVELS[is_gpu] if x <= level.most_bytes)
            self._state.look_at(level.mark(), level_title(level))

    def _look_at_place(self, x: float, y: float) -> None:
        mark = Brushes()
        if len(self.shown) == 1:
            mark = mark.with_set("hardware", (HARDWARE[self.shown[0]],))
        for name, value in ((ACROSS, x), (UP, y)):
            axis = self._state.axes[name]
            first = math.floor(axis.position(value) / CELL_BINS) * CELL_BINS
            mark = mark.with_range(name, axis.value(first), axis.value(first + CELL_BINS))
        self._state.look_at(mark, f"Near {bytes_text(x)} and {QUANTITIES[UP].text(y)} per datum")

    def table(self) -> ChartTable:
        """The levels and the points of the curve."""
        rows = [row for at in self.shown for row in table_rows(self._held[at], self._curve, self._points)]
        return ChartTable(HEADER, rows)


def level_title(level: Level) -> str:
    """What is looked at when a level's name is clicked."""
    return (
        f"Held by the {level.name} of {HARDWARE[level.is_gpu]}s: "
        f"{bytes_text(level.above_bytes)} to {bytes_text(level.most_bytes)}"
    )
