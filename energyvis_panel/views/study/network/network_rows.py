"""What the view of neighbours draws: one row a neighbour, its amounts as texts and as shares of the most."""

from typing import Any

from energyvis_panel.domain.network import EPOCHS
from energyvis_panel.domain.network_answer import datum_text, spread_text
from energyvis_panel.domain.network_neighbours import FEWEST_RUNS, Neighbour, Neighbours, Quartiles
from energyvis_panel.domain.units import duration_text, energy_text

COLUMNS = (
    "Shape",
    "Layers",
    "Node",
    "Runs",
    "Parameters",
    f"Run of {EPOCHS:,} epochs",
    "Middle half",
    "Epoch",
    "Datum",
    "Time of a run",
    "Distance",
)
"""Headings of the table; the distance is in doublings of parameters, layers and the task's size."""


def neighbour_rows(neighbours: Neighbours | None, basis: str) -> list[dict[str, Any]]:
    """Rows in the order of the ranking; ``median``, ``low`` and ``high`` are shares of the largest value."""
    if neighbours is None:
        return []
    ranked = neighbours.ranked(basis)
    amounts = [neighbours.amount(neighbour, basis) for neighbour in ranked]
    widest = max((amount.high for amount in amounts), default=1.0)
    return [
        {
            "name": f"{neighbour.shape_text()}, {neighbour.depth} layers",
            "node": neighbour.hardware,
            "gpu": neighbour.hardware.startswith("GPU"),
            "weak": not neighbours.is_supported(neighbour),
            "median": amount.median / widest,
            "low": amount.low / widest,
            "high": amount.high / widest,
            "text": energy_text(amount.median),
            "support": support(neighbours, neighbour, amount),
            "cells": cells(neighbours, neighbour),
        }
        for neighbour, amount in zip(ranked, amounts, strict=True)
    ]


def support(neighbours: Neighbours, neighbour: Neighbour, amount: Quartiles) -> str:
    """Middle half and number of runs, or why they do not count."""
    runs = f"{neighbour.runs} run{'' if neighbour.runs == 1 else 's'}"
    if neighbour.runs < FEWEST_RUNS:
        return f"{runs}, too few"
    if not neighbours.is_of_size(neighbour):
        return f"{runs}, off in size"
    return f"{spread_text(amount)} · {runs}"


def cells(neighbours: Neighbours, neighbour: Neighbour) -> list[str]:
    """Texts of the table's columns."""
    run = neighbours.per_run(neighbour)
    time = neighbour.datum_s
    if time is not None:
        time = time * neighbours.wish.task.data_per_epoch() * EPOCHS + neighbours.overhead_s(neighbour)
    sizes = (neighbour.least_size, neighbour.most_size)
    return [
        neighbour.shape_text(),
        str(neighbour.depth),
        neighbour.hardware,
        str(neighbour.runs),
        " to ".join(f"{size:,}" for size in dict.fromkeys(sizes)),
        energy_text(run.median),
        spread_text(run) if neighbours.is_supported(neighbour) else "–",
        energy_text(neighbours.per_epoch(neighbour).median),
        datum_text(neighbour.per_datum.median),
        duration_text(time) if time is not None else "not known",
        f"{neighbour.distance(neighbours.wish):.1f}",
    ]
