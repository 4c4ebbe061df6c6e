"""Who ran what, when, for how long, and how much did it take?"""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pandas as pd
import panel as pn
from bokeh.models.widgets.tables import HTMLTemplateFormatter
from panel.viewable import Viewer

from energyvis_panel.state.runs import RunsState
from energyvis_panel.state.runs_frame import COLUMNS

PAGE_SIZE: Final = 25
PICK: Final = "pick"
"""The column of the buttons that pick a run for a comparison."""

# The templates see numbers and the fixed words for a state only; what users wrote is shown as plain text.
NUMBER: Final = """<%
  const known = value !== null && value !== undefined && !Number.isNaN(value);
  const text = !known ? "–" : Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en")
    : value === 0 ? "0" : Number(value).toPrecision(3);
%><%= text %>"""
SCALED: Final = """<%
  const known = value !== null && value !== undefined && !Number.isNaN(value);
  const scales = UNITS;
  const [unit, factor] = scales.find(([, one]) => Math.abs(value) * one >= 1) ?? scales.at(-1);
  const size = value * factor;
  const text = !known ? "–" : value === 0 ? "0"
    : `${size >= 1000 ? Math.round(size).toLocaleString("en") : size.toPrecision(3)} ${unit}`;
%><%= text %>"""
ENERGY: Final = SCALED.replace("UNITS", '[["kWh", 1], ["Wh", 1e3], ["J", 3.6e6]]')
MASS: Final = SCALED.replace("UNITS", '[["kg", 1], ["g", 1e3], ["mg", 1e6]]')
DURATION: Final = """<%
  const s = Math.round(value), two = (n) => String(n).padStart(2, "0");
  const text = s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${two(s % 60)} s`
    : s < 86400 ? `${Math.floor(s / 3600)} h ${two(Math.floor(s % 3600 / 60))} min`
    : `${Math.floor(s / 86400)} d ${Math.floor(s % 86400 / 3600)} h`;
%><%= text %>"""
STATE: Final = '<span class="ev-state ev-<%- value %>"><i aria-hidden="true"></i><%- value %></span>'

TITLES: Final = {
    "state": "State",
    "name": "Name",
    "user": "User",
    "project": "Project",
    "hosts": "Host",
    "started": "Start (UTC)",
    "duration_s": "Duration",
    "epochs": "Epochs",
    "energy_kwh": "Energy",
    "carbon_kg": "CO₂e",
    "cost_usd": "Cost ($)",
    "power_w": "Mean W",
    "quality": "Quality",
    "origin": "Source",
}
MEANINGS: Final = {
    "started": "Universal time",
    "energy_kwh": "Energy of the job before PUE",
    "carbon_kg": "Emissions in the run's region at its PUE; a dash where the region is not known",
    "cost_usd": "Cost of the energy at the run's PUE; a dash where no price is known for the region",
    "power_w": "Energy over duration",
    "quality": "ok; clamped: readings were cut to what a device can draw; gap: readings are missing",
    "origin": "Measured by a counter or from power, or estimated where nothing could be read",
}
WIDTHS: Final[dict[str, int | str]] = {
    "state": 96, "user": 86, "project": 90, "hosts": 100, "started": 132, "duration_s": 100,
    "epochs": 86, "energy_kwh": 92, "carbon_kg": 88, "cost_usd": 88, "power_w": 88, "quality": 84,
    "origin": 136,
}  # fmt: skip
SETTLE_S: Final = 5.0
NARROWEST: Final = 84
RIGHT: Final = ("duration_s", "epochs", "energy_kwh", "carbon_kg", "cost_usd", "power_w")

CSS: Final = (Path(__file__).parent / "run_table.css").read_text(encoding="utf-8")


PICK_BUTTON: Final = (
    '<button type="button" class="ev-pick" title="Pick this run to compare it with another">'
    "⇄ Compare</button>"
)


