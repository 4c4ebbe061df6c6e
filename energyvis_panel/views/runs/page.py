"""The Runs page: sums over time and by group, filter, table, the run that is open, two runs compared."""

from collections.abc import Callable
from html import escape
from io import BytesIO
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewer

from energyvis_panel.domain.units import duration_text, energy_text, mass_text, power_text, three_digits
from energyvis_panel.state.run_diff import ReadWork, RunDiffState
from energyvis_panel.state.run_filter import GROUPINGS
from energyvis_panel.state.run_rows import RunRow
from energyvis_panel.state.runs import RunsState
from energyvis_panel.state.runs_export import csv_file, parquet_file, shown
from energyvis_panel.state.runs_frame import origin_text
from energyvis_panel.views import theme
from energyvis_panel.views.card import card, side_by_side
from energyvis_panel.views.embed.embed_button import EmbedButton
from energyvis_panel.views.plain_alert import plain_alert
from energyvis_panel.views.runs.diff_view import DiffView
from energyvis_panel.views.runs.filter_bar import FilterBar
from energyvis_panel.views.runs.group_table import GroupTable, groups_answer
from energyvis_panel.views.runs.power_trace import PowerTrace
from energyvis_panel.views.runs.run_table import TITLES, RunTable
from energyvis_panel.views.runs.totals_chart import TotalsChart
from energyvis_panel.views.runs.totals_rows import totals_answer

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
    if row.cost_usd is not None:
        parts.append(f"${three_digits(row.cost_usd)}")
    facts = " · ".join(escape(part) for part in parts if part)
    origins = [row.carbon_origin, *([row.cost_origin] if row.cost_usd is not None else [])]
    notes = "".join(f"<div>{escape(origin)}</div>" for origin in origins)
    return f'{facts}<div style="color:var(--ev-muted);font-size:12px">{notes}</div>'


class RunsPage(Viewer):
    """All runs of the lake.

    Parameters
    ----------
    runs
        The session's runs.
    on_open
        Called with the id of the run that is to be opened in the study.
    on_compare
        Called with the ids of two runs that are to be compared in the study; None = there is no study.
    read_work
        Reads what a run did and took; by default from the lake that the runs come from.

    """

    def __init__(
        self,
        runs: RunsState,
        on_open: Callable[[str], Any],
        on_compare: Callable[[str, str], Any] | None = None,
        read_work: ReadWork | None = None,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.runs = runs
        self.on_open = on_open
        self.difference = RunDiffState(read_work or runs.read_work)
        self.table = RunTable(runs, self.difference.pick)
        self.trace = PowerTrace(runs)
        self.chart = TotalsChart(runs)
        self.groups = GroupTable(runs)
        self.diff_view = DiffView(self.difference, runs, on_compare)

    def _empty(self) -> Any:
        """Sentence where the table would have no line."""

        def sentence(rows: list[RunRow], total: int) -> str:
            if rows:
                return ""
            return NO_MATCH if total else NO_RUNS

        text = pn.bind(sentence, self.runs.param.rows, self.runs.param.total)
        return pn.pane.Markdown(text, visible=pn.bind(bool, text), sizing_mode="stretch_width")

    def _alert(self, parameter: Any, severity: str) -> Any:
        return plain_alert(parameter, severity, margin=0)

    def _detail(self) -> Any:
        """The run that is open: facts, power, and the way into the study."""
        runs = self.runs
        opener = pmui.Button(label="Open in Study", variant="contained", size="small", margin=0)
        opener.on_click(lambda _event: self.on_open(runs.selected_id))
        picker = pmui.Button(label="⇄ Pick to compare", variant="text", size="small", margin=0)
        picker.on_click(lambda _event: self.difference.pick(runs.selected_id))
        closer = pmui.Button(label="Close", variant="text", size="small", margin=0)
        closer.on_click(lambda _event: setattr(runs, "selected_id", ""))
        failure = runs.param.trace_failure
        return card(
            pn.bind(question, runs.param.selected),
            pn.pane.HTML(pn.bind(facts_html, runs.param.selected), margin=0, sizing_mode="stretch_width"),
            pn.pane.HTML(pn.bind(escape, failure), visible=pn.bind(bool, failure), margin=(8, 0)),
            self.trace,
            actions=pmui.Row(opener, picker, closer, margin=0),
            visible=pn.bind(bool, runs.param.selected),
        )

    def _sums(self) -> Any:
        """Sums over time beside the sums by group."""
        runs = self.runs
        measure = pmui.RadioButtonGroup.from_param(
            runs.param.measure,
            options={"Energy": "energy", "CO₂e": "carbon", "Cost": "cost"},
            label="",
            size="small",
            margin=0,
        )
        group = pmui.RadioButtonGroup.from_param(
            runs.param.group,
            options={title: name for name, title in GROUPINGS.items()},
            label="",
            size="small",
            margin=0,
        )
        return side_by_side(
            card(
                "When was how much used?",
                self.chart,
                actions=measure,
                answer=pn.bind(totals_answer, runs.param.totals, runs.param.measure, runs.param.group),
            ),
            card(
                "Who, or what, used how much?",
                self.groups,
                actions=group,
                answer=pn.bind(groups_answer, runs.param.groups, runs.param.group),
            ),
            shares=(6, 6),
            narrowest=340,
        )

    def _columns(self) -> Any:
        """Boxes for the columns to show, hidden until they are asked for."""
        boxes = pmui.CheckBoxGroup(
            label="Columns on show",
            options={title: name for name, title in TITLES.items()},
            value=list(self.runs.columns),
            inline=True,
            visible=False,
            sizing_mode="stretch_width",
            margin=(4, 0),
        )
        boxes.link(self.runs, value="columns")
        return boxes

    def _tools(self, columns: Any) -> Any:
        """Columns to show, and the runs on show as a file."""
        runs = self.runs
        toggle = pmui.Button(label="Columns", variant="outlined", size="small", margin=0)
        toggle.on_click(lambda _event: setattr(columns, "visible", not columns.visible))

        def download(name: str, label: str, make: Callable[[Any], BytesIO]) -> Any:
            made = pmui.FileDownload(
                callback=lambda: make(shown(runs.frame, runs.columns, runs.sort)),
                filename=f"runs.{name}",
                label=label,
                size="small",
                margin=0,
            )
            # Given to the constructor, it would clash with a name that Panel is about to remove.
            made.variant = "outlined"
            return made

        csv, parquet = download("csv", "CSV", csv_file), download("parquet", "Parquet", parquet_file)
        embed = EmbedButton.of_runs()
        return pmui.Row(toggle, csv, parquet, embed, margin=0, styles={"gap": f"{theme.SPACE}px"})

    def __panel__(self) -> Any:
        """Return the page."""
        runs = self.runs
        self.table.table.visible = pn.bind(bool, runs.param.rows)
        sums = self._sums()
        columns = self._columns()
        sums.visible = pn.bind(bool, runs.param.total)
        return pn.Column(
            self._alert(runs.param.failure, "error"),
            self._alert(runs.param.notice, "warning"),
            self._alert(runs.param.pending, "info"),
            sums,
            self._detail(),
            self.diff_view,
            card(
                "Who ran what, and how much energy did it take?",
                FilterBar(runs),
                columns,
                self._empty(),
                self.table,
                actions=self._tools(columns),
                answer=pn.bind(answer, runs.param.rows, runs.param.total),
            ),
            sizing_mode="stretch_width",
            margin=0,
            styles={"gap": f"{theme.SPACE}px"},
        )
