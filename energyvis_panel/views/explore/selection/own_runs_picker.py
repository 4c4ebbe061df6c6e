"""A list of the lab's runs to mark among BUTTER-E's, and the reasons of those that cannot be marked."""

import threading
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import panel as pn
import param
from bokeh.document import Document
from panel.custom import JSComponent
from panel.io.state import set_curdoc

from energyvis_panel.state.explore.lab.own_runs import RULE, OwnRun, OwnRuns
from energyvis_panel.views.document import at_next_tick
from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.selection.selection_bar import message_of

HERE = Path(__file__).parent
MOST_LISTED: Final = 30
"""Runs of a list; words narrow it down."""
LONGEST_SEARCH: Final = 100


class OwnRunsPicker(JSComponent):
    """Search field and list.

    It sends messages: ``{action: open | clear}``, ``{action: search, words}``, ``{action: toggle, run_id}``.
    """

    rule = param.String(default=RULE, doc="Which runs can be compared, in a sentence.")
    listed = param.List(doc="Runs that can be compared: run_id, text, detail, marked.")
    left_out = param.List(doc="Runs that cannot: text and reason.")
    counts = param.Dict(default={}, doc="How many match: can, cannot; and how many are marked.")
    refusal = param.String(doc="Why the last choice was refused.")
    busy = param.Boolean(default=False, doc="Whether the lake is being read.")

    _esm = HERE / "own_runs_picker.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "own_runs_picker.css")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._words = ""

    @classmethod
    def of(cls, own: OwnRuns) -> Self:
        """The list of these runs, read when it is first opened, or at once where some are chosen already."""
        picker = cls(margin=(8, 0, 0, 0), sizing_mode="stretch_width")
        picker.fill(own)
        own.param.watch(lambda *_events: picker.fill(own), ["runs", "marked", "refusal"])
        picker.on_msg(lambda event: picker.heard(own, message_of(event)))
        if own.marked and not own.runs:
            picker.read(own)
        return picker

    def heard(self, own: OwnRuns, message: dict[str, Any]) -> None:
        """Take over what was clicked or typed; what comes from a browser may be anything."""
        match message:
            case {"action": "open"} if not self.busy:
                self.read(own)
            case {"action": "search", "words": str(words)}:
                self._words = words[:LONGEST_SEARCH]
                self.fill(own)
            case {"action": "toggle", "run_id": str(run_id)}:
                own.toggle(run_id)
            case {"action": "clear"}:
                own.clear()

    def read(self, own: OwnRuns) -> None:
        """Read the lake, in a thread of its own where a session waits for it."""
        document = pn.state.curdoc
        if document is None or document.session_context is None:
            own.show(own.answer())
            return
        self.busy = True

        def ask() -> None:
            at_next_tick(document, partial(self._arrived, document, own, own.answer()))

        threading.Thread(target=ask, name="own-runs", daemon=True).start()

    def _arrived(self, document: Document, own: OwnRuns, answer: Any) -> None:
        with set_curdoc(document):
            self.busy = False
            own.show(answer)

    def fill(self, own: OwnRuns) -> None:
        """List the runs that match the words: those that are marked first, then the newest."""
        words = self._words.lower().split()
        matching = [run for run in own.runs if all(word in searched(run) for word in words)]
        can = sorted(
            (run for run in matching if not run.reason), key=lambda run: run.run_id not in own.marked
        )
        cannot = [run for run in matching if run.reason]
        self.param.update(
            listed=[
                {
                    "run_id": run.run_id,
                    "text": run.label,
                    "detail": run.detail,
                    "marked": run.run_id in own.marked,
                }
                for run in can[:MOST_LISTED]
            ],
            left_out=[{"text": run.short_name, "reason": run.reason} for run in cannot[:MOST_LISTED]],
            counts={"can": len(can), "cannot": len(cannot), "marked": len(own.marked)},
            refusal=own.refusal,
        )


def searched(run: OwnRun) -> str:
    """What words are looked for in, of a run."""
    return f"{run.name} {run.run_id} {run.hardware} {run.detail}".lower()
