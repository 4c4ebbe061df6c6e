"""The epoch in progress on the consumption chart: a ring, never a recorded or a forecast point."""

from typing import Any

import holoviews as hv
import pytest
from bokeh.models import Range1d

from energyvis_panel.domain.edits import Edits
from energyvis_panel.domain.live_reading import OpenEpoch
from energyvis_panel.domain.profile import EnergyByKind
from energyvis_panel.domain.study import Choice, compare
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.chart.chart_rows import ChartRows, chart_caption, chart_rows, chart_table
from energyvis_panel.views.study.chart.consumption_chart import ConsumptionChart
from energyvis_panel.views.study.chart.consumption_lines import consumption_chart, drawn_paths, line_labels
from energyvis_panel.views.study.patched_figure import FollowedRange
from tests.profiles_fixture import REFERENCES, small_profile
from tests.state.test_study_state import CannedProfiles

PART = OpenEpoch(4, 50.0, EnergyByKind(gpu=1.8e6, cpu=0.18e6), estimated=False)
SEEN_LATE = OpenEpoch(4, 50.0, EnergyByKind(gpu=1.8e6, cpu=0.18e6), estimated=True)
PROFILES = {"one": small_profile("one"), "two": small_profile("two", region_id=None)}


def rows_of(choice: Choice | None = None, part: OpenEpoch = PART, **options: Any) -> ChartRows:
    chosen = choice or Choice("one")
    options = {"measure": "energy", "cumulative": True, **options}
    comparison = compare(PROFILES, REFERENCES, chosen)
    return chart_rows(comparison, pounds=False, further=chosen.further, open_parts={"one": part}, **options)


def ring(rows: ChartRows, line: int = 0) -> tuple[float, float]:
    point = rows.lines[line].open
    assert point is not None
    return point.place, point.amount / rows.per_unit


def test_it_stands_at_its_epoch_on_top_of_the_sum() -> None:
    assert ring(rows_of()) == pytest.approx((5.0, 4.5 * 1.1 * 1.5))
    assert ring(rows_of(cumulative=False)) == pytest.approx((5.0, 0.5 * 1.1 * 1.5))
    assert ring(rows_of(axis="time")) == pytest.approx((450 / 3600, 4.5 * 1.1 * 1.5))
    assert ring(rows_of(measure="carbon")) == pytest.approx((5.0, 4.5 * 1.1 * 1.5 * 0.325))


def test_each_line_of_the_run_has_one_by_its_own_circumstances() -> None:
    rows = rows_of(Choice("one", ("two",), Edits(pue=3.0)), measure="energy")
    assert ring(rows, 1) == pytest.approx((5.0, 4.5 * 1.1 * 3.0))
    assert rows.lines[2].open is None


def test_it_belongs_to_neither_curve_nor_forecast() -> None:
    rows = rows_of(Choice("one", further=3))
    assert rows.lines[0].curve.value.size == 4
    assert list(rows.lines[0].curve.forecast_epoch) == [5, 6, 7]
    kinds = [kind for _, _, _, kind in chart_table(rows)]
    assert (kinds.count("recorded"), kinds.count("forecast"), kinds.count("in progress")) == (4, 3, 1)


def test_it_is_drawn_as_a_ring_at_the_end_of_a_thin_dotted_line() -> None:
    rows = rows_of()
    paths = drawn_paths(rows)
    assert paths.marks["size"] == [6.0] * 4 + [11.0]
    assert paths.marks["fill"][-1] == 0.0
    assert paths.marks["label"][-1] == "One: epoch in progress"
    (thin,) = paths.thin
    assert (list(thin["epoch"]), thin["dash"]) == ([4.0, 5.0], "dotted")
    assert thin["amount"][1] == pytest.approx(paths.marks["amount"][-1])
    figure = hv.render(consumption_chart(rows))
    assert figure.x_range.end > 5
    assert figure.y_range.end > paths.marks["amount"][-1]
    two = rows_of(Choice("one", ("two",)))
    assert line_labels(two)["x"][0] == 5.0


