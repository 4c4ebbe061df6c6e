"""A carbon intensity of one's own: a number, its unit, and the way back to the region's."""

from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.study import Choice
from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.regions import GRAMS_PER_UNIT, UNITS, RegionsState

HERE = Path(__file__).parent


class OwnIntensityField(JSComponent):
    """Number field with a choice of unit; sends the text that was typed, '' for the region's value."""

    value = param.String(doc="The own value in the present unit; '' = none.")
    hint = param.String(doc="The region's value in the present unit; '' = not known.")
    unit = param.String(default="g", doc="Unit of mass: g or lb.")
    units = param.List(default=list(UNITS), doc="Units to choose from.")
    problem = param.String(doc="Why what was typed was not taken; '' = it was.")

    _esm = HERE / "own_intensity.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "own_intensity.css").read_text(encoding="utf-8")]


class OwnIntensity(Viewer):
    """The field bound to a regions state."""

    def __init__(self, regions: RegionsState, **params: Any) -> None:
        super().__init__(**params)
        self.regions = regions
        study = regions.study
        self.field = OwnIntensityField(
            value=pn.bind(self._value, study.param.choice, regions.param.unit),
            hint=pn.bind(self._hint, study.param.choice, regions.param.unit),
            problem=regions.param.problem,
            unit=regions.unit,
            margin=0,
            sizing_mode="stretch_width",
        )
        self.field.link(regions, unit="unit", bidirectional=True)
        self.field.on_msg(self._entered)

    def _value(self, _choice: Choice | None, unit: str) -> str:
        own = self.regions.own_g_per_kwh()
        return "" if own is None else amount_text(own, unit)

    def _hint(self, _choice: Choice | None, unit: str) -> str:
        region_id = self.regions.chosen_id() or self.regions.home_id()
        known = self.regions.study.intensities.get(region_id)
        return amount_text(known.g_per_kwh, unit) if known else ""

    def _entered(self, event: Any) -> None:
        message = event.data if isinstance(event.data, dict) else {}
        self.regions.enter_own(str(message.get("text", "")))

    def __panel__(self) -> Any:
        """Return the field."""
        return self.field


def amount_text(g_per_kwh: float, unit: str) -> str:
    """Intensity as a bare number in g or lb CO2e per kWh, three digits, fit to be edited."""
    return three_digits(g_per_kwh / GRAMS_PER_UNIT[unit]).replace(",", "")
