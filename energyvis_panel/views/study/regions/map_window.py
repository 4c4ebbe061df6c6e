"""The part of a plane that a map shows, at the plane's own proportions whatever the size of the figure."""

from typing import Any, Final

from bokeh.models import ColumnDataSource, DataRange1d

DRAWN_HEIGHT: Final = 224
"""Height of a map on the page, in pixels."""


class MapWindow:
    """Window of a map: its ranges hold at least this much, and more in one direction to keep the proportions.

    Bokeh keeps proportions only for ranges that follow data, so two unseen marks stand in its corners.
    """

    def __init__(self, left: float, right: float, bottom: float, top: float) -> None:
        self.corners = ColumnDataSource({"x": [left, right], "y": [bottom, top]})

    def move(self, left: float, right: float, bottom: float, top: float) -> None:
        """Show another part of the plane."""
        self.corners.data = {"x": [left, right], "y": [bottom, top]}

    def add_to(self, figure: Any) -> None:
        """Let the figure's ranges follow the window."""
        marks = figure.scatter("x", "y", source=self.corners, size=1, alpha=0)
        figure.match_aspect = True
        figure.x_range = DataRange1d(renderers=[marks], range_padding=0)
        figure.y_range = DataRange1d(renderers=[marks], range_padding=0)
