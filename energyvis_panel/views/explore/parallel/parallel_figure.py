"""The figure of parallel coordinates: one set of models, moved and filled anew as axes and answers change."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from bokeh.models import ColumnDataSource, FixedTicker, HoverTool, LinearAxis, Range1d
from bokeh.plotting import figure as new_figure

from energyvis_panel.state.explore.axis import BINS
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.parallel.parallel_axes import MOST_AXES
from energyvis_panel.state.explore.parallel.parallel_coordinates import bar_runs, drawn_lines
from energyvis_panel.state.explore.placed_axis import Bar, PlacedAxis
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.parallel.lines_raster import lines_image
from energyvis_panel.views.explore.parallel.parallel_brush import HALF_WIDTH, HATCH
from energyvis_panel.views.explore.parallel.parallel_ticks import tick_labels
from energyvis_panel.views.explore.raster import ramp
from energyvis_panel.views.explore.view import HARDWARE_COLOURS
from energyvis_panel.views.theme import GREY, style_figure

HEIGHT_PX: Final = 400
LEFT_PX: Final = 100
"""Room for the names along the first axis."""
RIGHT_PX: Final = 36
TOP_PX: Final = 44
BOTTOM_PX: Final = 34
"""Room for the buttons under the axes."""
MARGIN: Final = 0.1
"""Room beside the outer axes for their brushes, in distances between axes."""
OUTLINE: Final = "parallel-outline"
"""Name of the models that outline the values along the axes."""


def empty_figure() -> Any:
    """A figure with room for titles above, names on the left, and buttons below."""
    fig: Any = new_figure(
        height=HEIGHT_PX,
        sizing_mode="stretch_width",
        tools="",
        x_range=Range1d(start=-MARGIN, end=1 + MARGIN),
        y_range=Range1d(start=-4, end=BINS + 4),
        x_axis_location="above",
        toolbar_location=None,
        min_border_left=LEFT_PX,
        min_border_right=RIGHT_PX,
        min_border_top=TOP_PX,
        min_border_bottom=BOTTOM_PX,
    )
    fig.grid.visible = False
    return fig


class ParallelFigure:
    """The figure and what is patched in it."""

    def __init__(self) -> None:
        self.figure = empty_figure()
        self.axes: tuple[PlacedAxis, ...] = ()
        self.bars: list[tuple[int, Bar]] = []
        empty = np.zeros((1, 1), np.uint8)
        self.context = ColumnDataSource({"image": [empty], "dw": [1]})
        self.images = [
            ColumnDataSource({"image": [empty], "dw": [1]}, name=f"parallel-{name}") for name in HARDWARE
        ]
        self.images[0].name = "parallel-coordinates"
        place = {"image": "image", "x": 0, "y": 0, "dw": "dw", "dh": BINS}
        self.figure.image(**place, source=self.context, color_mapper=ramp(GREY, 0.08, 0.4))
        for source, colour in zip(self.images, HARDWARE_COLOURS, strict=True):
            self.figure.image(**place, source=source, color_mapper=ramp(colour, 0.12, 0.75))
        self._add_stems_and_bars()
        self._add_values()
        style_figure(self.figure)
        self.figure.min_border_right = RIGHT_PX
        self.figure.xaxis.axis_line_color = None
        self.figure.yaxis.axis_line_color = None
        self.figure.yaxis.major_label_standoff = 4

    def _add_values(self) -> None:
        """Add what writes the values along the axes, twice: an outline is drawn over its own letters."""
        # Only an axis at the frame's edge is drawn beyond it, where the names along the first axis have room.
        self._values = [[self.figure.yaxis[0]]]
        for _place in range(1, MOST_AXES):
            outline, letters = (
                LinearAxis(fixed_location=0, bounds=(0, BINS), visible=False) for _layer in range(2)
            )
            # parallel_axis_bar.js gives the outline the colour of the page, which follows the theme.
            outline.update(name=OUTLINE, major_label_text_outline_width=5)
            self.figure.add_layout(outline, "left")
            self.figure.add_layout(letters, "left")
            self._values.append([outline, letters])

    def _add_stems_and_bars(self) -> None:
        fig = self.figure
        self._stems = ColumnDataSource({"x": []})
        fig.segment("x", 0, "x", BINS, source=self._stems, line_color=GREY, line_width=1.5)
        self.chosen = ColumnDataSource({name: [] for name in ("left", "right", "bottom", "top", "pattern")})
        fig.quad(
            "left", "right", "top", "bottom", source=self.chosen, fill_color=GREY, fill_alpha=0.3,
            line_color=GREY, line_width=2, hatch_pattern="pattern", hatch_color=GREY, hatch_alpha=0.9,
        )  # fmt: skip
        names = ("left", "right", "bottom", "top", "title", "said", "runs", "of")
        self.bar_source = ColumnDataSource({name: [] for name in names}, name="parallel-bars")
        bars = fig.quad(
            "left", "right", "top", "bottom", source=self.bar_source, fill_color=GREY, fill_alpha=0,
            line_color=None, hover_fill_alpha=0.45, hover_line_color=GREY,
        )  # fmt: skip
        tooltips = [("Axis", "@title"), ("Here", "@said"), ("Runs", "@runs{0,0} of @of{0,0}")]
        fig.add_tools(HoverTool(renderers=[bars], tooltips=tooltips, attachment="horizontal"))

    @property
    def pairs(self) -> int:
        """How many pairs of neighbouring axes there are."""
        return max(len(self.axes) - 1, 1)

    def arrange(self, axes: Sequence[PlacedAxis], everything: pa.Table) -> None:
        """Stand ``axes`` side by side, over the grey of all runs."""
        self.axes = tuple(axes)
        fig = self.figure
        fig.x_range.update(start=-MARGIN, end=self.pairs + MARGIN)
        places = list(range(len(axes)))
        fig.xaxis[0].update(
            ticker=FixedTicker(ticks=places),
            major_label_overrides={place: axis.dimension.short for place, axis in enumerate(axes)},
        )
        for place, layers in enumerate(self._values):
            labels: dict[Any, Any] = dict(tick_labels(axes[place])) if place < len(axes) else {}
            for layer in layers:
                layer.update(
                    fixed_location=place or None,
                    ticker=FixedTicker(ticks=list(labels)),
                    major_label_overrides=labels,
                    visible=bool(labels),
                )
        self._stems.data = {"x": places}
        self.context.data = {
            "image": [lines_image(drawn_lines(everything, axes), self.pairs)],
            "dw": [self.pairs],
        }
        self.bars = [(place, bar) for place, axis in enumerate(axes) for bar in axis.bars()]
        of = bar_runs(everything, axes)
        self.bar_source.data = self._bar_columns() | {"runs": of.copy(), "of": of}

    def _bar_columns(self) -> dict[str, Any]:
        return {
            "left": [place - HALF_WIDTH for place, _bar in self.bars],
            "right": [place + HALF_WIDTH for place, _bar in self.bars],
            "bottom": [bar.low for _place, bar in self.bars],
            "top": [bar.high for _place, bar in self.bars],
            "title": [self.axes[place].dimension.title for place, _bar in self.bars],
            "said": [bar.said for _place, bar in self.bars],
        }

    def draw(self, rows: pa.Table) -> None:
        """Patch the lines of both hardware classes and the counts along the axes."""
        for is_gpu, source in enumerate(self.images):
            image = lines_image(drawn_lines(rows, self.axes, is_gpu), self.pairs)
            source.data = {"image": [image], "dw": [self.pairs]}
        runs = bar_runs(rows, self.axes)
        self.bar_source.patch({"runs": [(slice(0, len(runs)), runs.tolist())]})

    def mark_chosen(self, brushes: Brushes) -> None:
        """Mark the values of categories that are brushed; hatched where the brush admits all others."""
        chosen = []
        for place, bar in self.bars:
            name = self.axes[place].choice.name
            if bar.said in brushes.sets.get(name, ()):
                pattern = HATCH if name in brushes.inverted else "blank"
                chosen.append((place - HALF_WIDTH, place + HALF_WIDTH, bar.low + 1, bar.high - 1, pattern))
        columns = zip(*chosen, strict=True) if chosen else [[]] * 5
        data: Any = dict(zip(("left", "right", "bottom", "top", "pattern"), map(list, columns), strict=True))
        if data != dict(self.chosen.data):
            self.chosen.data = data

    def place_at(self, x: float) -> int:
        """Place of the axis that is nearest to ``x``."""
        return min(max(round(x), 0), len(self.axes) - 1)

    def bar_at(self, x: float, y: float) -> Bar | None:
        """The bar under a point, None beside all axes."""
        place = self.place_at(x)
        if abs(x - place) > 2 * HALF_WIDTH:
            return None
        return next((bar for at, bar in self.bars if at == place and bar.low <= y < bar.high), None)
