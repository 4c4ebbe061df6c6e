"""The left rail: which data, what is brushed, and fields for every brush, so that no mouse is needed."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

import panel as pn

from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import CATEGORIES, QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import SOURCES, DataChoice
from energyvis_panel.state.explore.lab.own_runs import OwnRuns
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.typed_bound import bound_text, typed_bound
from energyvis_panel.state.explore.view_choices import ViewChoices
from energyvis_panel.views.card import card, stacked
from energyvis_panel.views.control_bar import ControlBar, control_group
from energyvis_panel.views.explore.selection.data_bar import DataBar
from energyvis_panel.views.explore.selection.filters import Filters
from energyvis_panel.views.explore.selection.own_runs_picker import OwnRunsPicker
from energyvis_panel.views.explore.selection.selection_bar import SelectionBar, message_of

RAIL_CSS: Final = (Path(__file__).parent / "rail.css").read_text(encoding="utf-8")
LISTED: Final = tuple(name for name in CATEGORIES if name != "node")
"""Categories with fields; two thousand nodes are no list to choose from, a chart's mark tells of them."""
ALL_COUNTS: Final = {"categories": Question("category_counts", slow=True, in_context=False)}
SYNTHETIC_NOTE: Final = (
    '<p style="margin:6px 0 8px;padding:8px 10px;border-left:3px solid var(--ev-stale);font-size:13px;'
    'line-height:1.45;color:var(--ev-text)"><b>Synthetic stand-in.</b> Made by a script from the published '
    "figures, not measured. The published runs come with <code>energyvis data fetch butter-e</code>.</p>"
)
SYNTHETIC_RUNS: Final = (
    '<p style="margin:6px 0 8px;padding:8px 10px;border-left:3px solid var(--ev-stale);font-size:13px;'
    'line-height:1.45;color:var(--ev-text)"><b>{synthetic:,} of the runs are synthetic.</b> {origin}</p>'
)
ORIGIN: Final = (
    '<p style="margin:6px 0 8px;font-size:13px;line-height:1.45;color:var(--ev-muted)">{origin}</p>'
)
HEAD: Final = '<p style="margin:0;font-size:14px;color:var(--ev-text)">{whose}{runs:,} training runs</p>'


def counts_slot(category: str) -> dict[str, Question]:
    """The question how many runs each value of a brushed category has beyond its own brush."""
    question = Question(
        "counts_of_category", own=(category,), values={"category": category}, slow=True, in_context=False
    )
    return {f"category:{category}": question}


