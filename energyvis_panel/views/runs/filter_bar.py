"""Which runs are on show: words, person, project, host, state, and the days of their start."""

from datetime import date
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewer

from energyvis_panel.state.runs import RunsState
from energyvis_panel.state.runs_address import day_in
from energyvis_panel.views import theme

ANY: Final = {"user": "All users", "project": "All projects", "host": "All hosts", "state": "All states"}
FIELDS: Final = {"user": "user", "project": "project", "host": "host", "state": "run_state"}
DAYS: Final = {"first_day": "From day", "last_day": "To day"}
SX: Final = {"@media (max-width: 700px)": {"& .MuiInputBase-root": {"minHeight": 40}}}


class FilterBar(Viewer):
    """Fields bound to the runs. Enter in the words opens the first run that is left."""

    def __init__(self, runs: RunsState, **params: Any) -> None:
        super().__init__(**params)
        self.runs = runs
        self.words = self._words()
        self.selects = {name: self._select(name) for name in ANY}
        self.days = {name: self._day(name) for name in DAYS}
        runs.param.watch(self._choices, "choices")

    def _words(self) -> Any:
        runs = self.runs
        box = pmui.TextInput(
            label="Filter by name, user, project, host, state, region",
            value=runs.filter_text,
            size="small",
            sizing_mode="stretch_width",
            max_length=200,
            margin=0,
            styles={"flex": "2 1 260px"},
            sx=SX,
        )

        def typed(event: Any) -> None:
            runs.filter_text = event.new or ""

        def entered(event: Any) -> None:
            if event.new and runs.rows:
                runs.selected_id = runs.rows[0].run_id

        def changed(event: Any) -> None:
            if event.new != (box.value_input or ""):
                box.value = event.new

        box.param.watch(typed, "value_input")
        box.param.watch(entered, "enter_pressed")
        runs.param.watch(changed, "filter_text")
        return box

    def _options(self, name: str) -> dict[str, str]:
        known = self.runs.choices.get(name, [])
        chosen = getattr(self.runs, FIELDS[name])
        # A link may ask for what is not in the lake yet, or for the combined hosts of a run.
        more = [chosen] if chosen and chosen not in known else []
        return {ANY[name]: "", **{value: value for value in [*known, *more]}}

    def _select(self, name: str) -> Any:
        field = FIELDS[name]
        select = pmui.Select(
            label=name.title(),
            options=self._options(name),
            value=getattr(self.runs, field),
            size="small",
            sizing_mode="stretch_width",
            margin=0,
            styles={"flex": "1 1 120px"},
            sx=SX,
        )

        def changed(event: Any) -> None:
            if event.new != select.value:
                select.param.update(options=self._options(name), value=event.new)

        select.param.watch(lambda event: setattr(self.runs, field, event.new or ""), "value")
        self.runs.param.watch(changed, field)
        return select

    def _choices(self, _event: Any) -> None:
        for name, select in self.selects.items():
            options = self._options(name)
            if options != select.options:
                select.param.update(options=options, value=getattr(self.runs, FIELDS[name]))

    def _day(self, name: str) -> Any:
        runs = self.runs
        box = pmui.TextInput(
            label=DAYS[name],
            value=day_text(getattr(runs, name)),
            placeholder="YYYY-MM-DD",
            size="small",
            sizing_mode="stretch_width",
            max_length=10,
            margin=0,
            styles={"flex": "1 1 130px"},
            sx=SX,
        )

        def entered(event: Any) -> None:
            text = (event.new or "").strip()
            day = day_in(text)
            box.error_state = bool(text) and day is None
            runs.notice = f"{text!r} is no day. Write it as 2026-11-03." if box.error_state else ""
            if not box.error_state and day != getattr(runs, name):
                days = {"first_day": runs.first_day, "last_day": runs.last_day, name: day}
                runs.choose_days(days["first_day"], days["last_day"])

        def changed(event: Any) -> None:
            if event.new != day_in(box.value or ""):
                box.value = day_text(event.new)

        box.param.watch(entered, "value")
        runs.param.watch(changed, name)
        return box

    def __panel__(self) -> Any:
        """Return the fields in rows that wrap."""
        clear = pmui.Button(label="Show all", variant="text", size="small", margin=0, align="center")
        clear.on_click(lambda _event: self.runs.clear())
        return pn.FlexBox(
            self.words,
            *self.selects.values(),
            *self.days.values(),
            clear,
            flex_wrap="wrap",
            align_items="center",
            gap=f"{theme.SPACE}px",
            sizing_mode="stretch_width",
            margin=(8, 0),
        )


def day_text(day: date | None) -> str:
    """Day as it is written in the field."""
    return day.isoformat() if day else ""
