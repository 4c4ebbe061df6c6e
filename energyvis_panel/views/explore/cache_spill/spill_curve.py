"""The curve of medians with its quartiles, and the median of each level of memory, of one hardware class."""

import math
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, HoverTool

from energyvis_panel.state.explore.cache_spill.cache_spill import UP, Held
from energyvis_panel.state.explore.cache_spill.cache_spill_answer import bytes_text
from energyvis_panel.state.explore.cache_spill.cache_spill_curve import Curve, Points
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import ACROSS
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.density_images import THREE_DIGITS
from energyvis_panel.views.explore.view import HARDWARE_COLOURS

KIB: Final = QUANTITIES[ACROSS].per_unit
MJ: Final = QUANTITIES[UP].per_unit
QUARTILES: Final = ("lower", "median", "upper")
POINT_PX: Final = 5
REACH_PX: Final = 16
"""How near the pointer must come to a point for its hover."""


class SpillCurve:
    """Marks of one hardware class on a figure, patched at each answer."""

    def __init__(self, state: Exploration, figure: Any, points: Points, is_gpu: int, name: str) -> None:
        self._is_gpu, self._axis = is_gpu, state.axes[ACROSS]
        self._count = sum(span.count for span in points.spans[is_gpu])
        low, high = points.bounds(is_gpu)
        blank = np.full(self._count, np.nan)
        self.source = ColumnDataSource(
            {
                "low": low / KIB,
                "high": high / KIB,
                "x": np.sqrt(low * high) / KIB,
                "said": [f"{bytes_text(a)} to {bytes_text(b)}" for a, b in zip(low, high, strict=True)],
                "runs": np.zeros(self._count),
                **dict.fromkeys(QUARTILES, blank),
            },
            name=f"{name}-curve-{HARDWARE[is_gpu]}",
        )
        self.levels = ColumnDataSource({"low": [], "high": [], "median": []})
        hue = HARDWARE_COLOURS[is_gpu]
        drawn = {"source": self.source}
        self._renderers = [
            figure.quad(
                "low", "high", "upper", "lower", fill_color=hue, fill_alpha=0.22, line_color=None, **drawn
            ),
            figure.segment(
                "low", "median", "high", "median", source=self.levels, line_color=hue, line_width=2,
                line_dash="dotted",
            ),
            figure.line("x", "median", line_color=hue, line_width=3, **drawn),
            figure.scatter(
                "x", "median", size=POINT_PX, fill_color="white", line_color=hue, line_width=2, **drawn
            ),
        ]  # fmt: skip
        self._reach = figure.scatter("x", "median", size=REACH_PX, fill_alpha=0, line_color=None, **drawn)
        self._renderers.append(self._reach)

    def add_hover(self, figure: Any) -> None:
        """Let each point of the curve say its runs and quartiles."""
        said: Any = {f"@{name}": CustomJSHover(code=THREE_DIGITS) for name in QUARTILES}
        hover = HoverTool(
            renderers=[self._reach],
            visible=False,
            tooltips=[
                ("Working set", "@said"),
                (f"Selected runs, {HARDWARE[self._is_gpu]}s", "@runs{0,0}"),
                ("Median energy per datum", "@median{custom} mJ"),
                ("Quartiles", "@lower{custom} to @upper{custom} mJ"),
            ],
            formatters=said,
        )
        figure.add_tools(hover)

    def show(self, *, seen: bool) -> None:
        """Draw the marks, or leave them out."""
        for renderer in self._renderers:
            renderer.visible = seen

    def draw(self, curve: Curve, held: tuple[Held, ...]) -> None:
        """Patch the marks to this curve and these levels."""
        # Places and texts stay as they are in the browser: only the columns named here are sent.
        columns: Any = self.source.data
        quartiles = curve.quartiles[:, self._is_gpu, : self._count] / MJ
        columns.update(
            runs=curve.run_counts[self._is_gpu, : self._count], **dict(zip(QUARTILES, quartiles, strict=True))
        )
        ends = [(one.level.above_bytes, one.level.most_bytes) for one in held]
        low, high = self._axis.low, self._axis.high
        self.levels.data = {
            "low": [max(above, low) / KIB for above, _most in ends],
            "high": [min(most, high) / KIB for _above, most in ends],
            "median": [one.median_j / MJ if one.can_be_compared else math.nan for one in held],
        }
