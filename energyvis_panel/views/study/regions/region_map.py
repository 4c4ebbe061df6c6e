"""How clean is the electricity, state by state? Pointing previews a state, a click keeps it."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import holoviews as hv
import numpy as np
import numpy.typing as npt
import panel as pn
import param
from panel.viewable import Viewer

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.geography import RegionShape
from energyvis_panel.domain.units import GRAMS_PER_LB
from energyvis_panel.state.regions import RegionsState
from energyvis_panel.views import theme
from energyvis_panel.views.study.regions.map_window import DRAWN_HEIGHT, MapWindow
from energyvis_panel.views.study.regions.region_legend import RAMP_TOP_G_PER_KWH
from energyvis_panel.views.study.regions.region_outlines import RegionOutlines
from energyvis_panel.views.study.regions.region_signal import RegionSignal
from energyvis_panel.views.study.weak_hook import weak_hook

Ring = npt.NDArray[np.float64]

MAP_WIDTH, MAP_HEIGHT = 975.0, 610.0
"""Size of the plane in which the shapes are drawn: Albers, Alaska and Hawaii as insets."""
METRES_PER_UNIT = 6_371_000.0 / 1300.0
TOOLTIPS = [
    ("", "@name"),
    ("intensity", "@g_per_kwh{0} g/kWh (@lb_per_kwh{0.00} lb/kWh)"),
    ("source", "@origin"),
]


def in_metres(ring: Ring) -> Ring:
    """Ring of shape (points, 2) from map units, y down, to metres in the map's projection, y up."""
    return np.column_stack(
        [(ring[:, 0] - MAP_WIDTH / 2) * METRES_PER_UNIT, (MAP_HEIGHT / 2 - ring[:, 1]) * METRES_PER_UNIT]
    )


def joined(rings: Sequence[Ring]) -> Ring:
    """All rings in one array, a row of NaN between two of them, as HoloViews writes multi-part shapes."""
    gap = np.full((1, 2), np.nan)
    parts = [part for ring in rings for part in (ring, gap)]
    return np.concatenate(parts[:-1])


@functools.cache
def preprojected_polygons() -> Any:
    """Element class for polygons that are in the plot's projection already.

    GeoViews projects every polygon again, even into the projection it is in, which takes longer than all the
    rest of drawing it.
    """
    import geoviews as gv  # noqa: PLC0415 - 1.2 s, and only this view needs it
    from geoviews.plotting.bokeh import GeoPolygonPlot  # noqa: PLC0415 - as above

    gv.extension("bokeh")

    class PreprojectedPolygons(gv.Polygons):  # type: ignore[misc] # GeoViews is untyped
        group = param.String(default="PreprojectedPolygons", constant=True)

    class PreprojectedPolygonPlot(GeoPolygonPlot):  # type: ignore[misc] # as above
        _project_operation = None

    hv.Store.register({PreprojectedPolygons: PreprojectedPolygonPlot}, "bokeh")
    return PreprojectedPolygons


def region_polygons(shapes: Sequence[RegionShape], intensities: Mapping[str, CarbonIntensity]) -> Any:
    """GeoViews polygons in the projection they are drawn in, so that nothing is ever reprojected."""
    from cartopy import crs as ccrs  # noqa: PLC0415 - heavy, and only this view needs it

    albers = ccrs.AlbersEqualArea(-96, 38.7, standard_parallels=(29.5, 45.5))
    rows = []
    for shape in shapes:
        outline = joined([in_metres(ring) for ring in shape.polygons])
        facts = region_facts(shape, intensities.get(shape.region_id))
        rows.append({"x": outline[:, 0], "y": outline[:, 1], **facts})
    polygons = preprojected_polygons()(
        rows,
        kdims=["x", "y"],
        vdims=["g_per_kwh", "region_id", "name", "lb_per_kwh", "origin"],
        crs=albers,
    )
    return polygons.opts(
        projection=albers,
        color="g_per_kwh",
        cmap=list(theme.INTENSITY_RAMP),
        clim=(0, RAMP_TOP_G_PER_KWH),
        clipping_colors={"NaN": theme.GREY},
        line_color=theme.GREY,
        line_width=0.6,
        responsive=True,
        height=DRAWN_HEIGHT,
        xaxis=None,
        yaxis=None,
        default_tools=[],
        tools=["hover"],
        hover_tooltips=TOOLTIPS,
        toolbar=None,
        selection_alpha=1.0,
        nonselection_alpha=1.0,
    )


def region_facts(shape: RegionShape, intensity: CarbonIntensity | None) -> dict[str, Any]:
    """What a map knows of a region: its intensity in g and lb CO2e per kWh (NaN = no data), and whence."""
    if intensity is None:
        origin = "no data"
    else:
        origin = f"{intensity.source} {intensity.year or ''}".strip() + f", {intensity.scope}"
    g_per_kwh = intensity.g_per_kwh if intensity else np.nan
    return {
        "region_id": shape.region_id,
        "name": intensity.name if intensity else shape.name,
        "g_per_kwh": g_per_kwh,
        "lb_per_kwh": g_per_kwh / GRAMS_PER_LB,
        "origin": origin,
    }


class RegionMap(Viewer):
    """The map of the states, bound to a regions state; what is pointed at goes into ``signal``."""

    def __init__(
        self, regions: RegionsState, shapes: Sequence[RegionShape], signal: RegionSignal, **params: Any
    ) -> None:
        super().__init__(**params)
        self.signal = signal
        rings = {shape.region_id: [in_metres(ring) for ring in shape.polygons] for shape in shapes}
        self.outlines = RegionOutlines(regions, rings)
        every = np.concatenate([ring for parts in rings.values() for ring in parts])
        (left, bottom), (right, top) = every.min(axis=0), every.max(axis=0)
        self.window = MapWindow(left, right, bottom, top)
        self._polygons = region_polygons(shapes, regions.intensities("us"))
        self._ready = False

    def _attach(self, plot: Any, _element: Any) -> None:
        """Add outlines, hover and tap to the figure once."""
        figure, fill = plot.state, plot.handles["glyph_renderer"]
        theme.style_figure(figure)
        if self._ready:
            return
        self._ready = True
        figure.grid.visible = False
        self.outlines.add_to(figure)
        self.window.add_to(figure)
        self.signal.attach(figure, plot.handles["hover"], [fill])

    def __panel__(self) -> Any:
        """Return the map."""
        element = self._polygons.clone().opts(hooks=[weak_hook(self._attach)])
        return pn.pane.HoloViews(
            element, linked_axes=False, sizing_mode="stretch_width", margin=0, css_classes=["region-map"]
        )
