"""An energy profile from the rows of a run: its epochs, or intervals, and what lies outside them."""

from collections.abc import Sequence
from typing import Any

from energyvis_panel.data.run_facts import RunDevice, RunFacts
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.profile import (
    Division,
    EnergyByKind,
    EnergyProfile,
    Epoch,
    HardwareItem,
    Outside,
    Provenance,
    Source,
)
from energyvis_panel.domain.units import three_digits

TOOL = "energyvis_tracker"
WEAKEST_LAST: tuple[Source, ...] = ("counter", "integrated", "imported", "estimate")
HOW: dict[str, str] = {
    "integrated": "is power integrated over time, since the device has no energy counter",
    "estimate": "is an estimate, not a measurement",
    "imported": "was imported",
}
MOST_SENTENCES = 100
LONGEST_SENTENCE = 2000

Row = dict[str, Any]


def run_profile(
    facts: RunFacts,
    *,
    epochs: Sequence[Row],
    intervals: Sequence[Row],
    outside: Row | None,
    sources: Sequence[Row],
) -> EnergyProfile:
    """Profile of a run.

    Parameters
    ----------
    facts
        What ``run.json`` says.
    epochs, outside, sources
        Rows of ``runs/epochs_of_run``, ``runs/outside_of_run``, ``runs/sources_of_run``.
    intervals
        Rows of ``runs/intervals_of_run``, used only where there is no epoch.

    """
    division: Division = "epoch" if epochs else "interval"
    return EnergyProfile(
        id=facts.run_id,
        name=facts.name,
        author=facts.user,
        created_at=facts.started_at.isoformat(),
        region_id=facts.region_id,
        pue=facts.pue,
        division=division,
        hardware=tuple(
            HardwareItem(item.kind, item.model, item.count, item.chip_id)
            for item in facts.hardware
            if item.count
        ),
        epochs=tuple(epoch_of(row) for row in epochs)
        or tuple(Epoch(row["interval_index"], row["duration_s"], energy_of(row)) for row in intervals),
        outside=Outside(outside["duration_s"], energy_of(outside)) if epochs and outside else None,
        provenance=Provenance(
            tool=TOOL,
            version=facts.versions.get("energyvis") or facts.versions.get("energyvis-panel"),
            source=weakest_source(sources),
            assumptions=tuple(assumptions(facts, division, len(intervals), sources)),
        ),
    )


def epoch_of(row: Row) -> Epoch:
    """One finished epoch."""
    return Epoch(
        index=row["epoch"],
        duration_s=row["duration_s"],
        energy=energy_of(row),
        units=row["units"],
        unit=row["unit"],
        metrics=dict(row["metrics"] or ()),
    )


def energy_of(row: Row) -> EnergyByKind:
    """Joules by kind from the columns ``energy_<kind>_j``."""
    return EnergyByKind(**{kind: row[f"energy_{kind}_j"] for kind in DEVICE_KINDS})


def weakest_source(sources: Sequence[Row]) -> Source:
    """The source that bears least; ``estimate`` where nothing is known."""
    found = {row["source"] for row in sources}
    return next((source for source in reversed(WEAKEST_LAST) if source in found), "estimate")


def assumptions(facts: RunFacts, division: Division, intervals: int, sources: Sequence[Row]) -> list[str]:
    """Sentences about what a reader of the numbers has to know."""
    found = [
        f"The energy of {row['device_kind'].upper()} {HOW[row['source']]}."
        for row in sources
        if row["source"] in HOW
    ]
    if division == "interval":
        found.append(f"The run recorded no epochs, so it is cut into {intervals} equal intervals of time.")
    found += flaws(sources)
    if facts.attribution != "exclusive":
        found.append(f"The energy is the job's share of the machine by the rule {facts.attribution!r}.")
    found += [sentence for device in facts.devices if (sentence := device_sentence(device))]
    if not facts.is_final:
        found.append("The run was still going on when the profile was made.")
    if facts.state == "lost":
        seconds = (facts.last_sign_at - facts.started_at).total_seconds()
        found.append(f"The run was lost after {three_digits(seconds)} s; what it did later is not recorded.")
    return [sentence[:LONGEST_SENTENCE] for sentence in found[:MOST_SENTENCES]]


def device_sentence(device: RunDevice) -> str | None:
    """How a device was estimated, or why it was not measured; None where it was measured."""
    if device.source == "none":
        return f"{device.id} was not measured: {device.note or 'no reason is recorded'}."
    return f"{device.id}: {device.note}." if device.source == "estimate" and device.note else None


def flaws(sources: Sequence[Row]) -> list[str]:
    """Sentences about readings that are not whole."""
    found: list[str] = []
    if gaps := sum(row["gap_samples"] for row in sources):
        readings = sum(row["samples"] for row in sources)
        found.append(
            f"{gaps:,} of {readings:,} readings close a gap whose energy is not known and counts as 0 J."
        )
    if clamped := sum(row["clamped_samples"] for row in sources):
        found.append(f"{clamped:,} readings were above what the device can draw and were cut to it.")
    return found
