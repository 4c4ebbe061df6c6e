"""Which runs are explored: a switch between BUTTER-E's and the lab's, and a button to read the lake again."""

from pathlib import Path
from typing import Any, ClassVar, Final, Self

import param
from panel.custom import JSComponent

from energyvis_panel.state.explore.lab.data_choice import SOURCES, DataChoice
from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.selection.selection_bar import message_of

HERE = Path(__file__).parent
WIDE: Final[dict[str, Any]] = {"margin": (8, 0), "sizing_mode": "stretch_width"}


class DataBar(JSComponent):
    """The switch; it sends messages ``{source}`` with the name of the runs that are asked for."""

    sources = param.List(doc="Pairs of name and text.")
    source = param.String(doc="Name of the runs that are shown.")
    since = param.String(doc="When they were read, for people; empty where they do not change.")
    notice = param.String(doc="What became of the selection; empty for nothing.")
    busy = param.Boolean(default=False, doc="Whether runs are being read.")
    takes_focus = param.Boolean(default=False, doc="Whether the switch has the focus when it appears.")

    _esm = HERE / "data_bar.js"
    _stylesheets: ClassVar[list[str]] = [
        *stylesheets(HERE.parent / "choice_bar.css"),
        (HERE / "data_bar.css").read_text(encoding="utf-8"),
    ]

    @classmethod
    def of(cls, choice: DataChoice) -> Self:
        """The switch of a choice, which it follows."""
        sources = [list(pair) for pair in SOURCES.items()]
        bar = cls(sources=sources, takes_focus=choice.takes_focus, **WIDE)

        def follow(*_events: object) -> None:
            bar.param.update(source=choice.source, since=choice.since, notice=choice.notice, busy=choice.busy)

        def heard(event: Any) -> None:
            asked = message_of(event).get("source")
            if asked in tuple(SOURCES) and not choice.busy:
                choice.open(asked)

        follow()
        choice.param.watch(follow, ["source", "since", "notice", "busy"])
        bar.on_msg(heard)
        return bar
