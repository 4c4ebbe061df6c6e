"""Loads the published files of BUTTER-E into the cache, where the Explore page finds them."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from energyvis_panel import __version__
from energyvis_panel.data.butter_e_acceptance import Check, acceptance, counts_of
from energyvis_panel.data.butter_e_files import Offered, unpacked
from energyvis_panel.data.butter_e_manifest import (
    MANIFEST_FILE,
    RUNS_FILE,
    TRACES_FILE,
    MadeFile,
    Manifest,
    read_manifest,
    write_manifest,
)
from energyvis_panel.data.butter_e_published import STANDARD_TABLE
from energyvis_panel.data.butter_e_sources import changed_sources, source_file
from energyvis_panel.data.butter_e_standard import write_standard_table
from energyvis_panel.data.download_record import DownloadRecord, sha256_of
from energyvis_panel.data.durable_file import sync
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake_locks import sole_worker
from energyvis_panel.errors import DatasetError, QueryError
from energyvis_panel.settings import Settings

LOCK_FILE: Final = ".lock"
MAKING: Final = ".making-"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, how it compares with what is published, and what is worth saying."""

    manifest: Manifest
    checks: tuple[Check, ...]
    notes: tuple[str, ...]


def butter_e_home(settings: Settings) -> Path:
    """Folder of the loaded files, their manifest and the downloads."""
    return settings.cache / "butter_e"


def butter_e_file(settings: Settings) -> Path | None:
    """Parquet file of runs that the Explore page shows; None = the shipped synthetic stand-in.

    ``ENERGYVIS_BUTTER_E`` goes before what is loaded in the cache.
    """
    if settings.butter_e:
        return settings.butter_e
    home = butter_e_home(settings)
    manifest = read_manifest(home)
    return home / RUNS_FILE if manifest and manifest.is_complete_in(home) else None


@contextmanager
def alone_in(home: Path) -> Iterator[None]:
    """Nobody else fetches, loads or removes during the block.

    Raises
    ------
    DatasetError
        If somebody does already.

    """
    with sole_worker(home / LOCK_FILE) as is_alone:
        if not is_alone:
            raise DatasetError(f"Another process works on {home} just now. Wait for its end, then try again.")
        yield


@contextmanager
def machine_told(offered: Offered) -> Iterator[None]:
    """Say in a sentence what the machine refuses: a file that cannot be read, a disk that is full."""
    try:
        yield
    except OSError as error:
        named = error.filename or ", ".join(str(path) for path in offered.files.values())
        raise DatasetError(f"{named} cannot be loaded: {error.strerror or error}.") from error


def load_offered(
    gateway: Gateway,
    home: Path,
    offered: Offered,
    downloads: Mapping[str, DownloadRecord],
    *,
    progress: Callable[[str], None] = lambda _step: None,
) -> Loaded:
    """Load what was recognised; what was loaded before stays if anything is wrong with it.

    Parameters
    ----------
    gateway
        What reads and writes; it keeps nothing of it.
    home
        Folder of the loaded files; the caller is :func:`alone_in` it.
    offered
        The files.
    downloads
        Records of those files that were fetched, by published name.
    progress
        Called with a few words for each step before it is taken.

    Raises
    ------
    DatasetError
        If a file is damaged or is not what it should be, or the machine refuses to read or to write.

    """
    for left in home.glob(f"{MAKING}*"):
        shutil.rmtree(left, ignore_errors=True)  # of a process that was killed
    earlier = read_manifest(home)
    with machine_told(offered), tempfile.TemporaryDirectory(prefix=MAKING, dir=home) as folder:
        workplace = Path(folder)
        progress("Unpacking and reading")
        paths = unpacked(offered, workplace)
        figures = made_runs(gateway, offered, paths, workplace / RUNS_FILE, progress)
        counts = checked_counts(gateway, workplace / RUNS_FILE, offered)
        sources = [source_file(n, p, paths[n], earlier, downloads) for n, p in offered.files.items()]
        manifest = Manifest(
            kind=offered.kind,
            rows=counts["runs"],
            synthetic_rows=counts["synthetic_runs"],
            counts=statuses(workplace / RUNS_FILE),
            sources=sources,
            files=[made_file(workplace / n) for n in (RUNS_FILE, TRACES_FILE) if (workplace / n).exists()],
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            program_version=__version__,
            figures=figures,
        )
        progress("Checking against the published figures")
        checks = acceptance_of(gateway, workplace, manifest)
        install(workplace, home, manifest, earlier)
    return Loaded(manifest, tuple(checks), (*offered.notes, *changed_sources(manifest, earlier)))


