"""The forest plot of a comparison: a row a data set, a mark with its interval, a line at no difference."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any, Final

from bokeh.models import (
    ColumnDataSource,
    CustomJS,
    CustomJSTransform,
    FixedTicker,
    HoverTool,
    NoOverlap,
    Range1d,
    TapTool,
)
from bokeh.models.annotations import Span
from bokeh.plotting import figure as new_figure

from energyvis_panel.state.explore.compare.comparison import Comparison, side_label
from energyvis_panel.state.explore.compare.comparison_effects import (
    ALL_DATA_SETS,
    Effect,
    FurtherTests,
    overall,
)
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.compare.forest_columns import (
    HOVER,
    ROW_COLUMNS,
    axis_ends,
    axis_ticks,
    forest_rows,
    shown_names,
)
from energyvis_panel.views.explore.steady_rows import steady
from energyvis_panel.views.explore.view import HARDWARE_COLOURS, plain_ticks
from energyvis_panel.views.theme import ALTERNATIVE, BASELINE, GREY, style_figure

ROW_PX: Final = 24
AROUND_PX: Final = 76
LABEL_LETTERS: Final = 22
TEXT: Final[Mapping[str, Any]] = {
    "text_font_size": "11px",
    "text_baseline": "middle",
    "text_font": {"value": "system-ui, sans-serif"},
}


TOOLTIP: Final = (
    '<div style="font-size:12px;line-height:1.5;max-width:300px"><b>@name</b>'
    + "".join(f"<div>{title}: @{name}</div>" for name, title in HOVER.items() if name != "name")
    + "</div>"
)
STRETCH: Final = """
if (fig.properties.inner_width.is_unset) return;
const narrow = fig.inner_width < 320;
const room = narrow ? 44 : 112;
const {start, end} = reach;
const data = Math.max(fig.inner_width - room, 60);
labels.setv({text: {field: 'label', ...(narrow && {transform: factor})}}, {sync: false});
marks.setv({size: {field: 'size', ...(narrow && {transform: smaller})}}, {sync: false});
fig.x_range.setv({start, end: end * Math.pow(end / start, room / data)});
"""
"""Labels need their pixels on a phone as on a desk: only the browser knows how far the axis must go on.

