import holoviews as hv
import numpy as np
import pytest
from bokeh.core.properties import field

from energyvis_panel.domain.curve import Measure
from energyvis_panel.domain.edits import Edits
from energyvis_panel.domain.study import Choice, Comparison, compare
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.study.chart.chart_rows import ChartRows, chart_caption, chart_rows, extremes
from energyvis_panel.views.study.chart.consumption_chart import ConsumptionChart
from energyvis_panel.views.study.chart.consumption_lines import consumption_chart, line_labels, source_columns
from tests.profiles_fixture import REFERENCES, small_profile
from tests.state.test_study_state import CannedProfiles

PROFILES = {
    "one": small_profile("one"),
    "guess": small_profile("guess", source="estimate", region_id=None, pue=None),
}


def compared(choice: Choice) -> Comparison:
    return compare(PROFILES, REFERENCES, choice)


def rows_of(choice: Choice, measure: Measure = "carbon", *, pounds: bool = False) -> ChartRows:
    return chart_rows(compared(choice), measure, cumulative=True, pounds=pounds, further=choice.further)


BANDS, RECORDED, FORECAST, MARKS = range(4)


def part(rows: ChartRows | None, place: int) -> hv.Element:
    return list(consumption_chart(rows))[place]


def amounts(rows: ChartRows, place: int = RECORDED) -> list[np.ndarray]:
    return [path.dimension_values("amount") for path in part(rows, place).split()]


def test_axis_names_quantity_and_unit() -> None:
    figure = hv.render(consumption_chart(rows_of(Choice("one"))))
    assert figure.yaxis[0].axis_label == "cumulative emissions, kg CO₂e"
    assert figure.xaxis[0].axis_label == "epoch"
    figure = hv.render(consumption_chart(rows_of(Choice("one"), "energy")))
    assert figure.yaxis[0].axis_label == "cumulative energy, kWh"


def test_the_drawn_values_are_the_projection_in_the_axis_unit() -> None:
    (baseline,) = amounts(rows_of(Choice("one")))
    assert baseline == pytest.approx(1.1 * 1.5 * 0.325 * np.arange(1, 5))
    (in_pounds,) = amounts(rows_of(Choice("one"), pounds=True))
    assert in_pounds[-1] == pytest.approx(1.1 * 1.5 * 0.325 * 4 / 0.45359237)


def test_alternatives_are_dashed_orange_and_named_at_their_ends() -> None:
    rows = rows_of(Choice("one", edits=Edits(region_id="US-WY")))
    lines = part(rows, RECORDED)
    assert [path.dimension_values("dash")[0] for path in lines.split()] == ["solid", "dashed"]
    assert [path.dimension_values("color")[0] for path in lines.split()] == [
        theme.BASELINE,
        theme.ALTERNATIVE,
    ]
    assert line_labels(rows)["text"] == ["One", "A"]
    assert line_labels(rows_of(Choice("one")))["text"] == []


def test_the_caption_stands_alone() -> None:
    comparison = compared(Choice("one", edits=Edits(region_id="US-WY")))
    caption = chart_caption(rows_of(Choice("one", edits=Edits(region_id="US-WY"))), comparison)
    assert caption == (
        "Cumulative emissions, kg CO₂e. One, Georgia (325 g CO₂e/kWh, EPA eGRID 2023, direct), PUE 1.5; "
        "A: Wyoming (832 g CO₂e/kWh, EPA eGRID 2023, direct), PUE 1.5."
    )


def test_the_caption_warns_of_mixed_scopes_estimates_and_unknown_facts() -> None:
    mixed = Choice("one", edits=Edits(region_id="FR"))
    assert "Direct and lifecycle" in chart_caption(rows_of(mixed), compared(mixed))
    guess = Choice("guess")
    caption = chart_caption(rows_of(guess, "energy"), compared(guess))
    assert "Open marks: estimated." in caption
    assert "no region recorded" in caption
    assert "PUE 1 (none recorded)" in caption


def test_estimated_marks_are_open_and_measured_filled() -> None:
    def fills(profile_id: str) -> set[float]:
        return set(part(rows_of(Choice(profile_id), "energy"), MARKS).dimension_values("fill"))

    assert fills("one") == {1.0}
    assert fills("guess") == {0.0}


