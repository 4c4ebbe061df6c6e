"""A study: one baseline profile, what was chosen otherwise, and the comparison that follows from both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.scenario import Projection, Scenario, project
from energyvis_panel.errors import EnergyVisError

LETTERS = "ABC"
MOST_ALTERNATIVES = len(LETTERS)
NO_PUE = 1.0


class StudyError(EnergyVisError):
    """A choice names a profile or a region that does not exist, or one alternative too many."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose. ``region_id`` and ``pue`` are None where the profile's own facts hold."""

    baseline_id: str
    compared_ids: tuple[str, ...] = ()
    region_id: str | None = None
    pue: float | None = None
    further: int = 0

    def without_alternatives(self) -> "Choice":
        """The baseline alone, as it was measured."""
        return Choice(self.baseline_id)

    def has_alternatives(self) -> bool:
        """Whether anything differs from the baseline as measured."""
        return bool(self.compared_ids) or self.region_id is not None or self.pue is not None

    def toggled(self, profile_id: str) -> "Choice":
        """The choice with a profile added to the compared ones, or taken away if it was among them.

        Raises
        ------
        StudyError
            If there is no room for another alternative.

        """
        if profile_id in self.compared_ids:
            kept = tuple(other for other in self.compared_ids if other != profile_id)
            return replace(self, compared_ids=kept)
        edited = int(self.region_id is not None or self.pue is not None)
        if len(self.compared_ids) + edited >= MOST_ALTERNATIVES:
            raise StudyError(
                f"{MOST_ALTERNATIVES} alternatives are shown already. Remove one before adding another."
            )
        return replace(self, compared_ids=(*self.compared_ids, profile_id))


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the comparison: its letter ('' for the baseline), its label and its projection."""

    letter: str
    label: str
    projection: Projection

    def energy_j(self) -> float:
        """Joules of the whole run at the site."""
        return self.projection.energy_j()

    def carbon_g(self) -> float | None:
        """Grams CO2e of the whole run, or None where no region is known."""
        return self.projection.carbon_g()

    def duration_s(self) -> float | None:
        """Seconds of the whole run, or None where no times are recorded."""
        return self.projection.duration_s()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The baseline and its alternatives, in the order of their letters."""

    baseline: Series
    alternatives: tuple[Series, ...]

    def all_series(self) -> tuple[Series, ...]:
        """Baseline first."""
        return (self.baseline, *self.alternatives)

    def scopes(self) -> set[str]:
        """Scopes of all intensities in use; more than one means that the carbon does not compare fairly."""
        intensities = (series.projection.scenario.intensity for series in self.all_series())
        return {intensity.scope for intensity in intensities if intensity}


def compare(
    profiles: Mapping[str, EnergyProfile],
    intensities: Mapping[str, CarbonIntensity],
    choice: Choice,
) -> Comparison:
    """Comparison that follows from a choice.

    The baseline stays as it was measured. A chosen region or PUE makes an alternative of the baseline's
    profile and holds for the compared profiles too, which otherwise keep their own.

    Raises
    ------
    StudyError
        If the choice names an unknown profile or region, or makes more alternatives than can be told apart.

    """
    for region_id in filter(None, [choice.region_id]):
        if region_id not in intensities:
            raise StudyError(f"There is no carbon intensity for the region {region_id!r}. Choose another.")
    unknown = [i for i in (choice.baseline_id, *choice.compared_ids) if i not in profiles]
    if unknown:
        raise StudyError(f"There is no profile {unknown[0]!r} here. Import it, or choose another.")

    baseline = profiles[choice.baseline_id]
    labelled: list[tuple[str, Projection]] = []
    if choice.region_id is not None or choice.pue is not None:
        scenario = _scenario(baseline, intensities, choice)
        labelled.append((_edits(choice, intensities), project(baseline, scenario)))
    for profile_id in choice.compared_ids:
        profile = profiles[profile_id]
        scenario = _scenario(profile, intensities, choice)
        edits = _edits(choice, intensities)
        label = f"{profile.name}, {edits}" if edits else profile.name
        labelled.append((label, project(profile, scenario)))
    if len(labelled) > MOST_ALTERNATIVES:
        raise StudyError(f"{MOST_ALTERNATIVES} alternatives are the most that can be told apart. Remove one.")

    return Comparison(
        baseline=Series("", baseline.name, project(baseline, _scenario(baseline, intensities, None))),
        alternatives=tuple(
            Series(letter, label, projection)
            for letter, (label, projection) in zip(LETTERS, labelled, strict=False)
        ),
    )


def _scenario(
    profile: EnergyProfile, intensities: Mapping[str, CarbonIntensity], choice: Choice | None
) -> Scenario:
    """Circumstances of ``profile`` under ``choice``; its own where nothing was chosen."""
    region_id = (choice.region_id if choice else None) or profile.region_id
    pue = choice.pue if choice and choice.pue is not None else profile.pue
    return Scenario(
        intensity=intensities.get(region_id) if region_id else None,
        pue=NO_PUE if pue is None else pue,
    )


def _edits(choice: Choice, intensities: Mapping[str, CarbonIntensity]) -> str:
    parts = []
    if choice.region_id is not None:
        parts.append(f"in {intensities[choice.region_id].name}")
    if choice.pue is not None:
        parts.append(f"PUE {choice.pue:g}")
    return ", ".join(parts)
