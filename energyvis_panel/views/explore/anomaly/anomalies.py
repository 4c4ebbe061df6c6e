"""Anomaly timeline: how far each run lies from what its settings predict, over time, and why."""

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import panel as pn

from energyvis_panel.errors import EnergyVisError, SettingsError
from energyvis_panel.state.explore.anomaly.anomalies import (
    FLAGGED_HEADER,
    Scores,
    anomalies_answer,
    effect_text,
    flagged_rows,
)
from energyvis_panel.state.explore.anomaly.anomaly_questions import anomaly_questions, said_thresholds
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.view_choices import ViewChoices
from energyvis_panel.views.card import text_pane
from energyvis_panel.views.document import at_next_tick, on_document
from energyvis_panel.views.explore.anomaly.anomaly_charts import AnomalyCharts
from energyvis_panel.views.explore.anomaly.anomaly_settings import AnomalyFindings, AnomalySettings
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.view import ChartTable, ExploreView, dress

if TYPE_CHECKING:
    from energyvis_panel.state.explore.question import Answer, Asked

WAITING: Final = (
    "What each run should have taken is being worked out, once for all visitors: a few seconds for sixty "
    "thousand runs, about a minute for ten million."
)
NOT_SCORED: Final = "Nobody scores the runs here, so none can be flagged."
NOTE: Final = '<p style="margin:24px 0;font-size:14px;color:var(--ev-muted)">{}</p>'
FIELDS: Final = (
    ("z", "dot", "z beyond ±", "robust sd"),
    ("fence", "ring", "further than", "IQR beyond the quartiles"),
    ("forest", "diamond", "Isolation Forest above", ""),
)
STRIPS: Final = (
    "The same runs by their distance beyond the quartiles of their data set and size.",
    "The same runs by the score of an Isolation Forest.",
    "When runs of each batch started.",
)
"""What the figures below the first show."""


