"""How the controls of all explore cards look."""

from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
SHARED_CSS: Final = (HERE / "controls.css").read_text(encoding="utf-8")


def stylesheets(name: str) -> list[str]:
    """Return the shared look of controls and, after it, what a component adds in ``name.css``."""
    return [SHARED_CSS, (HERE / f"{name}.css").read_text(encoding="utf-8")]
