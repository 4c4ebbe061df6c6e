"""The series whose numbers the equations show, with what differs from its profile's record."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.edits import Edits, References
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile
from energyvis_panel.domain.scenario import Projection
from energyvis_panel.domain.study import Series

MEASURED_ELSEWHERE = (
    "This profile was measured on its own machine: only the PUE, the intensity and the price can be changed "
    "here. Select it as the baseline to change its times and watts."
)
BASELINE = "baseline"
EDITED = "edits"


@dataclass(frozen=True)
class Shown:
    """The series that the equations show, with what differs from its profile's record.

    ``key`` is ``"baseline"``, ``"edits"`` for the baseline's own alternative, or the id of a compared
    profile. ``edits`` are those that hold for the series; ``previewed`` says that its region is only pointed
    at.
    """

    key: str
    series: Series
    edits: Edits
    references: References
    previewed: bool = False

    @property
    def projection(self) -> Projection:
        """Epochs of the series."""
        return self.series.projection

    @property
    def profile(self) -> EnergyProfile:
        """Profile of the series."""
        return self.series.projection.profile

    # Each of these goes once over all epochs, of which there may be many.

    @cached_property
    def energy(self) -> EnergyByKind:
        """Joules of the whole run at the site by kind."""
        return self.projection.energy()

    @property
    def energy_j(self) -> float:
        """Joules of the whole run at the site."""
        return self.energy.total_j()

    @cached_property
    def duration_s(self) -> float | None:
        """Seconds of the whole run; None where they are not known, or are none."""
        return self.projection.duration_s() or None

    @cached_property
    def epoch_s(self) -> float | None:
        """Mean seconds an epoch; None where they are not known."""
        return self.projection.epoch_s()

    @cached_property
    def carbon_g(self) -> float | None:
        """Grams CO2e of the whole run; None where no intensity is known."""
        return self.projection.carbon_g()

    @cached_property
    def cost(self) -> float | None:
        """USD of the whole run; None where no price is known."""
        return self.projection.cost()

    @cached_property
    def recorded_s(self) -> float | None:
        """Mean seconds an epoch as recorded; None where an epoch records none."""
        durations = [epoch.duration_s for epoch in self.profile.epochs]
        known = [duration for duration in durations if duration is not None]
        return sum(known) / len(known) if known and len(known) == len(durations) else None

    @cached_property
    def watts(self) -> Mapping[DeviceKind, float]:
        """Mean watts before PUE by kind of device; empty where no times are known."""
        if not self.duration_s:
            return {}
        per_watt = self.projection.scenario.pue * self.duration_s
        return {kind: (self.energy.of(kind) or 0.0) / per_watt for kind in self.energy.measured()}

    def locked(self) -> str:
        """Why times and watts cannot be changed; '' where they can."""
        return "" if self.key in {BASELINE, EDITED} else MEASURED_ELSEWHERE

    def home(self) -> CarbonIntensity | None:
        """Intensity of the profile's own region."""
        return self.references.intensities.get(self.profile.region_id or "")
