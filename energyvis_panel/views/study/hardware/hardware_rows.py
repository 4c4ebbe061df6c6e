"""How the hardware list puts chips, rows and formats into words."""

from collections.abc import Mapping, Sequence
from typing import Any

from energyvis_panel.domain.hardware import PRECISION_LABELS, PRECISIONS, Chip, DeviceKind, Piece, Precision
from energyvis_panel.domain.units import power_text, three_digits
from energyvis_panel.state.hardware import MachineRow, RecordedPiece

KIND_TEXT: Mapping[DeviceKind, str] = {"gpu": "GPU", "cpu": "CPU"}
ORIGIN_TEXT = {
    "vendor": "vendor's figure",
    "derived": "derived from units and clock",
    "cores_clock_simd": "estimated, within a factor of 2",
    "user": "entered by hand",
}
NO_EFFECT_ALONE = "counts together with the other edits"

Said = dict[str, Any]


def machine_rows(rows: Sequence[MachineRow], precision: Precision) -> list[Said]:
    """The lines of the list; where one alone is edited, its effect is the whole change's and not repeated."""
    single = sum(row.edit.is_change() for row in rows) == 1
    return [machine_row(index, row, precision, single=single) for index, row in enumerate(rows)]


def machine_row(index: int, row: MachineRow, precision: Precision, *, single: bool) -> Said:
    """One line of the list."""
    before, after = row.edit.before, row.edit.after
    piece = after or before
    if piece is None:
        return {}
    state = "same"
    if row.edit.is_change():
        state = "removed" if after is None else "added" if before is None else "changed"
    told = ""
    if state != "same" and not single:
        told = row.effect.text() if row.effect else NO_EFFECT_ALONE
    return {
        "row": index,
        "place": row.place,
        "kind": piece.chip.device_kind,
        "kind_text": KIND_TEXT[piece.chip.device_kind],
        "name": piece.chip.name,
        "count": piece.count,
        "state": state,
        "was": was_text(before, after),
        "effect": told,
        **chip_facts(piece.chip, precision),
    }


def was_text(before: Piece | None, after: Piece | None) -> str:
    """What stood in the record where something else stands now."""
    if before is None:
        return "added"
    if after is None:
        return "taken away"
    if before.chip == after.chip:
        return f"instead of {before.count:,}"
    return f"instead of {before.count:,} × {before.chip.name.removeprefix(f'{before.chip.vendor} ')}"


def unknown_row(place: int, item: RecordedPiece) -> Said:
    """A recorded piece that the catalogue does not know."""
    return {
        "place": place,
        "kind": item.choice.kind,
        "count": item.choice.count,
        "name": item.name,
        "text": (
            f"{item.choice.count:,} × {item.name} is not in the catalogue: "
            "choose it, or enter its watts and TFLOP/s."
        ),
        "why": item.why,
    }


def chip_facts(chip: Chip, precision: Precision) -> Said:
    """Watts, rate and where they come from, as text."""
    working = chip.working_precision(precision)
    rate = chip.tflops(working) if working else None
    watts = power_text(chip.tdp_w) if chip.tdp_w else "power not known"
    if not rate or not working:
        return {
            "watts": watts,
            "rate": "rate not known",
            "origin": lacking_text(chip, precision),
            "dim": True,
        }
    return {
        "watts": watts,
        "rate": f"{three_digits(rate)} TFLOP/s {PRECISION_LABELS[working]}",
        "origin": ORIGIN_TEXT.get(chip.rate_method(precision), ""),
        "dim": chip.tdp_w is None,
    }


def lacking_text(chip: Chip, precision: Precision) -> str:
    """Why a chip has no rate."""
    if chip.has_no_rate():
        return "no rate is published: it can be a host, or be exchanged at equal time"
    return f"no {PRECISION_LABELS[precision]} rate is published"


def hit_row(chip: Chip, precision: Precision) -> Said:
    """A chip found by the search."""
    return {
        "chip_id": chip.chip_id,
        "kind": chip.device_kind,
        "kind_text": KIND_TEXT[chip.device_kind],
        "name": chip.name,
        "year": str(chip.release_year or ""),
        "source": chip.source,
        **chip_facts(chip, precision),
    }


def precision_options(own: Precision | None) -> list[Said]:
    """Formats, with what is said of the one that holds without a choice: the run's own, else FP32."""
    said = {own or "fp32": " · the run's own" if own else " · default"}
    return [{"value": p, "text": f"{PRECISION_LABELS[p]}{said.get(p, '')}"} for p in PRECISIONS]
