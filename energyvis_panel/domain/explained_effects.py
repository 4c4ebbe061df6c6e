"""Systematic effects that are known, sized from the fit, and told once instead of flagged run by run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from energyvis_panel.domain.anomaly_model import Effects

WORTH_TELLING: Final = 0.05
"""Effects on energy or power nearer to none than this are left out."""
STEP_WORTH_TELLING: Final = 0.15
"""A depth that lies further than this from the line between its neighbours stands out."""
REFERENCES: Final = {"cpu": "cpu1", "gpu": "gpu1"}
"""Node type with which others are compared, by how their name begins."""
USUAL_BATCH_SIZE: Final = 256
USUAL_OPTIMIZER: Final = "Adam"
CAMPAIGN: Final = "CPU node, optimizer batch"


@dataclass(frozen=True, slots=True)
class ExplainedEffect:
    """One effect: what it is about, and by how much it changes what a run takes.

    Attributes
    ----------
    subject
        E.g. ``"cpu4 nodes"``.
    quantity
        ``"energy"`` (standardised) or ``"power"`` (as measured).
    change
        -0.3 for 30 % less.
    against
        With what it is compared.
    reason
        Why, where it is known.

    """

    subject: str
    quantity: str
    change: float
    against: str
    reason: str = ""


def explained_effects(effects: Mapping[str, Effects]) -> tuple[ExplainedEffect, ...]:
    """Effects worth telling, the largest first.

    Parameters
    ----------
    effects
        Effects by quantity: ``ln_energy`` and ``ln_power``.

    """
    energy, power = effects["ln_energy"], effects["ln_power"]
    if not energy:
        return ()
    found = [
        *node_effects(energy, "energy"),
        *node_effects(power, "power"),
        *depth_effects(energy),
        *optimizer_effects(energy),
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.change)))


def node_effects(effects: Effects, quantity: str) -> list[ExplainedEffect]:
    """What types of nodes take more or less than the commonest type of their class."""
    by_type = {str(key[0]): value for key, value in effects[("node_type",)].items()}
    found = []
    for name, value in by_type.items():
        reference = REFERENCES.get(name[:3], "")
        if name == reference or reference not in by_type:
            continue
        change = math.expm1(value - by_type[reference])
        if abs(change) < WORTH_TELLING:
            continue
        idle = "their idle power differs" if quantity == "power" else ""
        if quantity == "energy" and change < 0:
            idle = "their idle power is taken off too generously"
        found.append(ExplainedEffect(f"{name} nodes", quantity, change, f"{reference} nodes", idle))
    return found


def depth_effects(effects: Effects) -> list[ExplainedEffect]:
    """Depths that lie off the line between the next shallower and the next deeper networks."""
    found = []
    for family in ("CPU node", "GPU node"):
        profile = {int(str(depth)): added for depth, added in marginal(effects, family, "depth").items()}
        depths = sorted(profile)
        for before, depth, after in zip(depths, depths[1:], depths[2:], strict=False):
            share = (depth - before) / (after - before)
            between = (1 - share) * profile[before] + share * profile[after]
            change = math.expm1(profile[depth] - between)
            if abs(change) >= STEP_WORTH_TELLING:
                found.append(
                    ExplainedEffect(
                        f"{depth} layers on {family}s", "energy", change, f"{before} and {after} layers"
                    )
                )
    # A dip lifts its neighbours above their own lines, so of two adjoining steps only the larger is one.
    return [one for one in found if abs(one.change) == max(abs(other.change) for other in found)]


def optimizer_effects(effects: Effects) -> list[ExplainedEffect]:
    """What batch size and optimizer change in the batch where they vary."""
    sizes = marginal(effects, CAMPAIGN, "batch_size")
    optimizers = marginal(effects, CAMPAIGN, "optimizer")
    found = []
    for size, value in sizes.items():
        if USUAL_BATCH_SIZE in sizes and size != USUAL_BATCH_SIZE:
            change = math.expm1(value - sizes[USUAL_BATCH_SIZE])
            found.append(
                ExplainedEffect(f"batches of {size}", "energy", change, f"batches of {USUAL_BATCH_SIZE}")
            )
    for name, value in optimizers.items():
        if USUAL_OPTIMIZER in optimizers and name != USUAL_OPTIMIZER:
            change = math.expm1(value - optimizers[USUAL_OPTIMIZER])
            found.append(ExplainedEffect(f"optimizer {name}", "energy", change, USUAL_OPTIMIZER))
    return [one for one in found if abs(one.change) >= WORTH_TELLING]


def marginal(effects: Effects, family: str, setting: str) -> dict[object, float]:
    """What each value of a setting adds to the logarithm in one family, on average over the others."""
    sums: dict[object, float] = {}
    for names, by_key in effects.items():
        if "family" not in names or setting not in names:
            continue
        at, own = names.index(setting), names.index("family")
        values: dict[object, list[float]] = {}
        for key, value in by_key.items():
            if key[own] == family:
                values.setdefault(key[at], []).append(value)
        for value_of_setting, added in values.items():
            sums[value_of_setting] = sums.get(value_of_setting, 0.0) + fmean(added)
    return sums
