"""Which views lie on the workbench: a list to pick from, presets, workbenches saved in the browser."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.state.explore.workbench import Workbench
from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.layout.chapters import CHAPTERS
from energyvis_panel.views.explore.layout.presets import PRESETS
from energyvis_panel.views.explore.selection.selection_bar import message_of

HERE = Path(__file__).parent


class WorkbenchPanel(JSComponent):
    """Picks the views of a workbench.

    It sends ``{action: pick, names}``, ``{action: undo | clear}`` and ``{action: restore, link}``.
    """

    chapters = param.List(doc="Each: title, and views as name and question.")
    presets = param.List(doc="Each: title, purpose, link.")
    picked = param.List(doc="Names of the views on the workbench.")
    saved_as = param.String(default="", doc="The workbench as text, under which it is saved.")
    notice = param.String(default="", doc="What could not be shown; '' when all is well.")
    told = param.String(default="", doc="What the last change did.")
    can_undo = param.Boolean(default=False, doc="Whether there is a change to take back.")

    _esm = HERE / "workbench_panel.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "workbench_panel.css")

    def __init__(self, bench: Workbench, **params: Any) -> None:
        self._bench = bench
        chapters = [
            {
                "title": chapter.title,
                "views": [{"name": place.name, "title": place.view.question} for place in chapter.places],
            }
            for chapter in CHAPTERS
        ]
        presets = [{"title": one.title, "purpose": one.purpose, "link": one.link} for one in PRESETS]
        given = {"chapters": chapters, "presets": presets, "margin": 0, "sizing_mode": "stretch_width"}
        super().__init__(**(given | params))
        self.on_msg(lambda event: self.hear(message_of(event)))
        bench.param.watch(self._follow, ["cards", "notice", "told", "can_undo"])
        self._follow()

    def hear(self, message: dict[str, Any]) -> None:
        """Do what a control asks for; what comes from a browser may be anything."""
        bench = self._bench
        match message.get("action"):
            case "pick" if isinstance(message.get("names"), list):
                bench.pick(tuple(str(name) for name in message["names"]))
            case "undo":
                bench.undo()
            case "clear":
                bench.clear()
            case "restore" if isinstance(message.get("link"), str):
                bench.restore(message["link"])

    def _follow(self, *_events: object) -> None:
        bench = self._bench
        self.param.update(
            picked=list(bench.names),
            saved_as=bench.saved_as,
            notice=bench.notice,
            told=bench.told,
            can_undo=bench.can_undo,
        )
