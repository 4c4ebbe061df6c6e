"""A profile by estimate: what follows from a form as one types, and making the profile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import param

from energyvis_panel.domain.edits import MOST_COUNT
from energyvis_panel.domain.estimate import Estimate, estimate_profile
from energyvis_panel.domain.hardware import Chip, Piece
from energyvis_panel.domain.training_work import check
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.estimate_fields import FIELDS, make_estimate, needed, read_numbers, start
from energyvis_panel.state.network import site_on_show
from energyvis_panel.state.study import Study
from energyvis_panel.state.typed_number import typed_count

MOST_HITS: Final = 8
MOST_CHIPS: Final = 12

SearchChips = Callable[[str, str | None, int], Sequence[Chip]]
"""Chips that a text may mean, of a kind (None = any), at most so many, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Total:
    """Totals at the site: joules with PUE, grams CO2e and USD (None = not known)."""

    energy_j: float
    carbon_g: float | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What the form comes to at low, expected and high load."""

    estimate: Estimate
    low: Total
    expected: Total
    high: Total


class EstimateState(param.Parameterized):
    """One estimate in the making."""

    opened = param.Boolean(default=False, doc="Whether the form shows.")
    fields = param.Dict(default={}, doc="Texts of the form by name; see FIELDS.")
    pieces = param.List(item_type=Piece, doc="Chips chosen so far.")
    hits = param.List(doc="Chips that the last search found.")
    refusals = param.Dict(default={}, doc="What is wrong with a field that was touched, by its name.")
    missing = param.String(default="", doc="What is still needed before there is a total; '' = nothing.")
    preview = param.ClassSelector(class_=Preview, allow_None=True, doc="Totals of the form as it stands.")
    made = param.String(default="", doc="Name of the profile made last; '' = none.")

    def __init__(self, study: Study, search_chips: SearchChips, **params: Any) -> None:
        self.study = study
        self._search = search_chips
        self._touched: set[str] = set()
        super().__init__(**params)
        self.clear()

    # -- what the user does -----------------------------------------------------------------------------

    def open(self) -> None:
        """Show the form; the site is that of the profile on show until another is chosen."""
        if not self._touched:
            self.clear()
        self.opened = True

    def clear(self) -> None:
        """Begin a new estimate."""
        region_id, pue = site_on_show(self.study)
        self._touched = set()
        self.param.update(fields=start(region_id, pue), pieces=[], hits=[], refusals={})
        self._follow()

    def set_field(self, name: str, text: str) -> None:
        """Take a field as typed."""
        if name in FIELDS:
            self._touched.add(name)
            self.fields = {**self.fields, name: text}
            self._follow()

    def search(self, text: str) -> None:
        """Look for chips by name; nothing is found for an empty text."""
        try:
            self.hits = list(self._search(text, None, MOST_HITS)) if text.strip() else []
        except EnergyVisError:
            self.hits = []

    def add_chip(self, chip_id: str) -> None:
        """Add one chip of the catalogue; one that is there already counts one more."""
        try:
            chip = self.study.references.chip(chip_id)
            if not chip.tdp_w:
                self._refuse("chips", f"{chip.name}: its power is not known. Choose another chip.")
                return
        except EnergyVisError as error:
            self._refuse("chips", str(error))
            return
        places = [place for place, piece in enumerate(self.pieces) if piece.chip == chip]
        if places:
            self.set_count(places[0], str(self.pieces[places[0]].count + 1))
            return
        if len(self.pieces) == MOST_CHIPS:
            self._refuse("chips", f"{MOST_CHIPS} different chips are the most. Remove one first.")
            return
        self._set_pieces([*self.pieces, Piece(chip, 1)])

    def set_count(self, place: int, text: str) -> None:
        """Set how many there are of a chip."""
        if not 0 <= place < len(self.pieces):
            return
        name = self.pieces[place].chip.name
        try:
            count = typed_count(f"The count of {name}", text)
            check(f"The count of {name}", count, 1, MOST_COUNT)
        except EnergyVisError as error:
            self._refuse("chips", str(error))
            return
        self._set_pieces([
            Piece(piece.chip, count) if at == place else piece for at, piece in enumerate(self.pieces)
        ])  # fmt: skip

    def remove_chip(self, place: int) -> None:
        """Take a chip away."""
        self._set_pieces([piece for at, piece in enumerate(self.pieces) if at != place])

    def make(self) -> None:
        """Put the profile on the study's strip and close the form; else say of each field what is wrong."""
        self._touched |= set(FIELDS) | {"chips"}
        self._follow()
        if self.preview is None:
            return
        profile = estimate_profile(self.preview.estimate)
        self.study.put(profile, "estimate")
        self.clear()
        self.param.update(made=profile.name, opened=False)

    # -- what follows -----------------------------------------------------------------------------------

    def _set_pieces(self, pieces: list[Piece]) -> None:
        self._touched.add("chips")
        self.pieces = pieces
        self._follow()

    def _refuse(self, name: str, sentence: str) -> None:
        self.refusals = {**self.refusals, name: sentence}

    def _follow(self) -> None:
        """Bring preview and refusals in line with the form."""
        numbers, wrong = read_numbers(self.fields)
        if not self.fields["name"].strip():
            wrong["name"] = "The name is empty. Enter one."
        if not self.pieces:
            wrong["chips"] = "The machine has no chip. Add at least one GPU or CPU."
        estimate = None
        if not wrong:
            try:
                estimate = make_estimate(self.fields, numbers, tuple(self.pieces))
            except EnergyVisError as error:
                wrong["form"] = str(error)
        shown = {name: text for name, text in wrong.items() if name in self._touched | {"form"}}
        preview = self._totals(estimate) if estimate else None
        missing = "" if preview else needed(wrong)
        self.param.update(preview=preview, refusals=shown, missing=missing, made="")

    def _totals(self, estimate: Estimate) -> Preview:
        references, region_id = self.study.references, estimate.region_id or ""
        intensity, price = references.intensities.get(region_id), references.prices.get(region_id)

        def total(load: float) -> Total:
            energy_j = estimate.energy_j(load) * (estimate.pue or 1.0)
            return Total(
                energy_j,
                intensity.emissions_g(energy_j) if intensity else None,
                price.cost(energy_j) if price else None,
            )

        low, high = estimate.band()
        return Preview(estimate, total(low), total(estimate.load), total(high))