def test_a_long_run_without_marks_still_has_its_ring() -> None:
    profiles = {"one": small_profile("one", epochs=200)}
    rows = chart_rows(
        compare(profiles, REFERENCES, Choice("one")),
        "energy",
        cumulative=True,
        pounds=False,
        further=0,
        open_parts={"one": OpenEpoch(200, 1.0, EnergyByKind(gpu=1.0), estimated=False)},
    )
    assert drawn_paths(rows).marks["epoch"] == [201.0]


def test_the_caption_names_the_ring_and_says_what_was_not_seen() -> None:
    comparison = compare(PROFILES, REFERENCES, Choice("one"))
    assert chart_caption(rows_of(), comparison).endswith(" Ring: epoch in progress.")
    assert "shared out by time" in chart_caption(rows_of(part=SEEN_LATE), comparison)
    plain = chart_rows(comparison, "energy", cumulative=True, pounds=False, further=0)
    assert "Ring" not in chart_caption(plain, comparison)


def test_an_epoch_that_has_been_finished_meanwhile_has_no_ring() -> None:
    done = OpenEpoch(3, 50.0, EnergyByKind(gpu=1.0), estimated=False)
    assert rows_of(part=done).lines[0].open is None
    assert rows_of(part=done, axis="time").lines[0].open is None


def drawn_chart() -> tuple[Study, Any]:
    study = Study(CannedProfiles(), REFERENCES)
    chart = ConsumptionChart(study)
    return study, hv.renderer("bokeh").get_plot(chart._chart())


def test_the_chart_shows_and_drops_it_as_the_study_says() -> None:
    study, plot = drawn_chart()
    marks = list(plot.subplots.values())[3].handles["source"]
    study.measure = "energy"
    study.open_parts = {"one": PART}
    assert marks.data["epoch"][-1] == 5.0
    assert plot.state.x_range.end == pytest.approx(1.02 * 5)
    study.open_parts = {}
    assert marks.data["epoch"][-1] == 4.0


def test_a_zoom_stays_while_the_run_grows_and_the_reset_follows_again() -> None:
    study, plot = drawn_chart()
    axis = plot.state.x_range
    study.put(small_profile("one", epochs=5), "live", live=True)
    study.select("one+")
    assert axis.end == pytest.approx(1.02 * 5)
    axis.update(start=1.5, end=2.5)  # what the browser tells of a zoom
    study.open_parts = {"one+": OpenEpoch(5, 50.0, EnergyByKind(gpu=1.8e6), estimated=False)}
    assert (axis.start, axis.end) == pytest.approx((1.5, 2.5))
    assert axis.reset_end == pytest.approx(1.02 * 6)
    axis.update(start=axis.reset_start, end=axis.reset_end)  # the reset tool
    study.put(small_profile("one+", epochs=9), "live", live=True)
    assert axis.end == pytest.approx(1.02 * 9)
    axis.update(start=1.5, end=2.5)
    study.axis = "time"
    assert axis.end == pytest.approx(1.02 * 900 / 3600)


def test_what_has_not_changed_is_not_sent() -> None:
    study, plot = drawn_chart()
    sources = [part.handles["source"] for part in plot.subplots.values()]
    study.open_parts = {"one": PART}
    before = [source.data for source in sources]
    study.open_parts = {"one": OpenEpoch(4, 60.0, EnergyByKind(gpu=2.0e6), estimated=False)}
    same = [source.data is data for source, data in zip(sources, before, strict=True)]
    assert same == [True, True, False, False]


def test_a_zoom_that_crossed_with_what_was_given_is_sent_back_once() -> None:
    axis, followed = Range1d(start=0, end=1), FollowedRange()
    followed.show(axis, (0.0, 5.0), "one")
    axis.update(start=1.5, end=2.5)  # told by the browser, which has been given (0, 5) meanwhile
    sent: list[tuple[str, float]] = []
    for name in ("start", "end"):
        axis.on_change(name, lambda attr, _old, new: sent.append((attr, new)))
    for end in (6.0, 7.0, 8.0):
        followed.show(axis, (0.0, end), "one")
    assert [name for name, _value in sent] == ["start", "end"]
    assert [value for _name, value in sent] == pytest.approx([1.5, 2.5], rel=1e-12)
    axis.update(start=1.7, end=2.2)
    del sent[:]
    for end in (9.0, 10.0):
        followed.show(axis, (0.0, end), "one")
    assert [value for _name, value in sent] == pytest.approx([1.7, 2.2], rel=1e-12)
