"""The fields of the estimate's form: their texts, the numbers in them, and the estimate they describe."""

from collections.abc import Mapping
from typing import Final

from energyvis_panel.domain.estimate import (
    EXPECTED_LOAD,
    LEAST_LOAD,
    MOST_EPOCHS,
    MOST_HOURS,
    MOST_LOAD,
    MOST_MEMORY_GB,
    Estimate,
)
from energyvis_panel.domain.hardware import PRECISIONS, Piece, Precision
from energyvis_panel.domain.scenario import MOST_PUE
from energyvis_panel.domain.training_work import (
    EXPECTED_UTILISATION,
    MOST_PARAMETERS,
    MOST_TOKENS,
    TrainingWork,
    check,
)
from energyvis_panel.domain.units import SECONDS_PER_HOUR
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.typed_number import typed_count, typed_number

PERCENT: Final = 100.0
BASES: Final = {"hours": "Hours in all", "epoch_hours": "Hours per epoch", "work": "Parameters and tokens"}
"""What the time is computed from."""

FIELDS: Final = {
    "name": "The name",
    "epochs": "Epochs",
    "hours": "Hours in all",
    "epoch_hours": "Hours per epoch",
    "parameters": "Parameters",
    "tokens": "Tokens",
    "utilisation": "Utilisation in %",
    "load": "Load in % of TDP",
    "pue": "The PUE",
    "memory_gb": "Memory in GB",
    "basis": "", "precision": "", "region_id": "",
}  # fmt: skip
"""Fields of the form by name, and how a sentence about them begins; the last three are chosen from lists."""
RANGES: Final = {
    "epochs": (1, MOST_EPOCHS),
    "hours": (1e-6, MOST_HOURS),
    "epoch_hours": (1e-6, MOST_HOURS),
    "parameters": (1, MOST_PARAMETERS),
    "tokens": (1, MOST_TOKENS),
    "utilisation": (0.1, PERCENT),
    "load": (LEAST_LOAD * PERCENT, MOST_LOAD * PERCENT),
    "pue": (1, MOST_PUE),
    "memory_gb": (0, MOST_MEMORY_GB),
}
"""Least and most value of each number field, in its unit."""
BY_BASIS: Final = {
    "hours": ("hours",),
    "epoch_hours": ("epoch_hours",),
    "work": ("parameters", "tokens", "utilisation"),
}


def start(region_id: str | None, pue: float | None) -> dict[str, str]:
    """Texts of a new form at a site."""
    return {
        "name": "My estimate",
        "basis": "hours",
        "epochs": "1",
        "hours": "",
        "epoch_hours": "",
        "parameters": "",
        "tokens": "",
        "precision": "fp16",
        "utilisation": f"{EXPECTED_UTILISATION * PERCENT:g}",
        "load": f"{EXPECTED_LOAD * PERCENT:g}",
        "region_id": region_id or "",
        "pue": f"{pue if pue is not None else 1:g}",
        "memory_gb": "0",
    }


def used_fields(basis: str) -> tuple[str, ...]:
    """Names of the number fields that count with a basis."""
    return ("epochs", *BY_BASIS.get(basis, ("hours",)), "load", "pue", "memory_gb")


def read_numbers(fields: Mapping[str, str]) -> tuple[dict[str, float], dict[str, str]]:
    """Numbers of the fields that count, and what is wrong with those that hold none or one out of range."""
    numbers: dict[str, float] = {}
    wrong: dict[str, str] = {}
    for name in used_fields(fields["basis"]):
        what = FIELDS[name]
        try:
            value = typed_count(what, fields[name]) if name == "epochs" else typed_number(what, fields[name])
            check(what, value, *RANGES[name])
            numbers[name] = value
        except EnergyVisError as error:
            wrong[name] = str(error)
    return numbers, wrong


def make_estimate(
    fields: Mapping[str, str], numbers: Mapping[str, float], pieces: tuple[Piece, ...]
) -> Estimate:
    """Estimate that a form without mistakes describes.

    Raises
    ------
    EnergyVisError
        If the time cannot be computed from the chips, or a value is out of range.

    """
    work = None
    if fields["basis"] == "work":
        precision: Precision = next((p for p in PRECISIONS if p == fields["precision"]), "fp16")
        share = numbers["utilisation"] / PERCENT
        work = TrainingWork(numbers["parameters"], numbers["tokens"], precision, share)
        duration_s = work.duration_s(pieces)
    elif fields["basis"] == "epoch_hours":
        duration_s = numbers["epoch_hours"] * numbers["epochs"] * SECONDS_PER_HOUR
    else:
        duration_s = numbers["hours"] * SECONDS_PER_HOUR
    return Estimate(
        name=fields["name"].strip(),
        pieces=pieces,
        duration_s=duration_s,
        epochs=int(numbers["epochs"]),
        load=numbers["load"] / PERCENT,
        memory_gb=numbers["memory_gb"],
        region_id=fields["region_id"] or None,
        pue=numbers["pue"],
        work=work,
    )


def needed(wrong: Mapping[str, str]) -> str:
    """What is still needed, in one sentence."""
    if "form" in wrong:
        return wrong["form"]
    words = {"chips": "a chip", "name": "a name"} | {
        name: FIELDS[name]
        .removeprefix("The ")
        .lower()
        .replace("pue", "PUE")
        .replace("tdp", "TDP")
        .replace(" gb", " GB")
        for name in RANGES
    }
    parts = [text for name, text in words.items() if name in wrong]
    return f"Still needed for a total: {', '.join(parts)}."