class Rail(pn.viewable.Viewer):
    """Data set, scope, active brushes, undo, and fields for the brushes of one exploration."""

    def __init__(self, state: Exploration, **params: Any) -> None:
        super().__init__(**params)
        self._state = state
        self.data = DataChoice.of(state)
        self.own = OwnRuns.of(state)
        self._scopes = self.data.scopes(state.categories["status"])
        wide: dict[str, Any] = {"margin": 0, "sizing_mode": "stretch_width"}
        self.scope = ControlBar(**wide)
        self.selection = SelectionBar(**wide)
        self.filters = Filters(**wide)
        self.scope.on_msg(lambda event: self._heard({"action": "scope"} | message_of(event)))
        self.selection.on_msg(lambda event: self._heard(message_of(event)))
        self.filters.on_msg(lambda event: self._heard(message_of(event)))
        self._counted: set[str] = set()
        self._shown: Brushes | None = None
        self._seen: list[object] = []
        state.pose(ALL_COUNTS)
        # Not at each brush but at its answer: a drag brings more brushes than are drawn.
        state.param.watch(self._follow, ["revision", "refusal"])
        ViewChoices.of(state).param.watch(self._follow, "refusal")
        self._follow()

    def __panel__(self) -> Any:
        data = pn.pane.HTML(data_html(self._state), margin=0, sizing_mode="stretch_width")
        sources = [DataBar.of(self.data)] if self.data.others else []
        own = [OwnRunsPicker.of(self.own)] if self.own.read else []
        head = stacked(card("Data", *sources, data, self.scope, *own), card("Selection", self.selection))
        filters = card("Filters", self.filters)
        # Where the page has one column, both stand in it by themselves, the views between them.
        head.styles = {**head.styles, "order": "1"}
        filters.styles = {**filters.styles, "order": "3"}
        return pn.Column(head, filters, margin=0, sizing_mode="stretch_width", stylesheets=[RAIL_CSS])

    def _heard(self, message: Mapping[str, Any]) -> None:
        """Take over what was clicked or typed; what the browser sends is checked like any other input."""
        try:
            self._act(message)
        except SettingsError as error:
            self._state.refusal = str(error)

    def _act(self, message: Mapping[str, Any]) -> None:
        state, name = self._state, message.get("name")
        match message.get("action"):
            case "remove" if isinstance(name, str):
                state.clear(name)
            case "invert" if isinstance(name, str):
                state.invert(name)
            case "undo":
                state.undo()
            case "redo":
                state.redo()
            case "clear":
                state.clear()
            case "restore" if isinstance(message.get("link"), str):
                state.link = message["link"]
            case "scope" if message.get("value") in self._scopes:
                state.brush_set("status", self._scopes[message["value"]])
            case "set" if name in LISTED and isinstance(message.get("values"), list):
                state.brush_set(name, tuple(str(value) for value in message["values"]))
            case "range" if name in QUANTITIES:
                low = typed_bound(name, str(message.get("low", "")), is_high=False)
                state.brush_range(name, low, typed_bound(name, str(message.get("high", "")), is_high=True))

    def _follow(self, *_events: object) -> None:
        """Show the state's brushes in the chips and fields; what has not changed costs nothing."""
        state, brushes = self._state, self._state.brushes
        self._count_beyond_brushes()
        is_new = self._shown is not brushes
        self._shown = brushes
        # Each component is told once: a second message would be dispatched and drawn anew.
        self.selection.param.update(
            selected=state.run_count,
            total=state.total_runs,
            steps={"undo": state.can_undo, "redo": state.can_redo},
            saved_as=state.link,
            refusal=state.refusal or ViewChoices.of(state).refusal,
            revision=state.revision,
            **({"brushes": chips(brushes)} if is_new else {}),
        )
        if is_new:
            self._show_scope(brushes)
        fields: dict[str, Any] = (
            {"categories": self._categories(), "ranges": self._ranges()} if is_new else {}
        )
        counted = [state.answer(slot) for slot in self._count_slots() if state.has_answer(slot)]
        if len(counted) != len(self._seen) or any(
            a is not b for a, b in zip(counted, self._seen, strict=True)
        ):
            self._seen = counted
            fields["counts"] = self._counts()
        if fields:
            self.filters.param.update(fields)

    def _show_scope(self, brushes: Brushes) -> None:
        statuses = brushes.sets.get("status", ())
        scope = next((name for name, members in self._scopes.items() if members == statuses), None)
        if "status" in brushes.inverted:
            scope = None
        self.scope.groups = [
            control_group("scope", "Runs to include", scope, {name: name for name in self._scopes})
        ]

    def _count_slots(self) -> list[str]:
        return ["categories", *(f"category:{name}" for name in sorted(self._counted))]

    def _categories(self) -> list[dict[str, Any]]:
        sets = self._state.brushes.sets
        return [
            {
                "name": name,
                "title": CATEGORIES[name].title,
                "values": [list(pair) for pair in self._state.categories[name].items()],
                "chosen": list(sets.get(name, ())),
                "texts": {value: self.data.status_text(value) for value in self._state.categories[name]}
                if name == "status"
                else {},
            }
            for name in LISTED
        ]

    def _ranges(self) -> list[dict[str, Any]]:
        found = []
        for name, dimension in QUANTITIES.items():
            bounds = self._state.brushes.ranges.get(name)
            low, high = (bound_text(name, bound) for bound in bounds) if bounds else ("", "")
            axis = self._state.axes[name]
            hints = [bound_text(name, axis.low)[:10], bound_text(name, axis.high)[:10]]
            facts = {"title": dimension.title, "unit": dimension.unit, "low": low, "high": high}
            found.append({"name": name, "hints": hints, **facts})
        return found

    def _counts(self) -> dict[str, dict[str, int]]:
        """Runs by category and value; of a brushed category those beyond its own brush."""
        counts: dict[str, dict[str, int]] = {name: {} for name in LISTED}
        for row in self._state.answer("categories").to_pylist():
            counts[row["dimension"]][row["category"]] = row["run_count"]
        for name in self._counted:
            if self._state.has_answer(f"category:{name}"):
                rows = self._state.answer(f"category:{name}").to_pylist()
                counts[name] = {row["category"]: row["run_count"] for row in rows}
        return counts

    def _count_beyond_brushes(self) -> None:
        """Ask of each brushed category how many runs its other values have, and of no other."""
        brushed = {name for name in LISTED if name in self._state.brushes.sets}
        self._state.drop(*(f"category:{name}" for name in self._counted - brushed))
        asked = [counts_slot(name) for name in sorted(brushed - self._counted)]
        self._counted = brushed
        for question in asked:
            self._state.pose(question, later=True)


def chips(brushes: Brushes) -> list[dict[str, Any]]:
    """The active brushes, each with its sentence."""
    return [
        {"name": name, "text": text, "inverted": name in brushes.inverted}
        for name, text in brushes.sentences().items()
    ]


def data_html(state: Exploration) -> str:
    """Which runs these are; loudly where they are synthetic."""
    choice = DataChoice.of(state)
    # Where there is a switch, it says whose runs they are.
    whose = "" if choice.others else f"{SOURCES[choice.source]}, "
    head, origin = HEAD.format(whose=whose, runs=state.total_runs), escape(state.origin)
    if not state.synthetic_runs:
        return head + ORIGIN.format(origin=origin)
    if not state.origin:
        return head + SYNTHETIC_NOTE
    return head + SYNTHETIC_RUNS.format(synthetic=state.synthetic_runs, origin=origin)
