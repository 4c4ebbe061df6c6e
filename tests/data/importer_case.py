"""Sample files of other tools, read as a user would import them."""

from pathlib import Path

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.domain.imported_profile import ImportedProfile

SAMPLES = Path(__file__).parent / "importer_samples"
NAMES = sorted(path.name for path in SAMPLES.iterdir())


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def read_sample(name: str) -> tuple[ImportedProfile, ...]:
    return read_import(sample(name), name)


def only(name: str) -> ImportedProfile:
    (found,) = read_sample(name)
    return found


def said(sentences: tuple[str, ...]) -> str:
    return "\n".join(sentences)
