"""Where the explored runs are imagined: carbon intensity, PUE and price, which the Study page shares."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import param

from energyvis_panel.domain.carbon import CarbonIntensity, Price
from energyvis_panel.domain.edits import NO_EDITS, Edits, References
from energyvis_panel.domain.study import BY_HAND
from energyvis_panel.errors import EnergyVisError, SettingsError
from energyvis_panel.state.explore.companion import Companion
from energyvis_panel.state.study import Study
from energyvis_panel.state.typed_number import typed_number

COLORADO: Final = CarbonIntensity("US-CO", "Colorado", 494.9047, 2023, "EPA eGRID", "direct", "generation")
"""Where BUTTER-E was measured; the same as in ``datasets/reference``, which a test compares."""
COLORADO_PRICE: Final = Price(
    0.1164, "USD", "EIA Electric Power Annual, commercial, 2023, average revenue per kWh"
)
MEASURED_PUE: Final = 1.04
MEASURED_PUE_SOURCE: Final = "NREL ESIF, where BUTTER-E was measured, published annual average"
"""Of the data centre where BUTTER-E was measured; ``nrel-esif`` in ``datasets/reference/pue.csv``."""
AS_MEASURED: Final = References({COLORADO.region_id: COLORADO}, {COLORADO.region_id: COLORADO_PRICE})
NUMBERS: Final[Mapping[str, str]] = {
    "g_per_kwh": "The carbon intensity in g/kWh",
    "pue": "The PUE",
    "price_per_kwh": "The price in USD/kWh",
}
"""Fields of :class:`Edits` that are typed, with their names in a sentence."""


class Circumstances(Companion):
    """Intensity, PUE and price for one exploration.

    What is not chosen is as it was where BUTTER-E was measured: in Colorado, at the PUE of that data centre,
    at the price that the region has.
    """

    edits = param.ClassSelector(
        class_=Edits,
        default=NO_EDITS,
        allow_None=False,
        doc="What was chosen: region, intensity, PUE, price.",
    )
    pounds = param.Boolean(default=False, doc="Emissions in lb instead of kg.")
    refusal = param.String(default="", doc="Why the last choice was refused; '' when all is well.")

    def __init__(self, **params: Any) -> None:
        self._study: Study | None = None
        self._watcher: Any = None
        self._references = AS_MEASURED
        super().__init__(**params)

    def follow(self, study: Study) -> None:
        """Share region, intensity, PUE, price and unit of mass with ``study`` from now on, both ways."""
        self._study, self._references = study, study.references
        self._watcher = study.param.watch(self._followed, ["choice", "pounds"])
        self._followed()

    def leave(self) -> None:
        """Share nothing any more: the page of these circumstances has been put away."""
        if self._study is not None:
            self._study.param.unwatch(self._watcher)
            self._study = None

    # What holds

    @property
    def intensities(self) -> Mapping[str, CarbonIntensity]:
        """Carbon intensity by region, of all regions to choose from."""
        return self._references.intensities

    @property
    def region_id(self) -> str:
        """The region whose electricity is taken."""
        return self.edits.region_id or COLORADO.region_id

    @property
    def regions_own(self) -> CarbonIntensity | None:
        """Intensity of the region, whatever was entered by hand; None where it is not known."""
        known = self.intensities.get(self.region_id)
        return known or (COLORADO if self.region_id == COLORADO.region_id else None)

    @property
    def intensity(self) -> CarbonIntensity | None:
        """Intensity that holds; None where none is known."""
        known = self.regions_own
        if self.edits.g_per_kwh is None:
            return known
        return CarbonIntensity(
            self.region_id,
            known.name if known else "Own value",
            self.edits.g_per_kwh,
            year=None,
            source=BY_HAND,
            scope=known.scope if known else "scope not stated",
            basis="user",
        )

    @property
    def pue(self) -> float:
        """Power usage effectiveness that holds."""
        return MEASURED_PUE if self.edits.pue is None else self.edits.pue

    @property
    def pue_source(self) -> str:
        """Where the PUE is from."""
        return MEASURED_PUE_SOURCE if self.edits.pue is None else BY_HAND

    @property
    def regions_price(self) -> Price | None:
        """Price in the region, whatever was entered by hand; None where it is not known."""
        known = self._references.prices.get(self.region_id)
        return known or (COLORADO_PRICE if self.region_id == COLORADO.region_id else None)

    @property
    def price(self) -> Price | None:
        """Price that holds; None where none is known."""
        entered = self.edits.price_per_kwh
        return self.regions_price if entered is None else Price(entered, "USD", BY_HAND)

    # What is chosen

    def choose_region(self, region_id: str) -> None:
        """Take the electricity of a region; '' returns to where the runs were measured."""
        if region_id and region_id not in self.intensities:
            self._refuse(
                SettingsError(
                    f"There is no carbon intensity for the region {region_id[:40]!r}. Choose another."
                )
            )
            return
        self._change(region_id=region_id or None, g_per_kwh=None)

    def enter(self, name: str, text: str) -> None:
        """Take a typed number of :data:`NUMBERS`; an empty text returns to what is known."""
        changes: dict[str, Any] = {}
        try:
            changes[name] = typed_number(NUMBERS[name], text) if text.strip() else None
            # Checked here, so that a study is never asked for what is out of its range.
            replace(self.edits, **changes)
        except EnergyVisError as error:
            self._refuse(error)
            return
        self._change(**changes)

    def choose_pounds(self, *, pounds: bool) -> None:
        """Write emissions in lb, or in kg."""
        if self._study is not None:
            self._study.pounds = pounds
        else:
            self.pounds = pounds

    def _change(self, **changes: Any) -> None:
        wanted = replace(self.edits, **changes)
        study = self._study
        if study is None or study.choice is None:
            self.param.update(edits=wanted, refusal="")
            return
        study.edit(**changes)
        if self.edits == wanted:
            self.refusal = ""
        else:
            self._refuse(SettingsError(study.notice))

    def _refuse(self, error: EnergyVisError) -> None:
        # Emptied first, so that the same refusal twice is seen twice.
        self.refusal = ""
        self.refusal = str(error)

    def _followed(self, *_events: object) -> None:
        study = self._study
        if study is None:
            return
        chosen = study.choice.edits.site() if study.choice else self.edits
        changes = {"edits": chosen, "pounds": study.pounds}
        self.param.update(**{name: value for name, value in changes.items() if getattr(self, name) != value})
