"""The Runs page: filter, table, and the run that is open."""

from collections.abc import Callable
from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewer

from energyvis_panel.domain.units import duration_text, energy_text, mass_text, power_text
from energyvis_panel.state.run_rows import RunRow
from energyvis_panel.state.runs import RunsState
from energyvis_panel.views import theme
from energyvis_panel.views.card import card
from energyvis_panel.views.runs.power_trace import PowerTrace
from energyvis_panel.views.runs.run_table import RunTable, origin_text

NO_RUNS = "No runs in the lake yet. Track one: `energyvis-track run -- python train.py`"
NO_MATCH = "No run matches the filter. Take a word away to see more."


def answer(rows: list[RunRow], total: int) -> str:
    """Sentence about the runs on show: how many, their energy, and how many are going on."""
    if not total:
        return "No runs yet."
    shown = f"{len(rows):,} of {total:,} runs" if len(rows) < total else f"{total:,} run{'s' * (total != 1)}"
    joules = sum(row.energy_j or 0.0 for row in rows)
    active = sum(row.is_active for row in rows)
    going = f", {active} going on now" if active else ""
    return f"{shown}, {energy_text(joules)} before PUE{going}."


def question(row: RunRow | None) -> str:
    """Title over the run that is open."""
    return f"What power did {row.name} draw?" if row else ""


def facts_html(row: RunRow | None) -> str:
    """Facts of the run that is open, each number with its unit, and where its emissions come from."""
    if row is None:
        return ""
    parts = [row.state, row.user, row.hosts, f"{row.started_at:%Y-%m-%d %H:%M} UTC"]
    parts.append(duration_text(row.duration_s))
    if row.energy_j is not None:
        parts.append(f"{energy_text(row.energy_j)} before PUE ({origin_text(row).lstrip('●○◐ ')})")
    if row.power_w is not None:
        parts.append(f"{power_text(row.power_w)} mean")
    if row.carbon_g is not None:
        parts.append(f"{mass_text(row.carbon_g)} CO₂e")
    facts = " · ".join(escape(part) for part in parts if part)
    return f'{facts}<div style="color:var(--ev-muted);font-size:12px">{escape(row.carbon_origin)}</div>'


class RunsPage(Viewer):
    """All runs of the lake.

    Parameters
    ----------
    runs
        The session's runs.
    on_open
        Called with the id of the run that is to be opened in the study.

    """

    def __init__(self, runs: RunsState, on_open: Callable[[str], Any], **params: Any) -> None:
        super().__init__(**params)
        self.runs = runs
        self.on_open = on_open
        self.table = RunTable(runs)
        self.trace = PowerTrace(runs)

    def _filter(self) -> Any:
        """Words to filter by; Enter opens the first run that is left."""
        box = pmui.TextInput(
            label="Filter by name, user, project, host, state, region",
            size="small",
            sizing_mode="stretch_width",
            max_width=420,
            max_length=200,
            margin=(4, 0),
        )

        def typed(event: Any) -> None:
            self.runs.filter_text = event.new or ""

        def entered(event: Any) -> None:
            if event.new and self.runs.rows:
                self.runs.selected_id = self.runs.rows[0].run_id

        box.param.watch(typed, "value_input")
        box.param.watch(entered, "enter_pressed")
        return box

    def _empty(self) -> Any:
        """Sentence where the table would have no line."""

        def sentence(rows: list[RunRow], total: int) -> str:
            if rows:
                return ""
            return NO_MATCH if total else NO_RUNS

        text = pn.bind(sentence, self.runs.param.rows, self.runs.param.total)
        return pn.pane.Markdown(text, visible=pn.bind(bool, text), sizing_mode="stretch_width")

    def _failure(self) -> Any:
        return pmui.Alert(
            object=self.runs.param.failure,
            severity="error",
            visible=pn.bind(bool, self.runs.param.failure),
            sizing_mode="stretch_width",
            margin=0,
        )

    def _detail(self) -> Any:
        """The run that is open: facts, power, and the way into the study."""
        runs = self.runs
        opener = pmui.Button(label="Open in Study", variant="contained", size="small", margin=0)
        opener.on_click(lambda _event: self.on_open(runs.selected_id))
        closer = pmui.Button(label="Close", variant="text", size="small", margin=0)
        closer.on_click(lambda _event: setattr(runs, "selected_id", ""))
        failure = runs.param.trace_failure
        return card(
            pn.bind(question, runs.param.selected),
            pn.pane.HTML(pn.bind(facts_html, runs.param.selected), margin=0, sizing_mode="stretch_width"),
            pn.pane.HTML(pn.bind(escape, failure), visible=pn.bind(bool, failure), margin=(8, 0)),
            self.trace,
            actions=pmui.Row(opener, closer, margin=0),
            visible=pn.bind(bool, runs.param.selected),
        )

    def __panel__(self) -> Any:
        """Return the page."""
        runs = self.runs
        self.table.table.visible = pn.bind(bool, runs.param.rows)
        return pn.Column(
            self._failure(),
            self._detail(),
            card(
                "Who ran what, and how much energy did it take?",
                self._filter(),
                self._empty(),
                self.table,
                answer=pn.bind(answer, runs.param.rows, runs.param.total),
            ),
            sizing_mode="stretch_width",
            margin=0,
            styles={"gap": f"{theme.SPACE}px"},
        )
