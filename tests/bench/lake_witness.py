"""What somebody sees who reads a lake's files from outside, and what a recovered lake still lacks of it."""

import json
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

FRAME = struct.Struct("<II")
NUMBER = struct.Struct("<q")
LEFT_BEHIND = ("journal-*", "lock", ".*.tmp")
SAMPLES = "SELECT run_id, writer, seq FROM read_parquet($files)"
SPANS = "SELECT run_id, writer, span_id FROM read_parquet($files)"
EPOCHS = "SELECT DISTINCT run_id, epoch FROM read_parquet($files)"
# Between the first and the last reading of a device its counter has run through just the energy recorded.
ENERGY = """
SELECT
    writer,
    device_kind,
    sum(energy_j),
    (max(mono_ns) - min(mono_ns)) / 1e9,
    count(*) FILTER (quality = 'gap')
FROM read_parquet($files)
GROUP BY run_id, writer, device_kind
"""

Row = tuple[str, str, int]


@dataclass
class Sight:
    """Rows by run, writer and number."""

    samples: set[Row] = field(default_factory=set)
    spans: set[Row] = field(default_factory=set)


def look(lake: Path) -> Sight:
    """Return what stands in a lake's journals and segments now; in that order, since rows move so."""
    sight = Sight()
    for path in sorted(lake.glob("live/*/*/journal-*.bin")):
        run_id, writer = path.parts[-3:-1]
        for payload in payloads(path):
            if payload[:1] == b"S":
                sight.samples.add((run_id, writer, NUMBER.unpack_from(payload, 1)[0]))
            elif payload[:1] == b"P":
                sight.spans.add((run_id, writer, json.loads(payload[1:])["span_id"]))
    sight.samples |= set(rows(lake, "samples-*.parquet", SAMPLES))
    sight.spans |= set(rows(lake, "spans-*.parquet", SPANS))
    return sight


def payloads(path: Path) -> Iterator[bytes]:
    """Yield the payload of each whole record of a journal, which may be removed at any moment."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    place = 0
    while place + FRAME.size <= len(content):
        length, checksum = FRAME.unpack_from(content, place)
        payload = content[place + FRAME.size : place + FRAME.size + length]
        if len(payload) < length or zlib.crc32(payload) != checksum:
            return
        yield payload
        place += FRAME.size + length


def rows(lake: Path, pattern: str, question: str) -> list[Any]:
    """Return the answer to a question about files of a lake; nothing where there are none."""
    files = [str(path) for path in lake.glob(f"live/*/*/{pattern}")]
    return duckdb.connect().execute(question, {"files": files}).fetchall() if files else []


def faults(
    lake: Path, sight: Sight, acknowledged: set[tuple[str, int]], power_w: dict[str, float]
) -> list[str]:
    """Return what is wrong with a lake after recovery, in words; nothing where all is as it should be.

    Parameters
    ----------
    lake
        Folder of the lake.
    sight
        What was seen before the blow.
    acknowledged
        Run and number of the epochs whose end was acknowledged.
    power_w
        What the simulated machine draws, by kind of device.
    """
    found: list[str] = []
    for name, seen, pattern, question in (
        ("samples", sight.samples, "samples-*.parquet", SAMPLES),
        ("spans", sight.spans, "spans-*.parquet", SPANS),
    ):
        counts = Counter(rows(lake, pattern, question))
        if lost := seen - set(counts):
            found.append(f"{len(lost)} of {len(seen)} {name} lost, e.g. {min(lost)}")
        if double := [row for row, count in counts.items() if count > 1]:
            found.append(f"{len(double)} {name} twice, e.g. {min(double)}")
        if name == "samples":
            found += gaps_of(counts)
    if missing := acknowledged - set(rows(lake, "epochs.parquet", EPOCHS)):
        found.append(f"{len(missing)} acknowledged epochs lost: {sorted(missing)[:5]}")
    found += energy_faults(lake, power_w)
    left = [
        str(path.relative_to(lake)) for pattern in LEFT_BEHIND for path in lake.glob(f"live/*/*/{pattern}")
    ]
    left += [str(path.relative_to(lake)) for path in lake.glob("live/*/.*.tmp")]
    return found + [f"left behind: {path}" for path in left]


def gaps_of(counts: Counter[Row]) -> list[str]:
    """Return which writers' numbers do not run from 0 without a gap."""
    numbers: dict[tuple[str, str], set[int]] = {}
    for run_id, writer, number in counts:
        numbers.setdefault((run_id, writer), set()).add(number)
    return [
        f"numbers of {writer} in {run_id} have a gap"
        for (run_id, writer), own in numbers.items()
        if own != set(range(len(own)))
    ]


def energy_faults(lake: Path, power_w: dict[str, float]) -> list[str]:
    """Return which writers have recorded another energy than the machine drew."""
    found = []
    for writer, kind, energy_j, lasted_s, gaps in rows(lake, "samples-*.parquet", ENERGY):
        # The simulated counter may stand still for a while on a machine under load.
        if gaps or abs(energy_j - power_w[kind] * lasted_s) > power_w[kind] * 0.5:
            found.append(f"{writer}: {kind} {energy_j:.1f} J in {lasted_s:.2f} s, {gaps} gaps")
    return found
