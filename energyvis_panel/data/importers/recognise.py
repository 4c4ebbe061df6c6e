"""Which tool made a file: told by its content, never by its name."""

from energyvis_panel.data.importers.carbontracker import is_carbontracker, profiles_from_carbontracker
from energyvis_panel.data.importers.codecarbon import is_codecarbon, profiles_from_codecarbon
from energyvis_panel.data.importers.codecarbon_tasks import (
    is_codecarbon_tasks,
    profiles_from_codecarbon_tasks,
)
from energyvis_panel.data.importers.csv_table import header_of, read_table
from energyvis_panel.data.importers.eco2ai import is_eco2ai, profiles_from_eco2ai
from energyvis_panel.data.importers.findings import whole_text
from energyvis_panel.data.importers.plausible import remarks
from energyvis_panel.data.importers.zeus import is_zeus, profiles_from_zeus
from energyvis_panel.data.profile_json import read_profile_text
from energyvis_panel.data.text_file import offered_text
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.errors import ProfileError

LONGEST_FILENAME = 200
OWN_TABLE = frozenset({"part", "index", "energy_gpu_j"})
KNOWN = (
    "Known are the profiles of this program, EnergyVis JSON, CodeCarbon's emissions.csv and task files, logs "
    "of "
    "carbontracker, CSV files of Zeus and of Eco2AI"
)


def read_import(content: bytes, filename: str = "The file") -> tuple[ImportedProfile, ...]:
    """Every run in a file that a user offers, with what was assumed and which defects were found.

    Parameters
    ----------
    content
        The file as it came.
    filename
        What to call it in an error, and a run that has no name of its own.

    Raises
    ------
    ProfileError
        If the file cannot be used; one sentence says what is wrong, where, and how to mend it.

    """
    name = whole_text(filename).strip()[:LONGEST_FILENAME] or "The file"
    text = offered_text(content, name)
    if text.lstrip().startswith("{"):
        return (remarks(read_profile_text(text, name)[0]),)
    columns = header_of(text)
    if is_zeus(columns):
        return profiles_from_zeus(text, name)
    if is_codecarbon_tasks(columns):
        return profiles_from_codecarbon_tasks(read_table(text, name))
    if is_codecarbon(columns):
        return profiles_from_codecarbon(read_table(text, name))
    if is_eco2ai(columns):
        return profiles_from_eco2ai(read_table(text, name))
    if set(columns) >= OWN_TABLE:
        raise ProfileError(
            f"{name} is a table that this program exported for other programs. Import the profile as JSON "
            "instead."
        )
    if is_carbontracker(text):
        return profiles_from_carbontracker(text, name)
    raise ProfileError(f"{name} is of no known format. {KNOWN}. Choose one of these.")
