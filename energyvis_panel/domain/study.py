"""A study: one baseline profile, what was chosen otherwise, and the comparison that follows from both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from energyvis_panel.domain.carbon import CarbonIntensity, Price
from energyvis_panel.domain.edits import NO_EDITS, Edits, PieceChoice, References
from energyvis_panel.domain.hardware import DeviceKind, HardwareChange, Piece
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.scenario import Projection, Scenario, project
from energyvis_panel.domain.units import duration_text, three_digits
from energyvis_panel.errors import EnergyVisError

LETTERS = "ABC"
MOST_ALTERNATIVES = len(LETTERS)
NO_PUE = 1.0
BY_HAND = "entered by hand"


class StudyError(EnergyVisError):
    """A choice names a profile or a region that does not exist, or one alternative too many."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose: a baseline, profiles to compare it with, edits, and epochs to extrapolate by."""

    baseline_id: str
    compared_ids: tuple[str, ...] = ()
    edits: Edits = NO_EDITS
    further: int = 0

    def without_alternatives(self) -> "Choice":
        """The baseline alone, as it was measured."""
        return Choice(self.baseline_id)

    def has_alternatives(self) -> bool:
        """Whether anything differs from the baseline as measured."""
        return bool(self.compared_ids) or self.edits.is_active()

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
        if len(self.compared_ids) + int(self.edits.is_active()) >= MOST_ALTERNATIVES:
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

    def cost(self) -> float | None:
        """USD of the whole run, or None where no price is known."""
        return self.projection.cost()


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
        return {intensity.scope for intensity in intensities if intensity and intensity.basis != "user"}


def compare(profiles: Mapping[str, EnergyProfile], references: References, choice: Choice) -> Comparison:
    """Comparison that follows from a choice.

    The baseline stays as it was measured. Edits make an alternative of the baseline's profile. Those of the
    site (region, intensity, PUE, price) hold for the compared profiles too; those of the machine do not,
    since a compared profile was measured on its own machine.

    Raises
    ------
    EnergyVisError
        If the choice names an unknown profile, region or chip, hardware that cannot be compared, or makes
        more alternatives than can be told apart.

    """
    unknown = [i for i in (choice.baseline_id, *choice.compared_ids) if i not in profiles]
    if unknown:
        raise StudyError(f"There is no profile {unknown[0]!r} here. Import it, or choose another.")
    region_id = choice.edits.region_id
    if region_id is not None and region_id not in references.intensities and choice.edits.g_per_kwh is None:
        raise StudyError(f"There is no carbon intensity for the region {region_id!r}. Choose another.")

    baseline = profiles[choice.baseline_id]
    labelled: list[tuple[str, Projection]] = []
    if choice.edits.is_active():
        scenario = scenario_of(baseline, references, choice.edits)
        labelled.append((edits_text(choice.edits, references, baseline), project(baseline, scenario)))
    site = choice.edits.site()
    for profile_id in choice.compared_ids:
        profile = profiles[profile_id]
        projection = project(profile, scenario_of(profile, references, site))
        text = edits_text(site, references, profile)
        labelled.append((f"{profile.name}, {text}" if text else profile.name, projection))
    if len(labelled) > MOST_ALTERNATIVES:
        raise StudyError(f"{MOST_ALTERNATIVES} alternatives are the most that can be told apart. Remove one.")

    return Comparison(
        baseline=Series("", baseline.name, project(baseline, scenario_of(baseline, references, NO_EDITS))),
        alternatives=tuple(
            Series(letter, label, projection)
            for letter, (label, projection) in zip(LETTERS, labelled, strict=False)
        ),
    )


def scenario_of(profile: EnergyProfile, references: References, edits: Edits) -> Scenario:
    """Circumstances of ``profile`` under ``edits``; its own where nothing was changed.

    Raises
    ------
    EnergyVisError
        If a chip is not known.

    """
    region_id = edits.region_id or profile.region_id
    pue = edits.pue if edits.pue is not None else profile.pue
    price = references.prices.get(region_id or "")
    if edits.price_per_kwh is not None:
        price = Price(edits.price_per_kwh, "USD", BY_HAND)
    return Scenario(
        intensity=_intensity(region_id, references, edits.g_per_kwh),
        pue=NO_PUE if pue is None else pue,
        price=price,
        hardware=hardware_change(profile, references, edits),
        epoch_s=edits.epoch_s,
        watts=edits.watts,
    )


