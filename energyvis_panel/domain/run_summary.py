"""A run in one line, as a button or a list shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in the lake: id, name, state (``running``, ``stale``, ...) and one line about it."""

    run_id: str
    name: str
    state: str
    detail: str
