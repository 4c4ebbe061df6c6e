"""Files of BUTTER-E that somebody has already: which they are, told by name and content, and unpacked."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from energyvis_panel.data.bounded_zip import members, unpack
from energyvis_panel.data.butter_e_published import (
    DATA_SETS,
    ENERGY,
    METADATA,
    NODE_POWER,
    NODE_SINFO,
    OTHER_NAMES,
    STANDARD_TABLE,
)
from energyvis_panel.errors import DatasetError

Kind = Literal["standard", "raw", "parquet"]
KINDS: Final[Mapping[str, str]] = {
    "standard": "the published table",
    "raw": "the raw set",
    "parquet": "a Parquet file of runs",
}
RAW_FILES: Final = (METADATA, ENERGY, NODE_SINFO, NODE_POWER)
TABLES: Final = frozenset({STANDARD_TABLE, METADATA, NODE_SINFO, NODE_POWER, DATA_SETS})
JOB_FILE: Final = re.compile(r"\d{1,15}\.csv")
DEEPEST: Final = 3
"""Levels of folders that are looked through."""
MOST_ENTRIES: Final = 50_000


@dataclass(frozen=True, slots=True)
class Offered:
    """What was recognised: paths by published name, each unpacked or a zip; the energy also a folder."""

    kind: Kind
    files: Mapping[str, Path]
    notes: tuple[str, ...] = ()


def recognised_file(path: Path) -> Offered:
    """What one file is: the published table, zipped or not, or a Parquet file of runs.

    Raises
    ------
    DatasetError
        If it is not there, or is of the raw set, which comes as a folder.

    """
    if path.is_dir():
        raise DatasetError(f"{path} is a folder. Name it with --from-folder.")
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except FileNotFoundError:
        raise DatasetError(f"There is no file {path}. Check the path.") from None
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}.") from error
    if start == b"PAR1":
        return Offered("parquet", {STANDARD_TABLE: path})
    names = [PurePosixPath(name).name for name in members(path)] if start[:2] == b"PK" else [path.name]
    if METADATA in names or any(JOB_FILE.fullmatch(name) for name in names):
        raise DatasetError(
            f"{path} is a part of the raw set. Put {', '.join(RAW_FILES)} into one folder, zipped or not, "
            "and name it with --from-folder."
        )
    return Offered("standard", {STANDARD_TABLE: path})


def recognised_folder(folder: Path) -> Offered:
    """What a folder holds; the raw set, where it is whole, goes before the published table.

    Raises
    ------
    DatasetError
        If it is no folder, or neither is in it; the sentence names what is missing.

    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder. Check the path.")
    found = known_files(folder)
    missing = [name for name in RAW_FILES if name not in found]
    if not missing:
        table = found.pop(STANDARD_TABLE, None)
        also = (f"{table} is there too: --from-file takes it instead.",) if table else ()
        return Offered("raw", found, also)
    if STANDARD_TABLE in found:
        has_raw_parts = len(missing) < len(RAW_FILES)
        note = f"The raw set is not whole: {', '.join(missing)} missing; the published table is taken."
        return Offered("standard", {STANDARD_TABLE: found[STANDARD_TABLE]}, (note,) if has_raw_parts else ())
    if len(missing) < len(RAW_FILES):
        raise DatasetError(
            f"{folder} holds a part of the raw set only: {', '.join(missing)} missing. Add what is missing, "
            "zipped or not."
        )
    raise DatasetError(
        f"{folder} holds no file of BUTTER-E: neither {STANDARD_TABLE} nor the raw set "
        f"({', '.join(RAW_FILES)}), zipped or not. Check the path."
    )


def known_files(folder: Path) -> dict[str, Path]:
    """Paths of the published files by name; one that is unpacked goes before its zip, a higher one first."""
    found: dict[str, Path] = {}
    jobs: Counter[Path] = Counter()
    for path in files_below(folder):
        name = OTHER_NAMES.get(path.name.removesuffix(".zip"), path.name.removesuffix(".zip"))
        if path.suffix == ".csv" and JOB_FILE.fullmatch(path.name):
            jobs[path.parent] += 1
        elif (name in TABLES or (name == ENERGY and path.suffix == ".zip")) and (
            name not in found or (found[name].suffix == ".zip" and path.suffix != ".zip")
        ):
            found[name] = path
    if jobs:
        # Where several folders hold such files, the one of the published name, else the fullest.
        found[ENERGY] = max(jobs, key=lambda place: (place.name == ENERGY, jobs[place], str(place)))
    return found


def files_below(folder: Path) -> Iterator[Path]:
    """Files in a folder and those in it, the highest first, names in order; hidden ones are passed over."""
    level, seen = [folder], 0
    for _ in range(DEEPEST):
        below: list[Path] = []
        for place in level:
            for path in sorted(place.iterdir()):
                seen += 1
                if seen > MOST_ENTRIES:
                    raise DatasetError(f"{folder} holds more than {MOST_ENTRIES:,} files. Name another.")
                if path.name.startswith("."):
                    continue
                if path.is_dir() and not path.is_symlink():
                    below.append(path)
                elif path.is_file():
                    yield path
        level = below


def unpacked(offered: Offered, workplace: Path) -> dict[str, Path]:
    """Paths of the unpacked files by published name; what comes from a zip lies in ``workplace``.

    Raises
    ------
    DatasetError
        If an archive is damaged, or does not hold what its name says.

    """
    return {
        name: unpacked_file(name, path, workplace) if is_zip(path) else path
        for name, path in offered.files.items()
    }


def is_zip(path: Path) -> bool:
    """Whether a file begins as a zip archive does, or is called one."""
    if path.is_dir():
        return False
    with path.open("rb") as file:
        return file.read(2) == b"PK" or path.suffix.lower() == ".zip"


def unpacked_file(name: str, archive: Path, workplace: Path) -> Path:
    """Unpack one archive: the table that it holds, or all files of minute watts."""
    if name == ENERGY:
        target = workplace / ENERGY
        target.mkdir()
        unpack(archive, lambda member: job_path(target, member))
        if not any(target.iterdir()):
            raise DatasetError(f"{archive} holds no file of minute watts, named by a job's number.")
        return target
    target = workplace / name
    tables = [member for member in members(archive) if member.lower().endswith(".csv")]
    named = [member for member in tables if PurePosixPath(member).name == name] or tables
    if len(named) != 1:
        raise DatasetError(
            f"{archive} holds {len(named)} tables, where {name} alone should be. Name that table."
        )
    unpack(archive, lambda member: target if member == named[0] else None)
    return target


def job_path(folder: Path, member: str) -> Path | None:
    """Where a job's minute watts go; None for any other file."""
    name = PurePosixPath(member).name
    return folder / name if JOB_FILE.fullmatch(name) else None
