import holoviews as hv
import numpy as np
import pytest

from energyvis_panel.domain.curve import Measure
from energyvis_panel.domain.study import Choice, Comparison, compare
from energyvis_panel.views.study.consumption_chart import (
    ChartRows,
    chart_caption,
    chart_rows,
    consumption_chart,
    line_labels,
)
from tests.profiles_fixture import INTENSITIES, small_profile

PROFILES = {
    "one": small_profile("one"),
    "guess": small_profile("guess", source="estimate", region_id=None, pue=None),
}


def compared(choice: Choice) -> Comparison:
    return compare(PROFILES, INTENSITIES, choice)


def rows_of(choice: Choice, measure: Measure = "carbon", *, pounds: bool = False) -> ChartRows:
    return chart_rows(compared(choice), measure, cumulative=True, pounds=pounds, further=choice.further)


def drawn_curves(rows: ChartRows) -> list[hv.Curve]:
    recorded = list(consumption_chart(rows))[2::4]
    return [element for element in recorded if len(element)]


def test_axis_names_quantity_and_unit() -> None:
    figure = hv.render(consumption_chart(rows_of(Choice("one"))))
    assert figure.yaxis[0].axis_label == "cumulative emissions, kg CO₂e"
    assert figure.xaxis[0].axis_label == "epoch"
    figure = hv.render(consumption_chart(rows_of(Choice("one"), "energy")))
    assert figure.yaxis[0].axis_label == "cumulative energy, kWh"


def test_the_drawn_values_are_the_projection_in_the_axis_unit() -> None:
    (baseline,) = drawn_curves(rows_of(Choice("one")))
    assert baseline.dimension_values("amount") == pytest.approx(1.1 * 1.5 * 0.325 * np.arange(1, 5))
    (in_pounds,) = drawn_curves(rows_of(Choice("one"), pounds=True))
    assert in_pounds.dimension_values("amount")[-1] == pytest.approx(1.1 * 1.5 * 0.325 * 4 / 0.45359237)


def test_alternatives_are_dashed_orange_and_named_at_their_ends() -> None:
    rows = rows_of(Choice("one", region_id="US-WY"))
    figure = hv.render(consumption_chart(rows))
    dashes = [r.glyph.line_dash for r in figure.renderers if r.glyph.__class__.__name__ == "Line"]
    assert [] in dashes
    assert any(dash != [] for dash in dashes)
    assert line_labels(rows)["text"] == ["One", "A"]
    assert line_labels(rows_of(Choice("one")))["text"] == []


def test_the_caption_stands_alone() -> None:
    comparison = compared(Choice("one", region_id="US-WY"))
    caption = chart_caption(rows_of(Choice("one", region_id="US-WY")), comparison)
    assert caption == (
        "Cumulative emissions, kg CO₂e. One, Georgia (325 g CO₂e/kWh, EPA eGRID 2023, direct), PUE 1.5; "
        "A: Wyoming (832 g CO₂e/kWh, EPA eGRID 2023, direct), PUE 1.5."
    )


def test_the_caption_warns_of_mixed_scopes_estimates_and_unknown_facts() -> None:
    mixed = Choice("one", region_id="FR")
    assert "Direct and lifecycle" in chart_caption(rows_of(mixed), compared(mixed))
    guess = Choice("guess")
    caption = chart_caption(rows_of(guess, "energy"), compared(guess))
    assert "Open marks: estimated." in caption
    assert "no region recorded" in caption
    assert "PUE 1 (none recorded)" in caption


def test_estimated_marks_are_open_and_measured_filled() -> None:
    def fill(profile_id: str) -> float:
        scatter = list(consumption_chart(rows_of(Choice(profile_id), "energy")))[3]
        return float(hv.Store.lookup_options("bokeh", scatter, "style").kwargs["fill_alpha"])

    assert fill("one") == 1.0
    assert fill("guess") == 0.0


def test_a_forecast_joins_the_line_and_says_what_it_is() -> None:
    choice = Choice("one", further=3)
    rows = rows_of(choice)
    forecast = list(consumption_chart(rows))[1]
    assert list(forecast.dimension_values("epoch")) == [4, 5, 6, 7]
    assert "95 % prediction interval" in chart_caption(rows, compared(choice))


def test_nothing_chosen_draws_an_empty_chart() -> None:
    assert hv.render(consumption_chart(None)).yaxis[0].axis_label == "no profile"
