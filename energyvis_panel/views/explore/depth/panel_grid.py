"""Panels of equal size in one figure, in as many columns as its width has room for.

One figure with one pair of ranges costs a browser a thirteenth of thirteen figures. Sources say where a mark
lies by panel: ``panel * BLOCK + place``, where a place runs from 0 to 1 across the box of the panel. The
browser works out the pixel, so that a change of width moves everything without a word to the server.
"""

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, CustomJS, CustomJSTransform, Range1d
from bokeh.plotting import figure as new_figure
from numpy.typing import NDArray

from energyvis_panel.views.theme import style_figure

Numbers = NDArray[np.float64]

BLOCK: Final = 8.0
"""From panel to panel; places between -1 and 7 belong to one."""
LEFT_PX: Final = 30
"""Room for the numbers up, left of the first column."""
TOP_PX: Final = 60
"""Room for the head of the figure and the title of the first row."""
GAP_PX: Final = 20
"""Between two columns."""
BELOW_PX: Final = 40
"""Below a box: the numbers across, and the title of the next row."""
LEAST_PX: Final = 172
"""Least from panel to panel; on a phone two stand side by side whatever that leaves them."""
FEWEST_COLUMNS: Final = 2
BOX_PX: Final = {False: 80, True: 150}
"""Height of a box, by whether the figure is wide."""
WIDE_PX: Final = 700

PLACE: Final = """
const {columns: [columns], first: [first], pitch: [pitch], box: [box]} = grid.data;
const places = new Float64Array(xs.length);
for (let at = 0; at < xs.length; at++) {
  const panel = Math.floor((xs[at] + 1) / BLOCK);
  const line = by_row ? panel : is_up ? Math.floor(panel / columns) : panel % columns;
  places[at] = (is_up ? -first - line * pitch - box : first + line * pitch) + (xs[at] - panel * BLOCK) * box;
}
return places;
"""
"""Pixels across, or (negative) down, from panels and places; or from rows and places."""

ARRANGE: Final = """
const width = fig.inner_width;
if (!(width > 0)) return;
const room = width - left;
const most = Math.min(panels, Math.max(fewest, Math.floor(room / least)));
const rows = Math.ceil(panels / most);
const columns = Math.ceil(panels / rows);
const is_wide = width >= wide;
const pitch = (room + gap) / columns;
const box = boxes[is_wide ? 1 : 0];
const height = top + rows * (box + below) - below / 2;
across.data = {columns: [columns], first: [left], pitch: [pitch], box: [pitch - gap]};
up.data = {columns: [columns], first: [top], pitch: [box + below], box: [box]};
fig.x_range.setv({start: 0, end: width});
fig.y_range.setv({start: -height, end: 0});
if (fig.height !== height) fig.height = height;
for (const transform of transforms) transform.change.emit();
"""


class PanelGrid:
    """An empty figure of ``panels`` panels, which glyphs are added to with :attr:`x` and :attr:`y`."""

    def __init__(self, panels: int) -> None:
        self.panels = panels
        width, columns = 1000, min(5, panels)
        rows = -(-panels // columns)
        pitch, box = (width - LEFT_PX + GAP_PX) / columns, BOX_PX[True]
        height = TOP_PX + rows * (box + BELOW_PX) - BELOW_PX // 2
        self.across = ColumnDataSource(
            {"columns": [columns], "first": [LEFT_PX], "pitch": [pitch], "box": [pitch - GAP_PX]}
        )
        self.up = ColumnDataSource(
            {"columns": [columns], "first": [TOP_PX], "pitch": [box + BELOW_PX], "box": [box]}
        )
        self._across, self._up, self._up_by_row = (
            CustomJSTransform(
                args={"grid": grid, "is_up": is_up, "by_row": by_row, "BLOCK": BLOCK}, v_func=PLACE
            )
            for grid, is_up, by_row in (
                (self.across, False, False),
                (self.up, True, False),
                (self.up, True, True),
            )
        )
        self.figure: Any = new_figure(
            sizing_mode="stretch_width",
            tools="",
            height=height,
            min_border=0,
            x_range=Range1d(start=0, end=width),
            y_range=Range1d(start=-height, end=0),
        )
        style_figure(self.figure)
        self.figure.update(min_border_right=0, min_border_left=0)
        self.figure.axis.visible = False
        self.figure.grid.visible = False
        self.figure.js_on_change("inner_width", CustomJS(args=self._arrange_args(), code=ARRANGE))

    def _arrange_args(self) -> dict[str, Any]:
        return {
            "fig": self.figure,
            "across": self.across,
            "up": self.up,
            "transforms": [self._across, self._up, self._up_by_row],
            "panels": self.panels,
            "left": LEFT_PX,
            "top": TOP_PX,
            "gap": GAP_PX,
            "below": BELOW_PX,
            "least": LEAST_PX,
            "fewest": FEWEST_COLUMNS,
            "wide": WIDE_PX,
            "boxes": list(BOX_PX.values()),
        }

    def x(self, column: str) -> dict[str, Any]:
        """Column of places across, for a glyph."""
        return {"field": column, "transform": self._across}

    def y(self, column: str) -> dict[str, Any]:
        """Column of places up, for a glyph."""
        return {"field": column, "transform": self._up}

    def y_by_row(self, column: str) -> dict[str, Any]:
        """Column of places up whose blocks are rows of panels, beginning with the highest."""
        return {"field": column, "transform": self._up_by_row}

    @property
    def most_rows(self) -> int:
        """Rows on the narrowest figure."""
        return -(-self.panels // FEWEST_COLUMNS)

    def found(self, x_px: float, y_px: float) -> tuple[int, float, float] | None:
        """Panel and place, across and up, of a pixel of the figure; None where there is no panel."""
        across, up = ({name: one[0] for name, one in dict(of.data).items()} for of in (self.across, self.up))
        column = int((x_px - across["first"] + GAP_PX / 2) // across["pitch"])
        row = int((-y_px - up["first"] + BELOW_PX / 2) // up["pitch"])
        panel = row * across["columns"] + column
        if not 0 <= column < across["columns"] or row < 0 or panel >= self.panels:
            return None
        right = (x_px - across["first"] - column * across["pitch"]) / across["box"]
        above = (y_px + up["first"] + row * up["pitch"] + up["box"]) / up["box"]
        return panel, right, above


def in_panel(panel: int | NDArray[np.int64], places: Numbers) -> Numbers:
    """Places of a panel, as sources hold them."""
    return np.asarray(panel * BLOCK + places)
