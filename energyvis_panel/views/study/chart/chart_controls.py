"""What the consumption chart shows: quantity, accumulation, axis, scale, unit, extrapolation."""

from typing import Any

from panel.viewable import Viewer

from energyvis_panel.domain.study import Comparison
from energyvis_panel.state.study import MOST_FURTHER, Study
from energyvis_panel.views.control_bar import ControlBar, Spec, control_group

STEP = 5
MEASURE_TEXT = {"carbon": "Carbon", "energy": "Energy", "cost": "Cost"}


def control_groups(study: Study) -> list[Spec]:
    """The groups as they stand."""
    division = division_of(study.comparison)
    groups = [
        control_group("measure", "Quantity", study.measure, dict(MEASURE_TEXT)),
        control_group(
            "cumulative", "Accumulation", study.cumulative, {True: "Cumulative", False: f"Per {division}"}
        ),
        control_group("axis", "Over", study.axis, {"epoch": f"{division.capitalize()}s", "time": "Hours"}),
        control_group("log_scale", "Scale", study.log_scale, {False: "Linear", True: "Log"}),
    ]
    if study.measure == "carbon":
        groups.append(control_group("pounds", "Unit of mass", study.pounds, {False: "kg", True: "lb"}))
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
