"""Which numbers of the equations can be changed, what they are, and what they were before."""

from dataclasses import dataclass, replace
from math import floor, log10
from typing import Any

from energyvis_panel.domain.carbon import MOST_G_PER_KWH
from energyvis_panel.domain.edits import (
    MOST_EPOCH_S,
    MOST_PRICE,
    MOST_WATTS,
    NO_EDITS,
    Edits,
)
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.scenario import MOST_PUE, Projection, project
from energyvis_panel.domain.study import KIND_TEXT, NO_PUE
from energyvis_panel.domain.units import GRAMS_PER_LB, SECONDS_PER_HOUR
from energyvis_panel.views.study.equations.equation_series import Shown

WATTS = "watts."
"""Start of the name of a field that holds the watts of a kind of device."""
HOURS_FROM_S = 360.0
SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Field:
    """One number that can be changed. Values, default and bounds are in the unit of :class:`Edits`.

    ``per_unit`` is what one of the shown ``unit`` amounts to; ``edited`` says that something else than
    ``default`` holds, ``by_hand`` that a person entered it.
    """

    name: str
    quantity: str
    label: str
    unit: str
    value: float | None
    default: float | None
    edited: bool
    least: float
    most: float
    per_unit: float = 1.0
    locked: str = ""
    empty: str = "not known"
    by_hand: bool = False

    def step(self) -> float:
        """What an arrow key adds, in the shown unit: one in the second digit, a hundredth for the PUE."""
        if self.name == "pue":
            return 0.01
        value = (self.value or 0.0) / self.per_unit
        return float(10.0 ** (floor(log10(value)) - 1)) if value > 0 else 1.0


def fields(shown: Shown, *, pounds: bool) -> dict[str, Field]:
    """Every number of the series that can be changed, by name."""
    found = [_pue(shown), _intensity(shown, pounds=pounds), _price(shown), _epoch(shown), *_watts(shown)]
    return {field.name: field for field in found}


def change(field: Field, value: float | None, edits: Edits) -> dict[str, Any]:
    """Changes of ``edits`` that give the field a value, in the unit of Edits, or its default back (None)."""
    if value is not None and field.default is not None and abs(value - field.default) <= 1e-9 * abs(value):
        value = None
    if field.name.startswith(WATTS):
        kind = field.name.removeprefix(WATTS)
        watts: dict[str, float | None] = {**dict(edits.watts), kind: value}
        return {"watts": tuple((k, watts[k]) for k in DEVICE_KINDS if watts.get(k) is not None)}
    if field.name == "g_per_kwh" and value is None and edits.g_per_kwh is None:
        return {"region_id": None}
    return {field.name: value}


def all_defaults() -> dict[str, Any]:
    """Changes that give every number of the equations its default back; pieces of the machine stay."""
    names = ("region_id", "g_per_kwh", "pue", "price_per_kwh", "epoch_s", "watts")
    return {name: getattr(NO_EDITS, name) for name in names}


def _pue(shown: Shown) -> Field:
    own, edited = shown.profile.pue, shown.edits.pue is not None
    return Field(
        "pue", "pue", f"Power usage effectiveness, 1 to {MOST_PUE:g}", "", shown.projection.scenario.pue,
        NO_PUE if own is None else own, edited, 1.0, MOST_PUE, by_hand=edited,
    )  # fmt: skip


def _intensity(shown: Shown, *, pounds: bool) -> Field:
    edits, now = shown.edits, shown.projection.scenario.intensity
    regional = shown.references.intensities.get(edits.region_id or shown.profile.region_id or "")
    before = regional if edits.g_per_kwh is not None else shown.home()
    edited = not shown.previewed and (edits.g_per_kwh is not None or edits.region_id is not None)
    unit = "lb/kWh" if pounds else "g/kWh"
    return Field(
        "g_per_kwh", "intensity", f"Carbon intensity of the electricity in {unit}", unit,
        now.g_per_kwh if now else None, before.g_per_kwh if before else None, edited, 0.0, MOST_G_PER_KWH,
        GRAMS_PER_LB if pounds else 1.0, by_hand=edits.g_per_kwh is not None and not shown.previewed,
    )  # fmt: skip


def _price(shown: Shown) -> Field:
    edits, now = shown.edits, shown.projection.scenario.price
    regional = shown.references.prices.get(edits.region_id or shown.profile.region_id or "")
    return Field(
        "price_per_kwh", "cost", "Price of electricity in USD/kWh", "USD/kWh", now.per_kwh if now else None,
        regional.per_kwh if regional else None, edits.price_per_kwh is not None, 0.0, MOST_PRICE,
        by_hand=edits.price_per_kwh is not None,
    )  # fmt: skip


def _epoch(shown: Shown) -> Field:
    edited, default = shown.edits.epoch_s is not None, None
    if edited:
        default = _otherwise(shown, epoch_s=None).epoch_s()
    unit, per_unit = _time_unit(shown.recorded_s)
    return Field(
        "epoch_s", "time", f"Mean duration of an {shown.profile.division} in {unit}", unit,
        shown.epoch_s, default, edited, 1e-6, MOST_EPOCH_S, per_unit, shown.locked(),
        "not recorded", by_hand=edited,
    )  # fmt: skip


def _watts(shown: Shown) -> list[Field]:
    """Watts of each kind that consumed; GPU and CPU may be added where they did not."""
    if not shown.watts:
        return []
    edited = dict(shown.edits.watts)
    offered = {"gpu", "cpu"} if not shown.locked() else set()
    found = []
    for kind in DEVICE_KINDS:
        if kind not in shown.watts and kind not in offered:
            continue
        default = None
        if kind in edited:
            rest = tuple(pair for pair in shown.edits.watts if pair[0] != kind)
            default = (_otherwise(shown, watts=rest).power_w() or {}).get(kind)
        found.append(
            Field(
                f"{WATTS}{kind}", "power", f"Mean power of {KIND_TEXT[kind]} in W", "W",
                shown.watts.get(kind), default, kind in edited, 0.0, MOST_WATTS, 1.0, shown.locked(), "none",
                by_hand=kind in edited,
            )
        )  # fmt: skip
    return found


def _otherwise(shown: Shown, **changes: Any) -> Projection:
    return project(shown.profile, replace(shown.projection.scenario, **changes))


def _time_unit(recorded_s: float | None) -> tuple[str, float]:
    """Unit in which the recorded epochs read well, so that it stays while their length is edited."""
    if recorded_s is None or recorded_s >= HOURS_FROM_S:
        return "h", SECONDS_PER_HOUR
    return ("min", SECONDS_PER_MINUTE) if recorded_s >= SECONDS_PER_MINUTE else ("s", 1.0)
