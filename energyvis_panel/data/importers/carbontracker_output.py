"""The output log of carbontracker: the totals that it printed, PUE included."""

import math
import re

from energyvis_panel.data.importers.carbontracker_log import LoggedRun, note_fact, seconds
from energyvis_panel.data.importers.csv_table import parsed_number, shortened
from energyvis_panel.data.importers.findings import Findings, file_title, imported, iso_time
from energyvis_panel.data.importers.plausible import check_plausible
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyByKind, Epoch
from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.errors import ProfileError

TOOL = "carbontracker"
OWN_PUE = 1.58
"""What versions from 2023 multiply their totals by (Uptime Institute survey); before that 1.55 to 1.67."""
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
BLOCK = re.compile(
    r"Actual consumption(?: for (?P<epochs>\d{1,9}) epoch\(s\))?:\s{1,20}"
    r"Time:\s{1,20}(?P<time>\d{1,7}:\d{1,2}:\d{1,2}(?:\.\d{1,6})?)\s{1,20}"
    r"Energy:\s{1,20}(?P<kwh>\S{1,40})\s{1,20}kWh",
    re.IGNORECASE,
)
TIME = re.compile(r"(\d+):(\d+):(\d+(?:\.\d+)?)")


def profile_from_output(text: str, name: str) -> ImportedProfile:
    """Profile of the last total in an output log.

    Raises
    ------
    ProfileError
        If it has a prediction only, a total that is no number, or one that no machine can have.

    """
    blocks = list(BLOCK.finditer(text))
    if not blocks:
        raise ProfileError(
            f"{name} is a log of carbontracker without a total of what was consumed; a prediction is no "
            "measurement. "
            "Import the log that ends in _carbontracker.log."
        )
    block = blocks[-1]
    total_kwh = parsed_number(block.group("kwh"))
    if total_kwh is None or not math.isfinite(total_kwh) or total_kwh < 0:
        raise ProfileError(
            f"{name} is not usable: its total is {shortened(block.group('kwh'))} kWh, not a number from 0. "
            "Correct it."
        )
    run = LoggedRun()
    for line in text.splitlines():
        note_fact(run, line)
    time = TIME.fullmatch(block.group("time"))
    duration_s = seconds(time) if time else None
    findings = Findings()
    pue = run.pue or OWN_PUE
    kind = next(iter(run.devices)) if len(run.devices) == 1 else "other"
    energy = EnergyByKind(**{kind: total_kwh * JOULES_PER_KWH / pue})
    epochs = block.group("epochs")
    findings.assume(
        f"The log has one total{f' of {int(epochs):,} epochs' if epochs else ''}, which is therefore a "
        "single interval; "
        "the log that ends in _carbontracker.log has each epoch."
    )
    findings.assume(
        f"The total includes the tool's PUE, taken as {pue:g}, and was divided by it; versions before 2023 "
        "used 1.55 "
        "to 1.67."
    )
    if kind == "other":
        findings.assume("The log does not split the total by device, so it counts as other devices.")
    if total_kwh == 0:
        findings.defect("The total is 0 kWh, which no run consumes: carbontracker read no power.")
    if run.region_id is None:
        findings.assume("The log names no place that is known here, so the region is left open.")
    stamp = STAMP.search(text)
    found = imported(
        findings,
        tool=TOOL,
        version=run.version,
        name=file_title(name),
        identity=f"{stamp.group() if stamp else ''} {block.group()}",
        epochs=(Epoch(0, duration_s, energy),),
        hardware=run.hardware(),
        created_at=iso_time(stamp.group()) if stamp else None,
        region_id=run.region_id,
        pue=pue,
        division="interval",
    )
    check_plausible(found.profile, name, run.device_counts())
    return found
