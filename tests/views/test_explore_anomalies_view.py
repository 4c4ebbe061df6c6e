"""The anomaly timeline and the detail panel without a browser: what is drawn, and what a click does."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from bokeh.events import SelectionGeometry
from bokeh.models import HoverTool

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.butter_e_anomalies import AnomalyScores
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.anomaly_scales import FENCE, FOREST, RESIDUAL
from energyvis_panel.domain.explained_effects import ExplainedEffect
from energyvis_panel.errors import QueryError
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.anomaly.anomalies import NOT_SCORED, AnomalyTimeline
from energyvis_panel.views.explore.looked_at.detail import DetailPanel

BYTES_PER_MARK = 80
"""What a mark may cost on its way to the browser; its texts alone would take four times that."""


@pytest.fixture(scope="module")
def scored() -> Iterator[tuple[Gateway, AnomalyScores]]:
    with Gateway() as gateway:
        load_butter_e(gateway)
        scores = AnomalyScores(gateway)
        scores.prepare()
        yield gateway, scores


@pytest.fixture
def state(scored: tuple[Gateway, AnomalyScores]) -> Exploration:
    return Exploration(scored[0])


@pytest.fixture
def view(state: Exploration, scored: tuple[Gateway, AnomalyScores]) -> AnomalyTimeline:
    return AnomalyTimeline(state, scored[1])


class Broken:
    """Scores that cannot be made."""

    are_ready = False
    effects: Sequence[ExplainedEffect] = ()

    def prepare(self) -> None:
        raise QueryError("butter_e/make_cells", {}, "the disk is gone")


def test_the_axes_are_time_in_utc_and_three_measures(view: AnomalyTimeline) -> None:
    main, fence, forest, batches = view.charts.figures
    assert [fig.yaxis.axis_label for fig in (main, fence, forest)] == [
        "Off the prediction (sd)",
        "IQR",
        "Forest",
    ]
    assert batches.xaxis.axis_label == "Start of the run (UTC)"
    assert {fig.x_range.id for fig in (main, fence, forest)} == {batches.x_range.id}
    assert main.select_one({"type": HoverTool}) is not None


def test_marks_are_the_flagged_runs_with_a_size_for_each_method(
    view: AnomalyTimeline, state: Exploration
) -> None:
    marks: Any = view.charts.marks.data
    counts = state.answer("anomaly_counts").to_pylist()[0]
    assert view.charts.run_ids == state.answer("anomaly_runs")["run_id"].to_pylist()
    assert {len(column) for column in marks.values()} == {counts["flagged"]}
    for name, column in (("by_z", "size_z"), ("by_fence", "size_fence"), ("by_forest", "size_forest")):
        assert sum(size > 0 for size in marks[column]) == counts[name]
    assert sum(column.nbytes for column in marks.values()) < BYTES_PER_MARK * counts["flagged"]
    for name, scale, value in zip(
        ("residual", "fence", "forest"),
        (RESIDUAL, FENCE, FOREST),
        ("residual_sd", "fence_iqr", "forest_score"),
        strict=True,
    ):
        places = [scale.position(at) for at in state.answer("anomaly_runs")[value].to_pylist()]
        assert marks[name] == pytest.approx(places, abs=1e-6)
    assert "163 runs hung" in view.charts.hung.data["said"][0]


def test_thresholds_are_drawn_where_they_are_and_move(view: AnomalyTimeline) -> None:
    residual, fence, forest = (view.charts._charts[at].lines.data for at in range(3))
    assert residual["y"] == [RESIDUAL.position(4), RESIDUAL.position(-4)]
    assert residual["said"] == ["z = +4 sd", "z = -4 sd"]
    assert fence["y"] == [FENCE.position(3)]
    assert forest["y"] == [FOREST.position(0.7)]
    flagged = len(view.charts.run_ids)
    view.move_threshold("z", "8")
    assert view.charts._charts[0].lines.data["said"] == ["z = +8 sd", "z = -8 sd"]
    assert len(view.charts.run_ids) < flagged
    marks: Any = view.charts.marks.data
    below = RESIDUAL.position(8)
    by_z = [at for size, at in zip(marks["size_z"], marks["residual"], strict=True) if size]
    assert by_z
    assert not [at for at in by_z if RESIDUAL.position(-8) < at < below]


def test_what_is_no_threshold_is_refused_and_the_old_one_stays(view: AnomalyTimeline) -> None:
    view.move_threshold("forest", "high")
    assert "'high' is no threshold of the forest's score" in view.settings.refusal
    assert view.settings.fields[2]["text"] == "0.7"
    view.move_threshold("forest", "0.8")
    assert view.settings.refusal == ""
    assert view.settings.fields[2]["text"] == "0.8"


def test_a_period_drawn_on_the_timeline_is_brushed_in_seconds(
    view: AnomalyTimeline, state: Exploration
) -> None:
    main = view.charts.figures[0]
    low, high = 1_664_600_000, 1_665_000_000
    box: Any = {"type": "rect", "x0": low * 1000, "x1": high * 1000, "y0": 0, "y1": 1}
    main._trigger_event(SelectionGeometry(main, geometry=box, final=True))
    assert state.brushes.ranges == {"started_s": (low, high)}
    point: Any = {"type": "point", "x": low * 1000, "y": 0.5}
    main._trigger_event(SelectionGeometry(main, geometry=point, final=True))
    assert state.brushes.ranges == {"started_s": (low, high)}


def test_a_brush_changes_the_density_and_keeps_the_context(view: AnomalyTimeline, state: Exploration) -> None:
    before = view.charts._charts[0].image.data["image"][0].copy()
    state.brush_set("hardware", ("GPU node",))
    after = view.charts._charts[0].image.data["image"][0]
    assert (after > 0).sum() < (before > 0).sum()
    assert f"{state.categories['hardware']['GPU node']:,} runs with known energy" in view.answer
    assert view.charts.hung.data["said"] == [""]


def test_a_node_of_the_list_becomes_a_brush(view: AnomalyTimeline, state: Exploration) -> None:
    (first, *others) = view.findings.nodes
    assert len(others) == 4
    view._node_chosen({"node": first["node"]})
    assert state.brushes.sets == {"node": (first["node"],)}
    view._node_chosen({"node": "nobody"})
    assert state.brushes.sets == {"node": (first["node"],)}


def test_explained_effects_are_listed(view: AnomalyTimeline) -> None:
    assert any(text.startswith("6 layers on CPU nodes: 29 % less energy") for text in view.findings.effects)


def test_a_click_on_a_mark_looks_at_that_run(view: AnomalyTimeline, state: Exploration) -> None:
    run = view.charts.run_ids[3]
    view.charts.marks.selected.indices = [3]
    assert state.mark == Brushes().with_set("run_id", (run,))
    assert state.mark_title == f"Run {run}"
    assert view.charts.marks.selected.indices == []


def test_the_table_lists_the_marks(view: AnomalyTimeline) -> None:
    table = view.table()
    assert len(table.rows) == len(view.charts.run_ids)
    assert "z (sd)" in table.header


def test_without_scores_the_card_says_so(state: Exploration) -> None:
    view = AnomalyTimeline(state)
    assert NOT_SCORED in view.body.objects[0].object
    state.brush_set("hardware", ("GPU node",))
    assert view.answer == ""
    assert view.table().rows == []


def test_scores_that_fail_are_said_in_the_card(state: Exploration) -> None:
    view = AnomalyTimeline(state, Broken())
    assert view.answer.startswith("The runs could not be scored.")
    assert "the disk is gone" in view.answer


def test_scores_are_made_when_the_view_is_first_needed() -> None:
    with Gateway() as gateway:
        load_butter_e(gateway)
        scores = AnomalyScores(gateway)
        view = AnomalyTimeline(Exploration(gateway), scores)
        assert scores.are_ready
        assert "are flagged" in view.answer


# The detail panel


def heard(panel: DetailPanel, **message: Any) -> None:
    panel.hear(message)


def test_the_panel_is_unseen_until_something_is_looked_at(state: Exploration) -> None:
    panel = DetailPanel(state)
    assert not panel.column.visible
    state.look_at(Brushes().with_set("dataset", ("adult",)), "Runs of adult")
    assert panel.column.visible
    assert panel.card.heading == "Runs of adult"
    count = state.categories["dataset"]["adult"]
    assert panel.card.counted == f"{count:,} runs; listed are the 20 that took most energy"
    assert [row[0] for row in panel.card.quartiles] == ["Energy", "Run time", "Mean power"]
    assert len(panel.card.runs) == 20
    heard(panel, action="close")
    assert not panel.column.visible
    assert state.mark is None


def test_the_panel_follows_the_selection(state: Exploration) -> None:
    panel = DetailPanel(state)
    state.look_at(Brushes().with_set("dataset", ("adult",)), "Runs of adult")
    state.brush_range("depth", 2, 3)
    few = panel.card.counted
    state.clear()
    assert panel.card.counted != few
    state.brush_set("dataset", ("mnist",))
    assert panel.card.counted == "0 runs"
    assert panel.card.runs == []


def test_brushing_a_mark_is_one_step_that_can_be_taken_back(state: Exploration) -> None:
    panel = DetailPanel(state)
    state.brush_range("depth", 2, 8)
    mark = Brushes().with_set("dataset", ("adult",)).with_range("energy_j", 1e5, 1e6)
    state.look_at(mark, "Some runs")
    heard(panel, action="brush")
    assert state.brushes == Brushes({"depth": (2, 8), "energy_j": (1e5, 1e6)}, {"dataset": ("adult",)})
    state.undo()
    assert state.brushes == Brushes({"depth": (2, 8)})


def test_one_run_is_opened_with_its_facts_and_why_it_is_flagged(
    state: Exploration, scored: tuple[Gateway, AnomalyScores]
) -> None:
    panel = DetailPanel(state, scores=scored[1])
    hung = Brushes().with_set("status", ("rejected_run_time",))
    state.look_at(hung, "Hung runs")
    run = panel.card.runs[0]["run_id"]
    heard(panel, action="run", run_id=run)
    assert panel.card.run_id == run
    assert dict(panel.card.facts)["Status"] == "ran longer than 75,000 s: hung"
    assert "Flagged by z, the fence, the forest." in panel.card.sentences[0]
    assert panel.card.sentences[1].startswith("Hung: ")
    assert panel.card.sentences[-1].startswith("This run is synthetic")
    assert not panel.drawn.visible
    heard(panel, action="back")
    assert panel.card.run_id == ""
    assert len(panel.card.runs) == 20


def test_a_mark_of_one_run_opens_it_at_once(state: Exploration) -> None:
    panel = DetailPanel(state)
    state.look_at(Brushes().with_set("run_id", ("standin-0000007",)), "Run standin-0000007")
    assert panel.card.run_id == "standin-0000007"
    assert not panel.card.can_go_back
    assert panel.card.facts


def test_the_power_trace_is_drawn_with_the_run_shaded(state: Exploration) -> None:
    began = datetime(2022, 9, 23, 1, 0, tzinfo=UTC)
    asked: list[int] = []

    def trace(job: int) -> pa.Table:
        asked.append(job)
        facts = state.answer("run_facts").to_pylist()[0]
        return pa.Table.from_pylist(
            [
                {"ts": began + timedelta(minutes=at), "node": facts["node"], "watts": 300.0 + at}
                for at in range(90)
            ]
        )

    panel = DetailPanel(state, trace)
    state.look_at(Brushes().with_set("run_id", ("standin-0000007",)), "Run standin-0000007")
    facts = state.answer("run_facts").to_pylist()[0]
    assert asked == [facts["slurm_job_id"]]
    assert panel.drawn.visible
    chart: Any = panel.chart
    assert chart.source.data["watts"].tolist()[:2] == [300, 301]
    assert chart.span.left == facts["started_s"] * 1000
    assert chart.span.right == (facts["started_s"] + facts["run_time_s"]) * 1000
    assert chart.fig.x_range.start == began.timestamp() * 1000
    assert chart.fig.yaxis.axis_label == "Power (W)"
    state.look_at(None)
    assert not panel.drawn.visible
    assert not state.has_answer("run_facts")


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        (None, "This run is synthetic"),
        (pa.table({"ts": [], "node": [], "watts": []}), "No minute watts of node"),
    ],
)
def test_an_absent_trace_is_said(state: Exploration, readings: pa.Table | None, said: str) -> None:
    panel = DetailPanel(state, lambda _job: readings)
    state.look_at(Brushes().with_set("run_id", ("standin-0000007",)), "Run standin-0000007")
    assert said in panel.card.sentences[-1]
    assert not panel.drawn.visible


def test_a_measured_run_without_a_trace_is_told_where_it_comes_from(state: Exploration) -> None:
    facts = {"synthetic": False, "slurm_job_id": 1, "node": "r1i0n0"}
    for trace in (None, lambda _job: None):
        drawn, said = DetailPanel(state, trace)._power(facts)
        assert not drawn
        assert said.endswith("energyvis data fetch butter-e --raw")


def test_a_question_that_fails_is_said_in_the_panel(state: Exploration) -> None:
    panel = DetailPanel(state)
    gateway: Any = state.asking._gateway

    class Refusing:
        def ask(self, question: str, *, token: object = None, **params: object) -> pa.Table:
            if "detail" in question:
                raise QueryError(question, params, "the disk is gone")
            return gateway.ask(question, token=token, **params)

        def cancel(self, token: object) -> None:
            gateway.cancel(token)

    state.asking._gateway = Refusing()
    state.look_at(Brushes().with_set("dataset", ("nursery",)), "Runs of nursery")
    assert "the disk is gone" in panel.card.counted