class AnomalyTimeline(ExploreView):
    """Which runs are out of the ordinary, when, and why (X7).

    Parameters
    ----------
    state
        The selection.
    scores
        What scores the runs, once a process; by default what the state holds as ``scores``.

    """

    address = "anomalies"
    question = "Which runs are out of the ordinary, when, and why?"
    how_to_read = (
        "Up is how far the energy of a run lies from what its settings and node predict, in robust standard "
        "deviations; the axis is stretched near zero. The two lower strips show the same runs by their "
        "distance beyond the quartiles of their data set and size, and by the score of an Isolation Forest "
        "over energy, run time and power. Dashed lines are the thresholds. Drag across to select a period; "
        "click a mark to see the run."
    )

    def __init__(self, state: Exploration, scores: Scores | None = None, **params: Any) -> None:
        self._scores: Scores | None = scores if scores is not None else getattr(state, "scores", None)
        self.thresholds, self._refused = said_thresholds(ViewChoices.of(state).of_view(self.address))
        self._posed = False
        self._drawn = False
        self._trouble = ""
        self._first: dict[str, tuple[Asked, Answer]] = {}
        super().__init__(state, **params)

    def build(self, _state: Exploration) -> Any:
        """The body: a note until the runs have their scores, then the charts."""
        self.body = pn.Column(
            text_pane(NOTE, NOT_SCORED if self._scores is None else WAITING),
            sizing_mode="stretch_width",
            margin=0,
        )
        if self._scores is not None:
            if self._scores.are_ready:
                self._pose()
            else:
                prepared(self._prepare, self._pose)
        return self.body

    def follow(self, *_events: object) -> None:
        """Draw what has changed, once the scores and the first answers are there."""
        if not self._posed:
            self.answer = self._trouble or ("" if self._scores is None else "Being computed.")
            return
        slots = anomaly_questions(self.thresholds)
        try:
            answers = {slot: self._state.answer(slot) for slot in slots if self._state.has_answer(slot)}
            if len(answers) < len(slots):
                return
            changed = {slot for slot, rows in answers.items() if self._seen.get(slot) is not rows}
            if not self._drawn:
                self._draw_first()
            elif changed:
                self._patch(changed)
            self._seen.update(answers)
            said = self.say()
        except EnergyVisError as error:
            said = str(error)
        if said != self.answer:
            self.answer = said
        self.describe()

    @property
    def slots(self) -> tuple[str, ...]:
        """Slots of the questions that only this view asks."""
        return tuple(anomaly_questions(self.thresholds))

    def draw(self) -> None:
        """Patch the charts, the marks and the list of nodes."""
        self._patch(set(anomaly_questions(self.thresholds)))

    def say(self) -> str:
        """How many runs are flagged and why most of them are."""
        return anomalies_answer(self._state)

    def table(self) -> ChartTable:
        """The flagged runs that are marked."""
        if not self._drawn:
            return ChartTable(FLAGGED_HEADER, [])
        return ChartTable(FLAGGED_HEADER, flagged_rows(self._state, self.thresholds))

    def move_threshold(self, name: str, text: str) -> None:
        """Set one threshold to what was typed; what is no threshold is refused with a sentence."""
        try:
            self.thresholds = self.thresholds.moved(name, text)
        except SettingsError as error:
            self.settings.param.update(refusal=str(error), fields=self._fields())
            return
        self.remember(self.thresholds.changed())
        self.settings.param.update(refusal="", fields=self._fields())
        self._state.pose(anomaly_questions(self.thresholds))
        on_document(lambda: self.charts.draw_lines(self.thresholds))()

    def recall(self, _asked: Mapping[str, str]) -> list[str]:
        """The thresholds stand since before anything was drawn."""
        self.remember(self.thresholds.changed())
        return self._refused

    def look_at(self, at: int) -> None:
        """Show the run of a mark."""
        run = self.charts.run_ids[at]
        self._state.look_at(Brushes().with_set("run_id", (run,)), f"Run {run}")

    def _prepare(self) -> None:
        assert self._scores is not None  # noqa: S101 - nothing is prepared without
        try:
            self._scores.prepare()
        except EnergyVisError as error:
            self._trouble = f"The runs could not be scored. {error}"
            return
        self._first = self._state.asked_ahead(anomaly_questions(self.thresholds))

    def _pose(self) -> None:
        """Ask from now on, and draw the first answers here: figures are not added while a page is redrawn."""
        if not self._trouble:
            self._posed = True
            self._state.pose(anomaly_questions(self.thresholds), later=bool(self._first))
            self._state.publish(self._first, count=False)
            self._first = {}
        self.follow()

    def _draw_first(self) -> None:
        self.charts = AnomalyCharts(self._state, self.thresholds)
        self.chart = self.charts.figures[0]
        for fig in self.charts.figures:
            dress(fig)
        for fig, said in zip(self.charts.figures[1:], STRIPS, strict=True):
            fig.html_attributes = {"role": "img", "aria-label": said}
        self.charts.marks.selected.on_change("indices", self._tapped)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        self.settings = AnomalySettings(fields=self._fields(), **wide)
        self.settings.on_msg(lambda event: self._heard(message_of(event)))
        self.findings = AnomalyFindings(
            effects=[effect_text(effect) for effect in self._scores.effects] if self._scores else [], **wide
        )
        self.findings.on_msg(lambda event: self._node_chosen(message_of(event)))
        self._patch(set(anomaly_questions(self.thresholds)))
        figures = [pn.pane.Bokeh(fig, **wide) for fig in self.charts.figures]
        self._drawn = True

        def show() -> None:
            self.body.objects = [self.settings, *figures, self.findings]

        # Among the answers that are drawn under one hold, a new layout may be lost on its way to the browser.
        on_document(show)()

    def _patch(self, changed: set[str]) -> None:
        self.charts.draw(self._state, self.thresholds, changed)
        if "anomaly_nodes" in changed:
            self.findings.nodes = [
                {
                    "node": row["node"],
                    "text": f"{row['node_type']}: {row['flagged']:,} of {row['run_count']:,} runs",
                    "share": row["flagged"] / row["run_count"],
                }
                for row in self._state.answer("anomaly_nodes").to_pylist()
            ]

    def _fields(self) -> list[dict[str, str]]:
        return [
            {
                "name": name,
                "sign": sign,
                "before": before,
                "text": f"{getattr(self.thresholds, name):g}",
                "after": after,
            }
            for name, sign, before, after in FIELDS
        ]

    def _heard(self, message: dict[str, Any]) -> None:
        if message.get("name") in {field[0] for field in FIELDS}:
            self.move_threshold(message["name"], str(message.get("text", "")))

    def _node_chosen(self, message: dict[str, Any]) -> None:
        if message.get("node") in self._state.categories["node"]:
            self._state.brush_set("node", (message["node"],))

    def _tapped(self, _attribute: str, _old: object, chosen: list[int]) -> None:
        if chosen:
            self.look_at(chosen[0])
            self.charts.marks.selected.indices = []


def prepared(prepare: Callable[[], None], then: Callable[[], None]) -> None:
    """Prepare in a thread of its own and go on at the document's next tick; at once without a page."""
    document = pn.state.curdoc
    if document is None or document.session_context is None:
        prepare()
        then()
        return

    def work() -> None:
        prepare()
        at_next_tick(document, then)

    threading.Thread(target=work, name="anomaly-scores", daemon=True).start()
