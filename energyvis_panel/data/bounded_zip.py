"""Zip archives from elsewhere: unpacked under names of our own, each byte counted, each checksum held."""

import contextlib
import errno
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from energyvis_panel.errors import DatasetError

PIECE_BYTES: Final = 1 << 20
MOST_MEMBERS: Final = 20_000
MOST_BYTES: Final = 4 << 30
"""Twenty times what the largest published archive holds unpacked."""
PASSWORD_FLAG: Final = 0x1
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How files may be packed, as the published ones are: LZMA takes what memory the archive says, gigabytes."""
LONGEST_REASON: Final = 200
"""So much is said of what is wrong: it holds names of the archive."""
OTHERWISE_PACKED: Final = "{} is packed in a way that is not read here. Unpack it first."


def members(archive: Path) -> list[str]:
    """Names of the files in an archive, those that operating systems add left out.

    Raises
    ------
    DatasetError
        If it is no zip archive, or holds too many files.

    """
    with opened_zip(archive) as opened:
        infos = opened.infolist()
    if len(infos) > MOST_MEMBERS:
        raise DatasetError(f"{archive} holds {len(infos):,} files, more than {MOST_MEMBERS:,}.")
    return [info.filename for info in infos if is_file(info)]


def is_file(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file of the archive's maker."""
    path = PurePosixPath(info.filename)
    # zipfile looks at the last letter of a name, which a damaged directory may lack.
    return (
        info.filename != ""
        and not info.is_dir()
        and not path.name.startswith(".")
        and "__MACOSX" not in path.parts
    )


def check_zip(archive: Path) -> None:
    """Read an archive through, writing nothing.

    Raises
    ------
    DatasetError
        If it is damaged, cut off, or no zip archive.

    """
    unpack(archive, lambda _name: None)


def unpack(archive: Path, place: Callable[[str], Path | None]) -> int:
    """Unpack the files for which ``place`` gives a path, and read the others through; bytes of all.

    No name in the archive is ever used as a path.

    Raises
    ------
    DatasetError
        If it is damaged, or unpacks to more than 4 GiB; what is unpacked then is not to be used.

    """
    taken_bytes = 0
    with opened_zip(archive) as opened:
        for info in opened.infolist():
            if not is_file(info):
                continue
            if info.flag_bits & PASSWORD_FLAG:
                raise DatasetError(f"{archive} is locked with a password. Unpack it first.")
            if info.compress_type not in METHODS:
                raise DatasetError(OTHERWISE_PACKED.format(archive))
            path = place(info.filename)
            with (
                opened.open(info) as member,
                path.open("wb") if path else contextlib.nullcontext() as target,
            ):
                while piece := member.read(PIECE_BYTES):
                    taken_bytes += len(piece)
                    if taken_bytes > MOST_BYTES:
                        raise DatasetError(f"{archive} unpacks to more than {MOST_BYTES >> 30} GiB.")
                    if target:
                        target.write(piece)
    return taken_bytes


@contextlib.contextmanager
def opened_zip(archive: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, with what is wrong in it told in a sentence."""
    try:
        with zipfile.ZipFile(archive) as opened:
            yield opened
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error) as error:
        raise DatasetError(not_whole(archive, str(error))) from error
    except NotImplementedError as error:
        raise DatasetError(OTHERWISE_PACKED.format(archive)) from error
    except OSError as error:
        # An offset that no file can have comes from a damaged directory of the archive.
        if error.errno == errno.EINVAL:
            raise DatasetError(not_whole(archive, "an offset is wrong")) from error
        raise DatasetError(f"{archive} cannot be unpacked: {error.strerror}.") from error


def not_whole(archive: Path, reason: str) -> str:
    """Sentence about what is no whole zip archive."""
    with archive.open("rb") as file:
        start = file.read(256).lstrip().lower()
    if start.startswith(b"<"):
        return f"{archive} is a web page, not a zip archive. Fetch the file again, and check the address."
    if not start.startswith(b"pk"):
        return f"{archive} is no zip archive. Check which file it is."
    said = reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}…"
    return f"{archive} is damaged or cut off ({said or 'it ends too early'}). Fetch it again."
