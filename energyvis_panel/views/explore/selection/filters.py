"""Fields for every brush, so that no mouse is needed: values of the categories, ranges of the quantities."""

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

HERE = Path(__file__).parent


class Filters(JSComponent):
    """Lists of values with counts, and pairs of number fields.

    It sends messages: ``{action: set, name, values}`` and ``{action: range, name, low, high}`` with the texts
    that were typed.
    """

    categories = param.List(doc="Each: name, title, values as [value, runs in all], admitted values.")
    counts = param.Dict(default={}, doc="Runs by category and value that could be or are selected.")
    ranges = param.List(doc="Each: name, title, unit, low and high as text, hints for both.")

    _esm = HERE / "filters.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "filters.css").read_text(encoding="utf-8")]
