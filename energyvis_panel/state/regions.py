"""Regions to choose from, which map shows them, and an intensity of one's own, for one session."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, Literal, get_args

import param

from energyvis_panel.domain.carbon import MOST_G_PER_KWH, CarbonIntensity
from energyvis_panel.domain.study import Choice, Comparison
from energyvis_panel.domain.units import GRAMS_PER_LB
from energyvis_panel.state.region_maps import MAPS, SCOPE_OF_MAP, is_on, map_for
from energyvis_panel.state.study import Study

Unit = Literal["g", "lb"]
UNITS: tuple[Unit, ...] = get_args(Unit)
GRAMS_PER_UNIT: Final[Mapping[str, float]] = {"g": 1.0, "lb": GRAMS_PER_LB}

WITHOUT_VALUE: Final[Mapping[str, str]] = {"EU": "European Union (27)"}
"""Regions that people look for and the data has no value for."""
ALIASES: Final[Mapping[str, str]] = {
    "CD": "DRC Zaire", "CG": "Congo", "CI": "Ivory Coast", "CV": "Cabo Verde", "CZ": "Czechia",
    "GB": "UK Great Britain England Scotland Wales", "KP": "DPRK", "KR": "Republic of Korea", "LA": "Laos",
    "MM": "Burma", "NL": "Holland", "SZ": "Swaziland", "TL": "East Timor", "TR": "Turkey Turkiye",
    "US": "USA America", "AE": "UAE Emirates", "US-DC": "Washington DC",
}  # fmt: skip
"""Other names by which people search."""
MOST_RECENT: Final = 5


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region as the list and the table show it; ``g_per_kwh`` is None where the data has no value."""

    region_id: str
    name: str
    g_per_kwh: float | None
    year: int | None
    scope: str
    source: str
    aliases: str = ""


class RegionsState(param.Parameterized):
    """What the regions view shows; what is chosen lies in the study."""

    map: param.Selector[str] = param.Selector(default="us", objects=list(MAPS), doc="The map on show.")
    unit: param.Selector[str] = param.Selector(
        default="g", objects=list(UNITS), doc="Unit of the own intensity: g or lb CO2e per kWh."
    )
    recent = param.List(item_type=str, doc="Regions kept last, newest first.")
    sentence = param.String(default="", doc="What could not be done with a region; '' = all is well.")
    problem = param.String(default="", doc="Why the own value was not taken; '' = it was.")

    def __init__(self, study: Study, **params: Any) -> None:
        self.study = study
        super().__init__(**params)
        if "map" not in params:
            self.map = map_for(self.chosen_id() or self.home_id())
        study.param.watch(self._followed, "choice")

    # -- what is there --------------------------------------------------------------------------------

    def rows(self) -> tuple[RegionRow, ...]:
        """All regions by name: states and countries with their value, and those sought in vain."""
        known = [_row(intensity) for intensity in self.study.intensities.values()]
        lacking = [
            RegionRow(region_id, name, None, None, "", "no data", "EU")
            for region_id, name in WITHOUT_VALUE.items()
            if region_id not in self.study.intensities
        ]
        return tuple(sorted([*known, *lacking], key=lambda row: (row.name.casefold(), row.region_id)))

    def intensities(self, map_name: str) -> dict[str, CarbonIntensity]:
        """Intensities that a map shows, by region: one level and one scope."""
        return {
            region_id: intensity
            for region_id, intensity in self.study.intensities.items()
            if is_on(region_id, map_name) and intensity.scope == SCOPE_OF_MAP[map_name]
        }

    def home_id(self, *_choice: object) -> str:
        """Region of the baseline's profile; '' where none is recorded."""
        choice = self.study.choice
        return (self.study.profile(choice.baseline_id).region_id or "") if choice else ""

    def chosen_id(self, *_choice: object) -> str:
        """Region that is kept as the alternative; '' where none is."""
        return _chosen_id(self.study.choice)

    def own_g_per_kwh(self) -> float | None:
        """Intensity entered by hand, g CO2e/kWh; None where the region's own holds."""
        choice = self.study.choice
        return choice.edits.g_per_kwh if choice else None

    # -- what the user does ---------------------------------------------------------------------------

    def keep(self, region_id: str, name: str = "") -> None:
        """Keep a region, or release it if it is kept; one without a value gets a sentence."""
        if region_id and region_id not in self.study.intensities:
            named = name or WITHOUT_VALUE.get(region_id) or region_id
            self.sentence = f"No value for {named}; enter your own."
            return
        self.sentence = ""
        self.study.choose_region(region_id)
        if region_id and self.chosen_id() == region_id:
            others = [other for other in self.recent if other != region_id]
            self.recent = [region_id, *others][:MOST_RECENT]

    def release(self) -> None:
        """Return to the profile's own region and its value."""
        self.sentence = self.problem = ""
        if self.chosen_id() or self.own_g_per_kwh() is not None:
            self.study.edit(region_id=None, g_per_kwh=None)

    def enter_own(self, text: str) -> None:
        """Take a number in the present unit as the intensity; an empty text returns to the region's."""
        written = text.strip().replace("\N{MINUS SIGN}", "-")
        if not written:
            self.problem = ""
            self.study.edit(g_per_kwh=None)
            return
        most = MOST_G_PER_KWH / GRAMS_PER_UNIT[self.unit]
        try:
            value = float(written.replace(",", ".") if written.count(",") == 1 else written)
        except ValueError:
            self.problem = f"{text[:40]!r} is not a number. Enter one in {self.unit}/kWh, such as 41.4."
            return
        if not isfinite(value) or not 0 <= value <= most:
            self.problem = f"{value:g} {self.unit}/kWh was not taken: it must lie from 0 to {most:,.4g}."
            return
        self.sentence = self.problem = ""
        self.study.edit(g_per_kwh=value * GRAMS_PER_UNIT[self.unit])

    def _followed(self, event: Any) -> None:
        """Show the map on which a newly kept region lies."""
        chosen = _chosen_id(event.new)
        if chosen and chosen != _chosen_id(event.old):
            self.sentence = ""
            if not is_on(chosen, self.map):
                self.map = map_for(chosen)


def scope_sentence(comparison: Comparison | None, map_name: str) -> str:
    """Sentence where baseline and alternative, or baseline and map, count different emissions; else ''."""
    home = comparison.baseline.projection.scenario.intensity if comparison else None
    if comparison is None or home is None or home.basis == "user":
        return ""
    for series in comparison.alternatives:
        other = series.projection.scenario.intensity
        if other is not None and other.basis != "user" and other.scope != home.scope:
            return (
                f"{home.name} is counted by {home.scope} emissions and {other.name} by {other.scope} "
                "emissions: part of the difference is one of method."
            )
    if home.scope != SCOPE_OF_MAP[map_name]:
        return (
            f"The baseline, {home.name}, is counted by {home.scope} emissions, this map by "
            f"{SCOPE_OF_MAP[map_name]} emissions: part of a difference is one of method."
        )
    return ""


def _row(intensity: CarbonIntensity) -> RegionRow:
    return RegionRow(
        intensity.region_id,
        intensity.name,
        intensity.g_per_kwh,
        intensity.year,
        intensity.scope,
        intensity.source,
        ALIASES.get(intensity.region_id, ""),
    )


def _chosen_id(choice: Choice | None) -> str:
    return (choice.edits.region_id or "") if choice else ""
