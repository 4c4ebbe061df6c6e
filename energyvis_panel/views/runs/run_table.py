"""Who ran what, when, for how long, and how much did it take?"""

from pathlib import Path
from time import monotonic
from typing import Any, Final

import pandas as pd
import panel as pn
from bokeh.models.widgets.tables import HTMLTemplateFormatter
from panel.viewable import Viewer

from energyvis_panel.domain.units import GRAMS_PER_KG, kwh
from energyvis_panel.state.run_rows import RunRow
from energyvis_panel.state.runs import RunsState

PAGE_SIZE: Final = 25
FEW: Final = 0.0005

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
    "power_w": "Mean power (W)",
    "origin": "Source",
}
MEANINGS: Final = {
    "started": "Universal time",
    "energy_kwh": "Energy of the job before PUE",
    "carbon_kg": "Emissions in the run's region at its PUE; a dash where the region is not known",
    "power_w": "Energy over duration",
    "origin": "Measured by a counter or from power, or estimated where nothing could be read",
}
WIDTHS: Final[dict[str, int | str]] = {
    "state": 96, "user": 90, "project": 96, "hosts": 110, "started": 132, "duration_s": 108,
    "epochs": 86, "energy_kwh": 124, "carbon_kg": 96, "power_w": 144, "origin": 146,
}  # fmt: skip
TEXTS: Final = ("run_id", "state", "name", "user", "project", "hosts", "started", "epochs", "origin")
"""Columns of text, named because an empty table must not take them for numbers."""
SETTLE_S: Final = 5.0
NARROWEST: Final = 84
RIGHT: Final = ("duration_s", "epochs", "energy_kwh", "carbon_kg", "power_w")

CSS: Final = (Path(__file__).parent / "run_table.css").read_text(encoding="utf-8")


def runs_frame(rows: list[RunRow]) -> pd.DataFrame:
    """Rows as the table shows them, one line a run: kWh, kg CO2e, W, seconds; ``run_id`` is not shown."""
    return pd.DataFrame(
        {
            "run_id": [row.run_id for row in rows],
            "state": [row.state for row in rows],
            "name": [row.name for row in rows],
            "user": [row.user for row in rows],
            "project": [row.project for row in rows],
            "hosts": [row.hosts for row in rows],
            "started": [f"{row.started_at:%Y-%m-%d %H:%M}" for row in rows],
            "duration_s": pd.Series([row.duration_s for row in rows], dtype="float64"),
            "epochs": [epochs_text(row) for row in rows],
            "energy_kwh": pd.Series(
                [None if row.energy_j is None else kwh(row.energy_j) for row in rows], dtype="float64"
            ),
            "carbon_kg": pd.Series(
                [None if row.carbon_g is None else row.carbon_g / GRAMS_PER_KG for row in rows],
                dtype="float64",
            ),
            "power_w": pd.Series([row.power_w for row in rows], dtype="float64"),
            "origin": [origin_text(row) for row in rows],
        }
    ).astype(dict.fromkeys(TEXTS, "str"))


def epochs_text(row: RunRow) -> str:
    """Epochs done, of those planned where that is known."""
    if row.epochs_planned:
        return f"{row.epochs_done}/{row.epochs_planned}"
    return str(row.epochs_done) if row.epochs_done else "–"


def origin_text(row: RunRow) -> str:
    """``measured``, ``estimated`` or what part of the energy was; and whether readings are missing."""
    if row.energy_j is None:
        return "no readings"
    share = row.estimated_share or 0.0
    if row.source == "estimate" and (row.estimated_share is None or share > 1 - FEW):
        text = "○ estimated"
    elif share > FEW:
        text = f"◐ {100 * share:.0f} % estimated" if share >= 0.01 else "◐ < 1 % estimated"  # noqa: PLR2004 - 1 %
    elif row.source == "imported":
        text = "imported"
    else:
        text = "● measured"
    return f"{text}, gaps" if row.quality == "gap" else text


class RunTable(Viewer):
    """The table bound to the runs; a row that is clicked is opened.

    A refresh replaces the frame: order, page and the open row stay, and only one page of it is sent. (Panel's
    own patches go astray on sorted and on later pages.) In the first seconds whatever is new waits, since the
    browser cannot take data for a table that it has yet to draw.
    """

    def __init__(self, runs: RunsState, **params: Any) -> None:
        super().__init__(**params)
        self.runs = runs
        self.shown_at = monotonic()
        self.is_loaded = self.is_waiting = False
        self.table = pn.widgets.Tabulator(
            runs_frame(runs.rows),
            titles=TITLES,
            widths=WIDTHS,
            formatters={
                "state": HTMLTemplateFormatter(template=STATE),
                "duration_s": HTMLTemplateFormatter(template=DURATION),
                "energy_kwh": HTMLTemplateFormatter(template=ENERGY),
                "carbon_kg": HTMLTemplateFormatter(template=MASS),
                "power_w": HTMLTemplateFormatter(template=NUMBER),
            },
            text_align=dict.fromkeys(RIGHT, "right"),
            header_tooltips=MEANINGS,
            hidden_columns=["run_id"],
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
        runs.param.watch(self._refresh, "rows")
        runs.param.watch(self._reselect, "selected_id")

    def _opened(self, event: Any) -> None:
        if event.new:
            self.runs.selected_id = str(self.table.value["run_id"].iloc[event.new[0]])

    def _refresh(self, *_events: Any) -> None:
        old, new = self.table.value, runs_frame(self.runs.rows)
        if new.equals(old) or self.is_waiting:
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
        return [place for place, run_id in enumerate(frame["run_id"]) if run_id == self.runs.selected_id]

    def __panel__(self) -> Any:
        """Return the table."""
        self.shown_at = monotonic()
        pn.state.onload(self._loaded)
        return self.table
