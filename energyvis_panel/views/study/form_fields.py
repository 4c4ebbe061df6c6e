"""What the forms of Study share: fields with labels and refusals, in plain DOM."""

from pathlib import Path
from typing import Final

HERE = Path(__file__).parent
SCRIPT: Final = (HERE / "form_fields.js").read_text(encoding="utf-8")
"""Stands before the module of a form, which uses its functions."""
STYLES: Final = (HERE / "form_fields.css").read_text(encoding="utf-8")
