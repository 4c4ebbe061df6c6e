"""How clean is the electricity, state by state? Pointing previews a state, a click keeps it."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import holoviews as hv
import numpy as np
import numpy.typing as npt
import panel as pn
import panel_material_ui as pmui
import param
from bokeh.models import ColumnDataSource, CustomJS, FixedTicker, TapTool
from panel.viewable import Viewer

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.geography import RegionShape
from energyvis_panel.domain.study import Choice
from energyvis_panel.domain.units import GRAMS_PER_LB
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.document import on_document
from energyvis_panel.views.study.region_signal import HOVER_JS, RegionSignal

Ring = npt.NDArray[np.float64]

MAP_WIDTH, MAP_HEIGHT = 975.0, 610.0
"""Size of the plane in which the shapes are drawn: Albers, Alaska and Hawaii as insets."""
METRES_PER_UNIT = 6_371_000.0 / 1300.0
COLOUR_TITLE = "g CO₂e per kWh"
RAMP_TOP_G_PER_KWH = 900.0
TICKS = (0, 150, 300, 450, 600, 750, 900)


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
        intensity = intensities.get(shape.region_id)
        outline = joined([in_metres(ring) for ring in shape.polygons])
        rows.append(
            {
                "x": outline[:, 0],
                "y": outline[:, 1],
                "region_id": shape.region_id,
                "name": shape.name,
                "g_per_kwh": intensity.g_per_kwh if intensity else np.nan,
                "lb_per_kwh": intensity.g_per_kwh / GRAMS_PER_LB if intensity else np.nan,
                "origin": f"{intensity.source}, {intensity.scope}" if intensity else "no data",
            }
        )
    polygons = preprojected_polygons()(
        rows,
        kdims=["x", "y"],
        vdims=[hv.Dimension("g_per_kwh", label=COLOUR_TITLE), "region_id", "name", "lb_per_kwh", "origin"],
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
        colorbar=True,
        colorbar_position="bottom",
        colorbar_opts={
            "height": 8,
            "title_text_font_size": "11px",
            "title_text_font_style": "normal",
            "major_label_text_font_size": "11px",
            "ticker": FixedTicker(ticks=list(TICKS)),
            "background_fill_alpha": 0,
            "bar_line_color": None,
            "major_tick_line_color": None,
            "padding": 0,
        },
        responsive=True,
        height=theme.CHART_HEIGHT,
        xaxis=None,
        yaxis=None,
        default_tools=[],
        tools=["hover"],
        hover_tooltips=[
            ("", "@name"),
            ("intensity", "@g_per_kwh{0} g/kWh (@lb_per_kwh{0.00} lb/kWh)"),
            ("source", "@origin"),
        ],
        toolbar=None,
        selection_alpha=1.0,
        nonselection_alpha=1.0,
    )


class RegionMap(Viewer):
    """The map bound to a study, with a searchable list that does the same by keyboard."""

    def __init__(
        self, study: Study, shapes: Sequence[RegionShape], signal: RegionSignal, **params: Any
    ) -> None:
        super().__init__(**params)
        self.study = study
        self.signal = signal
        self._rings = {shape.region_id: [in_metres(ring) for ring in shape.polygons] for shape in shapes}
        self._home = ColumnDataSource({"xs": [], "ys": []})
        self._kept = ColumnDataSource({"xs": [], "ys": []})
        self._polygons = region_polygons(shapes, study.intensities)
        self._ready = False
        signal.on_enter(self._entered)
        study.param.watch(on_document(self._outline), "choice")
        self._outline()

    def _entered(self, region_id: str) -> None:
        self.study.preview_id = region_id

    def _outline(self, *_events: Any) -> None:
        """Outline the home region and the kept one."""
        choice = self.study.choice
        home = self.study.profile(choice.baseline_id).region_id if choice else None
        for source, region_id in ((self._home, home), (self._kept, choice.region_id if choice else None)):
            rings = self._rings.get(region_id or "", [])
            source.data = {"xs": [ring[:, 0] for ring in rings], "ys": [ring[:, 1] for ring in rings]}

    def _attach(self, plot: Any, _element: Any) -> None:
        """Add outlines, hover and tap to the figure once."""
        figure, fill = plot.state, plot.handles["glyph_renderer"]
        theme.style_figure(figure)
        if self._ready:
            return
        self._ready = True
        figure.match_aspect = True
        figure.grid.visible = False
        figure.multi_line("xs", "ys", source=self._home, color=theme.BASELINE, line_width=2.5)
        figure.multi_line(
            "xs", "ys", source=self._kept, color=theme.ALTERNATIVE, line_width=2.5, line_dash="dashed"
        )
        plot.handles["hover"].callback = CustomJS(args={"signal": self.signal.source}, code=HOVER_JS)
        figure.add_tools(TapTool(renderers=[fill]))
        fill.nonselection_glyph = fill.selection_glyph = None
        source = plot.handles["source"]

        def tapped(_attr: str, _old: object, rows: list[int]) -> None:
            if rows:
                source.selected.indices = []
                self.study.choose_region(str(source.data["region_id"][rows[0]]))

        source.selected.on_change("indices", tapped)

    def region_list(self) -> Any:
        """Searchable list of every region with an intensity."""
        options = {"": ""} | {
            f"{i.name} · {i.g_per_kwh:,.0f} g/kWh": i.region_id
            for i in sorted(self.study.intensities.values(), key=lambda i: (i.scope, i.name))
        }
        labels = {region_id: label for label, region_id in options.items()}
        search = pmui.AutocompleteInput(
            label="Region",
            placeholder="Type a state or a country",
            options=[label for label in options if label],
            case_sensitive=False,
            min_characters=1,
            search_strategy="includes",
            value=labels.get(self._chosen_id(self.study.choice), ""),
            size="small",
            margin=(8, 0, 0, 0),
            sizing_mode="stretch_width",
        )

        def picked(event: Any) -> None:
            region_id = options.get(event.new or "", "")
            if region_id != self._chosen_id(self.study.choice):
                self.study.choose_region(region_id)

        def follow(event: Any) -> None:
            search.value = labels.get(self._chosen_id(event.new), "")

        search.param.watch(picked, "value")
        self.study.param.watch(follow, "choice")
        return search

    @staticmethod
    def _chosen_id(choice: Choice | None) -> str:
        return (choice.region_id or "") if choice else ""

    def __panel__(self) -> Any:
        """Return the list above the map."""
        element = self._polygons.clone().opts(hooks=[self._attach])
        pane = pn.pane.HoloViews(
            element, linked_axes=False, sizing_mode="stretch_width", margin=0, css_classes=["region-map"]
        )
        return pn.Column(self.region_list(), pane, sizing_mode="stretch_width", margin=0)
