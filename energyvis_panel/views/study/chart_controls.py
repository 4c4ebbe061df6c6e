"""What the consumption chart shows: quantity, accumulation, axis, scale, unit, extrapolation."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.study import Comparison
from energyvis_panel.state.study import MOST_FURTHER, Study

HERE = Path(__file__).parent
STEP = 5
MEASURE_TEXT = {"carbon": "Carbon", "energy": "Energy", "cost": "Cost"}

Spec = dict[str, Any]


class ControlBar(JSComponent):
    """Groups of exclusive buttons and steppers; sends what was chosen as a message: name and value."""

    groups = param.List(doc="Each: name, label, value, options as value, text, title, disabled.")
    steppers = param.List(doc="Each: name, label, title, unit, value, min, max, step.")

    _esm = HERE / "chart_controls.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "chart_controls.css").read_text(encoding="utf-8")]


def control_groups(study: Study) -> list[Spec]:
    """The groups as they stand."""
    division = division_of(study.comparison)
    groups = [
        _group("measure", "Quantity", study.measure, dict(MEASURE_TEXT)),
        _group(
            "cumulative", "Accumulation", study.cumulative, {True: "Cumulative", False: f"Per {division}"}
        ),
        _group("axis", "Over", study.axis, {"epoch": f"{division.capitalize()}s", "time": "Hours"}),
        _group("log_scale", "Scale", study.log_scale, {False: "Linear", True: "Log"}),
    ]
    if study.measure == "carbon":
        groups.append(_group("pounds", "Unit of mass", study.pounds, {False: "kg", True: "lb"}))
    return groups


def steppers(study: Study) -> list[Spec]:
    """The stepper as it stands."""
    division = division_of(study.comparison)
    return [
        {
            "name": "further", "label": "Extrapolate", "unit": "",
            "title": f"Extrapolate by so many further {division}s, with a prediction interval",
            "value": study.choice.further if study.choice else 0, "min": 0, "max": MOST_FURTHER, "step": STEP,
        }
    ]  # fmt: skip


def division_of(comparison: Comparison | None) -> str:
    """How the recorded run is divided: epoch or interval."""
    return comparison.baseline.projection.profile.division if comparison else "epoch"


def _group(name: str, label: str, value: object, texts: dict[Any, str]) -> Spec:
    return {
        "name": name,
        "label": label,
        "value": value,
        "options": [{"value": key, "text": text} for key, text in texts.items()],
    }


class ChartControls(Viewer):
    """The controls bound to a study."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.bar = ControlBar(sizing_mode="stretch_width", margin=(6, 0, 4, 0))
        self.extrapolation = ControlBar(margin=0)
        self._show()
        watched = ["measure", "cumulative", "axis", "log_scale", "pounds", "choice", "comparison"]
        study.param.watch(self._show, watched)
        for bar in (self.bar, self.extrapolation):
            bar.on_msg(self._act)

    def _show(self, *_events: Any) -> None:
        self.bar.groups = control_groups(self.study)
        self.extrapolation.steppers = steppers(self.study)

    def _act(self, event: Any) -> None:
        """Take over a choice; what the browser sends is checked like any other input."""
        message = event.data if isinstance(event.data, dict) else {}
        name, value = message.get("name"), message.get("value")
        if name == "further" and isinstance(value, int | float):
            self.study.set_further(int(value))
            return
        group = next((group for group in control_groups(self.study) if group["name"] == name), None)
        if group and any(option["value"] is value or option["value"] == value for option in group["options"]):
            self.study.param.update(**{str(name): value})

    def __panel__(self) -> Any:
        """Return all controls but the extrapolation, which stands in the card's head."""
        return self.bar
