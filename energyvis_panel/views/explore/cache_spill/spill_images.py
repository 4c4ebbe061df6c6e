"""The plane of working set and energy per datum as images, with a hover that says bytes as people do."""

from typing import Final

from bokeh.models import ColumnDataSource, CustomJS, CustomJSHover, HoverTool

from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.density_images import COUNTED, THREE_DIGITS, DensityImages

KIB_TEXT: Final = """
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
let count = value * 1024, at = 0;
while (count >= 1024 && at < units.length - 1) { count /= 1024; at += 1; }
return `${Number(count.toPrecision(3)).toLocaleString('en-US')} ${units[at]}`;
"""
"""A ``value`` in KiB, in the unit that reads best."""
IS_ALONE: Final = """
export default ({curves}, tool, {value}) =>
  value > 0 && curves.every((curve) => curve.inspected.indices.length === 0)
"""
"""Whether a run lies under the pointer, and no point of a curve."""


class SpillImages(DensityImages):
    """Images whose hover gives way where a point of the curve speaks."""

    def add_hovers(self, curves: list[ColumnDataSource]) -> None:
        """Let each image say how many runs lie where, unless a point of one of ``curves`` is pointed at."""
        for source, image, hardware in zip(self.sources, self._drawn, HARDWARE, strict=True):
            hover = HoverTool(
                renderers=[image],
                visible=False,
                tooltips=[
                    (f"Runs here, {hardware}s", "@image{custom}"),
                    ("Working set", "$x{custom}"),
                    ("Energy per datum", "$y{custom} mJ"),
                ],
                formatters={
                    "@image": CustomJSHover(args={"source": source}, code=COUNTED),
                    "$x": CustomJSHover(code=KIB_TEXT),
                    "$y": CustomJSHover(code=THREE_DIGITS),
                },
                filters={"@image": CustomJS(args={"curves": curves}, code=IS_ALONE)},
            )
            self._figure.add_tools(hover)
