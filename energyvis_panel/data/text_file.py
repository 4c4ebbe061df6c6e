"""Files that a user offers: opened with care, before anything in them is believed."""

import codecs
from pathlib import Path

from energyvis_panel.domain.imported_profile import MOST_FILE_BYTES
from energyvis_panel.errors import ProfileError

MOST_BYTES = MOST_FILE_BYTES
BINARY_STARTS = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
    b"\x80\x04": "a Python pickle",
    b"\x80\x02": "a Python pickle",
    b"\x80\x03": "a Python pickle",
    b"\x80\x05": "a Python pickle",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\xd0\xcf\x11\xe0": "an old Office file",
}


def offered_file(path: Path) -> bytes:
    """Bytes of a file that a user names.

    Raises
    ------
    ProfileError
        If it is not there, cannot be read, or is too large.

    """
    try:
        if path.is_dir():
            raise ProfileError(f"{path} is a folder. Name a file.")
        if path.stat().st_size > MOST_BYTES:
            raise ProfileError(too_large(path.name, path.stat().st_size))
        return path.read_bytes()
    except FileNotFoundError:
        raise ProfileError(f"There is no file {path}. Check the path.") from None
    except OSError as error:
        raise ProfileError(f"{path} cannot be read: {error.strerror}.") from error


def offered_text(data: bytes, name: str) -> str:
    """Text of a file that a user offers.

    Raises
    ------
    ProfileError
        If it is too large, or is not text in UTF-8.

    """
    if len(data) > MOST_BYTES:
        raise ProfileError(too_large(name, len(data)))
    for start, kind in BINARY_STARTS.items():
        if data.startswith(start):
            raise ProfileError(f"{name} is {kind}, not text. Unpack or export it first.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ProfileError(f"{name} is not text in UTF-8, but in UTF-16. Save it as UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProfileError(f"{name} is not text in UTF-8 (byte {error.start:,}). Save it as UTF-8.") from None
    if "\0" in text:
        raise ProfileError(f"{name} is not text: it holds a zero byte. Choose another file.")
    if not text.strip():
        raise ProfileError(f"{name} is empty. Choose another file.")
    return text


def too_large(name: str, size: int) -> str:
    """Sentence about a file above the limit."""
    return f"{name} holds {size / 1e6:,.0f} MB, but at most {MOST_BYTES / 1e6:,.0f} MB are read. Shorten it."
