"""A check names everything that is wrong in a lake, and its quarantine loses nothing."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_check import LakeCheck, check_lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.errors import QueryError
from tests.lake_fixture import RUN, LakeWriter, at, epoch, readings, span

OTHER = "01JBQ0000000000000000000BB"


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    writer = LakeWriter(tmp_path / "lake")
    writer.plain_run()
    writer.spans(RUN, 1, [span(RUN, 0, "eval", 20, 25, units=8.0)])
    return writer


@pytest.fixture
def lake(writer: LakeWriter) -> Iterator[Lake]:
    with Gateway(threads=1) as gateway:
        yield Lake(gateway, writer.path)


def segment(writer: LakeWriter, number: int = 1) -> Path:
    return writer.path / "live" / RUN / "node1-10" / f"samples-{number:06d}.parquet"


def break_page(path: Path) -> None:
    """The footer stays whole, so that only whoever reads the page notices."""
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(bytes(content))


def reasons(check: LakeCheck) -> list[str]:
    return [found.reason for found in check.broken]


def test_whole_lake_is_fine_live_and_compacted(lake: Lake) -> None:
    check = check_lake(lake, at(100))
    assert check.is_fine
    assert (check.runs, check.rows, dict(check.files)) == (1, 122, {"samples": 2, "epochs": 1, "spans": 1})
    compact_lake(lake)
    check = check_lake(lake, at(100))
    assert check.is_fine
    assert (check.rows, dict(check.files)) == (
        122,
        {"samples": 1, "epochs": 1, "spans": 1, "run_totals": 1},
    )


def test_missing_lake_is_fine(tmp_path: Path) -> None:
    with Gateway(threads=1) as gateway:
        assert check_lake(Lake(gateway, tmp_path / "nothing"), at(0)).is_fine


def test_damage_is_found_that_only_reading_shows(lake: Lake, writer: LakeWriter) -> None:
    break_page(segment(writer, 0))
    assert not lake.status(at(0)).damaged
    check = check_lake(lake, at(100))
    assert [found.path for found in check.damaged] == [segment(writer, 0)]
    assert "cannot be read" in check.damaged[0].reason
    assert check.notes == [
        f"Run {RUN}: rows 0 to 69 of writer node1-10 are missing; a file of it is damaged or set aside"
    ]
    assert not check.broken
    assert segment(writer, 0).exists()


@pytest.mark.parametrize("is_compacted", [False, True])
def test_quarantine_moves_what_is_damaged_and_finds_nothing_again(
    lake: Lake, writer: LakeWriter, is_compacted: bool
) -> None:
    path = segment(writer)
    name = f"{RUN}.node1-10.samples-000001"
    if is_compacted:
        compact_lake(lake)
        path = writer.path / f"runs/month=2026-11/{RUN}.samples.parquet"
        name = f"runs.month=2026-11.{RUN}.samples"
    break_page(path)
    content = path.read_bytes()
    check = check_lake(lake, at(100), quarantine=True)
    target = writer.path / "quarantine" / f"{name}.parquet"
    assert check.moved == {path: target}
    assert target.read_bytes() == content
    assert target.with_suffix(".reason.txt").read_text().startswith("It cannot be read")
    assert not path.exists()
    again = check_lake(lake, at(100), quarantine=True)
    assert again.is_fine
    assert not again.moved
    assert again.notes


def test_quarantined_compacted_file_gives_way_to_the_live_copy(lake: Lake, writer: LakeWriter) -> None:
    def stop(step: str) -> None:
        if step == "remove":
            raise InterruptedError

    before = lake.ask("lake/compacted_samples", run_id=RUN)
    with pytest.raises(InterruptedError):
        compact_lake(lake, before=stop)
    break_page(writer.path / f"runs/month=2026-11/{RUN}.samples.parquet")
    assert check_lake(lake, at(100), quarantine=True).moved
    assert lake.ask("lake/compacted_samples", run_id=RUN) == before
    assert compact_lake(lake).compacted == [RUN]


def test_file_of_a_living_writer_a_journal_and_the_marker_stay(lake: Lake, writer: LakeWriter) -> None:
    folder = segment(writer).parent
    segment(writer).write_bytes(b"torn")
    (folder / "journal-000002.bin").write_bytes(b"not whole")
    writer.facts(OTHER).write_text("{")
    (writer.path / "live" / OTHER / "node2-7").mkdir()
    with (folder / "lock").open("w") as one, (writer.path / f"live/{OTHER}/node2-7/lock").open("w") as two:
        fcntl.flock(one, fcntl.LOCK_EX)
        fcntl.flock(two, fcntl.LOCK_EX)
        check = check_lake(lake, at(100), quarantine=True)
        assert len(check.damaged) == 2
        assert not check.moved
    assert set(check_lake(lake, at(100), quarantine=True).moved) == {
        segment(writer),
        writer.path / "live" / OTHER / "run.json",
    }
    assert (folder / "journal-000002.bin").exists()
    (writer.path / "lake.json").write_text("{}")
    check = check_lake(lake, at(100), quarantine=True)
    assert [found.path.name for found in check.damaged] == ["lake.json"]
    assert not check.moved


def test_quarantine_replaces_nothing(lake: Lake, writer: LakeWriter) -> None:
    for content in (b"first", b"second"):
        segment(writer).write_bytes(content)
        check_lake(lake, at(100), quarantine=True)
    found = sorted((writer.path / "quarantine").glob("*.parquet"))
    assert [path.read_bytes() for path in found] == [b"second", b"first"]
    assert [path.name for path in found] == [
        f"{RUN}.node1-10.samples-000001.2.parquet",
        f"{RUN}.node1-10.samples-000001.parquet",
    ]


@pytest.mark.parametrize(
    "place",
    [
        "notes.txt",
        "old/x.parquet",
        "live/notes.txt",
        f"live/{RUN}/notes.txt",
        f"live/{RUN}/node1-10/notes.txt",
        f"live/{RUN}/node1-10/old/x",
        "runs/notes.txt",
        "runs/2026/x.parquet",
        "runs/month=2026-11/notes.txt",
        "runs/month=2026-11/old/x",
    ],
)
def test_foreign_file_is_named_and_stays(lake: Lake, writer: LakeWriter, place: str) -> None:
    file = writer.path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine")
    check = check_lake(lake, at(100), quarantine=True)
    (foreign,) = check.foreign
    assert file == foreign.path or file.is_relative_to(foreign.path)
    assert not check.is_fine
    assert not check.damaged
    assert not check.broken
    assert file.read_text() == "mine"


def test_silent_gap_is_named(lake: Lake, writer: LakeWriter) -> None:
    segment(writer, 0).unlink()
    check = check_lake(lake, at(100))
    assert reasons(check) == ["rows 0 to 69 of writer node1-10 are missing"]
    assert check.broken[0].path == writer.path / "live" / RUN
    compact_lake(lake)
    assert reasons(check_lake(lake, at(100))) == ["rows 0 to 69 of writer node1-10 are missing"]


def test_gap_of_one_writer_is_not_explained_by_damage_of_another(lake: Lake, writer: LakeWriter) -> None:
    other = writer.segment(RUN, 0, readings(RUN, [0.0, 1.0], host="node2"), writer="node2-10")
    other.write_bytes(b"torn")
    segment(writer, 0).unlink()
    check = check_lake(lake, at(100), quarantine=True)
    assert reasons(check) == ["rows 0 to 69 of writer node1-10 are missing"]
    assert reasons(check_lake(lake, at(100))) == ["rows 0 to 69 of writer node1-10 are missing"]


def test_row_that_stands_twice_is_named(lake: Lake, writer: LakeWriter) -> None:
    writer.segment(RUN, 2, [readings(RUN, [7.0], first_seq=61)[0]])
    (reason,) = reasons(check_lake(lake, at(100)))
    assert reason == (
        "writer node1-10 repeats row numbers: 1 in all, 1 with different content; the first is row 61"
    )


def test_epochs_that_do_not_add_up_are_named(lake: Lake, writer: LakeWriter) -> None:
    rows = [epoch(RUN, index, 20.0 * index, 20.0 * index + 20, energy_gpu_j=2000.0) for index in range(3)]
    rows[1]["energy_gpu_j"] = 2001.0
    writer.epochs(RUN, rows)
    (reason,) = reasons(check_lake(lake, at(100)))
    assert reason == "its epochs and the time outside them hold 6001.000 J, but the run holds 8400.000 J"


def test_epochs_of_a_running_run_may_be_ahead(lake: Lake, writer: LakeWriter) -> None:
    writer.facts(RUN, state="running", ended_at=None)
    segment(writer).unlink()
    assert check_lake(lake, at(100)).is_fine


def test_span_outside_its_run_is_named(lake: Lake, writer: LakeWriter) -> None:
    writer.spans(RUN, 2, [span(RUN, 1, "eval", 50, 70)])
    (reason,) = reasons(check_lake(lake, at(100)))
    assert reason == (
        "span 1 'eval' of writer node1-10 lies outside the run: 2026-11-03 10:00:50 to 2026-11-03 10:01:10"
    )


def test_compacted_file_with_fewer_rows_than_its_live_copy_is_named(lake: Lake, writer: LakeWriter) -> None:
    compact_lake(lake)
    writer.plain_run()
    assert check_lake(lake, at(100)).is_fine
    writer.segment(RUN, 2, readings(RUN, [1.0] * 3, first_seq=120))
    assert reasons(check_lake(lake, at(100))) == [
        "the compacted file lacks rows of writer node1-10 that the live copy has: 1 in all, of row 122"
    ]
    segment(writer, 2).write_bytes(b"torn")
    assert [found.path for found in check_lake(lake, at(100)).damaged] == [segment(writer, 2)]


def test_run_of_which_a_part_is_gone_is_named(lake: Lake, writer: LakeWriter) -> None:
    (writer.path / "live" / RUN / "run.json").unlink()
    assert reasons(check_lake(lake, at(100))) == ["it has 4 files, but no run.json"]
    writer.facts(RUN)
    compact_lake(lake)
    month = writer.path / "runs" / "month=2026-11"
    samples, facts = month / f"{RUN}.samples.parquet", month / f"{RUN}.run.json"
    content = samples.read_bytes()
    samples.unlink()
    assert reasons(check_lake(lake, at(100))) == ["its epochs or facts are there, but its readings are not"]
    samples.write_bytes(content)
    facts.unlink()
    assert reasons(check_lake(lake, at(100))) == [f"its readings are there, but no {RUN}.run.json"]


def test_quarantined_facts_are_noted(lake: Lake, writer: LakeWriter) -> None:
    (writer.path / "live" / RUN / "run.json").write_text("{")
    assert list(check_lake(lake, at(100), quarantine=True).moved.values()) == [
        writer.path / "quarantine" / f"{RUN}.run.json"
    ]
    again = check_lake(lake, at(100))
    assert again.is_fine
    assert f"The run {RUN} is passed over" in again.notes[0]


def test_second_copy_of_a_compacted_run_is_set_aside(lake: Lake, writer: LakeWriter) -> None:
    compact_lake(lake)
    before = lake.all_runs(at(100))
    other = writer.path / "runs" / "month=2026-12"
    shutil.copytree(writer.path / "runs" / "month=2026-11", other)
    check = check_lake(lake, at(100), quarantine=True)
    assert list(check.moved) == [other / f"{RUN}.samples.parquet"]
    assert check_lake(lake, at(100)).is_fine
    assert lake.all_runs(at(100)) == before


def test_run_whose_rows_cannot_be_asked_about_is_named_and_the_others_are_checked(
    lake: Lake, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = lake.gateway.ask

    def refuse(question: str, **params: object) -> pa.Table:
        if RUN in str(params.get("samples")):
            raise QueryError(question, params, "no such codec")
        return real(question, **params)

    writer.plain_run(OTHER)
    monkeypatch.setattr(lake.gateway, "ask", refuse)
    check = check_lake(lake, at(100))
    assert check.runs == 2
    (reason,) = reasons(check)
    assert "no such codec" in reason


def test_run_that_is_compacted_meanwhile_is_looked_at_again(
    lake: Lake, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = lake.gateway.ask
    compacted: list[bool] = []

    def compact_first(question: str, **params: object) -> pa.Table:
        if not compacted:
            compacted.append(True)
            with Gateway(threads=1) as other:
                compact_lake(Lake(other, writer.path))
        return real(question, **params)

    monkeypatch.setattr(lake.gateway, "ask", compact_first)
    check = check_lake(lake, at(100))
    assert check.is_fine
    assert check.rows == pq.read_metadata(writer.path / f"runs/month=2026-11/{RUN}.samples.parquet").num_rows
    assert compacted
