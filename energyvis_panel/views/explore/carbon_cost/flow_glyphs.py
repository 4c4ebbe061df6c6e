"""The empty figure of the flow: bands, bars and texts over sources, fitted to its width in the browser."""

from typing import Any, Final

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, CustomJS, CustomJSTransform, HoverTool, Range1d
from bokeh.plotting import figure as new_figure

from energyvis_panel.views.explore.carbon_cost.flow_layout import ACROSS, HEIGHT
from energyvis_panel.views.theme import GREY, style_figure

BAR_PIXELS: Final = 8
HOVERED_ALPHA: Final = 0.32
RAIL: Final = (6.0, 12.0)
"""Lower and upper edge of the share of all runs."""
HEAD_LINES: Final = (("name", 0), ("text", 14), ("how", 30))
"""Lines over a column, and how far they hang below the upper edge."""
FIT: Final = """
if (fig.properties.inner_width.is_unset) return;
const width = fig.inner_width;
const narrow = width < 520;
const bar = bar_pixels / 2;
const at = (source, name) => source.get_array(name).filter((_, row) => source.get_array('x')[row] >= last);
const widest = (texts, letter) => Math.max(...texts.map((text) => text.length * letter));
// In steps, so that a brush seldom moves the columns.
const room = bar + 4 + 4 * Math.ceil(Math.max(
  widest([...(narrow ? [] : at(labels, 'text')), ...at(heads, 'text')], narrow ? 6.6 : 7.4),
  widest([...at(labels, 'name'), ...at(heads, narrow ? 'short' : 'how')], 6.7),
) / 4);
if (fig.fitted === `${width} ${room}`) return;
fig.fitted = `${width} ${room}`;
const span = last / (1 - (bar + room) / width);
fig.x_range.setv({start: -bar / width * span, end: last + room / width * span}, {sync: false});
const size = {value: narrow ? '11px' : '12px'};
for (const glyph of strong) {
  glyph.setv({text_font_style: narrow ? 'normal' : 'bold', text_font_size: size}, {sync: false});
}
factors.setv({text: {field: narrow ? 'short' : 'how'}}, {sync: false});
amounts.setv({text: narrow ? {field: 'text', transform: bare} : {field: 'text'}}, {sync: false});
"""
"""Runs when the figure has its width and when the last labels change: they need room on their right."""


BARE: Final = r"return xs.map((text) => text.replace(/^(\d\S*) \S+$/, '$1'));"
"""Amounts without their unit, which the head of the column has: a phone has no room for it at each bar."""


def empty_figure() -> Any:
    """A figure whose height is in pixels, without axes; what is across is fitted later."""
    fig: Any = new_figure(
        sizing_mode="stretch_width",
        tools="",
        height=HEIGHT,
        min_border=0,
        x_range=Range1d(start=0, end=1),
        y_range=Range1d(start=0, end=HEIGHT),
    )
    style_figure(fig)
    fig.min_border_right = 0
    fig.axis.visible = False
    fig.grid.visible = False
    return fig


def add_flow(fig: Any, bands: ColumnDataSource, bars: ColumnDataSource, rail: ColumnDataSource) -> None:
    """Add the bands, the bars, and the share of all runs below them, with what the pointer is told."""
    quiet = {"line_color": None}
    of_bands = fig.patches("xs", "ys", source=bands, fill_color="colour", fill_alpha="alpha", **quiet)
    of_bands.hover_glyph = of_bands.glyph.clone(fill_alpha=HOVERED_ALPHA)
    of_bars = fig.rect(
        "x", "y", width=BAR_PIXELS, width_units="screen", height="height", source=bars, fill_color="colour",
        **quiet,
    )  # fmt: skip
    tooltips = [("@name", "@text"), ("How", "@how")]
    fig.add_tools(HoverTool(renderers=[of_bars, of_bands], tooltips=tooltips, point_policy="follow_mouse"))
    top, bottom = RAIL[1], RAIL[0]
    fig.quad(0, "right", top, bottom, source=rail, fill_color=GREY, fill_alpha="alpha", **quiet)


def add_texts(fig: Any, labels: ColumnDataSource, heads: ColumnDataSource, rail: ColumnDataSource) -> None:
    """Add the labels of bars and of columns, and what the share of all runs is."""
    small = {
        "text_font": value("system-ui, sans-serif"),
        "text_align": "left",
        "text_font_size": "11px",
    }
    beside = {"source": labels, "text_color": "colour", "x_offset": BAR_PIXELS / 2 + 3} | small
    over = {"source": heads, "text_color": GREY, "x_offset": -BAR_PIXELS / 2, "text_baseline": "top"} | small
    fig.text("x", "y", "name", text_baseline="bottom", y_offset=1, **beside)
    amounts = fig.text("x", "y", "text", text_baseline="top", **beside).glyph
    strong = [amounts]
    _names, sums, factors = (fig.text("x", HEIGHT - below, of, **over).glyph for of, below in HEAD_LINES)
    strong.append(sums)
    grey = {"text_color": GREY, "text_baseline": "bottom", "y_offset": -3} | small
    fig.text(0, RAIL[1], "text", source=rail, x_offset=-BAR_PIXELS / 2, **grey)
    args = {"fig": fig, "strong": strong, "factors": factors, "bar_pixels": BAR_PIXELS}
    args |= {"last": float(ACROSS[-1]), "labels": labels, "heads": heads, "amounts": amounts}
    args["bare"] = CustomJSTransform(v_func=BARE)
    fit = CustomJS(args=args, code=FIT)
    fig.js_on_change("inner_width", fit)
    # The heads are patched after the labels.
    heads.js_on_change("data", fit)
