"""A profile that came out of a file, with what was assumed about it and what is known to be wrong with it."""

from dataclasses import dataclass

from energyvis_panel.domain.profile import EnergyProfile

MOST_FILE_BYTES = 100_000_000
"""Largest file that is read: room for a profile of a million epochs, the most that the format allows."""


@dataclass(frozen=True, slots=True)
class ImportedProfile:
    """One run in a file of any tool.

    ``assumptions`` are sentences about what the file leaves open and how it was filled; ``defects`` are
    sentences about figures that are known to be wrong or weak. Both stand in the profile's provenance too.
    """

    profile: EnergyProfile
    assumptions: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
