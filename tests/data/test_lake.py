"""A lake is read whole, or says what it had to leave out."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data import lake_listing
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.lake_layout import entries
from energyvis_panel.errors import DatasetError, QueryError
from tests.lake_fixture import RUN, LakeWriter, at, readings, span

OTHER = "01JBQ0000000000000000000BB"


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    return LakeWriter(tmp_path / "lake")


@pytest.fixture
def lake(writer: LakeWriter) -> Iterator[Lake]:
    with Gateway(threads=1) as gateway:
        yield Lake(gateway, writer.path)


def test_missing_lake_is_empty(lake: Lake) -> None:
    status = lake.status(at(0))
    assert (status.exists, status.runs, status.damaged) == (False, 0, ())
    assert lake.all_runs(at(0)).num_rows == 0


def test_run_shows_its_energy(lake: Lake, writer: LakeWriter) -> None:
    writer.plain_run()
    (row,) = lake.all_runs(at(100)).to_pylist()
    assert (row["energy_gpu_j"], row["energy_cpu_j"], row["epochs_done"]) == (6000.0, 2400.0, 3)


def test_run_without_samples_is_shown(lake: Lake, writer: LakeWriter) -> None:
    writer.facts(RUN, state="running", ended_at=None)
    (row,) = lake.all_runs(at(60)).to_pylist()
    assert (row["state"], row["energy_j"], row["samples"]) == ("running", None, 0)


@pytest.mark.parametrize(("age_s", "state"), [(59, "running"), (61, "stale")])
def test_active_run_without_a_sign_for_a_minute_is_stale(
    lake: Lake, writer: LakeWriter, age_s: int, state: str
) -> None:
    writer.facts(RUN, state="running", ended_at=None)  # last heartbeat at 60 s
    (row,) = lake.all_runs(at(60 + age_s)).to_pylist()
    status = lake.status(at(60 + age_s))
    assert row["state"] == state
    assert status.is_stale == (state == "stale")
    assert status.last_sign_age_s == age_s


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def broken_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(bytes(content))


def foreign_table(path: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), path)


def other_type(path: Path) -> None:
    table = pq.read_table(path)
    place = table.column_names.index("energy_j")
    pq.write_table(table.set_column(place, "energy_j", table["energy_j"].cast(pa.float32())), path)


def without_energy(path: Path) -> None:
    pq.write_table(pq.read_table(path).drop_columns(["energy_j"]), path)


def other_run(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.set_column(0, "run_id", pa.array([OTHER] * len(table))), path)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (torn, "whole Parquet file"),
        (broken_page, "cannot be read"),
        (foreign_table, "no column 'run_id'"),
        (other_type, "is float, but must be double"),
        (without_energy, "no column 'energy_j'"),
        (other_run, f"rows of the run '{OTHER}'"),
    ],
)
def test_damaged_segment_is_left_out_and_named(
    lake: Lake, writer: LakeWriter, damage: object, reason: str
) -> None:
    writer.plain_run()
    path = writer.path / "live" / RUN / "node1-10" / "samples-000001.parquet"
    damage(path)  # type: ignore[operator] # each is a function of a path
    (row,) = lake.all_runs(at(100)).to_pylist()
    assert row["samples"] == 70
    (damaged,) = lake.status(at(100)).damaged
    assert damaged.path == path
    assert reason in damaged.reason


def test_file_without_the_columns_of_a_later_version_is_whole(lake: Lake, writer: LakeWriter) -> None:
    writer.plain_run()
    path = writer.path / "live" / RUN / "node1-10" / "samples-000001.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["reported_power_w", "residual_j", "temp_c"]), path)
    assert not lake.status(at(100)).damaged
    assert lake.all_runs(at(100))["samples"].to_pylist() == [122]
    rows = lake.ask("lake/compacted_samples", run_id=RUN)
    assert rows["residual_j"].null_count == rows.num_rows == 122


def test_spans_are_read_and_a_damaged_file_of_them_is_left_out(lake: Lake, writer: LakeWriter) -> None:
    writer.plain_run()
    writer.spans(RUN, 0, [span(RUN, 0, "eval", 1, 2)])
    path = writer.spans(RUN, 1, [span(RUN, 1, "eval", 3, 4)])
    assert lake.ask("lake/compacted_spans", run_id=RUN)["span_id"].to_pylist() == [0, 1]
    broken_page(path)
    assert lake.ask("lake/compacted_spans", run_id=RUN)["span_id"].to_pylist() == [0]
    assert [d.path for d in lake.status(at(0)).damaged] == [path]


def test_budget_ranks_and_pauses_are_facts_of_the_run(lake: Lake, writer: LakeWriter) -> None:
    writer.marker()
    budget = {"energy_j": 3.6e6, "carbon_g": None, "cost": None, "currency": "EUR", "action": "stop"}
    writer.facts(RUN, attribution="gpu_process", ranks=8, budget=budget, paused_s=12.5)
    facts = lake.run(RUN).facts
    assert (facts.attribution, facts.ranks, facts.paused_s) == ("gpu_process", 8, 12.5)
    assert facts.budget is not None
    assert (facts.budget.energy_j, facts.budget.carbon_g, facts.budget.action) == (3.6e6, None, "stop")


def test_mended_file_counts_again(lake: Lake, writer: LakeWriter) -> None:
    writer.plain_run()
    path = writer.path / "live" / RUN / "node1-10" / "samples-000001.parquet"
    whole = path.read_bytes()
    torn(path)
    assert lake.status(at(0)).damaged
    path.write_bytes(whole)
    assert not lake.status(at(0)).damaged
    assert lake.all_runs(at(100))["samples"].to_pylist() == [122]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"schema_version": 2}', "reads version 1 only"),
        ('{"schema_version": 1, "run_id": "x"}', "cannot be used"),
    ],
)
def test_unreadable_facts_leave_the_run_out(lake: Lake, writer: LakeWriter, text: str, reason: str) -> None:
    writer.plain_run()
    (writer.path / "live" / RUN / "run.json").write_text(text)
    assert lake.all_runs(at(100)).num_rows == 0
    (damaged,) = lake.status(at(100)).damaged
    assert reason in damaged.reason


def test_facts_with_numbers_that_json_does_not_know_are_left_out(lake: Lake, writer: LakeWriter) -> None:
    path = writer.facts(RUN)
    path.write_text(path.read_text().replace('"pue": 1.2', '"pue": NaN'))
    assert lake.all_runs(at(100)).num_rows == 0
    assert "'pue'" in lake.status(at(100)).damaged[0].reason


@pytest.mark.parametrize(
    "marker", ['{"format": "other", "version": 1}', '{"format": "energyvis-lake", "version": 2}', "no"]
)
def test_foreign_or_later_lake_is_left_out_as_a_whole(lake: Lake, writer: LakeWriter, marker: str) -> None:
    writer.plain_run()
    (writer.path / "lake.json").write_text(marker)
    assert lake.all_runs(at(100)).num_rows == 0
    assert [d.path.name for d in lake.status(at(0)).damaged] == ["lake.json"]


def test_foreign_file_is_named_and_a_temporary_one_or_a_lock_is_not(lake: Lake, writer: LakeWriter) -> None:
    writer.plain_run()
    folder = writer.path / "live" / RUN / "node1-10"
    (folder / "notes.txt").write_text("mine")
    (folder / "lock").write_text("a writer lives")
    (folder / "run.json").write_text("what one writer of several knows")
    (folder / ".samples-000002.parquet.7.tmp").write_bytes(b"half")
    assert [d.path.name for d in lake.status(at(0)).damaged] == ["notes.txt"]


def test_run_is_found_by_the_beginning_of_its_id(lake: Lake, writer: LakeWriter) -> None:
    writer.plain_run()
    writer.plain_run(OTHER)
    assert lake.run(RUN.lower()[:-1]).facts.run_id == RUN
    with pytest.raises(DatasetError, match="2 runs"):
        lake.run(RUN[:6])
    with pytest.raises(DatasetError, match="no run"):
        lake.run("nothing")


def test_compaction_between_listing_and_reading_is_noticed(
    lake: Lake, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.plain_run()
    real = lake.gateway.ask
    compacted: list[bool] = []

    def compact_first(question: str, **params: object) -> pa.Table:
        if not compacted:
            compacted.append(True)
            with Gateway(threads=1) as other:
                compact_lake(Lake(other, writer.path))
        return real(question, **params)

    monkeypatch.setattr(lake.gateway, "ask", compact_first)
    assert lake.all_runs(at(100))["samples"].to_pylist() == [122]
    assert not (writer.path / "live" / RUN).exists()


def test_compaction_between_the_two_listings_is_noticed(
    lake: Lake, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.plain_run()
    real = entries
    listed: list[str] = []

    def compact_before_the_second(folder: Path, *, folders: bool = False) -> list[Path]:
        if folder.parent == writer.path and folder.name in {"live", "runs"}:
            listed.append(folder.name)
            if len(listed) == 2:
                with Gateway(threads=1) as other:
                    compact_lake(Lake(other, writer.path))
        return real(folder, folders=folders)

    monkeypatch.setattr(lake_listing, "entries", compact_before_the_second)
    listing = lake.listing()
    assert listed[:2] == ["live", "runs"]
    assert listing.runs[RUN].is_compacted
    assert len(listing.runs[RUN].samples) == 1


def test_readers_see_every_sample_once_while_runs_are_compacted(lake: Lake, writer: LakeWriter) -> None:
    ids = [f"01JBQ0000000000000000000{place:02d}" for place in range(12)]
    for run_id in ids:
        writer.plain_run(run_id)
    with Gateway(threads=1) as other:
        worker = threading.Thread(target=compact_lake, args=(Lake(other, writer.path),))
        worker.start()
        seen = 0
        while worker.is_alive() or seen == 0:
            assert lake.all_runs(at(100))["samples"].to_pylist() == [122] * len(ids)
            seen += 1
        worker.join()
    assert lake.all_runs(at(100))["samples"].to_pylist() == [122] * len(ids)


def test_files_that_always_vanish_are_an_error_not_a_loop(
    lake: Lake, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.plain_run()
    listing = lake.listing()
    monkeypatch.setattr(lake, "listing", lambda: listing)
    shutil.rmtree(writer.path / "live")
    with pytest.raises(DatasetError, match="changes faster"):
        lake.all_runs(at(100))


def test_wrong_question_is_not_blamed_on_the_lake(lake: Lake, writer: LakeWriter) -> None:
    writer.plain_run()
    with pytest.raises(QueryError):
        lake.ask("runs/intervals_of_run", run_id=RUN, n="many")


def test_names_of_people_do_not_become_patterns(tmp_path: Path) -> None:
    writer = LakeWriter(tmp_path / "a [1] lake's *")
    writer.plain_run()
    with Gateway(threads=1) as gateway:
        assert Lake(gateway, writer.path).all_runs(at(100))["samples"].to_pylist() == [122]


def test_two_hosts_and_a_second_sampler_are_not_counted_twice(lake: Lake, writer: LakeWriter) -> None:
    writer.marker()
    writer.facts(RUN)
    energies = [0.0] + [100.0] * 60
    writer.segment(RUN, 0, readings(RUN, energies), writer="node1-10")
    writer.segment(RUN, 0, readings(RUN, energies), writer="node1-11")  # the same device once more
    writer.segment(RUN, 0, readings(RUN, energies, host="node2"), writer="node2-10")
    (row,) = lake.all_runs(at(100)).to_pylist()
    assert row["energy_j"] == pytest.approx(12_000.0)
