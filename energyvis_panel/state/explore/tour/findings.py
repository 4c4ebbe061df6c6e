"""The six findings of the tour, each told from the answer to its question.

Published values: BUTTER-E, Tripp et al. 2024, arXiv 2403.08151, doi 10.25984/2329316, its supplementary
notebooks and the figures drawn from them; what a choice of nodes costs: JoulePoint, computed from the same
table.
"""

from typing import Final

import pyarrow as pa

from energyvis_panel.domain.units import three_digits
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

SHORT_S: Final = 840.0
GPU_CACHE_BYTES: Final = 6_406_144.0
WINDOWS: Final = (
    ("CPU node, within L1 (32 KiB a core)", False, 0.0, 32_768.0, 4.5),
    ("CPU node, about the end of L2 (1.06 MB)", False, 0.54e6, 2.2e6, 11.5),
    ("CPU node, about the end of L3 (27 MB)", False, 13.5e6, 67e6, 26.0),
    ("CPU node, beyond all caches", False, 67e6, 1e15, 48.0),
    ("GPU node, within L1 and L2 (6.4 MB)", True, 0.0, GPU_CACHE_BYTES, 11.0),
    ("GPU node, at 60 to 90 MB", True, 60e6, 90e6, 35.0),
)
"""Name, whether on a GPU node, from and to how many bytes, and the published median in mJ per datum."""


def choice_told(answer: pa.Table) -> Told:
    """Which kind of node takes less for whole runs, and what choosing costs."""
    (row,) = rows_of(answer)
    settings = row["settings"]
    if not settings:
        return Told("No selected setting ran on both kinds of node, so nothing is said of the choice.")
    cheaper, cpu, gpu, least = (row[name] for name in ("cheaper_on_cpu", "cpu_j", "gpu_j", "least_j"))
    always, random = cpu / least - 1, (cpu + gpu) / 2 / least - 1
    text = (
        f"{settings:,} settings ran on both kinds of node. The CPU node took less energy for "
        f"{percent(cheaper / settings)} of them. To take it always costs {percent(always)} more than to take "
        f"the better one each time; to toss a coin, {percent(random)} more."
    )
    figures = (
        factor_figure("Settings on both kinds of node", 13_121, settings, "settings"),
        share_figure("Cheaper on the CPU node", 0.89, cheaper / settings),
        share_figure("Always the CPU node, over the better one", 0.133, always),
        share_figure("A random node, over the better one", 0.35, random),
    )
    return Told(text, figures)


def overhead_told(answer: pa.Table) -> Told:
    """What starting and idling takes, of all energy and of short runs on GPU nodes."""
    (row,) = rows_of(answer)
    if not row["std_energy_j"]:
        return Told("No selected run has a standardised energy, so nothing is said of overhead.")
    share = row["overhead_j"] / row["std_energy_j"]
    short = row["short_overhead_j"] / row["short_std_energy_j"] if row["short_std_energy_j"] else None
    gpu_j = row["gpu_run_overhead_j"]
    text = f"Overhead is {percent(share)} of the energy of {row['run_count']:,} runs."
    if gpu_j is not None:
        text += (
            f" A run on a GPU node pays {three_digits(gpu_j / 1000)} kJ of it before it has learned anything"
        )
        text += "." if short is None else (
            f": {percent(short)} of what the {row['short_runs']:,} runs of up to "
            f"{SHORT_S / 60:.0f} minutes take."
        )  # fmt: skip
    figures = (
        share_figure("Overhead, of all energy", 0.110, share),
        factor_figure("Overhead of a run on a GPU node", 271.6, gpu_j and gpu_j / 1000, "kJ"),
        share_figure(
            "Overhead, of short runs on GPU nodes (published: one run of 827 s)", 271.6 / 336.7, short
        ),
    )
    return Told(text, figures)


def crossover_told(answer: pa.Table) -> Told:
    """From which size on the GPU node takes less for each datum."""
    rows = [row for row in rows_of(answer) if row["cpu_j"] is not None and row["gpu_j"] is not None]
    if not rows:
        return Told("No selected size ran on both kinds of node, so nothing is said of a crossover.")
    runs = sum(row["cpu_runs"] + row["gpu_runs"] for row in rows)
    size = first_cheaper(rows, "size")
    by_size = {row["size"]: row for row in rows}
    smallest, largest = by_size[min(by_size)], by_size[max(by_size)]
    text = (
        f"Without overhead, by the median of {runs:,} runs, a datum costs {mj_text(smallest['cpu_j'])} on "
        f"the CPU node and {mj_text(smallest['gpu_j'])} on the GPU node in networks of {smallest['size']:,} "
        f"parameters, {mj_text(largest['cpu_j'])} and {mj_text(largest['gpu_j'])} in those of "
        f"{largest['size']:,}. "
    )
    text += (
        "At no size from which on it stays so does the GPU node take less."
        if size is None
        else f"From {power_of_two(size)} parameters on, the GPU node takes less."
    )
    figures = [
        Figure("The GPU node takes less from", power_of_two(1 << 18), power_of_two(size) if size else "-")
    ]
    for exponent, cpu_mj, gpu_mj in ((5, 3.13, 10.11), (18, 11.36, 11.20), (24, 48.02, 34.86)):
        row = by_size.get(1 << exponent)
        for node, published in (("CPU", cpu_mj), ("GPU", gpu_mj)):
            found = 1000 * row[f"{node.lower()}_j"] if row else None
            figures.append(factor_figure(f"2^{exponent} parameters, {node} node", published, found, MJ))
    return Told(text, tuple(figures))


def spill_told(answer: pa.Table) -> Told:
    """What a datum costs while the working set fits into a cache, and beyond."""
    found = {row["place"] - 1: row for row in rows_of(answer)}
    figures = tuple(
        factor_figure(name, mj, 1000 * found[place]["j_per_datum"] if place in found else None, MJ)
        for place, (name, _is_gpu, _low, _high, mj) in enumerate(WINDOWS)
    )
    said = []
    for node, inside, beyond in (("GPU", 4, 5), ("CPU", 0, 3)):
        if inside in found and beyond in found:
            ratio = found[beyond]["j_per_datum"] / found[inside]["j_per_datum"]
            runs = found[inside]["run_count"] + found[beyond]["run_count"]
            said.append(
                f"On the {node} node a datum costs {ratio:.1f} times as much beyond the caches as within "
                f"({runs:,} runs)."
            )
    return Told(
        " ".join(said) or "The selection has no runs within and beyond the caches of a node.", figures
    )