def hardware_change(profile: EnergyProfile, references: References, edits: Edits) -> HardwareChange | None:
    """Change of the profile's machine, None where it stays.

    Raises
    ------
    EnergyVisError
        If a chip is not known.

    """
    if edits.pieces is None:
        return None
    if edits.original is None:
        before = recorded_pieces(profile, references)
    else:
        before = tuple(choice.piece(references.chip) for choice in edits.original)
    return HardwareChange(
        original=before,
        alternative=tuple(choice.piece(references.chip) for choice in edits.pieces),
        precision=edits.precision or profile.precision or "fp32",
        efficiency=edits.efficiency,
    )


def recorded_pieces(profile: EnergyProfile, references: References) -> tuple[Piece, ...]:
    """GPUs and CPUs that the profile names.

    Raises
    ------
    EnergyVisError
        If the catalogue does not know one of them.

    """
    return tuple(
        Piece(references.chip(item.chip_id or item.model), item.count)
        for item in profile.hardware
        if item.kind in {"gpu", "cpu"}
    )


def _intensity(
    region_id: str | None, references: References, g_per_kwh: float | None
) -> CarbonIntensity | None:
    known = references.intensities.get(region_id) if region_id else None
    if g_per_kwh is None:
        return known
    return CarbonIntensity(
        region_id=region_id or "",
        name=known.name if known else "Own value",
        g_per_kwh=g_per_kwh,
        year=None,
        source=BY_HAND,
        scope=known.scope if known else "scope not stated",
        basis="user",
    )


def edits_text(edits: Edits, references: References, profile: EnergyProfile) -> str:
    """The edits in words, e.g. ``"in Wyoming, 8 × H100 instead of 4 × V100, PUE 1.1"``."""
    return ", ".join(text for _, text in edit_parts(edits, references, profile))


def edit_parts(edits: Edits, references: References, profile: EnergyProfile) -> list[tuple[str, str]]:
    """Each active edit: the name of its field in :class:`Edits`, and the edit in words.

    Raises
    ------
    EnergyVisError
        If a chosen chip is not known.

    """
    parts = []
    if edits.region_id is not None:
        known = references.intensities.get(edits.region_id)
        parts.append(("region_id", f"in {known.name if known else edits.region_id}"))
    if edits.g_per_kwh is not None:
        parts.append(("g_per_kwh", f"{three_digits(edits.g_per_kwh)} g/kWh"))
    if edits.pieces is not None:
        before = _pieces_text(edits.original, references) if edits.original else _machine_text(profile)
        machine = f"{_pieces_text(edits.pieces, references)} instead of {before}"
        parts.append(("pieces", machine))
    if edits.pue is not None:
        parts.append(("pue", f"PUE {edits.pue:g}"))
    if edits.price_per_kwh is not None:
        parts.append(("price_per_kwh", f"{three_digits(edits.price_per_kwh)} USD/kWh"))
    if edits.epoch_s is not None:
        parts.append(("epoch_s", f"{duration_text(edits.epoch_s)} per {profile.division}"))
    if edits.watts:
        named = (f"{KIND_TEXT[kind]} at {three_digits(watts)} W" for kind, watts in edits.watts)
        parts.append(("watts", ", ".join(named)))
    return parts


KIND_TEXT: dict[DeviceKind, str] = {"gpu": "GPU", "cpu": "CPU", "dram": "memory", "other": "other devices"}


def _pieces_text(pieces: tuple[PieceChoice, ...], references: References) -> str:
    named = ((piece.piece(references.chip).chip.name, piece.count) for piece in pieces)
    return " + ".join(f"{count} × {name}" for name, count in named)


def _machine_text(profile: EnergyProfile) -> str:
    workers = [item for item in profile.hardware if item.kind in {"gpu", "cpu"}]
    return " + ".join(f"{item.count} × {item.model}" for item in workers) or "the recorded machine"
