"""How clean is the electricity, country by country? Pointing previews a country, a click keeps it."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure
from bokeh.transform import linear_cmap
from panel.viewable import Viewer

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.geography import RegionShape
from energyvis_panel.state.regions import RegionsState
from energyvis_panel.views import theme
from energyvis_panel.views.document import on_document
from energyvis_panel.views.study.regions.map_window import DRAWN_HEIGHT, MapWindow
from energyvis_panel.views.study.regions.region_legend import RAMP_TOP_G_PER_KWH
from energyvis_panel.views.study.regions.region_map import TOOLTIPS, region_facts
from energyvis_panel.views.study.regions.region_outlines import RegionOutlines
from energyvis_panel.views.study.regions.region_signal import RegionSignal

Ring = npt.NDArray[np.floating[Any]]

SMALL_KM2 = 12_000.0
"""A region whose largest part is smaller, a square of under two pixels, is shown as a dot too."""
DOT_PIXELS = 6
MARGIN_KM = 150.0
EUROPE_KM = (15_400.0, 20_700.0, -4_020.0, -560.0)
"""Left, right, bottom and top of the window on Europe, in the plane of the shapes with y up."""
NO_DATA = "rgba(138, 146, 156, 0.28)"
"""The theme's grey, faint enough to tell from the ramp."""


def upwards(ring: Ring) -> Ring:
    """Ring of shape (points, 2) in kilometres, with y up as Bokeh draws it; single precision is ample."""
    return (ring * (1.0, -1.0)).astype(np.float32)


@functools.cache
def world_polygons(shapes: tuple[RegionShape, ...]) -> dict[str, list[Ring]]:
    """Rings of each region in kilometres, y up, the largest region first so that enclaves lie on top."""
    ordered = sorted(shapes, key=lambda shape: -shape.largest_area())
    return {shape.region_id: [upwards(ring) for ring in shape.polygons] for shape in ordered}


def facts_of(
    shapes: Sequence[RegionShape], intensities: Mapping[str, CarbonIntensity]
) -> dict[str, list[Any]]:
    """Columns of what the map knows of its regions, one row a shape."""
    rows = [region_facts(shape, intensities.get(shape.region_id)) for shape in shapes]
    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    return columns | {"hatch": [" " if shape.region_id in intensities else "/" for shape in shapes]}


class WorldMap(Viewer):
    """The map of the world, bound to a regions state; what is pointed at goes into ``signal``.

    Plain Bokeh: HoloViews takes a second for 246 shapes, Bokeh a fortieth of it.
    """

    def __init__(
        self, regions: RegionsState, shapes: tuple[RegionShape, ...], signal: RegionSignal, **params: Any
    ) -> None:
        super().__init__(**params)
        self.regions = regions
        self.signal = signal
        regions.param.watch(on_document(self._turn), "map")
        intensities = regions.intensities("world")
        by_id = {shape.region_id: shape for shape in shapes}
        self.rings = world_polygons(shapes)
        self.window = MapWindow(*self._look_at(regions.map))
        drawn = [by_id[region_id] for region_id in self.rings]
        dotted = [s for s in drawn if s.largest_area() < SMALL_KM2 and s.region_id in intensities]
        dots = {shape.region_id: (shape.label[0], -shape.label[1]) for shape in dotted}
        self.outlines = RegionOutlines(regions, self.rings, dots)
        areas = {
            "xs": [[[ring[:, 0]] for ring in self.rings[shape.region_id]] for shape in drawn],
            "ys": [[[ring[:, 1]] for ring in self.rings[shape.region_id]] for shape in drawn],
        }
        places = {"x": [x for x, _y in dots.values()], "y": [y for _x, y in dots.values()]}
        self.areas = ColumnDataSource(areas | facts_of(drawn, intensities))
        self.places = ColumnDataSource(places | facts_of(dotted, intensities))

    def _turn(self, event: Any) -> None:
        if event.new != "us":
            self.window.move(*self._look_at(event.new))

    def _look_at(self, map_name: str) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of the window: Europe alone, or the world."""
        if map_name == "europe":
            return EUROPE_KM
        every = np.concatenate([ring for rings in self.rings.values() for ring in rings])
        (left, bottom), (right, top) = every.min(axis=0) - MARGIN_KM, every.max(axis=0) + MARGIN_KM
        return float(left), float(right), float(bottom), float(top)

    def _draw(self) -> Any:
        plot = figure(
            height=DRAWN_HEIGHT,
            sizing_mode="stretch_width",
            toolbar_location=None,
            tools="",
        )
        plot.axis.visible = False
        plot.grid.visible = False
        theme.style_figure(plot)
        colour = linear_cmap("g_per_kwh", theme.INTENSITY_RAMP, 0, RAMP_TOP_G_PER_KWH, nan_color=NO_DATA)
        areas = plot.multi_polygons(
            "xs", "ys", source=self.areas, fill_color=colour, line_color=theme.GREY, line_width=0.5,
            hatch_pattern="hatch", hatch_color=theme.GREY, hatch_alpha=0.6, hatch_scale=6, hatch_weight=0.5,
        )  # fmt: skip
        dots = plot.scatter(
            "x",
            "y",
            source=self.places,
            size=DOT_PIXELS,
            fill_color=colour,
            line_color=theme.GREY,
            line_width=0.5,
        )
        hover = HoverTool(renderers=[areas, dots], tooltips=TOOLTIPS)
        plot.add_tools(hover)
        self.outlines.add_to(plot)
        self.window.add_to(plot)
        self.signal.attach(plot, hover, [areas, dots])
        return plot

    def __panel__(self) -> Any:
        """Return the map."""
        pane = pn.pane.Bokeh(self._draw(), sizing_mode="stretch_width", margin=0)
        return pn.Column(pane, sizing_mode="stretch_width", margin=0, css_classes=["world-map"])
