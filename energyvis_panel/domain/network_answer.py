"""What the neighbours of a network say: the answer, how far it reaches, a profile of one of them."""

from typing import Final

from energyvis_panel.domain.network import (
    EPOCHS,
    HARDWARE,
    HARDWARE_TEXT,
    OVERHEAD_S,
    TASKS,
    Task,
)
from energyvis_panel.domain.network_neighbours import (
    FEWEST_RUNS,
    SIZE_FACTOR,
    Neighbour,
    Neighbours,
    Quartiles,
)
from energyvis_panel.domain.profile import (
    EnergyByKind,
    EnergyProfile,
    Epoch,
    HardwareItem,
    Outside,
    Provenance,
)
from energyvis_panel.domain.units import energy_scale, energy_text, three_digits

BASIS_TEXT: Final = {"run": f"for a run of {EPOCHS:,} epochs", "epoch": "an epoch"}
MILLI: Final = 1000.0
GPU: Final = HardwareItem("gpu", "NVIDIA Tesla V100 PCIe 16 GB", 2, "nvidia-tesla-v100-pcie-16-gb")
CPU: Final = HardwareItem("cpu", "Intel Xeon Gold 6154", 2, "intel-xeon-gold-6154")
NODE_HARDWARE: Final = {"CPU node": (CPU,), "GPU node": (GPU, CPU)}


def datum_text(joules: float) -> str:
    """Energy of one datum, in mJ."""
    return f"{three_digits(joules * MILLI)} mJ"


def task_text(task: Task) -> str:
    """Task in words."""
    if task.name:
        return f"{task.name} ({task.rows:,} × {task.features:,})"
    return f"a task of {task.rows:,} observations with {task.features:,} features"


def answer_text(neighbours: Neighbours, basis: str) -> str:
    """The answer in up to three sentences: the thriftiest and its support, the other node, how sure it is."""
    ranked = neighbours.ranked(basis)
    if not ranked:
        return "Nothing was measured near this network. Choose other numbers, or both kinds of node."
    best, amount = ranked[0], neighbours.amount(ranked[0], basis)
    wish = neighbours.wish
    text = (
        f"Near {three_digits(wish.parameters)} parameters in {wish.depth} layers on {task_text(wish.task)}, "
        f"the thriftiest is the shape “{best.shape_text()}” with {best.depth} layers on a {best.hardware}: "
        f"{energy_text(amount.median)} {BASIS_TEXT[basis]} ({support_text(best.runs, amount)})."
    )
    supported = [other for other in ranked[1:] if neighbours.is_supported(other)]
    if others := [other for other in supported if other.hardware != best.hardware]:
        ratio = neighbours.amount(others[0], basis).median / amount.median
        text += f" The best {others[0].hardware} takes {three_digits(ratio)} times as much."
    if not neighbours.is_supported(best):
        return (
            f"{text} No neighbour has {FEWEST_RUNS} runs about this size, so this is a hint and no finding."
        )
    overlapping = sum(neighbours.amount(other, basis).overlaps(amount) for other in supported)
    if overlapping:
        text += (
            f" The middle halves of {overlapping} of {len(supported)} others overlap with it, so that their "
            "order may be chance."
        )
    return text


def support_text(runs: int, amount: Quartiles) -> str:
    """How many runs stand behind a median, and where half of them lie, in the unit of the median."""
    if runs < FEWEST_RUNS:
        return "a single run" if runs == 1 else f"only {runs} runs"
    return f"median of {runs} runs, half of them within {spread_text(amount)}"


def spread_text(amount: Quartiles) -> str:
    """Both quartiles in the unit in which the median reads best, e.g. ``"1.02 to 1.21 Wh"``."""
    unit, per_unit = energy_scale(amount.median)
    return f"{three_digits(amount.low / per_unit)} to {three_digits(amount.high / per_unit)} {unit}"


