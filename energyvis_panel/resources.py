"""Where the files that ship with the package lie: SQL questions and reference data."""

from pathlib import Path

from energyvis_panel.errors import DatasetError

PACKAGE = Path(__file__).resolve().parent
ROOTS = (PACKAGE / "_shipped", PACKAGE.parent)  # an installed wheel, then a checkout


def resource_path(relative: str) -> Path:
    """Path of a shipped file or folder, e.g. ``"datasets/reference/pue.csv"``.

    Raises
    ------
    DatasetError
        If neither the installed package nor the checkout holds it.

    """
    for root in ROOTS:
        candidate = root / relative
        if candidate.exists():
            return candidate
    raise DatasetError(f"The shipped file {relative!r} is missing. Install the package again.")
