"""Downloads the published files of BUTTER-E into the cache."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from energyvis_panel.data.bounded_zip import check_zip
from energyvis_panel.data.butter_e_files import Offered, recognised_file, recognised_folder
from energyvis_panel.data.butter_e_published import BASE_URL, RAW_SET, STANDARD_SET
from energyvis_panel.data.download_answers import NotThere
from energyvis_panel.data.download_part import Part
from energyvis_panel.data.download_record import DownloadRecord
from energyvis_panel.data.resumable_download import Download, Progress
from energyvis_panel.errors import DatasetError

DOWNLOADS: Final = "downloads"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was downloaded: the files as :mod:`butter_e_files` recognises them, and their records by name."""

    offered: Offered
    records: dict[str, DownloadRecord]
    notes: tuple[str, ...]


def fetch_butter_e(
    home: Path,
    *,
    raw: bool,
    base_url: str = BASE_URL,
    progress: Progress,
    pause: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Download the published table, or the raw set, into ``home/downloads``.

    Parameters
    ----------
    home
        Folder of the loaded files.
    raw
        Whether the raw set is wanted instead of the published table.
    base_url
        Where the files are; it ends with a slash, or gets one.
    progress
        Called as the bytes come.
    pause
        Waits for so many seconds between attempts.

    Raises
    ------
    DatasetError
        If a file cannot be had; what has come stays for the next time.

    """
    folder = set_folder(home, raw=raw)
    records: dict[str, DownloadRecord] = {}
    notes: list[str] = []
    for published in RAW_SET if raw else STANDARD_SET:
        download = Download(
            urljoin(base_url.rstrip("/") + "/", published.name),
            folder / published.name,
            published.most_bytes,
            check=check_zip if published.name.endswith(".zip") else check_text,
            progress=progress,
            pause=pause,
        )
        try:
            records[published.name.removesuffix(".zip")] = download.fetched()
        except NotThere:
            if published.is_required:
                raise
            notes.append(f"{published.name} is not on the server; the sizes shipped here are taken.")
        notes += download.notes
    offered = recognised_folder(folder) if raw else recognised_file(folder / STANDARD_SET[0].name)
    return Fetched(offered, records, tuple(notes))


def downloads_folder(home: Path) -> Path:
    """Folder of all downloads."""
    return home / DOWNLOADS


def set_folder(home: Path, *, raw: bool) -> Path:
    """Folder of the downloads of one set."""
    return downloads_folder(home) / ("raw" if raw else "standard")


def kept_parts(home: Path, *, raw: bool) -> dict[str, int]:
    """Bytes that are there of each file whose download was cut off, by its name."""
    parts = (
        Part(set_folder(home, raw=raw) / published.name) for published in (RAW_SET if raw else STANDARD_SET)
    )
    return {part.target.name: part.size_bytes for part in parts if part.size_bytes}


def check_text(path: Path) -> None:
    """Raise DatasetError for what is no table in text."""
    with path.open("rb") as file:
        start = file.read(512)
    if start.lstrip().startswith(b"<") or b"\0" in start or b"," not in start:
        name = path.name.removesuffix(".part")
        raise DatasetError(f"What came in place of {name} is not a table. Check the address.")
