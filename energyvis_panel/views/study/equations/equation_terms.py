"""What the equations say: for each one its TeX, and a sentence whose numbers can be changed."""

from typing import Any, Final

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.profile import Source
from energyvis_panel.domain.study import KIND_TEXT
from energyvis_panel.domain.units import (
    GRAMS_PER_KG,
    GRAMS_PER_LB,
    duration_text,
    energy_text,
    kwh,
    mass_text,
    power_text,
    three_digits,
)
from energyvis_panel.views.study.equations.equation_fields import WATTS, Field
from energyvis_panel.views.study.equations.equation_series import Shown
from energyvis_panel.views.study.equations.equation_tex import (
    PLAIN,
    SYMBOLS,
    carbon_rows,
    cost_rows,
    energy_rows,
    power_rows,
)
from energyvis_panel.views.study.equations.equation_tokens import (
    Token,
    input_tokens,
    note_token,
    number_token,
    text_token,
)

Line = dict[str, Any]

ORIGIN: Final[dict[Source, str]] = {
    "counter": "measured by counters",
    "integrated": "integrated from measured power",
    "estimate": "estimated",
    "imported": "imported",
}


def equation_lines(shown: Shown, fields: dict[str, Field], *, pounds: bool) -> list[Line]:
    """The equations of one series: power, energy, carbon and cost.

    Each has ``symbols`` and ``rows`` (TeX, without and with the numbers), ``plain`` (the symbols as text),
    and the sentences ``short`` and ``long``: lists of tokens of the kinds text, note, number, input, unit and
    reset.
    """
    sentences = {
        "power": (power_rows(shown), _power(shown, fields, full=False), _power(shown, fields, full=True)),
        "energy": (energy_rows(shown), _energy(shown, fields, full=False), _energy(shown, fields, full=True)),
        "carbon": (
            carbon_rows(shown, pounds=pounds),
            _carbon(shown, fields, pounds=pounds, full=False),
            _carbon(shown, fields, pounds=pounds, full=True),
        ),
        "cost": (cost_rows(shown), _cost(shown, fields, full=False), _cost(shown, fields, full=True)),
    }
    return [
        {
            "name": name,
            "symbols": SYMBOLS[name],
            "plain": PLAIN[name],
            "rows": rows,
            "short": short,
            "long": long,
        }
        for name, (rows, short, long) in sentences.items()
    ]


def _power(shown: Shown, fields: dict[str, Field], *, full: bool) -> list[Token]:
    pue = [text_token("with a PUE of " if full else "PUE "), *input_tokens(fields["pue"])]
    if full:
        pue.append(note_token(f" ({_pue_origin(shown)})"))
    if not shown.duration_s:
        reason = "This profile records no times, so no power"
        if full:
            reason += ": enter how long its epochs took, below"
        return [text_token(f"{reason}. " if not full else f"{reason}. Energy is counted "), *pue]
    mean = number_token(
        power_text(shown.energy_j / shown.duration_s), "power", shown.energy_j / shown.duration_s, "W"
    )
    if not full:
        return [text_token("Mean power at the site "), mean, text_token(", "), *pue]
    tokens = [text_token("Mean power at the site "), mean, text_token(": ")]
    for place, field in enumerate(field for name, field in fields.items() if name.startswith(WATTS)):
        kind: DeviceKind = field.name.removeprefix(WATTS)  # type: ignore[assignment] # made from a kind
        tokens += [text_token(f"{' + ' if place else ''}{KIND_TEXT[kind]} "), *input_tokens(field)]
        if pieces := _pieces(shown, kind):
            tokens.append(note_token(f" ({pieces})"))
    return [*tokens, text_token(f", {_origin(shown, by_hand=bool(shown.edits.watts))}, "), *pue]


