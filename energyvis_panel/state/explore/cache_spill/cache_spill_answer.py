"""What it costs when a network no longer fits a level of memory, in one sentence."""

from collections.abc import Mapping
from typing import Final

from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.cache_spill.cache_spill import FEWEST_AT_LEVEL, UP, Held, Step, steps_of
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED, counted

SHOWN: Final[Mapping[str, tuple[int, ...]]] = {"both": (0, 1), "cpu": (0,), "gpu": (1,)}
"""Hardware classes by the choice that shows them."""
KIBI: Final = 1024
LEAST_STEP: Final = 1.05
"""A ratio of medians below is no step: bins of BUTTER-E's axis are 3.4 % wide."""


def bytes_text(count: float) -> str:
    """Bytes for people: ``"122 B"``, ``"32 KiB"``, ``"1.03 MiB"``."""
    units = ("B", "KiB", "MiB", "GiB", "TiB")
    at = 0
    while count >= KIBI and at < len(units) - 1:
        count, at = count / KIBI, at + 1
    text = three_digits(count)
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {units[at]}"


def ratio_text(step: Step) -> str:
    """How many times the median within the median beyond is; that too few runs say it, where they do."""
    return "too few" if step.ratio is None else f"\u00d7{three_digits(step.ratio)}"


def nodes_text(held: Held) -> str:
    """The hardware class of a level, in the plural."""
    return f"{HARDWARE[held.level.is_gpu]}s"


def largest(steps: list[Step]) -> Step | None:
    """The step with the greatest ratio; None where nothing can be said of any."""
    known = [step for step in steps if step.ratio is not None]
    return max(known, key=lambda step: step.ratio or 0.0, default=None)


def spill_answer(
    state: Exploration, by_hardware: tuple[tuple[Held, ...], ...], shown: tuple[int, ...] = (0, 1)
) -> str:
    """Where the step is largest on the hardware classes that are shown, and by how much.

    Parameters
    ----------
    state
        Whose selection it is about.
    by_hardware
        What the selected runs take, by hardware class and level.
    shown
        Indices of hardware classes.

    """
    if not state.run_count:
        return NOTHING_SELECTED
    held = [one for is_gpu in shown for one in by_hardware[is_gpu] if one.run_count]
    behind = counted(state)
    if not held:
        nodes = " or ".join(f"{HARDWARE[is_gpu]}s" for is_gpu in shown)
        return (
            f"None of the selected runs on {nodes} has both a working set and an energy per datum ({behind})."
        )
    drawn = sum(one.run_count for one in held)
    if drawn < state.run_count:
        behind += f", {drawn:,} drawn"
    found = [step for is_gpu in shown if (step := largest(steps_of(by_hardware[is_gpu])))]
    return f"{steps_text(found) if found else too_few_text(held)} ({behind})."


def steps_text(found: list[Step]) -> str:
    """Where the largest step lies, what lies on both sides of it, and the largest of other hardware."""
    first, *others = sorted(found, key=lambda step: step.ratio or 0.0, reverse=True)
    within, beyond, ratio = first.within, first.beyond, first.ratio or 0.0
    name, place = within.level.name, bytes_text(within.level.most_bytes)
    if ratio < LEAST_STEP:
        return (
            f"No full level raises the median by 5 percent: the greatest ratio is {three_digits(ratio)}, "
            f"where the {name} of {nodes_text(within)} is full ({place})"
        )
    said = (
        f"The step is largest at the {name} of {nodes_text(within)} ({place}): beyond it the median run "
        f"takes {QUANTITIES[UP].text(beyond.median_j)} per datum, {three_digits(ratio)} times the median of "
        f"those that it holds ({beyond.run_count:,} against {within.run_count:,} runs)"
    )
    for other in others:
        level = other.within.level
        said += (
            f"; on {nodes_text(other.within)} at the {level.name} ({bytes_text(level.most_bytes)}), "
            f"{three_digits(other.ratio or 0.0)} times"
        )
    return said


def too_few_text(held: list[Held]) -> str:
    """Why nothing is said of a step."""
    if len(held) == 1:
        name, nodes = held[0].level.name, nodes_text(held[0])
        if held[0].run_count == 1:
            return f"There is only one run, held by the {name} of {nodes}, so no step can be seen"
        return f"All runs are held by the {name} of {nodes}, so no step can be seen"
    return f"Fewer than {FEWEST_AT_LEVEL} runs lie on a side of every boundary, so nothing is said of a step"