def test_a_long_run_is_drawn_without_marks() -> None:
    profiles = {"long": small_profile("long", epochs=200)}
    comparison = compare(profiles, REFERENCES, Choice("long"))
    rows = chart_rows(comparison, "energy", cumulative=True, pounds=False, further=0)
    assert np.isnan(part(rows, MARKS).dimension_values("amount")).all()
    assert len(amounts(rows)[0]) == 200


def test_a_forecast_joins_the_line_and_says_what_it_is() -> None:
    choice = Choice("one", further=3)
    rows = rows_of(choice)
    (forecast,) = part(rows, FORECAST).split()
    assert list(forecast.dimension_values("epoch")) == [4, 5, 6, 7]
    (band,) = part(rows, BANDS).split()
    assert len(band.dimension_values("epoch")) >= 6
    assert "95 % prediction interval" in chart_caption(rows, compared(choice))


def test_nothing_chosen_draws_an_empty_chart() -> None:
    assert hv.render(consumption_chart(None)).yaxis[0].axis_label == "no profile"


def test_a_preview_moves_the_baseline_even_while_another_profile_is_compared() -> None:
    study = Study(CannedProfiles(), REFERENCES)
    alone = ConsumptionChart(study)._base_data()["kwh"]
    study.toggle_compared("two")
    assert ConsumptionChart(study)._base_data()["kwh"] == pytest.approx(alone)
    study.set_pue(3.0)
    assert ConsumptionChart(study)._base_data()["kwh"] == pytest.approx(alone * 2)


@pytest.mark.parametrize(
    "choice",
    [
        Choice("one"),
        Choice("one", further=3),
        Choice("one", ("guess",), Edits(region_id="US-WY"), 5),
        Choice("guess"),
    ],
)
def test_a_patched_chart_holds_what_a_new_drawing_would(choice: Choice) -> None:
    rows = rows_of(choice)
    plot = hv.renderer("bokeh").get_plot(consumption_chart(rows))
    for part, columns in zip(plot.subplots.values(), source_columns(rows), strict=True):
        drawn = part.handles["source"].data
        for name in set(drawn) & set(columns):
            values = columns[name]
            assert len(drawn[name]) == len(values)
            for one, other in zip(drawn[name], values, strict=True):
                np.testing.assert_equal(np.asarray(one), np.asarray(other))


def test_the_chart_follows_the_study_without_being_drawn_again() -> None:
    study = Study(CannedProfiles(), REFERENCES)
    chart = ConsumptionChart(study)
    plot = hv.renderer("bokeh").get_plot(chart._chart())
    figure = plot.state
    study.select("two")
    study.param.update(measure="energy", axis="time")
    assert figure.yaxis[0].axis_label == "cumulative energy, kWh"
    assert "Cumulative energy, kWh" in chart._caption.object
    study.cumulative = False
    assert "Energy per epoch, kWh" in chart._caption.object
    study.cumulative = True
    assert figure.xaxis[0].axis_label == "hours of training"
    assert figure.x_range.end == pytest.approx(1.02 * 800 / 3600)
    glyphs = [part.handles["glyph"] for part in plot.subplots.values()]
    assert glyphs[RECORDED].line_color == field("color")
    assert glyphs[MARKS].marker == field("mark")
    lines = list(plot.subplots.values())[RECORDED].handles["source"].data
    assert lines["line_dash"] == ["solid"]
    assert lines["ys"][0][-1] == pytest.approx(8 * 1.1 * 1.5)
    (hover,) = {tool for tool in figure.tools if hasattr(tool, "tooltips")}
    assert ("amount", "@amount{0,0.[000]} kWh") in hover.tooltips


def test_a_very_long_run_keeps_its_extremes_in_far_fewer_points() -> None:
    values = np.ones(100_000)
    values[[12_345, 54_321]] = 9.0, 0.1
    kept = extremes(values, 500)
    assert kept.size <= 1002
    assert {0, 12_345, 54_321, 99_999} <= set(kept.tolist())
