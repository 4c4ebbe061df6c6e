"""Figures of CodeCarbon that are known to mislead, found in the data of one run."""

import re
from collections.abc import Sequence

from energyvis_panel.data.importers.codecarbon_row import SLACK, Row, names_gpu
from energyvis_panel.data.importers.csv_table import CsvTable
from energyvis_panel.data.importers.findings import Findings
from energyvis_panel.domain.profile import Epoch
from energyvis_panel.domain.units import energy_text

SAME = 1e-6
ALIKE = 0.003
LARGE_RAM_SHARE = 0.5
FIRST_WITH_MEAN_POWER = 3
"""From version 3 on cpu_power is the mean over the run, which equals energy over time in any mode."""
UNKNOWN_CPU_W = 42.5
"""What CodeCarbon takes for a processor that it does not know: half of 85 W."""


def note_defects(table: CsvTable, run: Sequence[Row], epochs: Sequence[Epoch], findings: Findings) -> None:
    """Note what is wrong with the figures of one run, given its rows and the intervals made of them."""
    last = run[-1]
    note_constant_cpu(table, run, epochs, findings)
    total = {kind: sum(epoch.energy.of(kind) or 0.0 for epoch in epochs) for kind in ("gpu", "dram")}
    total_j = sum(epoch.energy.total_j() for epoch in epochs)
    if total["dram"]:
        share = total["dram"] / total_j
        sentence = "Memory is an estimate from its size, not a measurement"
        if share > LARGE_RAM_SHARE:
            findings.defect(f"{sentence}, and makes {share:.0%} of the run's energy.")
        else:
            findings.assume(f"{sentence} ({energy_text(total['dram'])}, {share:.0%} of the run's energy).")
    measures_gpu = any(epoch.energy.gpu is not None for epoch in epochs)
    if names_gpu(table, last.place) and measures_gpu and total["gpu"] == 0:
        findings.defect(
            "The file names GPUs but has 0 J for them: CodeCarbon counts none where CUDA_VISIBLE_DEVICES "
            "holds a "
            "UUID. What they drew is missing."
        )
    if last.remainder_j < -SLACK * max(total_j, 1.0):
        findings.defect("The parts add up to more than energy_consumed, which is not used.")
    elif last.energy.other and last.energy.measured() != ("other",):
        findings.assume("energy_consumed is more than its parts; the rest counts as other devices.")


def note_constant_cpu(
    table: CsvTable, run: Sequence[Row], epochs: Sequence[Epoch], findings: Findings
) -> None:
    """Note a processor whose power never changes, which no measurement shows."""
    powers_w = [power for row in run if (power := table.number(row.place, "cpu_power"))]
    if not powers_w:
        return
    power_w = powers_w[-1]
    constant = len(powers_w) > 1 and max(powers_w) - min(powers_w) <= SAME * power_w
    last = run[-1]
    if len(run) == 1 and major_version(table.text(last.place, "codecarbon_version")) < FIRST_WITH_MEAN_POWER:
        # Here cpu_power is the last reading; the mean over the run equals it only where it never changed.
        mean_w = (epochs[0].energy.cpu or 0.0) / last.duration_s if last.duration_s else 0.0
        constant = abs(mean_w - power_w) <= ALIKE * power_w
    if constant or power_w == UNKNOWN_CPU_W:
        unknown = ", what it takes for a processor that it does not know" if power_w == UNKNOWN_CPU_W else ""
        findings.defect(
            f"The CPU draws {power_w:.4g} W throughout{unknown}: CodeCarbon had no counter to read and took "
            "a "
            "constant from the processor's rated power. The CPU energy is an estimate."
        )


def major_version(text: str) -> int:
    """First number of a version; the latest where there is none."""
    found = re.match(r"\d{1,3}", text)
    return int(found.group()) if found else FIRST_WITH_MEAN_POWER
