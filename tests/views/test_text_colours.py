"""Texts within figures can be read on either ground."""

from typing import Any

import holoviews as hv
import panel as pn
import pytest
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure as new_figure

from energyvis_panel.views import theme
from energyvis_panel.views.study.accuracy.accuracy_chart import AccuracyChart
from energyvis_panel.views.study.chart.consumption_chart import ConsumptionChart
from energyvis_panel.views.text_colours import HUE, PAPER, TEXT_COLOURS, legible
from tests.state.test_accuracy import EFFICIENT, RESNET, studied


def test_the_colours_of_texts_have_contrast() -> None:
    grounds = [theme.THEME_CONFIG[name]["palette"]["background"]["paper"] for name in ("light", "dark")]
    for pair in TEXT_COLOURS.values():
        for colour, ground in zip(pair, grounds, strict=True):
            lights = sorted((luminance(colour), luminance(ground)))
            assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5


def test_grounds_of_paper_and_segments_of_hues_follow_the_theme() -> None:
    fig: Any = new_figure()
    rows = ColumnDataSource({"x": [0], HUE: [theme.BLUE], "colour": [theme.BLUE]})
    on_paper = fig.text("x", 0, "x", background_fill_color=PAPER, source=rows)
    fig.text("x", 0, "x", source=rows)
    edge = fig.segment("x", 0, "x", 1, line_color=HUE, source=rows)
    other = fig.segment("x", 0, "x", 1, line_color="colour", source=rows)
    legible(fig)
    (told,) = (change.args for change in fig.js_property_callbacks["change:inner_width"])
    assert told["grounds"] == [on_paper.glyph]
    assert edge.glyph.line_color.transform is told["mapper"]
    assert other.glyph.line_color == "colour"


@pytest.mark.parametrize("view", [ConsumptionChart, AccuracyChart])
def test_names_at_the_ends_of_lines_stand_on_paper_and_follow_the_theme(view: type[Any]) -> None:
    made = view(studied(RESNET, EFFICIENT))
    shown: Any = pn.panel(made)
    (pane,) = shown.select(pn.pane.HoloViews)
    fig = hv.renderer("bokeh").get_plot(pane.object).state
    (told,) = (change.args for change in fig.js_property_callbacks["change:inner_width"])
    (names,) = (part for part in fig.renderers if part.data_source.data.get("text") == ["ResNet", "A"])
    assert told["grounds"] == [names.glyph]
    assert names.glyph.text_color.transform is told["mapper"]


def luminance(colour: str) -> float:
    """Relative luminance of a hex colour, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
