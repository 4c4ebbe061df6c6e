"""Which page is shown, and whether the ground is dark; validated from the address."""

from collections.abc import Mapping
from typing import Any

import param

PAGES = ("study", "runs", "explore")


class Shell(param.Parameterized):
    """The frame's own state for one session."""

    page: param.Selector[str] = param.Selector(default="study", objects=list(PAGES), doc="Page on show.")
    dark = param.Boolean(default=False, doc="Light letters on dark ground.")
    visited = param.List(default=["study"], doc="Pages opened so far; the others are not built yet.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._visit()

    @param.depends("page", watch=True)
    def _visit(self) -> None:
        if self.page not in self.visited:
            self.visited = [*self.visited, self.page]


def first_argument(arguments: Mapping[str, list[bytes]], name: str) -> str:
    """First value of a query argument as text, '' where it is missing or not UTF-8."""
    values = arguments.get(name) or [b""]
    return values[0].decode("utf-8", errors="ignore").strip()
