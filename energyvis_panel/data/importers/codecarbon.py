"""CodeCarbon's ``emissions.csv`` of any version: one profile a run, its flushed rows as intervals.

Columns are found by name. Energies are kWh with PUE, cumulative over the rows of one ``run_id``. Source: the
documentation of CodeCarbon, page "Output", and its repository, versions 1.0 to 3.3.
"""

from collections.abc import Sequence

from energyvis_panel.data.importers.codecarbon_defects import note_defects
from energyvis_panel.data.importers.codecarbon_row import (
    NO_ENERGY,
    NO_SPLIT,
    TOOL,
    Row,
    hardware_of,
    note_origin,
    region_of_row,
    rows_of,
)
from energyvis_panel.data.importers.csv_table import CsvTable
from energyvis_panel.data.importers.findings import Findings, imported, iso_time
from energyvis_panel.data.importers.plausible import check_plausible
from energyvis_panel.domain.hardware import DEVICE_KINDS, DeviceKind
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyByKind, Epoch

MOST_RUNS = 50


def is_codecarbon(columns: Sequence[str]) -> bool:
    """Whether a table with these columns is an ``emissions.csv``."""
    return {"duration", "emissions", "energy_consumed"} <= set(columns) and "task_name" not in columns


def profiles_from_codecarbon(table: CsvTable) -> tuple[ImportedProfile, ...]:
    """One profile for each run in the table, in its order; the newest 50 where there are more.

    Raises
    ------
    ProfileError
        If a cell holds no number, or figures that no machine can have.

    """
    rows = rows_of(table)
    runs: dict[str, list[Row]] = {}
    for row in rows:
        # Before run_id there was experiment_id, one a run; a row with neither is a run of its own.
        runs.setdefault(row.run_id or f"row {row.number}", []).append(row)
    chosen = list(runs.values())
    shortened = len(chosen) > MOST_RUNS
    if shortened:
        newest = sorted(range(len(chosen)), key=lambda place: (chosen[place][-1].timestamp, place))
        chosen = [chosen[place] for place in sorted(newest[-MOST_RUNS:])]
    found = []
    for run in chosen:
        findings = Findings()
        if shortened:
            findings.assume(f"The file holds {len(runs):,} runs; the newest {MOST_RUNS} are imported.")
        found.append(profile_of_run(table, run, findings, alone=len(runs) == 1))
    return tuple(found)


def profile_of_run(table: CsvTable, run: list[Row], findings: Findings, *, alone: bool) -> ImportedProfile:
    """Profile of one run from its rows."""
    last = run[-1]
    epochs = intervals(run, findings)
    hardware = hardware_of(table, last.place, findings)
    note_origin(table, last, findings)
    if len(run) > 1:
        findings.assume(
            f"The run has {len(run):,} rows of running totals; their differences are its intervals."
        )
    else:
        findings.assume("The file holds one total of the run, which is therefore a single interval.")
    note_defects(table, run, epochs, findings)
    when = last.timestamp.replace("T", " ")[:16]
    found = imported(
        findings,
        tool=TOOL,
        version=table.text(last.place, "codecarbon_version"),
        name=last.project if alone or not when else f"{last.project}, {when}",
        identity=f"{last.run_id} {last.timestamp} {last.project} {last.number}",
        epochs=epochs,
        hardware=hardware,
        created_at=iso_time(last.timestamp),
        region_id=region_of_row(table, last.place, findings),
        pue=last.pue,
        division="interval",
    )
    gpus = max(1, sum(item.count for item in hardware if item.kind == "gpu"))
    check_plausible(found.profile, f"{table.name}, run {found.profile.name!r},", {"gpu": gpus})
    return found


def intervals(run: list[Row], findings: Findings) -> tuple[Epoch, ...]:
    """Differences between a run's rows; a run that began again counts from nothing."""
    kinds = usable_kinds(run, findings)
    reached: dict[DeviceKind, float] = dict.fromkeys(kinds, 0.0)
    reached_s = 0.0
    fallen: dict[DeviceKind, list[int]] = {}
    restarts = 0
    epochs = []
    for index, row in enumerate(run):
        now = {kind: known(row.energy.of(kind), reached[kind]) for kind in kinds}
        if row.duration_s < reached_s:
            restarts += 1
            reached_s = 0.0
            if all(now[kind] <= reached[kind] for kind in kinds):
                reached = dict.fromkeys(kinds, 0.0)
        spent: dict[DeviceKind, float] = {}
        for kind in kinds:
            if now[kind] < reached[kind]:
                fallen.setdefault(kind, []).append(row.number)
            spent[kind] = max(0.0, now[kind] - reached[kind])
            reached[kind] = max(reached[kind], now[kind])
        epochs.append(Epoch(index, row.duration_s - reached_s, EnergyByKind(**spent)))
        reached_s = row.duration_s
    if restarts:
        findings.assume(
            f"The clock of the run began again {restarts:,} times; each part counts from nothing."
        )
    for kind, places in fallen.items():
        findings.defect(
            f"The total of {kind.upper()} energy falls in {len(places):,} of {len(run):,} rows, which no "
            "energy "
            f"can (first in row {places[0]:,}); the fall counts as 0 J."
        )
    return tuple(epochs)


def usable_kinds(run: list[Row], findings: Findings) -> tuple[DeviceKind, ...]:
    """Kinds with a total that can be believed."""
    found: list[DeviceKind] = []
    for kind in DEVICE_KINDS:
        values = [value for row in run if (value := row.energy.of(kind)) is not None]
        if not values:
            continue
        if min(values) < 0:
            findings.defect(
                f"The {kind.upper()} energy is negative ({min(values):.3g} J), which no energy can be: a "
                "counter "
                "has wrapped or been set back. The kind counts as not measured."
            )
            continue
        found.append(kind)
    if not found:
        findings.defect(NO_ENERGY)
    elif found == ["other"]:
        findings.assume(NO_SPLIT)
    return tuple(found)


def known(value: float | None, otherwise: float) -> float:
    """``value``, or what stands for it where a row has none."""
    return otherwise if value is None else value
