"""Which network takes the least energy for this task and size?"""

from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.network import EPOCHS, HARDWARE, TASKS
from energyvis_panel.domain.network_answer import answer_text, basis_note, reach_text, task_text
from energyvis_panel.state.network import OWN_TASK, Ask, WhichNetworkState
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.card import card
from energyvis_panel.views.study import form_fields
from energyvis_panel.views.study.network.network_rows import COLUMNS, neighbour_rows

HERE = Path(__file__).parent
SYNTHETIC_TEXT = (
    "A script made these runs from the published figures of BUTTER-E; nothing was measured. "
    "For results use the data themselves (OpenEI submission 5991)."
)
TABLE_TEXT = (
    "Medians. Distance: in doublings of parameters, layers, observations and features, taken together."
)


class NetworkForm(JSComponent):
    """Form, bars and table in plain DOM; sends what is asked for as messages with an ``action``."""

    fields = param.Dict(default={}, doc="Texts of the form by name.")
    refusals = param.Dict(default={}, doc="What is wrong with a field, by name.")
    basis = param.String(default="run", doc="What neighbours are ranked by.")
    rows = param.List(doc="Neighbours, thriftiest first; see neighbour_rows.")
    answer = param.String(doc="The answer.")
    reach = param.String(doc="How far it lies from what was measured.")
    beyond = param.Boolean(default=False, doc="Whether it lies outside.")
    note = param.String(doc="From which runs the figures are.")
    made = param.String(doc="What was made of a neighbour; '' = nothing.")
    synthetic = param.Boolean(default=False, doc="Whether the runs are made up.")
    synthetic_text = param.String(default=SYNTHETIC_TEXT, doc="What that means.")
    table_text = param.String(default=TABLE_TEXT, doc="Caption of the table.")
    tasks = param.List(doc="Pairs of value and text.")
    nodes = param.List(doc="Pairs of value and text.")
    bases = param.List(doc="Pairs of value and text.")
    columns = param.List(default=list(COLUMNS), doc="Headings of the table.")

    _esm = form_fields.SCRIPT + (HERE / "which_network.js").read_text(encoding="utf-8")
    _stylesheets: ClassVar[list[str]] = [
        form_fields.STYLES,
        (HERE / "which_network.css").read_text(encoding="utf-8"),
        f":host {{ --cpu: {theme.CPU}; --gpu: {theme.GPU}; }}",
    ]


class WhichNetwork(Viewer):
    """The card, bound to its own state; it asks when the page has loaded."""

    framed = param.Boolean(default=True, doc="Whether it draws its own border and title.")

    def __init__(self, study: Study, ask: Ask, **params: Any) -> None:
        super().__init__(**params)
        self.state = WhichNetworkState(study, ask)
        self.component = NetworkForm(
            fields=self.state.param.fields,
            refusals=self.state.param.refusals,
            basis=self.state.param.basis,
            tasks=[(OWN_TASK, "A task of this size"), *((task.name, task_text(task)) for task in TASKS)],
            nodes=[("", "CPU and GPU node"), *((node, f"{node} only") for node in HARDWARE)],
            bases=[("run", f"By run of {EPOCHS:,} epochs"), ("epoch", "By epoch, start-up left out")],
            sizing_mode="stretch_width",
            margin=(8, 0, 0, 0),
        )
        self.component.on_msg(self._act)
        self.state.param.watch(self._show, ["answer", "basis", "notice", "made"])
        self._show()

    def _show(self, *_events: Any) -> None:
        """Bring words and rows in line with the answer."""
        state, answer = self.state, self.state.answer
        waiting = state.notice or "The measured runs are being read."
        reach = reach_text(answer) if answer else ""
        self.component.param.update(
            rows=neighbour_rows(answer, state.basis),
            answer=answer_text(answer, state.basis) if answer else waiting,
            reach=reach,
            beyond=reach.startswith("Extrapolated"),
            note=basis_note(answer) if answer else "",
            synthetic=bool(answer and answer.synthetic),
            made=f"“{state.made}” is on the profile strip now, and on show." if state.made else "",
        )

    def _act(self, event: Any) -> None:
        request = event.data
        action, value = request.get("action"), str(request.get("value", ""))
        if action == "field":
            self.state.set_field(str(request.get("name", "")), value)
        elif action == "basis" and value in {"run", "epoch"}:
            self.state.basis = value
        elif action == "profile" and isinstance(request.get("place"), int):
            self.state.make_profile(request["place"])

    def __panel__(self) -> Any:
        """Return the card."""
        pn.state.onload(self.state.refresh)
        return card(
            "Which network takes the least energy for this task and size?", self.component, framed=self.framed
        )