def damaged_files(home: Path, manifest: Manifest) -> list[Path]:
    """Files of a manifest that are not there, or not as they were made."""
    return [
        home / made.name
        for made in manifest.files
        if not (home / made.name).is_file() or made_file(home / made.name) != made
    ]


def acceptance_of(gateway: Gateway, home: Path, manifest: Manifest) -> list[Check]:
    """Checks of what lies in a folder."""
    return acceptance(
        gateway,
        home / RUNS_FILE,
        is_raw=manifest.kind == "raw",
        figures=manifest.figures,
        sources=manifest.sources,
    )


def made_runs(
    gateway: Gateway,
    offered: Offered,
    paths: Mapping[str, Path],
    target: Path,
    progress: Callable[[str], None],
) -> dict[str, float]:
    """Write the Parquet file of runs; figures that are in no run, units in the keys."""
    if offered.kind == "raw":
        # Its statements and their tables are of no use to whoever only reads what is loaded.
        from energyvis_panel.data.butter_e_from_raw import write_raw_set  # noqa: PLC0415

        return write_raw_set(gateway, offered, paths, target, progress)
    named = offered.files[STANDARD_TABLE]
    if offered.kind == "standard":
        return write_standard_table(gateway, paths[STANDARD_TABLE], named, target)
    try:
        gateway.write_parquet("butter_e/table_of_runs", target, file=str(named))
    except QueryError as error:
        reason = str(error).splitlines()[0]
        raise DatasetError(f"{named} is not a Parquet file of BUTTER-E runs: {reason}") from error
    return {}


def checked_counts(gateway: Gateway, file: Path, offered: Offered) -> dict[str, int]:
    """Counts of the runs.

    Raises
    ------
    DatasetError
        If there is no run, one stands there twice, or one lacks what every run has.

    """
    counts = counts_of(gateway, file)
    named = ", ".join(str(path) for path in list(offered.files.values())[:1])
    if not counts["runs"]:
        raise DatasetError(f"{named} holds no run. Fetch it again.")
    if counts["incomplete_runs"]:
        raise DatasetError(
            f"{named} holds {counts['incomplete_runs']:,} runs without an id, a setting, a start or a time. "
            "Fetch it again."
        )
    if again := counts["runs"] - counts["run_ids"]:
        raise DatasetError(f"{named} holds {again:,} runs more than once. Fetch it again.")
    return counts


def statuses(file: Path) -> dict[str, int]:
    """Runs by status."""
    counted = pq.read_table(file, columns=["status"])["status"].value_counts().to_pylist()
    return {row["values"]: row["counts"] for row in sorted(counted, key=lambda row: str(row["values"]))}


def made_file(path: Path) -> MadeFile:
    """A file that was made."""
    return MadeFile(path.name, path.stat().st_size, sha256_of(path))


def install(workplace: Path, home: Path, manifest: Manifest, earlier: Manifest | None) -> None:
    """Put the made files in their places, the manifest last, and delete what it no longer names."""
    for made in manifest.files:
        sync(workplace / made.name)
    for made in reversed(manifest.files):
        (workplace / made.name).replace(home / made.name)
    write_manifest(home, manifest)
    kept = {made.name for made in manifest.files}
    for made in earlier.files if earlier else ():
        if made.name not in kept and made.name != MANIFEST_FILE:
            (home / made.name).unlink(missing_ok=True)
