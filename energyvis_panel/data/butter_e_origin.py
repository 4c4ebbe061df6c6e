"""Where the runs of the Explore page come from, in one sentence."""

from pathlib import Path

from energyvis_panel.data.butter_e_load import butter_e_home
from energyvis_panel.data.butter_e_manifest import RUNS_FILE, TRACES_FILE, read_manifest
from energyvis_panel.settings import Settings

KINDS = {"standard": "the published table", "raw": "the raw set", "parquet": "a Parquet file of runs"}


def butter_e_origin(settings: Settings) -> str:
    """What the runs are and since when they are here; empty for the shipped stand-in."""
    if settings.butter_e:
        return f"Runs of {settings.butter_e.name}, named by ENERGYVIS_BUTTER_E."
    home = butter_e_home(settings)
    manifest = read_manifest(home)
    if manifest is None or not manifest.is_complete_in(home):
        return ""
    kind = KINDS.get(manifest.kind, "runs")
    return (
        f"BUTTER-E, Tripp et al. 2024, OpenEI submission 5991, CC-BY-4.0: {kind}, "
        f"loaded on {manifest.made_at[:10]}."
    )


def power_traces(settings: Settings) -> Path | None:
    """Path of the minute watts of the jobs; None where no raw set was loaded."""
    beside = settings.butter_e.with_name(TRACES_FILE) if settings.butter_e else None
    if beside is None:
        home = butter_e_home(settings)
        manifest = read_manifest(home)
        named = manifest is not None and any(made.name == TRACES_FILE for made in manifest.files)
        beside = home / TRACES_FILE if named and (home / RUNS_FILE).is_file() else None
    return beside if beside is not None and beside.is_file() else None
