"""Measured neighbours of a network, from the BUTTER-E runs in DuckDB."""

from typing import Any

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.network import (
    HARDWARE,
    OVERHEAD_S,
    Wish,
)
from energyvis_panel.domain.network_neighbours import (
    Neighbour,
    Neighbours,
    Quartiles,
    Range,
)
from energyvis_panel.errors import DatasetError

__all__ = ["network_neighbours"]


def network_neighbours(gateway: Gateway, wish: Wish) -> Neighbours:
    """Neighbours of ``wish`` among the runs that :func:`load_butter_e` has loaded into ``gateway``.

    Raises
    ------
    DatasetError
        If the table holds no standardised run.
    QueryError
        If the runs are not loaded.

    """
    (row,) = gateway.ask("butter_e/measured_range").to_pylist()
    if not row["runs"]:
        raise DatasetError("The BUTTER-E table holds no standardised run. Fetch the data again.")
    measured = Range(row["least_size"], row["most_size"], tuple(row["depths"]))
    least_size, most_size = measured.size_window(wish.parameters)
    rows = gateway.ask(
        "butter_e/network_neighbours",
        datasets=[task.name for task in wish.tasks()],
        least_size=least_size,
        most_size=most_size,
        depths=list(measured.near_depths(wish.depth)),
        nodes=list(wish.nodes()),
        cpu_overhead_s=OVERHEAD_S[HARDWARE[0]],
        gpu_overhead_s=OVERHEAD_S[HARDWARE[1]],
    ).to_pylist()
    return Neighbours(wish, tuple(_neighbour(row) for row in rows), measured, bool(row["synthetic_runs"]))


def _neighbour(row: dict[str, Any]) -> Neighbour:
    return Neighbour(
        shape=row["shape"],
        depth=row["depth"],
        hardware=row["hardware"],
        runs=row["runs"],
        least_size=row["least_size"],
        most_size=row["most_size"],
        mean_log2_size=row["mean_log2_size"],
        per_datum=Quartiles(*row["datum_j"]),
        per_run=Quartiles(*row["run_j"]),
        overhead_j=row["overhead_j"],
        datum_s=row["datum_s"],
    )
