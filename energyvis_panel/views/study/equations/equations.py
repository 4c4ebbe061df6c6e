"""How do the numbers come about? The equations of the paper with this run's values, editable in place.

Source of the equations: Shaikh et al., EnergyVis, CHI EA 2021, doi 10.1145/3411763.3451780. What the browser
typesets them with is told in ``katex/README.md``.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.io.resources import component_resource_path
from panel.viewable import Viewer

from energyvis_panel.domain.edits import NO_EDITS
from energyvis_panel.domain.study import Choice, Comparison
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.entered_number import entered_number
from energyvis_panel.views.study.equations.equation_fields import all_defaults, change, fields
from energyvis_panel.views.study.equations.equation_series import BASELINE, EDITED, Shown
from energyvis_panel.views.study.equations.equation_terms import equation_lines

HERE = Path(__file__).parent
TITLE = "How do the numbers come about?"
TYPESETTER = (
    "katex/katex.bundle.js",
    "katex/katex.bundle.css",
    "katex/KaTeX_Main-Regular.woff2",
    "katex/KaTeX_Math-Italic.woff2",
    "katex/KaTeX_Size1-Regular.woff2",
)


class EquationCard(JSComponent):
    """Head and lines of the equations. The browser sends what the user did: action, name, text, serial."""

    card = param.Dict(default={}, doc="Title, note, series to choose from, and lines; see equation_terms.")
    opened = param.List(default=[], item_type=str, doc="Names of the lines that show their numbers.")
    typesetter = param.String(doc="Address of katex.bundle.js on the server; '' = plain text.")
    answer = param.Dict(
        default={}, doc="Its serial, and in one sentence why it was refused; '' = it was not."
    )

    _esm = HERE / "equations.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "equations.css").read_text(encoding="utf-8")]
    # The server hands out the files of a component that stand in an attribute of this name, and no others.
    _resources: ClassVar[dict[str, list[str]]] = {"typesetter": list(TYPESETTER)}


@cache
def _typesetter_version() -> str:
    digest = hashlib.sha256()
    for name in TYPESETTER:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def typesetter_address() -> str:
    """Address of the typesetter as the page sees it; its version lets the browser keep the file for ever."""
    path = component_resource_path(EquationCard, "_resources/typesetter", TYPESETTER[0])
    return f"{'' if pn.state.rel_path else './'}{path}?v={_typesetter_version()}"


class Equations(Viewer):
    """The equations of a study: of the previewed alternative, else of A, else of the baseline."""

    title = param.String(default=TITLE, doc="Heading; '' where the place around has one.")
    picked = param.String(doc="Series that the user wants to see, as in Shown.key; '' = the usual one.")
    overruled = param.String(
        doc="Region under the pointer when a number was entered, which is shown instead."
    )

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.component = EquationCard(
            card=pn.bind(
                self._card,
                study.param.comparison,
                study.param.preview,
                study.param.pounds,
                self.param.picked,
                self.param.overruled,
            ),
            typesetter=typesetter_address(),
            sizing_mode="stretch_width",
            margin=0,
        )
        self.component.on_msg(self._asked)
        study.param.watch(self._pointed, "preview_id")

    def shown(self) -> Shown | None:
        """The series on show; None while no profile is selected."""
        study = self.study
        choice, comparison = study.choice, study.comparison
        if choice is None or comparison is None:
            return None
        edits, previewed = choice.edits, False
        if study.preview is not None and study.preview_id != self.overruled:
            comparison, previewed = study.preview, True
            edits = replace(edits, region_id=study.preview_id, g_per_kwh=None)
        keys = series_keys(choice, comparison)
        usual = keys[1] if len(keys) > 1 else BASELINE
        key = self.picked if self.picked in keys and not (previewed and self.picked == BASELINE) else usual
        return Shown(
            key=key,
            series=comparison.all_series()[keys.index(key)],
            edits={BASELINE: NO_EDITS, EDITED: edits}.get(key, edits.site()),
            references=study.references,
            previewed=previewed and key != BASELINE,
        )

    def _card(self, *_changed: Any) -> dict[str, Any]:
        shown, choice, pounds = self.shown(), self.study.choice, self.study.pounds
        if shown is None or choice is None or self.study.comparison is None:
            return {"title": self.title, "note": "Choose a profile first.", "series": [], "lines": []}
        found = fields(shown, pounds=pounds)
        return {
            "title": self.title,
            "note": f"previewed in {_place_name(shown)}" if shown.previewed else "",
            "series": switch(choice, self.study.comparison),
            "shown": shown.key,
            "alternative": shown.key != BASELINE,
            "changed": any(getattr(choice.edits, name) != value for name, value in all_defaults().items()),
            "lines": equation_lines(shown, found, pounds=pounds),
        }

    # -- what the user does ---------------------------------------------------------------------------

    def _pointed(self, event: Any) -> None:
        """Another region under the pointer shows again, whatever was entered before."""
        if event.new != self.overruled:
            self.overruled = ""

    def _asked(self, event: Any) -> None:
        request = event.data if isinstance(event.data, dict) else {}
        acts: dict[str, Callable[[], str]] = {
            "enter": partial(self._enter, str(request.get("name", "")), str(request.get("text", ""))),
            "default": partial(self._enter, str(request.get("name", "")), ""),
            "defaults": partial(self._apply, all_defaults),
            "show": partial(self._show, str(request.get("name", ""))),
        }
        act = acts.get(str(request.get("action", "")))
        refused = act() if act else ""
        self.component.answer = {"serial": request.get("serial", 0), "refused": refused}

    def _show(self, key: str) -> str:
        self.picked = key
        return ""

    def _enter(self, name: str, text: str) -> str:
        """Take over what was typed, '' for the default; why it was refused, or ''."""
        shown, choice = self.shown(), self.study.choice
        field = fields(shown, pounds=self.study.pounds).get(name) if shown else None
        if field is None or choice is None:
            return "This number is no longer on show."
        if field.locked:
            return field.locked
        try:
            value = entered_number(text) * field.per_unit if text.strip() else None
        except EnergyVisError as error:
            refused = f"{field.label}: {error}"
            self.study.notice = refused
            return refused
        return self._apply(lambda: change(field, value, choice.edits))

    def _apply(self, changes: Callable[[], dict[str, Any]]) -> str:
        self.study.notice = ""
        self.overruled = self.study.preview_id
        self.study.edit(**changes())
        if not self.study.notice and self.picked == BASELINE:
            self.picked = ""
        return str(self.study.notice)

    def __panel__(self) -> Any:
        """Return the equations with their head."""
        return self.component


def series_keys(choice: Choice, comparison: Comparison) -> list[str]:
    """Key of each series of a comparison, as in ``Shown.key``; compared profiles come last."""
    own = len(comparison.alternatives) - len(choice.compared_ids)
    return [BASELINE, *[EDITED] * own, *choice.compared_ids]


def switch(choice: Choice, comparison: Comparison) -> list[dict[str, str]]:
    """The series to choose from; none where there is only one."""
    if not comparison.alternatives:
        return []
    return [
        {"key": key, "text": series.letter or "Baseline", "title": series.label}
        for key, series in zip(series_keys(choice, comparison), comparison.all_series(), strict=True)
    ]


def _place_name(shown: Shown) -> str:
    intensity = shown.projection.scenario.intensity
    return intensity.name if intensity else "a region without an intensity"
