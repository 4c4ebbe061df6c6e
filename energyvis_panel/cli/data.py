"""``energyvis data``: fetch, load, check, status and remove."""

import argparse
import sys
from pathlib import Path

from energyvis_panel.cli.data_output import (
    loaded_object,
    print_checks,
    print_json_checks,
    print_loaded,
    print_status,
    status_object,
)
from energyvis_panel.cli.data_progress import TransferLine, megabytes, transfer_line
from energyvis_panel.cli.output import print_json, print_text
from energyvis_panel.data.butter_e_fetch import downloads_folder, fetch_butter_e, kept_parts
from energyvis_panel.data.butter_e_files import KINDS, Offered, recognised_file, recognised_folder
from energyvis_panel.data.butter_e_load import (
    Loaded,
    acceptance_of,
    alone_in,
    butter_e_home,
    damaged_files,
    load_offered,
)
from energyvis_panel.data.butter_e_manifest import Manifest, read_manifest, remove_loaded
from energyvis_panel.data.download_record import DownloadRecord
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError, SettingsError
from energyvis_panel.settings import Settings, load_settings

DIFFERS = 1
INTERRUPTED = 130


def fetch(options: argparse.Namespace) -> int:
    """Download and load, or load what somebody has already; 0."""
    if options.from_file or options.from_folder:
        if options.raw or options.base_url:
            raise SettingsError("--raw and --base-url are for a download. Leave them out beside --from-file.")
        return load(options)
    settings, line = load_settings(), transfer_line(quiet=options.quiet)
    home = butter_e_home(settings)
    try:
        with alone_in(home):
            address = {"base_url": options.base_url} if options.base_url else {}
            fetched = fetch_butter_e(home, raw=options.raw, progress=line, **address)
            line.end()
            loaded = loaded_from(settings, fetched.offered, fetched.records, line)
    except KeyboardInterrupt:
        line.end()
        sys.stderr.write(stopped(home, raw=options.raw))
        return INTERRUPTED
    return told(loaded, settings, options, fetched.notes)


def stopped(home: Path, *, raw: bool) -> str:
    """Sentence about what a download that was stopped has left."""
    kept = [f"{megabytes(size_bytes)} of {name}" for name, size_bytes in kept_parts(home, raw=raw).items()]
    rest = f" {', '.join(kept)} kept: the same command goes on from there." if kept else ""
    return f"energyvis: stopped.{rest}\n"


def load(options: argparse.Namespace) -> int:
    """Load a file or a folder; 0."""
    settings, line = load_settings(), transfer_line(quiet=options.quiet)
    offered = (
        recognised_file(Path(options.from_file))
        if options.from_file
        else recognised_folder(Path(options.from_folder))
    )
    with alone_in(butter_e_home(settings)):
        loaded = loaded_from(settings, offered, {}, line)
    return told(loaded, settings, options)


def loaded_from(
    settings: Settings, offered: Offered, records: dict[str, DownloadRecord], line: TransferLine
) -> Loaded:
    """Load what was recognised, telling on standard error what it is and each step."""
    line.step(f"Recognised {KINDS[offered.kind]} in {', '.join(map(str, offered.files.values()))}")
    with opened_gateway(settings) as gateway:
        return load_offered(gateway, butter_e_home(settings), offered, records, progress=line.step)


def opened_gateway(settings: Settings) -> Gateway:
    """A gateway with the limits of the settings."""
    return Gateway(threads=settings.threads, memory_limit=settings.memory_limit)


def told(loaded: Loaded, settings: Settings, options: argparse.Namespace, notes: tuple[str, ...] = ()) -> int:
    """Print what was loaded; 0, since a corrected release may differ from what was published."""
    notes = (*notes, *loaded.notes)
    if settings.butter_e:
        notes = (*notes, f"ENERGYVIS_BUTTER_E is set: the Explore page goes on showing {settings.butter_e}.")
    if options.json:
        print_json(loaded_object(butter_e_home(settings), loaded, notes))
    else:
        print_loaded(butter_e_home(settings), loaded, notes)
    return 0


def check(options: argparse.Namespace) -> int:
    """Hold what is loaded against what is published; 0, or 1 where something differs."""
    settings = load_settings()
    home = butter_e_home(settings)
    manifest = loaded_manifest(home)
    if damaged := damaged_files(home, manifest):
        raise DatasetError(
            f"{', '.join(map(str, damaged))} changed after the load. Load the data again, or remove it."
        )
    with opened_gateway(settings) as gateway:
        checks = acceptance_of(gateway, home, manifest)
    if options.json:
        print_json_checks(manifest, checks)
    else:
        print_checks(checks)
    return 0 if all(one.is_ok for one in checks) else DIFFERS


def status(options: argparse.Namespace) -> int:
    """Print which data the Explore page shows; 0."""
    found = status_object(load_settings())
    if options.json:
        print_json(found)
    else:
        print_status(found)
    return 0


def remove(options: argparse.Namespace) -> int:
    """Go back to the stand-in; 0."""
    home = butter_e_home(load_settings())
    with alone_in(home):
        removed = remove_loaded(home, loaded_manifest(home))
    downloads = downloads_folder(home)
    if options.json:
        print_json({"removed": [str(path) for path in removed], "has_downloads": downloads.is_dir()})
        return 0
    for path in removed:
        print_text(f"Removed {path}")
    if downloads.is_dir():
        print_text(f"The downloads stay in {downloads}; delete that folder to free its room.")
    print_text("The Explore page shows the synthetic stand-in again, once the server is started anew.")
    return 0


def loaded_manifest(home: Path) -> Manifest:
    """Manifest of what is loaded.

    Raises
    ------
    DatasetError
        If nothing is.

    """
    manifest = read_manifest(home)
    if manifest is None:
        raise DatasetError(
            f"No BUTTER-E data is loaded in {home}: the Explore page shows the synthetic stand-in. "
            "Fetch it with: energyvis data fetch butter-e"
        )
    return manifest
