"""Colours, type and spacing of every page. One quantity has one colour, in chart, equation, text and map.

The hues are of the set of Okabe and Ito (2008), which the colour-blind can tell apart; those in use here keep
a contrast of at least 3:1 on the light and on the dark ground alike, so that figures need no second palette.
"""

from typing import Any, Final

BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
SKY: Final = "#56B4E9"
ORANGE: Final = "#E69F00"
GREY: Final = "#8A929C"
"""Context: what is there but not selected."""

ENERGY: Final = BLUE
PUE: Final = GREEN
INTENSITY: Final = PURPLE
CARBON: Final = "#B5527F"
"""Emissions: the intensity's hue, deeper, since emissions are intensity times energy."""
TIME: Final = "#7A6FB0"
BASELINE: Final = BLUE
ALTERNATIVE: Final = VERMILLION
CPU: Final = BLUE
GPU: Final = GREEN
ERROR: Final = "#C62828"
STALE: Final = ORANGE

INTENSITY_RAMP: Final = (
    "#F6EAF1", "#ECD3E2", "#DFB9D0", "#CF9CBC", "#BC7FA6",
    "#A5638F", "#8C4A77", "#71345E", "#552146", "#3A1130",
)  # fmt: skip
"""Light to dark in even steps of lightness, so that it survives a print without colour."""

ALTERNATIVE_DASHES: Final = ("dashed", "dotted", "dashdot")

SPACE: Final = 8
"""The grid, in pixels."""
CHART_HEIGHT: Final = 250
PHONE_CHART_HEIGHT: Final = 250
PHONE_WIDTH: Final = 700
CONTENT_WIDTH: Final = 1680

FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

SHARED_THEME: Final[dict[str, Any]] = {
    "typography": {
        "fontFamily": FONT,
        "fontSize": 14,
        "button": {"textTransform": "none"},
    },
    "shape": {"borderRadius": 6},
}

QUANTITY_COLOURS: Final = {
    "energy": (BLUE, SKY),
    "pue": ("#00795A", "#35C79B"),
    "intensity": ("#A2477B", "#E3A3C6"),
    "carbon": ("#8F3A66", "#E58BB5"),
    "time": ("#62579B", "#B3A9E6"),
    "power": ("#756400", "#E0CB45"),
    "cost": ("#6E4A32", "#D2B197"),
    "baseline": (BLUE, SKY),
    "alternative": ("#B84F00", "#F0803C"),
    "stale": ("#9A6700", ORANGE),
}
"""Colours of text by quantity, for light and for dark ground, so that small type keeps AA."""


def _palette(ground: int, **palette: Any) -> dict[str, Any]:
    return palette | {name: {"main": pair[ground]} for name, pair in QUANTITY_COLOURS.items()}


THEME_CONFIG: Final[dict[str, Any]] = {
    "light": {
        **SHARED_THEME,
        "palette": _palette(
            0,
            primary={"main": BLUE},
            secondary={"main": VERMILLION},
            error={"main": ERROR},
            background={"default": "#F7F8FA", "paper": "#FFFFFF"},
            text={"primary": "#1B2026", "secondary": "#56606B"},
            divider="#DDE1E6",
        ),
    },
    "dark": {
        **SHARED_THEME,
        "palette": _palette(
            1,
            primary={"main": SKY},
            secondary={"main": "#F0803C"},
            error={"main": "#EF6B6B"},
            background={"default": "#14171C", "paper": "#1B1F26"},
            text={"primary": "#E8EBEF", "secondary": "#A3ADB8"},
            divider="#323943",
        ),
    },
}
"""Material theme of the frame and of each single view, for both modes."""

NAMED_COLOURS: Final = (
    ":root {"
    + "".join(
        f"--ev-{name}: var(--mui-palette-{name}-main, {pair[0]});" for name, pair in QUANTITY_COLOURS.items()
    )
    + """
  --ev-error: var(--mui-palette-error-main, #C62828);
  --ev-muted: var(--mui-palette-text-secondary, #56606B);
  --ev-line: var(--mui-palette-divider, #DDE1E6);
  --ev-paper: var(--mui-palette-background-paper, #FFFFFF);
  --ev-ground: var(--mui-palette-background-default, #F7F8FA);
  --ev-text: var(--mui-palette-text-primary, #1B2026);
}
"""
)
"""Names for the theme's colours, for our own components; they follow the theme when it is switched."""

PAGE_CSS: Final = (
    NAMED_COLOURS
    + """body { font-variant-numeric: tabular-nums; }
/* Charts show as soon as they are drawn. The veil stays, unseen, until the page is connected: what is clicked
   before that would be lost on its way back from the server. */
#loader:not(.error) { background: none !important; cursor: progress; }
@media (max-width: 700px) { .lake-line { display: none; } }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
"""
)
"""What holds for each whole page."""


def style_figure(figure: Any) -> None:
    """Give a Bokeh figure the product's look: no box, light grid, transparent, no logo, no stock menu."""
    figure.background_fill_alpha = 0
    figure.border_fill_alpha = 0
    figure.outline_line_color = None
    # WebGL costs a figure more time before its first frame than it ever saves at a few hundred points.
    figure.output_backend = "canvas"
    figure.toolbar.logo = None
    figure.toolbar.autohide = True
    # Bokeh opens a menu of its own on right click, which hides the page's.
    figure.context_menu = None
    figure.min_border_right = 2 * SPACE
    for grid in (*figure.xgrid, *figure.ygrid):
        grid.grid_line_color = GREY
        grid.grid_line_alpha = 0.18
    for axis in (*figure.xaxis, *figure.yaxis):
        axis.axis_line_color = GREY
        axis.axis_line_alpha = 0.5
        axis.major_tick_line_color = None
        axis.minor_tick_line_color = None
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = "12px"
        axis.major_label_text_font_size = "11px"
        axis.axis_label_text_font = axis.major_label_text_font = "system-ui, sans-serif"


def figure_hook(plot: Any, _element: Any) -> None:
    """HoloViews hook that applies :func:`style_figure` to the plot's figure."""
    style_figure(plot.state)
