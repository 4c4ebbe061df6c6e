"""A run in one line, as a button or a list shows it."""

from dataclasses import dataclass

from energyvis_panel.domain.units import energy_text


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in the lake: id, name, state (``running``, ``stale``, ...) and one line about it."""

    run_id: str
    name: str
    state: str
    detail: str


def run_detail(user: str, epochs_done: int, epochs_planned: int | None, energy_j: float | None) -> str:
    """One line about a run: user, epochs done, energy so far before PUE."""
    parts = [user]
    if epochs_planned:
        parts.append(f"{epochs_done} of {epochs_planned} epochs")
    elif epochs_done:
        parts.append(f"{epochs_done} epochs")
    parts.append("no readings yet" if energy_j is None else f"{energy_text(energy_j)} before PUE")
    return " · ".join(parts)
