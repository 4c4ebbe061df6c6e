"""Edits in the address: short texts that are checked before they are used."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from energyvis_panel.domain.edits import NO_EDITS, Edits, PieceChoice
from energyvis_panel.domain.hardware import DEVICE_KINDS, PRECISIONS, DeviceKind
from energyvis_panel.errors import EnergyVisError

MOST_PIECES = 20
NUMBERS = {
    "g": "g_per_kwh",
    "pue": "pue",
    "price": "price_per_kwh",
    "epoch_s": "epoch_s",
    "scaling": "efficiency",
}
EDIT_NAMES = {
    "region": "region",
    "g": "intensity of",
    "pue": "PUE",
    "price": "price of",
    "epoch_s": "duration of an epoch",
    "scaling": "parallel efficiency",
    "watts": "power",
    "machine": "machine",
    "recorded": "recorded machine",
    "precision": "precision",
}
"""What each argument is called in a sentence."""


def edits_query(edits: Edits) -> dict[str, str | None]:
    """Query arguments for the edits; None for what is as recorded."""
    numbers = {key: getattr(edits, field) for key, field in NUMBERS.items()}
    numbers["scaling"] = edits.efficiency if edits.efficiency != NO_EDITS.efficiency else None
    return {
        "region": edits.region_id,
        **{key: None if value is None else repr(float(value)) for key, value in numbers.items()},
        "watts": ",".join(f"{kind}:{watts!r}" for kind, watts in edits.watts) or None,
        "machine": pieces_text(edits.pieces),
        "recorded": pieces_text(edits.original),
        "precision": edits.precision,
    }


def edits_from(query: Mapping[str, str]) -> tuple[Edits, list[str]]:
    """Edits that a query asks for, and the names of those that were refused."""
    edits, refused = NO_EDITS, []
    for key, name in EDIT_NAMES.items():
        if key not in query:
            continue
        try:
            edits = replace(edits, **_read(key, query[key]))
        except (EnergyVisError, ValueError):
            refused.append(f"{name} {query[key]!r}")
    return edits, refused


def _read(key: str, text: str) -> dict[str, Any]:
    """Field and value of one argument.

    Raises
    ------
    ValueError
        If the text is not of the argument's form.

    """
    if key in NUMBERS:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(text)
        return {NUMBERS[key]: value}
    readers: dict[str, tuple[str, Callable[[str], Any]]] = {
        "region": ("region_id", str),
        "watts": ("watts", _watts),
        "machine": ("pieces", pieces_from),
        "recorded": ("original", pieces_from),
        "precision": ("precision", _precision),
    }
    field, read = readers[key]
    return {field: read(text)}


def pieces_text(pieces: tuple[PieceChoice, ...] | None) -> str | None:
    """Pieces as ``kind*count*chip`` joined by semicolons; own chips as ``kind*count**name*watts*tflops``."""
    if pieces is None:
        return None
    return ";".join(
        f"{piece.kind}*{piece.count}*{quote(piece.chip_id, safe='')}"
        + ("" if piece.chip_id else f"*{quote(piece.name, safe='')}*{piece.tdp_w!r}*{piece.tflops!r}")
        for piece in pieces
    )


def pieces_from(text: str) -> tuple[PieceChoice, ...]:
    """Pieces that :func:`pieces_text` wrote.

    Raises
    ------
    EnergyVisError
        If a value is out of its range.
    ValueError
        If the text is of another form.

    """
    parts = text.split(";")
    if len(parts) > MOST_PIECES:
        raise ValueError(text)
    return tuple(_piece(part.split("*")) for part in parts)


def _piece(parts: list[str]) -> PieceChoice:
    kind, count, chip_id, *own = parts
    named = unquote(chip_id)
    if named:
        return PieceChoice(_kind(kind), named, int(count))
    name, tdp_w, tflops = own
    return PieceChoice(_kind(kind), "", int(count), unquote(name), float(tdp_w), float(tflops))


def _watts(text: str) -> tuple[tuple[DeviceKind, float], ...]:
    pairs = [part.partition(":") for part in text.split(",")]
    return tuple((_kind(kind), float(watts)) for kind, _, watts in pairs)


def _kind(text: str) -> DeviceKind:
    for kind in DEVICE_KINDS:
        if kind == text:
            return kind
    raise ValueError(text)


def _precision(text: str) -> str:
    if text not in PRECISIONS:
        raise ValueError(text)
    return text
