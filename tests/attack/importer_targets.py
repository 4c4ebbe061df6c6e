"""Whatever reads a file from outside, as a target of damaged files, and what must hold of each outcome."""

import json
import random
import shutil
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.butter_e_files import recognised_file, recognised_folder
from energyvis_panel.data.butter_e_load import alone_in, load_offered
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.hourly_csv import hourly_from_csv
from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.profile_export import EXPORT_FORMATS, export_profile
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.errors import EnergyVisError, ProfileError
from tests.attack.damage import TEXTS, damaged
from tests.data.butter_e_raw_case import MINUTES, small_set
from tests.data.importer_case import NAMES, sample
from tests.lake_fixture import RUN, START, LakeWriter
from tests.profiles_fixture import small_profile
from tests.published_table_fixture import TABLE, table_text, zipped

LONGEST_S: Final = 5.0
LONGEST_SENTENCE: Final = 700
HOURS: Final = "".join(
    f"{START + timedelta(hours=hour):%Y-%m-%dT%H:%MZ},{300 + hour},{280 + hour}\n" for hour in range(48)
)
HOURLY: Final = f"datetime,gCO2eq/kWh (direct),gCO2eq/kWh (life cycle)\n{HOURS}".encode()

Case = Callable[[random.Random, Path], None]
"""Does one case in a folder of its own; raises an EnergyVisError where the file is refused."""


class Finding(AssertionError):  # noqa: N818 - what a fuzzer looks for is called so
    """An outcome that no file may have."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one case ended: taken or refused with a sentence, and how long that took in s."""

    sentence: str
    taken_s: float


def run_case(case: Case, rng: random.Random, folder: Path) -> Outcome:
    """One case, held against what must hold of each.

    Raises
    ------
    Finding
        If it raises anything but an EnergyVisError, takes too long, or says more than one sentence's worth.

    """
    sentence = ""
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    try:
        case(rng, folder)
    except EnergyVisError as error:
        sentence = str(error)
        check_sentence(sentence)
    except Finding:
        raise
    except Exception as error:
        raise Finding(f"{type(error).__name__}: {str(error)[:300]}") from error
    taken_s = time.perf_counter() - begin_s
    # What other programs take of the processors says nothing of the case.
    if (used_s := time.process_time() - begin_cpu_s) > LONGEST_S:
        raise Finding(f"It took {used_s:.1f} s.")
    return Outcome(sentence, taken_s)


def check_sentence(sentence: str) -> None:
    """Raise Finding for a text that is no sentence to show to people."""
    if not sentence.strip() or "\n" in sentence or "Traceback" in sentence:
        raise Finding(f"No sentence: {sentence[:300]!r}")
    if len(sentence) > LONGEST_SENTENCE:
        raise Finding(f"A sentence of {len(sentence):,} letters: {sentence[:200]!r}")


# -- profiles ----------------------------------------------------------------------------------------------


def profile_case(content: bytes) -> Case:
    """A damaged file of profiles: each that is read can be written in every format, and read again."""

    def case(rng: random.Random, _folder: Path) -> None:
        name = rng.choice(("x.csv", *TEXTS))
        for imported in read_import(damaged(content, rng), name):
            profile = imported.profile
            (again,) = read_import(profile_to_json(profile).encode(), "again.json")
            if again.profile != profile:
                raise Finding("What was read is not what is written.")
            for wanted in EXPORT_FORMATS:
                try:
                    file, _ = export_profile(profile, wanted)
                except ProfileError as error:  # EnergyVis knows CPU and GPU only
                    check_sentence(str(error))
                    continue
                if Path(file).name != file or file.startswith("."):
                    raise Finding(f"An export is called {file!r}.")

    return case


def hourly_case(rng: random.Random, _folder: Path) -> None:
    """A damaged file of intensities: every value that is read is a number from 0, or not known."""
    hourly = hourly_from_csv(
        damaged(HOURLY, rng),
        rng.choice(("grid.csv", *TEXTS)),
        zone=rng.choice(("UTC", "Europe/Berlin", *TEXTS)),
        scope=rng.choice(("direct", "lifecycle", *TEXTS)),
    )
    if (hourly.g_per_kwh < 0).any():
        raise Finding("A negative intensity was read.")


# -- the published files of BUTTER-E -----------------------------------------------------------------------


def load_case(folder: Path, source: Path) -> None:
    """Load a damaged file or folder where another is loaded: it takes its place whole, or nothing changes."""
    home = folder / "home"
    home.mkdir()
    (home / "butter_e.parquet").write_bytes(b"what was loaded before")
    (home / "manifest.json").write_text("{}")
    before = everything_in(home)
    with Gateway(threads=1, memory_limit="1GB") as gateway:
        try:
            with alone_in(home):
                offered = recognised_folder(source) if source.is_dir() else recognised_file(source)
                load_offered(gateway, home, offered, {})
        except EnergyVisError:
            if (left := everything_in(home)) != before:
                raise Finding(f"A refused file left {sorted(left)} behind.") from None
            raise
        finally:
            escaped = [path for path in folder.parent.rglob("evil*") if path.is_file()]
            if escaped:
                raise Finding(f"A file was written outside of its place: {escaped}")
    pq.read_table(home / "butter_e.parquet")


