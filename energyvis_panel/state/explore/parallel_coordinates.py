"""Parallel coordinates: runs from bin to bin of neighbouring axes, and what energy follows."""

import math
from typing import Final

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import NOTHING_SELECTED, counted

AXIS_ORDER: Final = ("size", "depth", "run_time_s", "power_w", "energy_j", "j_per_datum")
WEAK: Final = 0.1
"""A correlation nearer to zero than this says nothing worth a sentence."""
QUESTIONS: Final = {"parallel_coordinates": Question("parallel_coordinates")}


def drivers_answer(state: Exploration) -> str:
    """Which setting energy follows more closely, in one sentence."""
    if not state.run_count:
        return NOTHING_SELECTED
    row = state.answer("summary").to_pylist()[0]
    known = {
        name: row[key]
        for key, name in (("by_size", "network size"), ("by_depth", "depth"), ("by_run_time", "run time"))
        if row[key] is not None and math.isfinite(row[key])
    }
    of = counted(state)
    if not known:
        return f"Too little varies to say what energy follows ({of})."
    said = ", ".join(f"{name} {r:+.2f}" for name, r in known.items())
    settings = {name: abs(known[name]) for name in ("network size", "depth") if name in known}
    if settings and max(settings.values()) < WEAK:
        return f"Energy hardly follows {' or '.join(settings)} here (correlation as drawn: {said}; {of})."
    if len(settings) == 2:  # noqa: PLR2004 - both settings
        closer = max(settings, key=settings.__getitem__)
        other = min(settings, key=settings.__getitem__)
        return f"Energy follows {closer} more closely than {other} (correlation as drawn: {said}; {of})."
    return f"Energy follows what still varies: {said} (correlation as drawn; {of})."
