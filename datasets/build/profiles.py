"""Example energy profiles from the figures of Strubell, Ganesh and McCallum 2019, Table 3."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from table_file import TableError, replace_file

__all__ = ["TRAININGS", "Training", "facility_kwh", "profile", "validate", "write_profiles"]

PAPER = "Strubell, Ganesh, McCallum: Energy and Policy Considerations for Deep Learning in NLP, ACL 2019"
PAPER_URL = "https://arxiv.org/abs/1906.02243"
PUE = 1.58
J_PER_KWH = 3.6e6
S_PER_HOUR = 3600.0

POWER_NOTE = (
    "Power is the mean of the paper's Table 3, before PUE. The paper sampled one Titan X while it "
    "trained the model, multiplied the GPU's watts by the number of GPUs and added CPU and memory: the GPUs "
    "named here were not measured."
)
REGION_NOTE = (
    "Region United States, because the paper uses the US average intensity (0.954 lb/kWh); the "
    "intensity used here and its year stand beside the result."
)
ASSUMPTIONS = (
    POWER_NOTE,
    "All of the power counts as GPU, because the paper publishes no split.",
    "The time is cut into equal intervals of equal power, because the paper publishes no course of it.",
    "PUE 1.58 as in the paper (Uptime Institute survey 2018). Energies in this file are before PUE.",
    REGION_NOTE,
)


@dataclass(frozen=True, slots=True)
class Training:
    """One row of Table 3: a training, its mean power before PUE, and how it is cut."""

    profile_id: str
    name: str
    chip_id: str
    chip_name: str
    chips: int
    power_w: float
    hours: float
    printed_kwh: float
    intervals: int
    steps: int | None
    precision: str | None
    notes: tuple[str, ...]


P100_FORM = "The paper says P100 without its form; the SXM2 module is assumed."
TRAININGS = (
    Training(
        profile_id="strubell-2019-transformer-base",
        name="Transformer (base), 8 x P100",
        chip_id="nvidia-tesla-p100-sxm2",
        chip_name="NVIDIA Tesla P100 SXM2",
        chips=8,
        power_w=1415.78,
        hours=12,
        printed_kwh=27,
        intervals=12,
        steps=None,
        precision="fp32",
        notes=(P100_FORM, "FP32 is assumed: the P100 has no matrix units."),
    ),
    Training(
        profile_id="strubell-2019-transformer-big",
        name="Transformer (big), 8 x P100",
        chip_id="nvidia-tesla-p100-sxm2",
        chip_name="NVIDIA Tesla P100 SXM2",
        chips=8,
        power_w=1515.43,
        hours=84,
        printed_kwh=201,
        intervals=30,
        steps=300_000,
        precision="fp32",
        notes=(
            P100_FORM,
            "FP32 is assumed: the P100 has no matrix units.",
            "300,000 steps as the paper says; each of the 30 intervals is taken as 10,000 steps.",
        ),
    ),
    Training(
        profile_id="strubell-2019-bert-base",
        name="BERT (base), 64 x V100",
        chip_id="nvidia-tesla-v100-sxm2-32-gb",
        chip_name="NVIDIA Tesla V100 SXM2 32 GB",
        chips=64,
        power_w=12041.51,
        hours=79.2,
        printed_kwh=1507,
        intervals=20,
        steps=None,
        precision=None,
        notes=(
            "Table 3 prints 79 hours; its 1,507 kWh follow from the 79.2 hours of its text, used here.",
            "The paper says Tesla V100 without its form; the SXM2 module with 32 GB is assumed.",
        ),
    ),
)


def profile(training: Training) -> dict[str, Any]:
    """Energy profile, version 1, of one training."""
    duration_s = training.hours * S_PER_HOUR / training.intervals
    epoch: dict[str, Any] = {
        "duration_s": round(duration_s, 3),
        "energy_j": {"gpu": round(training.power_w * duration_s, 3)},
    }
    if training.steps is not None:
        epoch |= {"units": training.steps / training.intervals, "unit": "step"}
    return {
        "format": "energyvis-profile",
        "version": 1,
        "id": training.profile_id,
        "name": training.name,
        "author": "Emma Strubell, Ananya Ganesh, Andrew McCallum (figures)",
        "url": PAPER_URL,
        "created_at": None,
        "region_id": "US",
        "pue": PUE,
        "division": "interval",
        "hardware": [
            {
                "kind": "gpu",
                "model": training.chip_name,
                "chip_id": training.chip_id,
                "count": training.chips,
            }
        ],
        "epochs": [{"index": index, **epoch} for index in range(training.intervals)],
        "outside_epochs": None,
        "provenance": {
            "tool": PAPER,
            "version": "arXiv 1906.02243v1, Table 3",
            "source": "imported",
            "assumptions": [*ASSUMPTIONS, *training.notes],
        },
        "precision": training.precision,
    }


def facility_kwh(content: dict[str, Any]) -> float:
    """Energy of a profile in kWh, PUE included."""
    joules = sum(sum(epoch["energy_j"].values()) for epoch in content["epochs"])
    return float(joules * content["pue"] / J_PER_KWH)


def validate(training: Training, content: dict[str, Any]) -> None:
    """Return nothing when the profile's energy with PUE rounds to what the paper prints.

    Raises
    ------
    TableError
        If it does not.

    """
    found = facility_kwh(content)
    if round(found) != training.printed_kwh:
        raise TableError(
            f"{training.profile_id}: {found:.2f} kWh with PUE, but the paper prints {training.printed_kwh:g}."
        )


def write_profiles(folder: Path) -> list[Path]:
    """Paths of the written profiles."""
    paths = []
    for training in TRAININGS:
        content = profile(training)
        validate(training, content)
        path = folder / f"{training.profile_id}.json"
        head = {key: value for key, value in content.items() if key != "epochs"}
        epochs = ",\n    ".join(json.dumps(epoch) for epoch in content["epochs"])
        text = json.dumps(head, indent=2)[:-2] + f',\n  "epochs": [\n    {epochs}\n  ]\n}}\n'
        replace_file(path, text)
        print(f"  {path.name}: {facility_kwh(content):,.2f} kWh with PUE, printed {training.printed_kwh:g}")
        paths.append(path)
    return paths