A narrow figure leaves out how many pairs there are, which the hover says, and has marks that hide less of
their intervals.
"""
FACTOR_ONLY: Final = "return xs.map((text) => text.split(' ')[0]);"
SMALLER: Final = "return xs.map((size) => 0.75 * size);"


class Forest:
    """The figure with its sources; everything in it is patched, nothing made anew."""

    def __init__(self) -> None:
        self.context = ColumnDataSource({"y": [], "ratio": []})
        self.rows = ColumnDataSource({name: [] for name in ROW_COLUMNS}, name="comparison")
        self.heads = ColumnDataSource(
            {"y": [0, 0], "said": ["", ""], "colour": [GREY] * 2, "align": ["left"] * 2, "offset": [6, 6]}
        )
        self.names: list[str] = []
        """Data sets with a row, from the bottom to the top."""
        self._most = 0
        ranges: dict[str, Any] = {"x_range": (0.1, 10), "y_range": (-0.6, 1.4)}
        self.figure: Any = new_figure(
            sizing_mode="stretch_width", height=AROUND_PX, tools="", x_axis_type="log", **ranges
        )
        ends: dict[str, Any] = {"start": 0.1, "end": 10, "name": "comparison-reach"}
        self.reach = Range1d(**ends)
        """From which to which factor the data reach; the axis is longer by the room for the labels."""
        self._style()
        self._marks()
        args = {
            "fig": self.figure,
            "reach": self.reach,
            "labels": self._labels.glyph,
            "marks": self._diamonds.glyph,
            "factor": CustomJSTransform(v_func=FACTOR_ONLY),
            "smaller": CustomJSTransform(v_func=SMALLER),
        }
        stretch = CustomJS(args=args, code=STRETCH)
        self.figure.js_on_change("inner_width", stretch)
        self.reach.js_on_change("start", stretch)
        self.reach.js_on_change("end", stretch)

    def _style(self) -> None:
        fig = self.figure
        style_figure(fig)
        fig.toolbar_location = None
        fig.ygrid.visible = False
        fig.yaxis.major_tick_line_color = None
        fig.yaxis.axis_line_color = None
        fig.yaxis.ticker = FixedTicker(ticks=[])
        self._ticker = FixedTicker(ticks=[1], minor_ticks=[])
        fig.xaxis.ticker = fig.xgrid.ticker = self._ticker
        fig.xaxis.formatter = plain_ticks()
        fig.xaxis.major_label_policy = NoOverlap(min_distance=8)
        fig.xaxis.axis_label = "B to A (factor)"
        fig.add_layout(Span(location=1, dimension="height", line_color=GREY, line_width=1.5))

    def _marks(self) -> None:
        fig, rows = self.figure, self.rows
        mark = {"marker": "diamond", "line_width": 1.5}
        fig.scatter("ratio", "y", source=self.context, size=9, color=GREY, alpha=0.45, **mark)
        fig.segment("low", "y", "high", "y", source=rows, line_color="colour", line_width=2)
        self._diamonds = fig.scatter(
            "ratio", "y", source=rows, size="size", line_color="colour", fill_color="colour",
            fill_alpha="fill", **mark,
        )  # fmt: skip
        self._labels = fig.text(
            1, "y", text="label", source=rows, text_align="left", x_offset=8, text_color=GREY, **TEXT
        )
        fig.text(
            1, "y", text="said", source=self.heads, text_align="align", x_offset="offset",
            text_color="colour", **TEXT,
        )  # fmt: skip
        # The whole row is hovered and clicked, not the small mark only.
        bands = fig.hbar(
            "y", 1, left=1e-9, right=1e9, source=rows, fill_color=GREY, fill_alpha=0, line_color=None,
            hover_fill_color=GREY, hover_fill_alpha=0.12, hover_line_color=None,
        )  # fmt: skip
        for renderer in fig.renderers:
            # A click asks for runs, it selects no row: nothing fades.
            renderer.nonselection_glyph = renderer.selection_glyph = None
        hover = HoverTool(renderers=[bands], tooltips=TOOLTIP, point_policy="follow_mouse")
        fig.add_tools(hover, TapTool(renderers=[bands]))

    def place(self, shown: Comparison, everything: Sequence[Effect]) -> None:
        """Give each data set its row and name the sides; they stay while the brushes change."""
        self.names = shown_names(everything)
        fig, count = self.figure, len(self.names)
        places = {name: place for place, name in enumerate([*self.names, ALL_DATA_SETS])}
        whole = overall(everything)
        found = [effect for effect in [*everything, *([whole] if whole else [])] if effect.name in places]
        self.context.data = {
            "y": [places[effect.name] for effect in found],
            "ratio": [exp(effect.log_ratio) for effect in found],
        }
        fig.yaxis.ticker.ticks = list(places.values())
        fig.yaxis.major_label_overrides = {place: name for name, place in places.items()}
        fig.y_range.update(start=-0.6, end=count + 2.3)
        fig.height = AROUND_PX + ROW_PX * (count + 3)
        a, b = (shortened(side_label(fixed)) for fixed in (shown.a, shown.b))
        said = [f"{a} takes less \N{RIGHTWARDS ARROW}", f"\N{LEFTWARDS ARROW} {b} takes less"]
        self._head(y=[count + 1.8, count + 1], said=said, colour=list(side_colours(shown)))

    def _head(self, **columns: list[Any]) -> None:
        """Change some columns of the two lines that say who takes less."""
        self.heads.data = {**self.heads.data, **columns}

    def draw(
        self,
        shown: Comparison,
        found: Sequence[Effect],
        everything: Sequence[Effect],
        further: Mapping[str, FurtherTests],
    ) -> None:
        """Move the marks; the axis only where it would not hold them."""
        low, high = axis_ends([*everything, *found])
        if (self.reach.start, self.reach.end) != (low, high):
            self.reach.update(start=low, end=high)
            self._ticker.ticks = axis_ticks(low, high)
            self._labels.glyph.x = high
            beside = low * high > 1
            self._head(align=["left" if beside else "right"] * 2, offset=[6 if beside else -6] * 2)
        self._put(forest_rows(found, self.names, shown, further, side_colours(shown)))

    def _put(self, rows: Mapping[str, Sequence[Any]]) -> None:
        self._most = max(self._most, len(rows["y"]))
        self.rows.data = steady(rows, self._most)

    def clear(self) -> None:
        """Draw nothing: there is nothing to compare."""
        self._put({name: [] for name in ROW_COLUMNS})
        self.context.data = {"y": [], "ratio": []}


def side_colours(comparison: Comparison) -> tuple[str, str]:
    """Colours of A and B: those of their hardware where that is what differs."""
    a, b = comparison.a.get("hardware"), comparison.b.get("hardware")
    if a in HARDWARE and b in HARDWARE and a != b:
        return HARDWARE_COLOURS[HARDWARE.index(a)], HARDWARE_COLOURS[HARDWARE.index(b)]
    return BASELINE, ALTERNATIVE


def shortened(label: str) -> str:
    """A label that fits beside the line; the picker names the sides in full."""
    return label if len(label) <= LABEL_LETTERS else f"{label[: LABEL_LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"
