"""One sentence about what could not be done, until it is closed or something succeeds."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.state.study import Study

__all__ = ["Notice", "NoticeLine"]

HERE = Path(__file__).parent


class NoticeLine(JSComponent):
    """The sentence with a button that closes it; takes no room while there is none."""

    text = param.String(default="", doc="The sentence; '' = all is well.")

    _esm = HERE / "notice.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "notice.css").read_text(encoding="utf-8")]

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._show()
        self.param.watch(self._show, "text")

    def _show(self, *_events: Any) -> None:
        # Unseen, not just empty: an empty line would still take the gap of the column that it stands in.
        self.visible = bool(self.text)


class Notice(Viewer):
    """The notice of a study."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.line = NoticeLine(text=study.notice, sizing_mode="stretch_width", margin=0)
        self.line.link(study, text="notice", bidirectional=True)

    def __panel__(self) -> Any:
        """Return the line."""
        return self.line
