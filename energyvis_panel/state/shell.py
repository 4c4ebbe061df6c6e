"""Which page is shown, and whether the ground is dark; validated from the address."""

from collections.abc import Mapping

import param

PAGES = ("study", "runs", "explore")


class Shell(param.Parameterized):
    """The frame's own state for one session."""

    page: param.Selector[str] = param.Selector(default="study", objects=list(PAGES), doc="Page on show.")
    dark = param.Boolean(default=False, doc="Light letters on dark ground.")


def first_argument(arguments: Mapping[str, list[bytes]], name: str) -> str:
    """First value of a query argument as text, '' where it is missing or not UTF-8."""
    values = arguments.get(name) or [b""]
    return values[0].decode("utf-8", errors="ignore").strip()
