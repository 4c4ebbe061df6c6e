"""What an importer notes on its way, and how it ends in a profile."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyProfile, Epoch, Provenance
from energyvis_panel.errors import ProfileError

LONGEST_NAME = 200
LONGEST_SENTENCE = 2000
LONGEST_VERSION = 100
MOST_SENTENCES = 100
MOST_EPOCHS = 1_000_000
"""Largest PUE that a profile can hold."""


@dataclass(slots=True)
class Findings:
    """Sentences that an importer gathers, each once, in the order in which they arose."""

    assumptions: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def assume(self, sentence: str) -> None:
        """Note what the file leaves open and how it was filled."""
        if sentence not in self.assumptions:
            self.assumptions.append(sentence[:LONGEST_SENTENCE])

    def defect(self, sentence: str) -> None:
        """Note a figure that is wrong or weak."""
        if sentence not in self.defects:
            self.defects.append(sentence[:LONGEST_SENTENCE])


def imported(
    findings: Findings,
    *,
    tool: str,
    name: str,
    epochs: Sequence[Epoch],
    version: str | None = None,
    identity: str,
    **facts: Any,
) -> ImportedProfile:
    """Profile with the sentences of ``findings`` in its provenance.

    Parameters
    ----------
    findings
        What was noted.
    tool, version
        Which program made the file.
    name
        What the run is called; cut to what a profile can hold.
    epochs
        The run's parts.
    identity
        Text that tells this run from others; the same text gives the same id.
    facts
        Further fields of the profile.

    Raises
    ------
    ProfileError
        If there are more parts than a profile can hold.

    """
    if len(epochs) > MOST_EPOCHS:
        raise ProfileError(
            f"{name[:LONGEST_NAME]} has {len(epochs):,} parts, but a profile holds at most {MOST_EPOCHS:,}. "
            "Shorten the file."
        )
    title = whole_text(name).strip()[:LONGEST_NAME] or tool
    digest = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:100] or "profile"
    profile = EnergyProfile(
        id=f"{slug}-{digest}",
        name=title,
        epochs=tuple(epochs),
        provenance=Provenance(
            tool=tool, source="imported", version=(version or None) and str(version)[:LONGEST_VERSION]
        ),
        **facts,
    )
    return with_findings(profile, findings)


def with_findings(profile: EnergyProfile, findings: Findings) -> ImportedProfile:
    """``profile`` with the sentences of ``findings`` in its provenance, beside those that stand there."""
    known = profile.provenance.assumptions
    said = [s for s in (*findings.assumptions, *findings.defects) if s not in known]
    sentences = (*known, *said)[:MOST_SENTENCES]
    told = replace(profile, provenance=replace(profile.provenance, assumptions=sentences))
    return ImportedProfile(told, tuple(findings.assumptions), tuple(findings.defects))


def whole_text(text: str) -> str:
    """``text`` without control characters, which no name needs."""
    return "".join(character if character.isprintable() else " " for character in text)


def iso_time(text: str) -> str | None:
    """Date and time in ``text`` as a profile holds it, None where there is none."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return None


def counted(number: int, noun: str) -> str:
    """A number with its noun, e.g. ``1 window`` or ``2 windows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(places: Iterable[int], most: int = 3) -> str:
    """Numbers for a sentence: the first few, and how many more."""
    found = list(places)
    shown = ", ".join(f"{place:,}" for place in found[:most])
    return shown if len(found) <= most else f"{shown} and {len(found) - most:,} more"


def file_title(filename: str) -> str:
    """Name of a file without its folder and ending."""
    base = re.split(r"[\\/]", filename)[-1]
    return base.rsplit(".", 1)[0] or base
