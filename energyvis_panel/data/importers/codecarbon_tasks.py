"""CodeCarbon's file of tasks, ``emissions_<experiment>_<run_id>.csv``: a row a task with its own energy."""

from collections.abc import Sequence

from energyvis_panel.data.importers.codecarbon_defects import note_defects
from energyvis_panel.data.importers.codecarbon_row import (
    NO_SPLIT,
    TOOL,
    Row,
    hardware_of,
    note_origin,
    region_of_row,
    rows_of,
)
from energyvis_panel.data.importers.csv_table import CsvTable
from energyvis_panel.data.importers.epoch_names import is_epoch_name
from energyvis_panel.data.importers.findings import Findings, counted, imported, iso_time
from energyvis_panel.data.importers.plausible import check_plausible
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyByKind, Epoch, Outside, total_energy


def is_codecarbon_tasks(columns: Sequence[str]) -> bool:
    """Whether a table with these columns is a file of tasks."""
    return {"task_name", "duration"} <= set(columns) and bool(
        {"energy_consumed", "cpu_energy", "gpu_energy"} & set(columns)
    )


def profiles_from_codecarbon_tasks(table: CsvTable) -> tuple[ImportedProfile, ...]:
    """The one profile of the file: tasks named as epochs are its epochs, else each task is an interval.

    Raises
    ------
    ProfileError
        If a cell holds no number, or figures that no machine can have.

    """
    findings = Findings()
    rows = rows_of(table)
    last = rows[-1]
    names = [table.text(row.place, "task_name") for row in rows]
    division_by_epochs = any(is_epoch_name(name) for name in names)
    chosen = [
        row for row, name in zip(rows, names, strict=True) if is_epoch_name(name) or not division_by_epochs
    ]
    rest = [
        row for row, name in zip(rows, names, strict=True) if division_by_epochs and not is_epoch_name(name)
    ]
    epochs = tuple(Epoch(index, row.duration_s, believed(row, findings)) for index, row in enumerate(chosen))
    if division_by_epochs:
        findings.assume(
            f"The {len(chosen):,} tasks named as epochs are the epochs; {len(rest):,} other tasks lie "
            "outside them."
        )
    else:
        findings.assume(f"Each task is an interval ({counted(len(rows), 'task')}), in the order of the file.")
    if last.energy.measured() == ("other",):
        findings.assume(NO_SPLIT)
    findings.assume("What ran between the tasks is not in the file, so it is not in the profile.")
    hardware = hardware_of(table, last.place, findings)
    note_origin(table, last, findings)
    note_defects(table, rows, epochs, findings)
    outside = (
        Outside(sum(row.duration_s for row in rest), total_energy(believed(row, findings) for row in rest))
        if rest
        else None
    )
    found = imported(
        findings,
        tool=TOOL,
        version=table.text(last.place, "codecarbon_version"),
        name=last.project,
        identity=f"{last.run_id} {last.timestamp} {last.project} tasks",
        epochs=epochs,
        hardware=hardware,
        created_at=iso_time(last.timestamp),
        region_id=region_of_row(table, last.place, findings),
        pue=last.pue,
        division="epoch" if division_by_epochs else "interval",
        outside=outside,
    )
    check_plausible(found.profile, table.name)
    return (found,)


def believed(row: Row, findings: Findings) -> EnergyByKind:
    """Energy of a task without the kinds that are negative."""
    negative = [kind for kind in row.energy.measured() if (row.energy.of(kind) or 0.0) < 0]
    for kind in negative:
        findings.defect(
            f"The {kind.upper()} energy of the task in row {row.number:,} is negative, which no energy can "
            "be: a "
            "counter has wrapped or been set back. It counts as not measured."
        )
    return EnergyByKind(
        **{kind: row.energy.of(kind) for kind in row.energy.measured() if kind not in negative}
    )