class RunTable(Viewer):
    """The table bound to the runs; a row that is clicked is opened.

    A refresh replaces the frame: order, page and the open row stay, and only one page of it is sent. (Panel's
    own patches go astray on sorted and on later pages.) In the first seconds whatever is new waits, since the
    browser cannot take data for a table that it has yet to draw.

    Parameters
    ----------
    runs
        The session's runs.
    on_pick
        Called with the id of a run that is picked for a comparison.

    """

    def __init__(
        self, runs: RunsState, on_pick: Callable[[str], Any] = lambda _run_id: None, **params: Any
    ) -> None:
        super().__init__(**params)
        self.runs = runs
        self.on_pick = on_pick
        self.shown_at = monotonic()
        self.is_loaded = self.is_waiting = False
        self.table = pn.widgets.Tabulator(
            table_frame(runs.frame),
            titles={**TITLES, PICK: ""},
            widths=WIDTHS,
            formatters={
                "state": HTMLTemplateFormatter(template=STATE),
                "duration_s": HTMLTemplateFormatter(template=DURATION),
                "energy_kwh": HTMLTemplateFormatter(template=ENERGY),
                "carbon_kg": HTMLTemplateFormatter(template=MASS),
                "cost_usd": HTMLTemplateFormatter(template=NUMBER),
                "power_w": HTMLTemplateFormatter(template=NUMBER),
            },
            text_align=dict.fromkeys(RIGHT, "right"),
            header_tooltips=MEANINGS,
            hidden_columns=hidden_columns(runs.columns),
            buttons={PICK: PICK_BUTTON},
            sorters=sorters(runs.sort),
            show_index=False,
            disabled=True,
            selectable=1,
            pagination="remote",
            page_size=PAGE_SIZE,
            theme="simple",
            layout="fit_columns",
            stylesheets=[CSS],
            sizing_mode="stretch_width",
            configuration={
                "columnDefaults": {"headerSortTristate": True, "minWidth": NARROWEST},
                "placeholder": "",
            },
            margin=0,
        )
        self.table.param.watch(self._opened, "selection")
        self.table.param.watch(self._sorted, "sorters")
        self.table.on_click(self._picked, column=PICK)
        runs.param.watch(self._refresh, "frame")
        runs.param.watch(self._reselect, "selected_id")
        runs.param.watch(self._choose_columns, "columns")

    def _opened(self, event: Any) -> None:
        if event.new:
            self.runs.selected_id = str(self.table.value["run_id"].iloc[event.new[0]])

    def _sorted(self, event: Any) -> None:
        self.runs.sort = ",".join(f"{one['field']}:{one['dir']}" for one in (event.new or [])[:1])

    def _picked(self, event: Any) -> None:
        self.on_pick(str(self.table.value["run_id"].iloc[event.row]))

    def _choose_columns(self, *_events: Any) -> None:
        self.table.hidden_columns = hidden_columns(self.runs.columns)

    def _refresh(self, *_events: Any) -> None:
        old, new = self.table.value, table_frame(self.runs.frame)
        if self.is_waiting or new.equals(old):
            return
        early_s = self.shown_at + SETTLE_S - monotonic() if self.is_loaded else SETTLE_S
        if early_s > 0 and pn.state.curdoc is not None:
            self.is_waiting = True
            pn.state.curdoc.add_timeout_callback(self._refresh_late, round(early_s * 1000) + 1)
            return
        with pn.io.hold():
            # Places in the old frame mean nothing in the new one, which may be shorter.
            self.table.selection = []
            self.table.value = new
            self.table.selection = self._place(new)

    def _loaded(self) -> None:
        """Count the first seconds from when the browser has the page."""
        self.is_loaded, self.shown_at = True, monotonic()

    def _refresh_late(self) -> None:
        self.is_waiting = False
        self._refresh()

    def _reselect(self, *_events: Any) -> None:
        place = self._place(self.table.value)
        if place != self.table.selection:
            self.table.selection = place

    def _place(self, frame: pd.DataFrame) -> list[int]:
        if not self.runs.selected_id:
            return []
        return [int(place) for place in (frame["run_id"] == self.runs.selected_id).to_numpy().nonzero()[0]]

    def __panel__(self) -> Any:
        """Return the table."""
        self.shown_at = monotonic()
        pn.state.onload(self._loaded)
        return self.table


def table_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns that the table knows, numbered from 0 as its rows are."""
    return frame[list(COLUMNS)].reset_index(drop=True)


def hidden_columns(shown: list[str]) -> list[str]:
    """Columns that are not shown; the id never is."""
    return [column for column in COLUMNS if column not in shown]


def sorters(sort: str) -> list[dict[str, str]]:
    """Order of the table as it takes it."""
    column, _, direction = sort.partition(":")
    return [{"field": column, "dir": direction}] if column in COLUMNS and direction else []
