"""Which alternatives are active? One line that names them, with undo, redo and reset."""

from collections.abc import Callable
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
        text = pmui.Typography(
            pn.bind(what_if_text, study.param.comparison),
            variant="body2",
            sizing_mode="stretch_width",
            margin=(6, 8),
            sx=pn.bind(_text_sx, study.param.comparison),
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

        return pmui.Row(
            text,
            button("Undo", study.undo, study.can_undo),
            button("Redo", study.redo, study.can_redo),
            button("Reset", study.reset, active),
            sizing_mode="stretch_width",
            margin=0,
            sx=pn.bind(_row_sx, study.param.comparison),
        )


def _row_sx(comparison: Comparison | None) -> dict[str, Any]:
    active = bool(comparison and comparison.alternatives)
    edge = "1px dashed var(--ev-alternative)" if active else "1px solid var(--ev-line)"
    return {"border": edge, "borderRadius": "6px", "alignItems": "center"}


def _text_sx(comparison: Comparison | None) -> dict[str, Any]:
    active = bool(comparison and comparison.alternatives)
    return {"color": "var(--ev-alternative)" if active else "var(--ev-muted)", "fontWeight": 500}
