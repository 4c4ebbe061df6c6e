"""The journal gives back every whole record, wherever it was cut or damaged."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.errors import SinkError
from energyvis_tracker.journal import (
    EPOCH,
    FRAME,
    QUALITIES,
    SOURCES,
    JournalFile,
    Sample,
    framed,
    json_payload,
    parse_journal,
    read_journal,
)

int64 = st.integers(-(2**63) + 1, 2**63 - 1)
float32 = st.floats(allow_nan=False, width=32)
samples = st.builds(
    Sample,
    seq=int64,
    ts_us=int64,
    mono_ns=int64,
    device=st.integers(0, 65535),
    power_w=st.none() | float32,
    energy_j=st.floats(allow_nan=False),
    raw_counter=st.none() | int64,
    epoch=st.none() | st.integers(0, 2**31 - 1),
    source=st.sampled_from(SOURCES),
    quality=st.sampled_from(QUALITIES),
    attributed_energy_j=st.none() | st.floats(allow_nan=False),
    util_pct=st.none() | float32,
    mem_used_bytes=st.none() | int64,
    temp_c=st.none() | float32,
    reported_power_w=st.none() | float32,
    residual_j=st.none() | st.floats(allow_nan=False),
)


def whole_journal(rows: list[Sample]) -> list[bytes]:
    return [framed(json_payload(b"H", {"run_id": "r"})), *(framed(row.packed()) for row in rows)]


@given(samples)
def test_a_sample_survives_packing(sample: Sample) -> None:
    assert Sample.unpacked(sample.packed()) == sample


@given(st.lists(samples, max_size=5), st.data())
def test_a_truncated_journal_yields_all_whole_records(rows: list[Sample], data: st.DataObject) -> None:
    records = whole_journal(rows)
    content = b"".join(records)
    cut = data.draw(st.integers(0, len(content)))
    whole, used = 0, 0
    while whole < len(records) and used + len(records[whole]) <= cut:
        used += len(records[whole])
        whole += 1
    journal = parse_journal(content[:cut])
    assert journal.samples == rows[: max(0, whole - 1)]
    assert (journal.header is not None) == (whole > 0)
    assert journal.leftover_bytes == cut - used


@given(st.lists(samples, min_size=1, max_size=5), st.data())
def test_a_damaged_byte_spoils_no_record_before_it(rows: list[Sample], data: st.DataObject) -> None:
    records = whole_journal(rows)
    content = bytearray(b"".join(records))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    intact, used = 0, 0
    while used + len(records[intact]) <= place:
        used += len(records[intact])
        intact += 1
    assert parse_journal(bytes(content)).samples == rows[: max(0, intact - 1)]


def test_a_later_record_of_an_epoch_replaces_the_earlier_one() -> None:
    records = [json_payload(EPOCH, {"epoch": 3, "metrics": {"loss": loss}}) for loss in (2, 1)]
    journal = parse_journal(b"".join(map(framed, records)))
    assert journal.epochs == {3: {"epoch": 3, "metrics": {"loss": 1}}}


def test_each_record_is_on_disk_as_soon_as_it_is_appended(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path / "journal-000000.bin", {"run_id": "r"})
    payload = json_payload(EPOCH, {"epoch": 0})
    journal.append(payload)
    assert read_journal(journal.path).epochs == {0: {"epoch": 0}}
    assert journal.path.read_bytes().endswith(payload)
    assert journal.path.stat().st_size > FRAME.size
    journal.close()


def test_a_journal_never_overwrites_another(tmp_path: Path) -> None:
    path = tmp_path / "journal-000000.bin"
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        JournalFile(path, {})
    assert path.read_bytes() == b"precious"


@given(samples)
def test_a_sample_of_version_1_is_read_without_what_it_lacked(sample: Sample) -> None:
    older = sample._replace(reported_power_w=None, residual_j=None)
    assert Sample.unpacked(sample.packed()[:-12]) == older


def test_a_journal_of_a_later_version_is_left_to_it() -> None:
    record = framed(json_payload(b"H", {"format": "energyvis-journal", "version": 99}))
    with pytest.raises(SinkError, match="version 99"):
        parse_journal(record)
