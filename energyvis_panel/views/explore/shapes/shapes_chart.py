"""The figure of shapes: a line a shape over depth, its name at the right end, all runs grey behind."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.core.properties import value
from bokeh.core.property.descriptors import UnsetValueError
from bokeh.models import ColumnDataSource, CustomJS, FixedTicker, HoverTool, NoOverlap, Range1d
from bokeh.plotting import figure as new_figure

from energyvis_panel.state.explore.shapes.shapes import ShapeCurves
from energyvis_panel.state.explore.shapes.shapes_fit import SHALLOWEST, Floats
from energyvis_panel.views.explore.shapes.changed_columns import patch_changed
from energyvis_panel.views.explore.shapes.shape_marks import (
    COUNTS,
    MODES,
    SAID,
    band,
    frame,
    heights,
    last_points,
    point_columns,
    spread_apart,
)
from energyvis_panel.views.explore.view import HARDWARE_COLOURS, plain_ticks
from energyvis_panel.views.theme import GREY, style_figure

HEIGHT: Final = 330
INNER_PX: Final = 272
INNER_WIDTH_PX: Final = 600
"""Size of the frame, for as long as no browser has said its own."""
LABEL_PX: Final = 14
"""Least distance between two names."""
LEADER_PX: Final = 20
"""How far to the right of the last depth the names begin."""
STRETCH: Final = f"""
if (fig.properties.inner_width.is_unset) return;
const room = {LEADER_PX} + 112, left = 8;
const {{start, end}} = reach;
const layers = (end - start) / Math.max(fig.inner_width - room - left, 80);
fig.x_range.setv({{start: start - left * layers, end: end + room * layers}});
texts.setv({{x: {{value: end + {LEADER_PX} * layers}}}}, {{sync: false}});
leaders.setv({{
  x0: {{value: end + 5 * layers}}, x1: {{value: end + {LEADER_PX - 2} * layers}},
}}, {{sync: false}});
"""
"""Names need as many pixels on a phone as on a desk: only the browser knows how many layers that is."""
PALE: Final = 0.35
"""Opacity of the lines that are neither chosen nor named."""
LINE_PX: Final = 1.2
NAMED_PX: Final = 2.0
MOST_SAID: Final = 3
"""Points that are said at once, where many lie at one place."""
CHANCE: Final = "no more than chance"
TOOLTIPS: Final = [
    ("Shape", "@name, @x{0} layers"),
    ("Energy per datum", "@level_said mJ, middle half @half_said"),
    ("Against rectangle", "@ratio_said % (95 %: @interval_said)"),
    ("Runs", "@run_count{0,0}, at @setting_count{0,0} settings"),
]


class ShapesChart:
    """Lines, points, names and band; all of it is patched, nothing made anew."""

    def __init__(self, names: Sequence[str], depths: Sequence[int]) -> None:
        self.names = tuple(names)
        ends: Any = {"start": float(min(depths, default=2)), "end": float(max(depths, default=20))}
        self.reach: Any = Range1d(**ends)
        """From the least to the greatest depth; the axis is longer by the room for the names."""
        self.figure: Any = new_figure(
            sizing_mode="stretch_width", height=HEIGHT, tools="", y_range=Range1d(start=0.0, end=1.0),
            x_range=Range1d(start=ends["start"] - 0.4, end=ends["end"] + 5),
        )  # fmt: skip
        nothing, flat = [[0.0]] * len(self.names), [np.nan] * len(self.names)
        self.context = ColumnDataSource({"xs": nothing, "ys": nothing})
        self.lines = ColumnDataSource({"xs": nothing, "ys": nothing, "width": flat, "alpha": flat})
        self.band = ColumnDataSource({"x": [0.0], "low": [0.0], "high": [0.0]})
        self.chance = ColumnDataSource({"x": [np.nan], "y": [np.nan], "text": [""]})
        columns = ("x", "y", "fill", "alpha", "size", "name", *COUNTS, *SAID)
        self.points = ColumnDataSource({name: [] for name in columns}, name="shapes")
        self.labels = ColumnDataSource(
            {
                "from_y": flat,
                "y": flat,
                "text": list(self.names),
                "colour": [GREY] * len(self.names),
                "style": ["normal"] * len(self.names),
            }
        )
        self._style()
        self._add_lines()
        self._add_names()

    def _style(self) -> None:
        fig = self.figure
        style_figure(fig)
        fig.xaxis.axis_label = "Depth (layers)"
        fig.xgrid.visible = False
        self._ticker = FixedTicker(ticks=[], minor_ticks=[])
        fig.xaxis.ticker = self._ticker
        fig.xaxis.major_label_policy = NoOverlap(min_distance=9)
        fig.yaxis.formatter = plain_ticks()
        # What the heights are is said above the axis: a label beside it would take a phone's width.
        fig.title.update(
            text_font="system-ui, sans-serif",
            text_font_size="12px",
            text_font_style="normal",
            standoff=4,
        )

    def _add_lines(self) -> None:
        fig = self.figure
        fig.multi_line("xs", "ys", source=self.context, line_color=GREY, line_alpha=0.4, line_width=1)
        self._zero = fig.line([self.reach.start, self.reach.end], 0, line_color=GREY, line_width=1)
        dots = {"line_alpha": "alpha", "fill_alpha": "fill", "line_width": 1.2}
        self._coloured = [
            fig.varea("x", "low", "high", source=self.band, fill_alpha=0.14),
            fig.multi_line("xs", "ys", source=self.lines, line_alpha="alpha", line_width="width"),
            fig.scatter("x", "y", source=self.points, size="size", **dots),
        ]
        # Unseen and larger, so that the pointer need not hit a dot of five pixels.
        reach = fig.scatter("x", "y", source=self.points, size=18, fill_alpha=0, line_alpha=0)
        fig.add_tools(HoverTool(renderers=[reach], tooltips=TOOLTIPS, limit=MOST_SAID))

    def _add_names(self) -> None:
        fig, last = self.figure, self.reach.end
        dashes = {"line_color": GREY, "line_alpha": 0.7, "line_dash": [2, 2]}
        leaders = fig.segment(last, "from_y", last, "y", source=self.labels, **dashes)
        words: Any = {"text_font_size": "11px", "text_font": value("system-ui, sans-serif")}
        texts = fig.text(
            last, "y", "text", source=self.labels, text_baseline="middle", text_color="colour",
            text_font_style="style", **words,
        )  # fmt: skip
        fig.text(
            "x", "y", "text", source=self.chance, text_color=GREY, y_offset=2, text_baseline="top", **words
        )
        args = {"fig": fig, "reach": self.reach, "texts": texts.glyph, "leaders": leaders.glyph}
        stretch = CustomJS(args=args, code=STRETCH)
        for model, changed in ((fig, "inner_width"), (self.reach, "start"), (self.reach, "end")):
            model.js_on_change(changed, stretch)

    @property
    def pixels(self) -> tuple[float, float]:
        """Pixels to a layer and to a unit up, as the browser last said."""
        fig = self.figure
        try:
            wide, high = fig.inner_width, fig.inner_height
        except UnsetValueError:
            wide, high = INNER_WIDTH_PX, INNER_PX
        across, up = fig.x_range, fig.y_range
        return wide / (across.end - across.start), high / (up.end - up.start)

    def draw(
        self, curves: ShapeCurves, everything: ShapeCurves, mode: str, brushed: Sequence[str], *, is_gpu: bool
    ) -> None:
        """Patch the figure to these curves over those of all runs."""
        drawn, behind = heights(curves, mode), heights(everything, mode)
        focus = [self.names.index(name) for name in brushed or [curves.cheapest] if name in self.names]
        in_focus = np.isin(np.arange(len(self.names)), focus)
        # Where no shape is brushed, the two that the sentence names stand out from the others.
        named = in_focus | (np.array(self.names) == ("" if brushed else curves.dearest))
        alpha = np.where(named, 1.0, PALE)
        low, high = band(curves, mode, focus)
        ends = frame(mode, drawn, behind, low, high)
        self._frame(curves, mode, ends, HARDWARE_COLOURS[is_gpu])
        depths = [np.array(curves.depths, float)] * len(self.names)
        widths = np.where(in_focus, 3.0, np.where(named, NAMED_PX, LINE_PX))
        patch_changed(self.context, xs=depths, ys=list(behind.astype(np.float32)))
        patch_changed(self.lines, xs=depths, ys=list(drawn.astype(np.float32)), width=widths, alpha=alpha)
        points = point_columns(curves, drawn)
        # The point of all shapes at two layers is in every focus.
        bold = np.repeat(in_focus, len(curves.depths)) | (points["x"] == SHALLOWEST)
        alphas = np.where(bold, 1.0, np.repeat(alpha, len(curves.depths)))
        sizes = np.where(bold, 7.0, np.where(alphas == 1.0, 5.0, 4.0))
        drawn_as = {"fill": points["fill"] * alphas, "alpha": alphas, "size": sizes}
        patch_changed(self.points, **points | drawn_as)
        self._draw_band(depths[0], low, high, is_chance=mode == "ratio")
        self._label(drawn, ends, in_focus, named, HARDWARE_COLOURS[is_gpu])

    def _draw_band(self, depths: Floats, low: Floats, high: Floats, *, is_chance: bool) -> None:
        is_there = np.isfinite(low) & np.isfinite(high)
        self.band.data = {"x": depths[is_there], "low": low[is_there], "high": high[is_there]}
        is_said = is_chance and bool(is_there.any())
        self.chance.data = {
            "x": depths[is_there][:1] if is_said else [np.nan],
            "y": low[is_there][:1] if is_said else [np.nan],
            "text": [CHANCE if is_said else ""],
        }

    def _label(
        self, drawn: Floats, ends: tuple[float, float], in_focus: Any, named: Any, colour: str
    ) -> None:
        """Name each line at its right end, the names moved apart."""
        column, y = last_points(drawn)
        is_there = column >= 0
        unit = (ends[1] - ends[0]) / INNER_PX
        inside = ends[0] + LABEL_PX / 2 * unit, ends[1] - LABEL_PX / 2 * unit
        places = np.full(len(self.names), sum(ends) / 2)
        places[is_there] = spread_apart(y[is_there], LABEL_PX * unit, *inside)
        self.labels.data = {
            "from_y": np.where(is_there, y, np.nan),
            "y": places,
            "text": [name if there else "" for name, there in zip(self.names, is_there, strict=True)],
            "colour": [colour if one else GREY for one in named],
            "style": ["bold" if chosen else "normal" for chosen in in_focus],
        }

    def _frame(self, curves: ShapeCurves, mode: str, ends: tuple[float, float], colour: str) -> None:
        fig = self.figure
        fig.y_range.update(start=ends[0], end=ends[1])
        if fig.title.text != MODES[mode].label:
            fig.title.text = MODES[mode].label
            self._zero.visible = mode == "ratio"
        if curves.depths and list(curves.depths) != self._ticker.ticks:
            self._ticker.ticks = list(curves.depths)
            self.reach.update(start=float(curves.depths[0]), end=float(curves.depths[-1]))
        for renderer in self._coloured:
            for name in ("line_color", "fill_color"):
                if hasattr(renderer.glyph, name) and getattr(renderer.glyph, name) != colour:
                    setattr(renderer.glyph, name, colour)
