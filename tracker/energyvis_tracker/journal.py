"""The journal: samples that are not yet in a segment, one `write` each, safe against `kill -9`.

A record is `length, crc` (two little-endian uint32) and then `length` bytes, of which `crc` is the CRC-32.
The first byte says what follows: `H` the header (JSON: run, writer, host, devices), always first; `S` a
sample (fixed layout `SAMPLE_LAYOUT`); `E` an epoch (JSON), where a later record replaces an earlier one;
`P` a finished span (JSON).
"""

import json
import math
import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

from energyvis_tracker.errors import SinkError

FRAME = struct.Struct("<II")
HEADER, SAMPLE, EPOCH, SPAN = b"H", b"S", b"E", b"P"
JOURNAL_FORMAT = "energyvis-journal"
JOURNAL_VERSION = 2
# seq, ts_us, mono_ns, device, power_w, energy_j, raw_counter, attributed_energy_j, util_pct,
# mem_used_bytes, temp_c, epoch, source, quality, reported_power_w, residual_j
SAMPLE_LAYOUT = struct.Struct("<qqqHfdqdfqfiBBfd")
# Version 1 ended with the quality; what it lacks is not known.
NOT_KNOWN_IN_VERSION_1 = struct.pack("<fd", math.nan, math.nan)
NO_INT64 = -(2**63)
NO_INT32 = -(2**31)
SOURCES = ("counter", "integrated", "estimate", "imported")
QUALITIES = ("ok", "gap", "wrapped", "clamped")


class Sample(NamedTuple):
    """One reading of one device; `device` is its place in the header's list, `ts_us` Unix microseconds."""

    seq: int
    ts_us: int
    mono_ns: int
    device: int
    power_w: float | None
    energy_j: float
    raw_counter: int | None
    epoch: int | None
    source: str
    quality: str
    attributed_energy_j: float | None = None
    util_pct: float | None = None
    mem_used_bytes: int | None = None
    temp_c: float | None = None
    reported_power_w: float | None = None
    residual_j: float | None = None

    def packed(self) -> bytes:
        """Return the sample as a record's payload."""
        return SAMPLE + SAMPLE_LAYOUT.pack(
            self.seq,
            self.ts_us,
            self.mono_ns,
            self.device,
            float_or_nan(self.power_w),
            self.energy_j,
            int_or(self.raw_counter, NO_INT64),
            float_or_nan(self.attributed_energy_j),
            float_or_nan(self.util_pct),
            int_or(self.mem_used_bytes, NO_INT64),
            float_or_nan(self.temp_c),
            int_or(self.epoch, NO_INT32),
            SOURCES.index(self.source),
            QUALITIES.index(self.quality),
            float_or_nan(self.reported_power_w),
            float_or_nan(self.residual_j),
        )

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Return the sample in a record's payload, of this version or an earlier one."""
        (
            seq,
            ts_us,
            mono_ns,
            device,
            power_w,
            energy_j,
            raw,
            attributed,
            util,
            memory,
            temp,
            epoch,
            source,
            quality,
            reported_power_w,
            residual_j,
        ) = SAMPLE_LAYOUT.unpack((payload[1:] + NOT_KNOWN_IN_VERSION_1)[: SAMPLE_LAYOUT.size])
        return cls(
            seq=seq,
            ts_us=ts_us,
            mono_ns=mono_ns,
            device=device,
            power_w=none_if_nan(power_w),
            energy_j=energy_j,
            raw_counter=none_if(raw, NO_INT64),
            attributed_energy_j=none_if_nan(attributed),
            util_pct=none_if_nan(util),
            mem_used_bytes=none_if(memory, NO_INT64),
            temp_c=none_if_nan(temp),
            epoch=none_if(epoch, NO_INT32),
            source=SOURCES[source],
            quality=QUALITIES[quality],
            reported_power_w=none_if_nan(reported_power_w),
            residual_j=none_if_nan(residual_j),
        )


def float_or_nan(value: float | None) -> float:
    """Return `value`, or NaN for none."""
    return math.nan if value is None else value


