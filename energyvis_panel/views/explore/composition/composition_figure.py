"""The figure of the parts: grey for all runs, filled with what is selected, as a sunburst or an icicle."""

import math
from collections.abc import Mapping
from typing import Any, Final

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, CustomJS, CustomJSHover, CustomJSTransform, HoverTool, Range1d
from bokeh.plotting import figure as new_figure

from energyvis_panel.views.explore.composition.composition_columns import CONTEXT, MOST_LABELS
from energyvis_panel.views.explore.composition.composition_forms import LABEL_PX, Form, Sunburst
from energyvis_panel.views.explore.steady_rows import steady
from energyvis_panel.views.theme import GREY, style_figure

SIDE: Final = 460
"""Longest side of the figure, px."""
INK: Final = "#14171C"
CENTRE_LINES: Final = 3
LINE: Final = 0.1
"""Between the lines in the centre, as a share of half the side."""
FITS: Final = "return xs.map((need) => (need <= half ? 1 : 0));"
MEASURE: Final = """
const half = Math.min(fig.inner_width, fig.inner_height) / 2;
fits.setv({args: new Map([['half', half]])}, {sync: false});
"""
"""Labels that have no room at the figure's present size are left out; only the browser knows it."""
ENERGY_SAID: Final = """
const scales = [[3.6e12, 'GWh'], [3.6e9, 'MWh'], [3.6e6, 'kWh'], [3.6e3, 'Wh'], [1, 'J']];
const [per, unit] = scales.find(([one]) => value >= one) ?? scales[4];
return `${Number((value / per).toPrecision(3)).toLocaleString('en-US')} ${unit}`;
"""
HOVER_LINES: Final = [
    ("Part", "@name"),
    ("Selected", "@runs{0,0} of @of_runs{0,0} runs"),
    ("Their energy", "@energy_j{custom} of @of_energy_j{custom}"),
    ("Share of the selection", "@share{0.0} %"),
]
COLUMNS: Final = (
    "low", "high", "near", "far", "fill", "pale", "name", "of_runs", "of_energy_j",
    "to", "beyond_to", "runs", "energy_j", "share",
)  # fmt: skip
LABEL_COLUMNS: Final = ("need", "x", "y", "angle", "text")


class CompositionFigure:
    """One figure for both forms; its sources are patched.

    Attributes
    ----------
    parts, labels, centre
        Sources: the parts, their labels, and the lines in the centre.

    """

    def __init__(self) -> None:
        self.figure = fig = self._empty_figure()
        self.parts = ColumnDataSource({name: [] for name in COLUMNS})
        self.labels = ColumnDataSource(steady({name: [] for name in LABEL_COLUMNS}, MOST_LABELS))
        self.centre = ColumnDataSource(steady({name: [] for name in LABEL_COLUMNS[1:]}, CENTRE_LINES))
        # Side by side rather than one over the other, whose edges would show through. The first, unseen, is
        # for the pointer.
        layers = (
            ("near", "far", None), ("near", "to", "fill"), ("to", "beyond_to", "pale"),
            ("beyond_to", "far", value(CONTEXT)),
        )  # fmt: skip
        looks: Any = {"line_color": None, "source": self.parts}
        self._wedges = [
            fig.annular_wedge(
                0, 0, start_angle="low", end_angle="high", direction="clock",
                inner_radius=inner, outer_radius=outer, fill_color=colour, **looks,
            )
            for inner, outer, colour in layers
        ]  # fmt: skip
        self._boxes = [
            fig.quad(left=left, right=right, top="low", bottom="high", fill_color=colour, **looks)
            for left, right, colour in layers
        ]
        said = CustomJSHover(code=ENERGY_SAID)
        formatters: Any = {"@energy_j": said, "@of_energy_j": said}
        marks = [self._wedges[0], self._boxes[0]]
        fig.add_tools(HoverTool(renderers=marks, tooltips=HOVER_LINES, formatters=formatters))
        self._add_texts()

    @staticmethod
    def _empty_figure() -> Any:
        fig: Any = new_figure(
            width=SIDE, height=SIDE, aspect_ratio=1, max_width=SIDE, sizing_mode="scale_width", tools="",
            x_axis_type=None, y_axis_type=None, min_border=0,
            x_range=Range1d(start=-1, end=1), y_range=Range1d(start=-1, end=1),
        )  # fmt: skip
        style_figure(fig)
        fig.min_border_right = 0
        fig.grid.visible = False
        return fig

    def _add_texts(self) -> None:
        fig = self.figure
        words = {
            "text_font": value("system-ui, sans-serif"),
            "text_align": "center",
            "text_baseline": "middle",
            "angle": "angle",
        }
        fits = CustomJSTransform(args={"half": 0}, v_func=FITS)
        fig.text(
            "x", "y", "text", text_font_size=f"{LABEL_PX}px", text_color=INK, source=self.labels,
            text_alpha={"field": "need", "transform": fits}, **words,
        )  # fmt: skip
        fig.js_on_change("inner_width", CustomJS(args={"fig": fig, "fits": fits}, code=MEASURE))
        fig.text(
            "x", "y", "text", text_font_size="13px", text_font_style="bold", text_color=GREY,
            source=self.centre, **words,
        )  # fmt: skip

    def show(self, form: Form) -> None:
        """Show the wedges or the boxes."""
        for renderers, seen in ((self._wedges, form is Sunburst), (self._boxes, form is not Sunburst)):
            for renderer in renderers:
                renderer.visible = seen

    def draw(self, columns: Mapping[str, Any]) -> None:
        """Patch the parts; columns that stay as they are in the browser may be left out."""
        if set(COLUMNS) == set(columns):
            self.parts.data = dict(columns)
        else:
            held: Any = self.parts.data
            held.update(columns)

    def draw_labels(self, columns: Mapping[str, Any]) -> None:
        """Patch the labels."""
        self.labels.data = steady(columns, MOST_LABELS)

    def draw_centre(self, lines: list[str], form: Form) -> None:
        """Write the lines of the whole, in the centre or along the left edge."""
        count = len(lines)
        columns: dict[str, list[Any]] = {"text": lines, "x": [0.0] * count, "angle": [0.0] * count}
        columns["y"] = [LINE * ((count - 1) / 2 - at) for at in range(count)]
        if form is not Sunburst:
            columns = {"text": [" ".join(lines)], "x": [-0.925], "y": [0.0], "angle": [math.pi / 2]}
        self.centre.data = steady(columns, CENTRE_LINES)
