"""Profiles that go in and out as files, for one session: what was read, assumed and refused."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import param

from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.units import energy_text
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.study import Study

log = logging.getLogger(__name__)

FORMATS = {
    "energyvis-profile": "EnergyVis Panel JSON, exact",
    "energyvis": "EnergyVis JSON",
    "csv": "CSV, one row an epoch",
    "parquet": "Parquet, one row an epoch",
}
"""Formats of an export, by the name that the data layer knows, with what to call them."""
MOST_REPORTS = 50


class ReadImport(Protocol):
    """Reads every profile in a file; the data layer's recogniser fits it."""

    def __call__(self, content: bytes, filename: str) -> tuple[ImportedProfile, ...]:
        """Profiles in the file; an EnergyVisError says why there is none."""


class ExportProfile(Protocol):
    """Writes a profile; the data layer's export fits it."""

    def __call__(self, profile: EnergyProfile, format: str) -> tuple[str, bytes]:  # noqa: A002 - the name of the option, everywhere
        """File name and content."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be said about one imported profile."""

    profile_id: str
    name: str
    filename: str
    what: str
    assumptions: tuple[str, ...]
    defects: tuple[str, ...]


class ProfileFiles(param.Parameterized):
    """Imports into a study, and exports from it."""

    reports = param.List(item_type=Report, doc="Imported profiles to report on, latest first.")
    refusals = param.List(item_type=str, doc="One sentence a file that was not imported, latest first.")

    def __init__(
        self, study: Study, read_import: ReadImport, export_profile: ExportProfile, **params: Any
    ) -> None:
        self.study = study
        self._read_import = read_import
        self._export_profile = export_profile
        super().__init__(**params)

    def read(self, content: bytes, filename: str) -> tuple[ImportedProfile, ...] | str:
        """Profiles in a file, or the sentence that says why there is none. May run in any thread."""
        try:
            return self._read_import(content, filename)
        except EnergyVisError as error:
            return str(error)
        except Exception:
            # The log of a shared server holds no file names of its users.
            log.exception("A file of %d bytes could not be read", len(content))
            return f"{filename} could not be read because of a fault in this program. Its log says more."

    def add(self, found: Sequence[ImportedProfile] | str, filename: str) -> None:
        """Put what was read on the strip, the first profile as the baseline; or say why there is nothing."""
        if isinstance(found, str):
            self.refusals = [found, *self.refusals][:MOST_REPORTS]
            return
        reports = []
        for place, imported in enumerate(found):
            profile_id = self.study.put(imported.profile, "imported", select=place == 0)
            reports.append(report_on(imported, profile_id, filename))
        known = {report.profile_id for report in reports}
        kept = [report for report in self.reports if report.profile_id not in known]
        self.reports = [*reports, *kept][:MOST_REPORTS]

    def refuse(self, sentence: str) -> None:
        """Say why a file was not even read."""
        self.refusals = [sentence, *self.refusals][:MOST_REPORTS]

    def remove(self, profile_id: str) -> None:
        """Take an imported profile off the strip, and its report with it."""
        if any(report.profile_id == profile_id for report in self.reports):
            self.study.drop(profile_id)
            self.reports = [report for report in self.reports if report.profile_id != profile_id]

    def close(self) -> None:
        """Put all reports away; the profiles stay."""
        self.param.update(reports=[], refusals=[])

    def baseline(self) -> EnergyProfile | None:
        """The profile that an export writes."""
        return self.study.profile(self.study.choice.baseline_id) if self.study.choice else None

    def export(self, profile: EnergyProfile, wanted: str) -> tuple[str, bytes] | str:
        """File name and content of a profile in a format, or why there is none. May run in any thread."""
        if wanted not in FORMATS:
            return f"There is no format {wanted[:60]!r}. Choose one of the menu."
        try:
            return self._export_profile(profile, wanted)
        except EnergyVisError as error:
            return str(error)


def report_on(imported: ImportedProfile, profile_id: str, filename: str) -> Report:
    """Report on one imported profile."""
    profile = imported.profile
    tool = profile.provenance.tool
    version = f" {profile.provenance.version}" if profile.provenance.version else ""
    parts = f"{len(profile.epochs):,} {profile.division}{'' if len(profile.epochs) == 1 else 's'}"
    energy = energy_text(profile.energy().total_j())
    return Report(
        profile_id=profile_id,
        name=profile.name,
        filename=filename,
        what=f"{tool}{version} · {parts} · {energy} before PUE",
        assumptions=imported.assumptions,
        defects=imported.defects,
    )
