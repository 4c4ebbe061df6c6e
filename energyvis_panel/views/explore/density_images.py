"""Counts in the plane of two quantities as one image per hardware class, over all runs in grey."""

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, CustomJS, CustomJSHover, HoverTool

from energyvis_panel.state.explore.axis import Counts
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.raster import equalised, equalised_with_counts, ramp
from energyvis_panel.views.explore.view import HARDWARE_COLOURS, drawn_range
from energyvis_panel.views.theme import GREY

COUNTED: Final = """
const [least, most] = [source.data.least[0][value], source.data.most[0][value]];
const said = (count) => count.toLocaleString('en-US');
return least === most ? said(least) : `${said(least)} to ${said(most)}`;
"""
THREE_DIGITS: Final = (
    "return Number(value.toPrecision(3)).toLocaleString('en-US', {maximumFractionDigits: 6});"
)
IS_ALONE: Final = """
export default ({points}, tool, {value}) => value > 0 && points.inspected.indices.length === 0
"""
"""Whether a run lies under the pointer, and no point whose own hover speaks."""


class DensityImages:
    """The images on a figure whose axes are two quantities, each with a hover that says how many runs."""

    def __init__(self, state: Exploration, figure: Any, across: str, up: str, name: str) -> None:
        self._figure = figure
        (left, right), (bottom, top) = drawn_range(state, across), drawn_range(state, up)
        # On logarithmic axes an image is stretched between its mapped corners: bins even in logarithms fit.
        self._place = {"x": left, "y": bottom, "dw": right - left, "dh": top - bottom}
        self.context = ColumnDataSource({"image": []})
        self._of_all = figure.image(
            "image", **self._place, source=self.context, color_mapper=ramp(GREY, 0.15, 0.5)
        )
        self.sources = [ColumnDataSource(columns(None), name=f"{name}-{hardware}") for hardware in HARDWARE]
        self._drawn = [
            figure.image("image", **self._place, source=source, color_mapper=ramp(colour, 0.2, 0.85))
            for source, colour in zip(self.sources, HARDWARE_COLOURS, strict=True)
        ]

    def add_hover(self, points: ColumnDataSource, across: str, up: str) -> None:
        """Let each image say its count, with units after both values, unless a point is under the pointer."""
        for source, image, hardware in zip(self.sources, self._drawn, HARDWARE, strict=True):
            hover = HoverTool(
                renderers=[image],
                visible=False,
                tooltips=[
                    (f"Runs here, {hardware}s", "@image{custom}"),
                    ("Run time", f"$x{{custom}} {across}"),
                    ("Energy", f"$y{{custom}} {up}"),
                ],
                formatters={
                    "@image": CustomJSHover(args={"source": source}, code=COUNTED),
                    "$x": CustomJSHover(code=THREE_DIGITS),
                    "$y": CustomJSHover(code=THREE_DIGITS),
                },
                filters={"@image": CustomJS(args={"points": points}, code=IS_ALONE)},
            )
            self._figure.add_tools(hover)

    def draw_context(self, grid: Counts) -> None:
        """Draw all runs, hardware x up x across."""
        self.context.data = {"image": [equalised(grid.sum(axis=0))]}

    def fade(self, opacity: float) -> None:
        """Draw all images with this opacity."""
        for image in (self._of_all, *self._drawn):
            image.glyph.global_alpha = opacity

    def draw(self, grid: Counts) -> None:
        """Patch the images to these counts, hardware x up x across."""
        for source, counts in zip(self.sources, grid, strict=True):
            source.data = columns(counts)


def columns(counts: Counts | None) -> dict[str, Any]:
    """One image with the counts that its levels stand for; none before there are counts."""
    if counts is None:
        return {"image": [], "least": [], "most": []}
    image, least, most = equalised_with_counts(counts)
    return {"image": [image], "least": [least.astype(np.int32)], "most": [most.astype(np.int32)]}
