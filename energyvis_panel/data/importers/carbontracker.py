"""The two logs of carbontracker: epochs with mean watts, and the printed totals.

The standard log (``..._carbontracker.log``) has seconds and mean watts of each epoch before PUE; the output
log (``..._carbontracker_output.log``) has totals with PUE. Source: carbontracker, ``tracker.py``,
``loggerutil.py`` and ``parser.py``, versions 1.1 to 2.4.
"""

import re

from energyvis_panel.data.importers.carbontracker_log import LoggedRun, read_runs
from energyvis_panel.data.importers.carbontracker_output import profile_from_output
from energyvis_panel.data.importers.findings import Findings, file_title, imported, iso_time, listed
from energyvis_panel.data.importers.plausible import check_plausible
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyByKind, Epoch
from energyvis_panel.errors import ProfileError

TOOL = "carbontracker"
MOST_RUNS = 50
TOTALS = re.compile(r"(Actual|Predicted) consumption(?: for \d+ epoch\(s\))?:", re.IGNORECASE)
MARKS = re.compile(
    r"Average power usage \(W\) for |The following components were found:|carbontracker version "
    r"|CarbonTracker: |Actual consumption|Predicted consumption",
    re.IGNORECASE,
)


def is_carbontracker(text: str) -> bool:
    """Whether a text is one of carbontracker's logs."""
    return MARKS.search(text, 0, 200_000) is not None


def profiles_from_carbontracker(text: str, name: str) -> tuple[ImportedProfile, ...]:
    """One profile for each run in a standard log, or the one of an output log.

    Raises
    ------
    ProfileError
        If the log holds neither epochs nor a total, or figures that no machine can have.

    """
    runs = read_runs(text, name)
    if not runs:
        if TOTALS.search(text):
            return (profile_from_output(text, name),)
        raise ProfileError(
            f"{name} is a log of carbontracker without an epoch that ended, and without a total. Import the "
            "log "
            "that ends in _carbontracker.log."
        )
    chosen = runs[-MOST_RUNS:]
    found = []
    for number, run in enumerate(chosen, start=1):
        findings = Findings()
        if len(runs) > MOST_RUNS:
            findings.assume(f"The file holds {len(runs):,} runs; the last {MOST_RUNS} are imported.")
        title = file_title(name) if len(runs) == 1 else f"{file_title(name)}, run {number}"
        found.append(profile_of_run(run, title, name, findings))
    return tuple(found)


def profile_of_run(run: LoggedRun, title: str, name: str, findings: Findings) -> ImportedProfile:
    """Profile of one run of a standard log."""
    kinds = run.kinds()
    epochs = tuple(
        Epoch(
            index,
            epoch.duration_s,
            EnergyByKind(
                **{
                    kind: power * epoch.duration_s
                    for kind, power in epoch.power_w.items()
                    if power is not None
                }
            ),
        )
        for index, epoch in enumerate(run.epochs)
    )
    findings.assume("The energy of an epoch is its mean power times its duration.")
    note_flaws(run, kinds, findings)
    if run.pue is not None:
        findings.assume(
            f"The watts are before PUE. The PUE {run.pue:g} is the tool's own world average, not that of the "
            "site; "
            "edit it if you know better."
        )
    else:
        findings.assume("The watts are before PUE, and the log names no PUE, so it is left open.")
    if run.region_id is None:
        findings.assume("The log names no place that is known here, so the region is left open.")
    found = imported(
        findings,
        tool=TOOL,
        version=run.version,
        name=title,
        identity=f"{run.started_at} {len(epochs)} {sum(e.energy.total_j() for e in epochs)!r}",
        epochs=epochs,
        hardware=run.hardware(),
        created_at=iso_time(run.started_at) if run.started_at else None,
        region_id=run.region_id,
        pue=run.pue,
    )
    check_plausible(found.profile, name, run.device_counts())
    return found


def note_flaws(run: LoggedRun, kinds: tuple[DeviceKind, ...], findings: Findings) -> None:
    """Note readings that are missing, zero, or of several devices at once."""
    total = len(run.epochs)
    for kind in kinds:
        zero = [e.number for e in run.epochs if e.power_w.get(kind) == 0]
        missing = [e.number for e in run.epochs if e.power_w.get(kind) is None]
        if zero:
            cause = "its counter wraps unseen" if kind == "cpu" else "it was not read"
            findings.defect(
                f"The {kind.upper()} draws 0 W in {len(zero):,} of {total:,} epochs (no. {listed(zero)}), "
                "which "
                "no running "
                f"device does: carbontracker reports that where {cause}. That energy is missing."
            )
        if missing:
            findings.defect(
                f"The {kind.upper()} has no reading in {len(missing):,} of {total:,} epochs "
                f"(no. {listed(missing)}), which "
                "were too short for one; there it counts as not measured."
            )
        if any(e.single.get(kind) for e in run.epochs) and (count := run.device_counts().get(kind, 1)) > 1:
            findings.defect(
                f"The log names {count:,} {kind.upper()} devices but gives one figure an epoch. It is taken "
                "as their "
                f"sum; should it be their mean, the energy is {count:,} times as high."
            )
    if run.interrupted:
        findings.assume("The training was interrupted, so the last epochs are not in the log.")
