"""How the controls of all explore cards look."""

from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
SHARED_CSS: Final = (HERE / "controls.css").read_text(encoding="utf-8")


def stylesheets(own: Path) -> list[str]:
    """Return the shared look of controls and, after it, the file of what a component adds."""
    return [SHARED_CSS, own.read_text(encoding="utf-8")]
