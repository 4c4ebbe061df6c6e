"""The empty figure of working set and energy per datum: ticks as people count bytes, and room for names."""

from typing import Any, Final

from bokeh.models import CustomJSTickFormatter, FixedTicker, NoOverlap

from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.cache_spill.cache_spill import UP
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import ACROSS
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.cache_spill.spill_images import KIB_TEXT
from energyvis_panel.views.explore.view import quantity_figure

HEIGHT: Final = 400
LABELLED_DOUBLINGS: Final = 4
"""Doublings from one labelled tick to the next: 128 B, 2 KiB, 32 KiB."""
FIRST_LABELLED: Final = 3
"""Which of them, in doublings from a byte, so that a cache of 32 KiB lies on one."""
MOST_DOUBLINGS: Final = 64


def spill_figure(state: Exploration, name: str) -> Any:
    """The figure with nothing drawn; its ticks up follow what is shown."""
    fig = quantity_figure(state, ACROSS, UP, height=HEIGHT, name=name)
    fig.grid.visible = False
    # What goes up is said above the axis: a label beside it would take a phone's width.
    fig.title.update(
        text=fig.yaxis.axis_label,
        text_font="system-ui, sans-serif",
        text_font_size="12px",
        text_font_style="normal",
        standoff=4,
    )
    fig.yaxis.axis_label = None
    fig.xaxis.axis_label = "Working set, per core or chip"
    fig.xaxis.formatter = CustomJSTickFormatter(code=f"const value = tick; {KIB_TEXT}")
    fig.xaxis.major_label_policy = NoOverlap(min_distance=12)
    fig.xaxis.ticker = byte_ticks(state.axes[ACROSS])
    fig.yaxis.ticker = FixedTicker(ticks=[], minor_ticks=[])
    return fig


def byte_ticks(across: Axis) -> FixedTicker:
    """Ticks at powers of two in KiB, those in between without a label."""
    per_unit = QUANTITIES[ACROSS].per_unit
    doublings = [at for at in range(MOST_DOUBLINGS) if across.low <= 2.0**at <= across.high]
    labelled = [at for at in doublings if at % LABELLED_DOUBLINGS == FIRST_LABELLED]
    return FixedTicker(
        ticks=[2.0**at / per_unit for at in labelled],
        minor_ticks=[2.0**at / per_unit for at in doublings if at not in labelled],
    )
