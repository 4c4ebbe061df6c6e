"""Which page is shown? Buttons of all pages."""

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

HERE = Path(__file__).parent


class Navigation(JSComponent):
    """Buttons of the pages; ``page`` follows the one that was pressed."""

    pages = param.List(doc="Pairs of name and title.")
    page = param.String(doc="Name of the page on show.")

    _esm = HERE / "navigation.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "navigation.css").read_text(encoding="utf-8")]
