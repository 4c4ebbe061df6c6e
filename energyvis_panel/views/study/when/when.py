"""When would it have been cleaner? The run is moved along hourly intensities, in one piece or with pauses."""

from typing import Any, Final

import panel as pn
import param
from panel.viewable import Viewer

from energyvis_panel.state.rights import EDITOR, Rights
from energyvis_panel.state.study import Study
from energyvis_panel.state.when import HourlyReader, When
from energyvis_panel.state.when_answer import WhenAnswer
from energyvis_panel.views.card import card
from energyvis_panel.views.study.notice import NoticeLine
from energyvis_panel.views.study.when.when_chart import WhenChart
from energyvis_panel.views.study.when.when_controls import WhenControls
from energyvis_panel.views.study.when.when_rows import grid_rows, lane_rows
from energyvis_panel.views.study.when.when_words import (
    answer_text,
    assumption_lines,
    assumptions_html,
    figures,
    figures_html,
)

TITLE: Final = "When would it have been cleaner?"
FIGURES_CSS: Final = """
.figures {
  display: flex; flex-wrap: wrap; gap: 8px 24px; padding-top: 8px; border-top: 1px solid var(--ev-line);
}
.figures > div { flex: 1 1 150px; min-width: 0; }
.figures .name, .figures .note { font-size: 12px; color: var(--ev-muted); }
.figures .value { font-size: 18px; font-weight: 600; color: var(--ev-carbon); }
"""
DETAILS_CSS: Final = """
summary { font-size: 12px; color: var(--ev-muted); cursor: pointer; min-height: 24px; align-content: center; }
summary:focus-visible { outline: 2px solid var(--ev-baseline); outline-offset: 1px; border-radius: 4px; }
ul { margin: 0; padding-left: 20px; font-size: 12px; line-height: 1.5; color: var(--ev-muted); }
@media (max-width: 700px) { summary { min-height: 40px; } }
"""


class WhenToRun(Viewer):
    """The card bound to a study.

    Parameters
    ----------
    study
        What is compared; the first alternative runs, else the baseline.
    reader
        Where series of intensities come from.
    rights
        Whether files may be imported.

    """

    framed = param.Boolean(default=True, doc="Whether it draws its own border and title.")

    def __init__(self, study: Study, reader: HourlyReader, rights: Rights = EDITOR, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.when = When(study, reader)
        self.chart = WhenChart(sizing_mode="stretch_width", margin=0)
        self.chart.on_msg(self._asked)
        self.controls = WhenControls(self.when, self._save_picture, rights)
        self._drawn: object = None
        self.when.param.watch(self._draw, "answer")
        study.param.watch(self._draw, "pounds")
        self._draw()

    def _draw(self, *_events: Any) -> None:
        answer = self.when.answer
        changed = {"lanes": lane_rows(answer, pounds=self.study.pounds)}
        # The intensities are many numbers: they are made and sent again only with other starts.
        if (starts := answer.starts if answer else None) is not self._drawn or starts is None:
            self._drawn = starts
            changed["grid"] = grid_rows(answer)
        self.chart.param.update(**changed)

    def _save_picture(self) -> None:
        self.chart.picture += 1

    def _asked(self, event: Any) -> None:
        request = event.data if isinstance(event.data, dict) else {}
        try:
            if request.get("action") == "start":
                self.when.set_start(int(request["start"]))
            elif request.get("action") == "window":
                self.when.set_window(int(request["first"]), int(request["last"]))
        except (KeyError, TypeError, ValueError, OverflowError):
            self.when.notice = "The browser sent a start that is no number. Load the page again."

    def __panel__(self) -> Any:
        """Return the card."""
        when, pounds = self.when, self.study.param.pounds

        def answered(answer: WhenAnswer | None, problem: str, in_pounds: bool) -> str:
            return answer_text(answer, problem, pounds=in_pounds)

        def numbers(answer: WhenAnswer | None, in_pounds: bool) -> str:
            return figures_html(figures(answer, pounds=in_pounds))

        def assumed(answer: WhenAnswer | None) -> str:
            return assumptions_html(assumption_lines(answer))

        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        notice = NoticeLine(text=when.notice, **wide)
        notice.link(when, text="notice", bidirectional=True)
        return card(
            TITLE,
            notice,
            self.controls.sources,
            self.chart,
            self.controls.actions,
            pn.pane.HTML(pn.bind(numbers, when.param.answer, pounds), stylesheets=[FIGURES_CSS], **wide),
            pn.pane.HTML(pn.bind(assumed, when.param.answer), stylesheets=[DETAILS_CSS], **wide),
            answer=pn.bind(answered, when.param.answer, when.param.problem, pounds),
            framed=self.framed,
        )
