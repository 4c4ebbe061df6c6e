"""Which alternatives are active? One line that names them, with undo, redo and reset."""

from collections.abc import Callable
from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewer

from energyvis_panel.domain.study import Comparison
from energyvis_panel.state.study import Study


def what_if_text(comparison: Comparison | None) -> str:
    """Sentence that names the active alternatives by letter, or says that there are none."""
    if comparison is None:
        return "No profile is selected."
    if not comparison.alternatives:
        return (
            "As measured. Point at a state to preview it, click to keep it, edit the PUE, "
            "or compare another profile."
        )
    named = " · ".join(f"{series.letter}: {series.label}" for series in comparison.alternatives)
    return f"What if: {named}"


class WhatIf(Viewer):
    """The line bound to a study. It is tinted while any alternative is active."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study

    def __panel__(self) -> Any:
        """Return the line with its three buttons."""
        study = self.study
        text = pn.pane.HTML(
            pn.bind(what_if_html, study.param.comparison),
            sizing_mode="stretch_width",
            margin=(0, 8),
            align="center",
        )

        def disabled(enabled: Callable[[], bool], _choice: object) -> bool:
            return not enabled()

        def button(label: str, act: Callable[[], None], enabled: Callable[[], bool]) -> Any:
            return pmui.Button(
                label=label,
                on_click=lambda _event: act(),
                variant="text",
                size="small",
                margin=(2, 0),
                disabled=pn.bind(disabled, enabled, study.param.choice),
            )

        def active() -> bool:
            return bool(study.choice and study.choice.has_alternatives())

        return pn.Row(
            text,
            button("Undo", study.undo, study.can_undo),
            button("Redo", study.redo, study.can_redo),
            button("Reset", study.reset, active),
            sizing_mode="stretch_width",
            margin=0,
            styles=pn.bind(box_styles, study.param.comparison),
        )


def what_if_html(comparison: Comparison | None) -> str:
    """The sentence, tinted while any alternative is active."""
    colour = "alternative" if comparison and comparison.alternatives else "muted"
    text = escape(what_if_text(comparison))
    return f'<p style="margin:0;font-size:14px;font-weight:500;color:var(--ev-{colour})">{text}</p>'


def box_styles(comparison: Comparison | None) -> dict[str, str]:
    """Outline of the line: dashed orange while any alternative is active, as in the paper."""
    active = bool(comparison and comparison.alternatives)
    edge = "1px dashed var(--ev-alternative)" if active else "1px solid var(--ev-line)"
    return {"border": edge, "border-radius": "6px"}