def reach_text(neighbours: Neighbours) -> str:
    """How far the wish lies from what was measured, quantity by quantity."""
    wish, measured = neighbours.wish, neighbours.measured
    rows, features = [task.rows for task in TASKS], [task.features for task in TASKS]
    parts = [
        beyond("parameters", wish.parameters, measured.least_parameters, measured.most_parameters),
        beyond("layers", wish.depth, measured.depths[0], measured.depths[-1]),
        beyond("observations", wish.task.rows, min(rows), max(rows)),
        beyond("features", wish.task.features, min(features), max(features)),
    ]
    outside = [part for part in parts if part]
    if not outside:
        return "Inside the measured range in parameters, layers, observations and features."
    return f"Extrapolated: {'; '.join(outside)}. The neighbours are the nearest that were measured."


def beyond(what: str, value: float, least: float, most: float) -> str:
    """How far a value lies outside a range, '' inside it."""
    if value > most:
        return f"{three_digits(value / most)}× beyond the largest measured in {what} ({most:,.0f})"
    if value < least:
        return f"{three_digits(least / value)}× below the smallest measured in {what} ({least:,.0f})"
    return ""


def basis_note(neighbours: Neighbours) -> str:
    """From which runs the figures are, and what they leave out."""
    wish, measured = neighbours.wish, neighbours.measured
    low, high = measured.size_window(wish.parameters)
    depths = measured.near_depths(wish.depth)
    names = ", ".join(task.name for task in wish.tasks())
    own = "" if neighbours.is_measured_task() else ", energy scaled by the number of data"
    return (
        f"Runs on {names} with {three_digits(low)} to {three_digits(high)} parameters "
        f"(within {SIZE_FACTOR:.1f}×) and {depths[0]} to {depths[-1]} layers{own}. Whole nodes: CPU node "
        f"{HARDWARE_TEXT[HARDWARE[0]]}; GPU node {HARDWARE_TEXT[HARDWARE[1]]}. Energy alone is compared: the "
        "table of runs holds neither loss nor accuracy."
    )


def neighbour_profile(
    neighbours: Neighbours, neighbour: Neighbour, region_id: str | None, pue: float | None
) -> EnergyProfile:
    """Profile of 3,000 equal epochs at the neighbour's median, its overhead beside them.

    The joules stand under ``other``, since the watts of a whole node have no split by device.
    """
    task, epoch_j = neighbours.wish.task, neighbours.per_epoch(neighbour).median
    epoch_s = neighbour.datum_s * task.data_per_epoch() if neighbour.datum_s else None
    made_up = "BUTTER-E stand-in, synthetic" if neighbours.synthetic else "BUTTER-E"
    epoch = EnergyByKind(other=epoch_j)
    return EnergyProfile(
        id=f"butter-e-{neighbour.shape}-{neighbour.depth}-{neighbour.hardware[:3].lower()}",
        name=f"{'Synthetic: ' if neighbours.synthetic else ''}{neighbour.name()}, {task.name or 'own task'}",
        epochs=tuple(Epoch(index, epoch_s, epoch) for index in range(EPOCHS)),
        hardware=NODE_HARDWARE[neighbour.hardware],
        provenance=Provenance(made_up, "estimate", assumptions=_assumptions(neighbours, neighbour)),
        region_id=region_id,
        pue=pue,
        outside=Outside(OVERHEAD_S[neighbour.hardware], EnergyByKind(other=neighbour.overhead_j)),
        precision="fp32",
    )


def _assumptions(neighbours: Neighbours, neighbour: Neighbour) -> tuple[str, ...]:
    origin = (
        "SYNTHETIC: the runs are a stand-in made by a script from BUTTER-E's published figures, not measured."
        if neighbours.synthetic
        else "Measured by BUTTER-E (doi 10.25984/2329316), on whole nodes, less the node type's idle offset."
    )
    amount = neighbours.per_epoch(neighbour)
    asked = f"asked for: {neighbours.wish.parameters:,.0f} in {neighbours.wish.depth} layers"
    return (
        origin,
        f"An epoch is the {support_text(neighbour.runs, amount)}.",
        f"{neighbour.least_size:,} to {neighbour.most_size:,} parameters; {asked}.",
        reach_text(neighbours),
        f"All {EPOCHS:,} epochs are taken to be equal; start-up and other overhead stand outside them.",
        "Energy of the whole node, counted as other devices, since it has no split.",
        "Region and PUE are those of the profile that was on show, not the laboratory's.",
    )