def none_if_nan(value: float) -> float | None:
    """Return `value`, or none for NaN."""
    return None if math.isnan(value) else value


def int_or(value: int | None, stand_in: int) -> int:
    """Return `value`, or the number that stands for none."""
    return stand_in if value is None else value


def none_if(value: int, stand_in: int) -> int | None:
    """Return `value`, or none where it is the number that stands for it."""
    return None if value == stand_in else value


def json_payload(kind: bytes, value: Mapping[str, Any]) -> bytes:
    """Return a header or an epoch as a record's payload."""
    return kind + json.dumps(value, separators=(",", ":")).encode()


def framed(payload: bytes) -> bytes:
    """Return the bytes of one record."""
    return FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def whole_payloads(content: bytes) -> Iterator[bytes]:
    """Yield the payload of each record up to the first that is cut off or damaged."""
    place = 0
    while place + FRAME.size <= len(content):
        length, checksum = FRAME.unpack_from(content, place)
        payload = content[place + FRAME.size : place + FRAME.size + length]
        if not length or len(payload) < length or zlib.crc32(payload) != checksum:
            return
        yield payload
        place += FRAME.size + length


@dataclass(slots=True)
class JournalContent:
    """What a journal holds; `leftover_bytes` counts what follows its last whole record."""

    header: dict[str, Any] | None = None
    samples: list[Sample] = field(default_factory=list)
    epochs: dict[int, dict[str, Any]] = field(default_factory=dict)
    spans: list[dict[str, Any]] = field(default_factory=list)
    leftover_bytes: int = 0


def read_journal(path: Path) -> JournalContent:
    """Return all whole records of the journal at `path`; a torn end is no error."""
    return parse_journal(path.read_bytes())


def parse_journal(content: bytes) -> JournalContent:
    """Return all whole records of a journal's bytes.

    Raises
    ------
    SinkError
        If a later version of the tracker wrote it.
    """
    journal = JournalContent()
    used = 0
    for payload in whole_payloads(content):
        used += FRAME.size + len(payload)
        kind = payload[:1]
        if kind == SAMPLE:
            journal.samples.append(Sample.unpacked(payload))
        elif kind == EPOCH:
            epoch = json.loads(payload[1:])
            journal.epochs[epoch["epoch"]] = epoch
        elif kind == SPAN:
            journal.spans.append(json.loads(payload[1:]))
        elif kind == HEADER:
            journal.header = json.loads(payload[1:])
            if journal.header.get("version", 0) > JOURNAL_VERSION:
                raise SinkError(
                    f"A journal has version {journal.header['version']}; this tracker reads up to "
                    f"{JOURNAL_VERSION}. Update energyvis-panel."
                )
    journal.leftover_bytes = len(content) - used
    return journal


class JournalFile:
    """A journal open for writing.

    Raises
    ------
    OSError
        On creation and from `append`, if the file cannot be written. After that the file is given up: its
        end may be torn, which a reader skips, and the record that failed belongs into the next journal.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        self.path = path
        self.records = 0
        self.descriptor = os.open(
            path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644
        )
        try:
            self.append(
                json_payload(HEADER, {"format": JOURNAL_FORMAT, "version": JOURNAL_VERSION, **header})
            )
        except OSError:
            self.close()
            path.unlink(missing_ok=True)
            raise
        self.records = 0

    def append(self, payload: bytes) -> None:
        """Add one record with one write."""
        record = framed(payload)
        written = os.write(self.descriptor, record)
        if written != len(record):
            raise OSError(f"Only {written} of {len(record)} bytes fit into {self.path}.")
        self.records += 1

    def is_removed(self) -> bool:
        """Say whether somebody removed the file, so that what is written to it would be lost."""
        return os.fstat(self.descriptor).st_nlink == 0

    def payloads(self) -> list[bytes]:
        """Return every payload but the header's, even of a file that has been removed."""
        content = os.pread(self.descriptor, os.fstat(self.descriptor).st_size, 0)
        return [payload for payload in whole_payloads(content) if payload[:1] != HEADER]

    def close(self) -> None:
        """Close the file; it stays in the folder until its segment is there."""
        os.close(self.descriptor)
