"""How to cite it: a paragraph, the block of a model card, a report as HTML or PDF, the link."""

import base64
import logging
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel import __version__
from energyvis_panel.domain.report import model_card, paragraph
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.study import Study

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
NOTHING = "No profile is selected."
TYPES = {"html": "text/html;charset=utf-8", "pdf": "application/pdf"}
LONGEST_LINK = 8000


class CiteTexts(JSComponent):
    """The texts and their buttons; sends which report is asked for, gets the file in ``made``."""

    paragraph = param.String(default=NOTHING, doc="Paragraph for a paper.")
    card = param.String(default="", doc="Block for a model card.")
    made = param.Dict(default={}, doc="The report: name, type, base64; or failure, a sentence.")

    _esm = HERE / "cite.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "cite.css").read_text(encoding="utf-8")]


def report_file(study: Study, kind: str, link: str) -> tuple[str, bytes]:
    """File name and content of a report, ``kind`` being html or pdf.

    Raises
    ------
    EnergyVisError
        If there is nothing to report, or no such kind.

    """
    # The PDF library takes 0.2 s to load, and only who asks for a report needs it.
    from energyvis_panel.views.study.report.report_content import report_content  # noqa: PLC0415 - as above
    from energyvis_panel.views.study.report.report_html import report_html  # noqa: PLC0415 - as above
    from energyvis_panel.views.study.report.report_pdf import report_pdf  # noqa: PLC0415 - as above

    content = report_content(study, link[:LONGEST_LINK])
    if content is None or kind not in TYPES:
        raise EnergyVisError("There is nothing to report. Choose a profile.")
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in content.title).strip("-")[:80]
    return f"{safe}.{kind}", report_html(content).encode() if kind == "html" else report_pdf(content)


class Cite(Viewer):
    """The texts of a study."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.texts = CiteTexts(sizing_mode="stretch_width", margin=0)
        self._show()
        study.param.watch(self._show, "comparison")
        self.texts.on_msg(self._make)

    def _show(self, *_events: Any) -> None:
        comparison = self.study.comparison
        if comparison is None:
            self.texts.param.update(paragraph=NOTHING, card="")
            return
        self.texts.param.update(
            paragraph=paragraph(comparison, self.study.equivalences, __version__),
            card=model_card(comparison, __version__),
        )

    def _make(self, event: Any) -> None:
        message = event.data if isinstance(event.data, dict) else {}
        kind, link = str(message.get("kind", "")), str(message.get("link", ""))
        try:
            name, content = report_file(self.study, kind, link)
        except EnergyVisError as error:
            self.texts.made = {"failure": str(error)}
            return
        except Exception:
            log.exception("A report could not be made")
            self.texts.made = {"failure": "The report could not be made. The log says why."}
            return
        self.texts.made = {
            "name": name,
            "type": TYPES[kind],
            "base64": base64.b64encode(content).decode(),
            "serial": int(self.texts.made.get("serial", 0)) + 1,
        }

    def __panel__(self) -> Any:
        """Return the texts."""
        return self.texts
