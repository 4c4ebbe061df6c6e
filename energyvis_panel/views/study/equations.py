"""How do the numbers come about? Three equations of the paper with this run's values, editable in place.

Source of the equations: Shaikh et al., EnergyVis, CHI EA 2021, doi 10.1145/3411763.3451780.
"""

from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.study import Comparison, Series
from energyvis_panel.domain.units import duration_text, energy_text, mass_text, power_text, three_digits
from energyvis_panel.state.study import Study

HERE = Path(__file__).parent
KIND_TEXT = {"gpu": "GPU", "cpu": "CPU", "dram": "memory", "other": "other"}

Token = dict[str, Any]


class EquationLines(JSComponent):
    """Lines of tokens; writes what was edited into ``edit``."""

    lines = param.List(doc="Each line: formula and sentence, both lists of tokens.")
    edit = param.Dict(default={}, doc="Last edit: name, value as text ('' = back to the default), serial.")

    _esm = HERE / "equations.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "equations.css").read_text(encoding="utf-8")]


def equation_lines(series: Series, *, edited_pue: bool, pounds: bool) -> list[dict[str, list[Token]]]:
    """Tokens of the three equations for one series."""
    projection = series.projection
    energy_j, duration_s, carbon_g = projection.energy_j(), projection.duration_s(), projection.carbon_g()
    return [
        _power_line(projection.profile, projection.scenario.pue, duration_s, energy_j, edited_pue),
        _energy_line(energy_j, duration_s),
        _carbon_line(series, energy_j, carbon_g, pounds=pounds),
    ]


def _power_line(
    profile: EnergyProfile, pue: float, duration_s: float | None, energy_j: float, edited_pue: bool
) -> dict[str, list[Token]]:
    formula = [_symbol("P", "power"), _op("="), _op("("), *_device_symbols(profile), _op(")"), _op("×")]
    formula.append({"kind": "symbol", "text": "PUE", "quantity": "pue"})
    field = {
        "kind": "input", "name": "pue", "value": f"{pue:g}", "min": 1, "max": 10, "step": 0.01,
        "quantity": "pue", "edited": edited_pue, "label": "Power usage effectiveness, 1 to 10",
    }  # fmt: skip
    if duration_s:
        devices = [
            f"{KIND_TEXT[kind]} {power_text((profile.energy().of(kind) or 0.0) / _seconds(profile))}"
            for kind in profile.energy().measured()
        ]
        mean = _number(power_text(energy_j / duration_s), "power")
        sentence = [_text("Mean power at the site "), mean, _text(f" = ({' + '.join(devices)}) × PUE ")]
    else:
        sentence = [_text("This profile records no times, so no power. PUE ")]
    sentence.append(field)
    if edited_pue:
        own = profile.pue if profile.pue is not None else 1.0
        recorded = f"back to {own:g}" + ("" if profile.pue is not None else " (none recorded)")
        sentence.append({"kind": "reset", "name": "pue", "text": recorded})
    elif profile.pue is None:
        sentence.append(_text(" (none recorded, so 1 is taken)"))
    return {"formula": formula, "sentence": sentence}


def _energy_line(energy_j: float, duration_s: float | None) -> dict[str, list[Token]]:
    formula = [_symbol("E", "energy"), _op("="), _symbol("P", "power"), _op("×"), _symbol("t", "time")]
    energy = _number(energy_text(energy_j), "energy")
    if duration_s is None:
        return {"formula": formula, "sentence": [_text("Energy at the site "), energy]}
    power = _number(power_text(energy_j / duration_s), "power") if duration_s else _text("no time")
    time = _number(duration_text(duration_s), "time")
    return {
        "formula": formula,
        "sentence": [_text("Energy at the site "), energy, _text(" = "), power, _text(" × "), time],
    }


def _carbon_line(
    series: Series, energy_j: float, carbon_g: float | None, *, pounds: bool
) -> dict[str, list[Token]]:
    formula = [
        _symbol("CO₂e", "carbon"),
        _op("="),
        _symbol("I", "intensity", "region"),
        _op("×"),
        _symbol("E", "energy"),
    ]
    intensity = series.projection.scenario.intensity
    if intensity is None or carbon_g is None:
        text = "This run names no region, so its carbon is not known. Choose a region on the map."
        return {"formula": formula, "sentence": [_text(text)]}
    return {
        "formula": formula,
        "sentence": [
            _text("Emissions "),
            _number(mass_text(carbon_g, pounds=pounds) + " CO₂e", "carbon"),
            _text(" = "),
            _number(f"{three_digits(intensity.g_per_kwh)} g/kWh", "intensity"),
            _text(" × "),
            _number(energy_text(energy_j), "energy"),
            _text(f" in {intensity.name} ({intensity.source}, {intensity.scope} emissions)"),
        ],
    }


def _device_symbols(profile: EnergyProfile) -> list[Token]:
    measured = profile.energy().measured() or DEVICE_KINDS[:1]
    tokens: list[Token] = []
    for kind in measured:
        if tokens:
            tokens.append(_op("+"))
        tokens.append(_symbol("p", "power", KIND_TEXT[kind]))
    return tokens


def _seconds(profile: EnergyProfile) -> float:
    return profile.duration_s() or 1.0


def _symbol(text: str, quantity: str, sub: str = "") -> Token:
    return {"kind": "symbol", "text": text, "quantity": quantity, "sub": sub}


def _op(text: str) -> Token:
    return {"kind": "operator", "text": text}


def _text(text: str) -> Token:
    return {"text": text}


def _number(text: str, quantity: str) -> Token:
    return {"kind": "number", "text": text, "quantity": quantity}


class Equations(Viewer):
    """The equations of a study: of the previewed alternative, else the kept one, else the baseline."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.component = EquationLines(
            lines=pn.bind(self._lines, study.param.comparison, study.param.preview, study.param.pounds),
            sizing_mode="stretch_width",
            margin=(4, 0),
        )
        self.component.param.watch(self._edited, "edit")

    def _lines(
        self, comparison: Comparison | None, preview: Comparison | None, pounds: bool
    ) -> list[dict[str, list[Token]]]:
        shown = preview or comparison
        if shown is None:
            return []
        series = (shown.alternatives or (shown.baseline,))[0]
        choice = self.study.choice
        return equation_lines(series, edited_pue=bool(choice and choice.pue is not None), pounds=pounds)

    def _edited(self, event: Any) -> None:
        text = str(event.new.get("value", ""))
        if event.new.get("name") != "pue":
            return
        try:
            self.study.set_pue(float(text) if text else None)
        except ValueError:
            self.study.notice = f"PUE {text!r} is not a number. Give one from 1 to 10."

    def __panel__(self) -> Any:
        """Return the equations."""
        return self.component
