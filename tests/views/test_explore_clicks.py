"""Clicks on a figure: two quick ones on one place are one, on two places they are two."""

from typing import Any

from bokeh.events import DoubleTap, Tap
from bokeh.plotting import figure

from energyvis_panel.views.explore.clicks import on_click


def test_a_quick_second_click_counts_on_another_place_alone() -> None:
    chart: Any = figure()
    seen: list[float] = []
    on_click(chart, lambda event: seen.append(event.x))
    for kind, x, sx in ((Tap, 1.0, 100), (DoubleTap, 1.1, 103), (DoubleTap, 2.0, 200), (DoubleTap, 2.1, 202)):
        chart._trigger_event(kind(chart, x=x, y=0.0, sx=sx, sy=50))
    assert seen == [1.0, 2.0]
    chart._trigger_event(Tap(chart, x=2.2, y=0.0, sx=203, sy=50))
    assert seen == [1.0, 2.0, 2.2]
