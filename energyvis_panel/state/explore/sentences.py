"""Words that the answers of several views share."""

from typing import Final

from energyvis_panel.state.explore.exploration import Exploration

HARDWARE: Final = ("CPU node", "GPU node")
"""By the number that ``is_gpu`` counts."""
NOTHING_SELECTED: Final = "No run matches all brushes. Clear one."


def counted(state: Exploration) -> str:
    """How many of all runs are selected."""
    return f"{state.run_count:,} of {state.total_runs:,} runs"
