"""Region, intensity, PUE and price above the flow, as small fields, and buttons for its runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import param
from panel.custom import JSComponent

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.carbon_cost.carbon_cost_formulas import sources_said
from energyvis_panel.state.explore.carbon_cost.circumstances import (
    COLORADO,
    MEASURED_PUE,
    NUMBERS,
    Circumstances,
)
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.selection.selection_bar import message_of

HERE = Path(__file__).parent
FIELDS: Final = (
    ("g_per_kwh", "Intensity", "g/kWh"),
    ("pue", "PUE", ""),
    ("price_per_kwh", "Price", "USD/kWh"),
)
"""Name, label and unit of each number field."""
WATCHED: Final = ("edits", "pounds", "refusal")
US_STATE: Final = "US-"


class CircumstanceBar(JSComponent):
    """A list of regions, number fields, and kg or lb. It sends messages ``{name, text}``."""

    regions = param.List(default=[], doc="Regions to choose from: group, and pairs of region and text.")
    region = param.String(default="", doc="The chosen region; '' = where the runs were measured.")
    fields = param.List(default=[], doc="Each: name, label, unit, text ('' = not entered), hint.")
    pounds = param.Boolean(default=False, doc="Emissions in lb instead of kg.")
    looks = param.List(
        default=[[hardware, f"Runs on {hardware}s"] for hardware in HARDWARE],
        doc="Hardware whose runs can be looked at, and the text of its button.",
    )
    sources = param.String(default="", doc="Where the numbers that hold are from.")
    refusal = param.String(default="", doc="Why the last choice was refused; '' when all is well.")

    _esm = HERE / "circumstance_bar.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "circumstance_bar.css")

    @classmethod
    def of(cls, at: Circumstances, look: Callable[[str], None]) -> Self:
        """A bar that shows and changes these circumstances, and lets ``look`` show the runs of a hardware."""
        bar = cls(regions=region_groups(at), margin=(0, 0, 4, 0), sizing_mode="stretch_width", **shown(at))

        def follow(*_events: object) -> None:
            bar.param.update(regions=region_groups(at), **shown(at))

        def sent(event: Any) -> None:
            message = message_of(event)
            name, text = str(message.get("name", "")), str(message.get("text", ""))
            if name == "region":
                at.choose_region(text)
            elif name == "unit":
                at.choose_pounds(pounds=text == "lb")
            elif name in NUMBERS:
                at.enter(name, text)
            elif name == "look" and text in HARDWARE:
                look(text)

        at.param.watch(follow, list(WATCHED))
        bar.on_msg(sent)
        return bar


def shown(at: Circumstances) -> dict[str, Any]:
    """What the bar shows of the circumstances."""
    intensity, price = at.regions_own, at.regions_price
    hints = {
        "g_per_kwh": three_digits(intensity.g_per_kwh) if intensity else "",
        "pue": f"{MEASURED_PUE:g}",
        "price_per_kwh": three_digits(price.per_kwh) if price else "",
    }
    fields = []
    for name, label, unit in FIELDS:
        entered = getattr(at.edits, name)
        text = "" if entered is None else f"{entered:.6g}"
        fields.append({"name": name, "label": label, "unit": unit, "text": text, "hint": hints[name]})
    return {
        "region": at.edits.region_id or "",
        "fields": fields,
        "pounds": at.pounds,
        "sources": sources_said(at),
        "refusal": at.refusal,
    }


def region_groups(at: Circumstances) -> list[list[Any]]:
    """Where the runs were measured; then the states, and the countries, by name."""
    named = sorted(at.intensities.values(), key=lambda one: one.name.casefold())
    states = [one for one in named if one.region_id.startswith(US_STATE)]
    countries = [one for one in named if not one.region_id.startswith(US_STATE)]
    groups: list[list[Any]] = [["", [["", f"As measured: {COLORADO.name}"]]]]
    for title, of in (("States of the US", states), ("Countries", countries)):
        if of:
            groups.append([title, [option(one) for one in of]])
    return groups


def option(intensity: CarbonIntensity) -> list[str]:
    """Region and text of an intensity in the list."""
    return [intensity.region_id, f"{intensity.name} ({three_digits(intensity.g_per_kwh)} g)"]