def _energy(shown: Shown, fields: dict[str, Field], *, full: bool) -> list[Token]:
    field, count = fields["epoch_s"], len(shown.projection.epochs)
    division = shown.profile.division + ("" if count == 1 else "s")
    energy = number_token(energy_text(shown.energy_j), "energy", kwh(shown.energy_j), "kWh")
    tokens = [
        *([text_token("Energy at the site ")] if full else []),
        energy,
        text_token(f" in {count:,} {division} of "),
    ]
    tokens += input_tokens(field)
    if not full:
        return tokens
    tokens.append(text_token(" on average"))
    outside = shown.projection.outside
    if outside and outside.duration_s is not None:
        tokens.append(text_token(f", and {duration_text(outside.duration_s)} outside them"))
    if shown.duration_s:
        tokens += [
            text_token(": "),
            number_token(duration_text(shown.duration_s), "time", shown.duration_s, "s"),
        ]
    by_hand = bool(shown.edits.watts) or shown.edits.epoch_s is not None
    tokens += [
        text_token(f", {_origin(shown, by_hand=by_hand)}."),
        note_token(f" {_time_rule(shown, field)}"),
    ]
    return tokens


def _carbon(shown: Shown, fields: dict[str, Field], *, pounds: bool, full: bool) -> list[Token]:
    field, intensity = fields["g_per_kwh"], shown.projection.scenario.intensity
    carbon_g = shown.carbon_g
    if intensity is None or carbon_g is None:
        reason = (
            "This run names no region: choose one on the map, or enter "
            if full
            else "No region named: enter "
        )
        return [text_token(reason), *input_tokens(field)]
    unit, per_unit = ("lb", GRAMS_PER_LB) if pounds else ("kg", GRAMS_PER_KG)
    mass = number_token(mass_text(carbon_g, pounds=pounds) + " CO₂e", "carbon", carbon_g / per_unit, unit)
    tokens = [*([text_token("Emissions ")] if full else []), mass, text_token(" at "), *input_tokens(field)]
    return [*tokens, note_token(f" {_place(intensity, full=full)}")]


def _cost(shown: Shown, fields: dict[str, Field], *, full: bool) -> list[Token]:
    field, price, cost = fields["price_per_kwh"], shown.projection.scenario.price, shown.cost
    if price is None or cost is None:
        return [
            text_token("No price is known for this region: enter " if full else "No price known: enter "),
            *input_tokens(field),
        ]
    money = number_token(f"{three_digits(cost)} USD", "cost", cost, "USD")
    tokens = [*([text_token("Cost ")] if full else []), money, text_token(" at "), *input_tokens(field)]
    return [*tokens, note_token(f" ({price.source})")]


def _pue_origin(shown: Shown) -> str:
    if shown.edits.pue is not None:
        return "entered by hand"
    return "none recorded, so 1 is taken" if shown.profile.pue is None else "recorded with the profile"


def _origin(shown: Shown, *, by_hand: bool) -> str:
    """Where joules and watts come from, with what was done to them since."""
    origin = ORIGIN[shown.profile.provenance.source]
    changes = []
    if shown.projection.scenario.hardware is not None:
        changes.append("rescaled to other chips")
    if by_hand:
        changes.append("changed by hand")
    return ", then ".join([origin, " and ".join(changes)]) if changes else origin


def _time_rule(shown: Shown, field: Field) -> str:
    """What a change of the time does."""
    if field.locked:
        return field.locked
    if shown.recorded_s is None:
        return "The profile records no times. What is entered leaves the energy as it is; the power follows."
    return "With other times the energy follows at equal power."


def _pieces(shown: Shown, kind: DeviceKind) -> str:
    """The chips of a kind, e.g. ``"8 × V100"``; '' where none is named."""
    change = shown.projection.scenario.hardware
    if change is not None:
        named = [(piece.count, piece.chip.name) for piece in change.alternative if piece.chip.kind == kind]
    else:
        named = [(item.count, item.model) for item in shown.profile.hardware if item.kind == kind]
    return " + ".join(f"{count} × {name}" for count, name in named)


def _place(intensity: CarbonIntensity, *, full: bool) -> str:
    if intensity.basis == "user":
        return "entered by hand" + (f", in place of {intensity.name}" if intensity.region_id else "")
    year = f" {intensity.year}" if intensity.year and str(intensity.year) not in intensity.source else ""
    scope = f"{intensity.scope} emissions" if full else intensity.scope
    return f"in {intensity.name} ({intensity.source}{year}, {scope})"
