"""Outlines of the home region, solid, and of the kept one, dashed, on a map."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from bokeh.models import ColumnDataSource

from energyvis_panel.state.regions import RegionsState
from energyvis_panel.views import theme
from energyvis_panel.views.document import on_document

Ring = npt.NDArray[np.floating[Any]]
FEWEST_MARK_PIXELS = 11


class RegionOutlines:
    """Outlines bound to a regions state, drawn on the one figure they are added to.

    Parameters
    ----------
    regions
        What is home and what is kept.
    rings
        Outlines by region, in the figure's coordinates.
    dots
        Places of regions that the map shows as a dot: they are ringed instead.

    """

    def __init__(
        self,
        regions: RegionsState,
        rings: Mapping[str, Sequence[Ring]],
        dots: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        self.regions = regions
        self.rings, self.dots = rings, dots or {}
        self.home = ColumnDataSource({"xs": [], "ys": []})
        self.kept = ColumnDataSource({"xs": [], "ys": []})
        self.marks = ColumnDataSource({"x": [], "y": [], "color": []})
        regions.study.param.watch(on_document(self._update), "choice")
        self._update()

    def _update(self, *_events: Any) -> None:
        home, kept = self.regions.home_id(), self.regions.chosen_id()
        for source, region_id in ((self.home, home), (self.kept, kept)):
            rings = [] if region_id in self.dots else self.rings.get(region_id, [])
            source.data = {"xs": [ring[:, 0] for ring in rings], "ys": [ring[:, 1] for ring in rings]}
        marked = [
            (*self.dots[region_id], color)
            for region_id, color in ((home, theme.BASELINE), (kept, theme.ALTERNATIVE))
            if region_id in self.dots
        ]
        self.marks.data = {
            name: [mark[place] for mark in marked] for place, name in enumerate(("x", "y", "color"))
        }

    def add_to(self, figure: Any) -> None:
        """Draw the outlines above what the figure shows already."""
        figure.multi_line("xs", "ys", source=self.home, color=theme.BASELINE, line_width=2.5)
        figure.multi_line(
            "xs", "ys", source=self.kept, color=theme.ALTERNATIVE, line_width=2.5, line_dash="dashed"
        )
        if self.dots:
            figure.scatter(
                "x", "y", source=self.marks, size=FEWEST_MARK_PIXELS, fill_alpha=0, line_color="color",
                line_width=2.5,
            )  # fmt: skip
