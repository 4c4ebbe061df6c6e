"""The detail panel: the runs behind a mark, and one of them with its power trace."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
import pyarrow as pa
from panel.custom import JSComponent

from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.explore.anomaly.anomalies import Scores
from energyvis_panel.state.explore.anomaly.anomaly_questions import Thresholds
from energyvis_panel.state.explore.detail import (
    FETCH_RAW,
    MARK_SLOTS,
    MOST_LISTED,
    RUN_SLOTS,
    SYNTHETIC_TRACE,
    mark_questions,
    merged,
    quartile_rows,
    run_facts,
    run_questions,
    run_row,
    run_trace,
    strangeness,
    trace_caption,
)
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.card import CARD_STYLES
from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.looked_at.trace_chart import TraceChart
from energyvis_panel.views.explore.selection.selection_bar import message_of

HERE = Path(__file__).parent

Readings = Callable[[int], pa.Table | None]
"""Gives the readings of a job by its number, None where the raw set is not here."""


class DetailCard(JSComponent):
    """What the panel says.

    It sends messages ``{action: brush | close | back}`` and ``{action: run, run_id}``.
    """

    heading = param.String(doc="What is looked at.")
    counted = param.String(doc="How many runs it holds.")
    quartiles = param.List(doc="Rows of texts: title, least, quartiles, most.")
    runs = param.List(doc="Each: run_id, and cells as texts.")
    run_id = param.String(doc="The chosen run; empty for none.")
    facts = param.List(doc="Pairs of title and text about the chosen run.")
    sentences = param.List(doc="Why the chosen run is flagged or not, and what is known of its power.")
    can_go_back = param.Boolean(default=False, doc="Whether there is a list to go back to.")

    _esm = HERE / "detail.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "detail.css")


class DetailPanel(pn.viewable.Viewer):
    """Shows what of the selection lies in ``state.mark``; unseen while there is none.

    Parameters
    ----------
    state
        The selection and the mark.
    trace
        Gives the readings of a job; None where no raw set is present.
    scores
        What scores the runs; without it nothing is said about what settings predict. By default what the
        state holds as ``scores``.

    """

    def __init__(
        self, state: Exploration, trace: Readings | None = None, scores: Scores | None = None, **params: Any
    ) -> None:
        super().__init__(**params)
        self._state = state
        self._trace = trace
        self._scores: Scores | None = scores if scores is not None else getattr(state, "scores", None)
        self._run_id = ""
        self._shown: tuple[object, ...] = ()
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        self.card = DetailCard(**wide)
        self.chart = TraceChart()
        # A figure cannot be hidden by its pane; a column around it can.
        self.drawn = pn.Column(pn.pane.Bokeh(self.chart.fig, **wide), visible=False, **wide)
        self.column = pn.Column(self.card, self.drawn, visible=False, styles=CARD_STYLES, **wide)
        self.card.on_msg(lambda event: self.hear(message_of(event)))
        state.param.watch(self._marked, "mark")
        state.param.watch(self.follow, "revision")
        self._marked()

    def __panel__(self) -> Any:
        return self.column

    def hear(self, message: dict[str, Any]) -> None:
        """Do what a button of the panel asks for."""
        state = self._state
        match message.get("action"):
            case "close":
                state.look_at(None)
            case "brush" if state.mark is not None:
                state.brush(merged(state.brushes, state.mark))
            case "back":
                self._choose("")
            case "run" if isinstance(message.get("run_id"), str):
                self._choose(message["run_id"])

    def follow(self, *_events: object) -> None:
        """Show the answers that have come."""
        state = self._state
        if state.mark is None or not all(state.has_answer(slot) for slot in MARK_SLOTS):
            return
        try:
            self._show_mark()
            if self._run_id and state.has_answer("run_facts"):
                self._show_run()
        except EnergyVisError as error:
            self.card.param.update(counted=str(error), sentences=[str(error)])

    def _marked(self, *_events: object) -> None:
        state = self._state
        state.drop(*RUN_SLOTS)
        self._run_id, self._shown = "", ()
        self.drawn.visible = False
        self.card.param.update(
            heading=state.mark_title, run_id="", facts=[], sentences=[], runs=[], quartiles=[], counted=""
        )
        if state.mark is None:
            state.drop(*MARK_SLOTS)
            self.column.visible = False
            return
        self.column.visible = True
        state.pose(mark_questions(state, state.mark), later=True)

    def _choose(self, run_id: str) -> None:
        self._run_id, self._shown = run_id, ()
        self.drawn.visible = False
        self.card.param.update(run_id=run_id, facts=[], sentences=[])
        self._state.drop(*RUN_SLOTS)
        if run_id:
            scored = self._scores is not None and self._scores.are_ready
            self._state.pose(run_questions(run_id, Thresholds(), scored=scored), later=True)

    def _show_mark(self) -> None:
        state = self._state
        if not all(state.is_current(slot) for slot in MARK_SLOTS):
            return
        summary = state.answer("detail_summary").to_pylist()[0]
        runs = state.answer("detail_runs").to_pylist()
        count = summary["run_count"]
        listed = f"; listed are the {MOST_LISTED} that took most energy" if count > MOST_LISTED else ""
        self.card.param.update(
            counted=f"{count:,} run{'' if count == 1 else 's'}{listed}",
            quartiles=quartile_rows(summary) if count > 1 else [],
            runs=[run_row(row) for row in runs],
            can_go_back=count > 1,
        )
        if count == 1 and not self._run_id:
            self._choose(runs[0]["run_id"])

    def _show_run(self) -> None:
        state = self._state
        facts = state.answer("run_facts")
        scores = state.answer("run_scores") if state.has_answer("run_scores") else None
        if self._shown == (id(facts), id(scores)) or not facts.num_rows:
            return
        self._shown = id(facts), id(scores)
        row = facts.to_pylist()[0]
        why = (
            strangeness(scores.to_pylist()[0], Thresholds()) if scores is not None and scores.num_rows else []
        )
        drawn, said = self._power(row)
        self.drawn.visible = drawn
        self.card.param.update(facts=[list(fact) for fact in run_facts(row)], sentences=[*why, said])

    def _power(self, facts: dict[str, Any]) -> tuple[bool, str]:
        """Draw the power trace of a run if there is one, and say what is drawn or why nothing is."""
        job = facts["slurm_job_id"]
        readings = self._trace(job) if self._trace is not None and job is not None else None
        if readings is None:
            return False, SYNTHETIC_TRACE if facts["synthetic"] else FETCH_RAW
        trace = run_trace(readings, facts)
        if trace is None:
            return False, f"No minute watts of node {facts['node']} were recorded for job {job}."
        self.chart.draw(trace)
        return True, trace_caption(trace, facts)