def everything_in(folder: Path) -> dict[str, bytes]:
    """Content of each file below a folder, the lock left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def table_case(rng: random.Random, folder: Path) -> None:
    """The published table, damaged."""
    source = folder / TABLE
    source.write_bytes(damaged(SMALL_TABLE, rng))
    load_case(folder, source)


def zip_case(rng: random.Random, folder: Path) -> None:
    """A zip archive with the table under any name, or among others; the archive itself damaged as well."""
    data = BytesIO()
    text = damaged(SMALL_TABLE, rng) if rng.random() < 0.3 else SMALL_TABLE
    names = [rng.choice((TABLE, f"../../evil-{TABLE}", f"/evil/{TABLE}", "..\\evil.csv", *TEXTS)) or "x"]
    names += ["../evil.csv", "readme.txt", "evil/../../evil.txt"][: rng.randrange(4)]
    method = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with closing(zipfile.ZipFile(data, "w", method)) as archive:
        for name in dict.fromkeys(name.replace("\0", "x") for name in names):
            archive.writestr(name, text if name.endswith(TABLE) else b"0" * rng.choice((0, 9, 3_000_000)))
    source = folder / f"{TABLE}.zip"
    source.write_bytes(damaged(data.getvalue(), rng, 2) if rng.random() < 0.6 else data.getvalue())
    load_case(folder, source)


def folder_case(rng: random.Random, folder: Path) -> None:
    """The raw set as a folder, one file of it damaged, gone, or a link to what is none of our business."""
    source = folder / "raw"
    shutil.copytree(raw_set(), source)
    path = rng.choice(sorted(path for path in source.rglob("*") if path.is_file()))
    match rng.randrange(6):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(zipped(path.read_text(), f"../evil/{path.name}"))
            path.rename(path.with_name(f"{path.name}.zip"))
        case 2:
            path.unlink()
            path.symlink_to(rng.choice((source, Path("/proc/self/mem"), folder / "nowhere")))
        case _:
            path.write_bytes(damaged(path.read_bytes(), rng))
    load_case(folder, source)


def parquet_case(rng: random.Random, folder: Path) -> None:
    """A Parquet file of runs, damaged or with a column gone or of another type."""
    table = pq.read_table(standin_path()).slice(rng.randrange(1000), rng.choice((0, 1, 50)))
    if rng.random() < 0.7:
        name = rng.choice(table.column_names)
        table = rng.choice((table.drop_columns([name]), retyped(table, name), table))
    data = BytesIO()
    pq.write_table(table, data)
    source = folder / "runs.parquet"
    source.write_bytes(bitten(data.getvalue(), rng) if rng.random() < 0.6 else data.getvalue())
    load_case(folder, source)


def retyped(table: Any, name: str) -> Any:
    """The table with the column as text."""
    place = table.column_names.index(name)
    texts = [None if value is None else str(value) for value in table[name].to_pylist()]
    return table.set_column(place, name, [texts])


def bitten(content: bytes, rng: random.Random) -> bytes:
    """A binary file with some bytes changed or its end gone."""
    found = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        # What tells of the rest stands at the end.
        at = (
            rng.randrange(len(found))
            if rng.random() < 0.5
            else len(found) - 1 - rng.randrange(min(900, len(found)))
        )
        found[at] = rng.randrange(256)
    return bytes(found[: rng.randrange(len(found))] if rng.random() < 0.15 else found)


# -- a lake ------------------------------------------------------------------------------------------------


def lake_case(rng: random.Random, folder: Path) -> None:
    """A lake with a damaged file beside a whole run: the whole one is listed, nothing in the lake changes."""
    lake = folder / "lake"
    shutil.copytree(whole_lake(), lake)
    target = rng.choice(sorted(path for path in (lake / "live" / OTHER).rglob("*") if path.is_file()))
    content = target.read_bytes()
    target.write_bytes(damaged(content, rng) if target.suffix == ".json" else bitten(content, rng))
    before = everything_in(lake)
    with Gateway(threads=1, memory_limit="1GB") as gateway:
        opened = Lake(gateway, lake)
        found = opened.all_runs(datetime.now(UTC))["run_id"].to_pylist()
        if RUN not in found:
            raise Finding("A damaged run hides a whole one.")
        for damage in opened.status(datetime.now(UTC)).damaged:
            check_sentence(damage.reason)
        if everything_in(lake) != before:
            raise Finding("Reading a lake changed it.")
        ProfileStore(opened).from_run(OTHER)


OTHER: Final = "01JBQ0000000000000000000ZZ"
SMALL_TABLE: Final = table_text(12).encode()
MADE: Final[dict[str, Path]] = {}
"""Folders that are made once in a process, by what they hold."""


def in_place(name: str, folder: Path) -> Path:
    """A folder to make something in, remembered; the caller of the cases names where with :func:`prepare`."""
    MADE[name] = folder / name
    return MADE[name]


def prepare(folder: Path) -> None:
    """Make, in ``folder``, what cases copy."""
    lake = LakeWriter(in_place("lake", folder))
    lake.plain_run()
    lake.plain_run(OTHER, name="other")
    small_set(MINUTES).write(in_place("raw", folder))


def whole_lake() -> Path:
    """A lake of two whole runs."""
    return MADE["lake"]


def raw_set() -> Path:
    """A small raw set of BUTTER-E."""
    return MADE["raw"]


PROFILES: Final[dict[str, bytes]] = {
    **{name: sample(name) for name in NAMES},
    "energyvis-profile.json": profile_to_json(small_profile(outside=True)).encode(),
    "energyvis-profile-1-epoch.json": json.dumps(
        json.loads(profile_to_json(small_profile(epochs=1)))
    ).encode(),
}
TARGETS: Final[dict[str, Case]] = {
    **{f"profile {name}": profile_case(content) for name, content in PROFILES.items()},
    "hourly CSV": hourly_case,
    "BUTTER-E table": table_case,
    "BUTTER-E zip": zip_case,
    "BUTTER-E folder": folder_case,
    "BUTTER-E Parquet": parquet_case,
    "lake": lake_case,
}
"""What reads files from outside, by what it is called in a finding."""
