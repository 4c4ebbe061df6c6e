"""The two findings of the tour on depth; :mod:`findings` says where the published values come from."""

from math import sqrt

import pyarrow as pa

from energyvis_panel.domain.units import duration_text
from energyvis_panel.state.explore.tour.told import (
    MJ,
    Figure,
    Told,
    factor_figure,
    first_cheaper,
    mj_text,
    percent,
    power_of_two,
    rows_of,
    share_figure,
)


def depth_told(answer: pa.Table) -> Told:
    """From which depth on the GPU node takes less, and the dip at six layers."""
    rows = [row for row in rows_of(answer) if row["cpu_j"] is not None and row["gpu_j"] is not None]
    if not rows:
        return Told("No selected depth ran on both kinds of node, so nothing is said of depth.")
    by_depth = {row["depth"]: row for row in rows}
    depth = first_cheaper(rows, "depth")
    dips = {
        node: by_depth[6][f"{node}_j"] / sqrt(by_depth[5][f"{node}_j"] * by_depth[7][f"{node}_j"]) - 1
        for node in ("cpu", "gpu")
        if {5, 6, 7} <= by_depth.keys()
    }
    text = (
        "At no depth from which on it stays so does the GPU node take less for a datum."
        if depth is None
        else f"From {depth} layers on, the GPU node takes less for a datum."
    )
    if dips:
        text += (
            f" Six layers on CPU nodes lie {percent(-dips['cpu'])} below their neighbours, on GPU nodes "
            f"{percent(-dips['gpu'])}; the cause is not known, so such runs are not flagged."
        )
    figures = [Figure("The GPU node takes less from", "14 layers", f"{depth} layers" if depth else "-")]
    figures += [share_figure("Six layers against five and seven, CPU node", -0.332, dips.get("cpu"))]
    for layers, cpu_mj, gpu_mj in ((2, 4.32, 9.97), (20, 16.50, 13.49)):
        row = by_depth.get(layers)
        for node, published in (("CPU", cpu_mj), ("GPU", gpu_mj)):
            found = 1000 * row[f"{node.lower()}_j"] if row else None
            figures.append(factor_figure(f"{layers} layers, {node} node", published, found, MJ))
    return Told(text, tuple(figures))


def giants_told(answer: pa.Table) -> Told:
    """What the largest networks take by depth, those of one hidden layer most."""
    rows = rows_of(answer)
    if not rows:
        return Told(
            "No selected run on a CPU node has an energy per datum, so nothing is said of large networks."
        )
    dearest, size = max(rows, key=lambda row: row["j_per_datum"]), rows[0]["size"]
    runs = sum(row["run_count"] for row in rows)
    text = (
        f"Of {runs:,} runs with {power_of_two(size)} parameters on CPU nodes, those of {dearest['depth']} "
        f"layers are the dearest, at {mj_text(dearest['j_per_datum'])} per datum; the longest of them "
        f"took {duration_text(dearest['run_time_s'])}."
    )
    found = {row["depth"]: row for row in rows} if size == 1 << 24 else {}
    figures = tuple(
        factor_figure(
            f"2^24 parameters, {depth} layers",
            mj,
            1000 * found[depth]["j_per_datum"] if depth in found else None,
            MJ,
        )
        for depth, mj in ((2, 119.7), (4, 38.1), (8, 45.7), (16, 56.1))
    )
    return Told(text, figures)
