"""Profiles come from files and from the lake, and say how their numbers were obtained."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_checks import FileChecks
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.domain.profile import HardwareItem
from energyvis_panel.errors import DatasetError, ProfileError
from tests.lake_fixture import RUN, LakeWriter, at, epoch, readings
from tests.profiles_fixture import small_profile


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    return LakeWriter(tmp_path / "lake")


@pytest.fixture
def store(writer: LakeWriter) -> Iterator[ProfileStore]:
    with Gateway(threads=1) as gateway:
        yield ProfileStore(Lake(gateway, writer.path), clock=lambda: at(100))


def test_run_becomes_a_profile(store: ProfileStore, writer: LakeWriter) -> None:
    writer.plain_run()
    profile = store.from_run(RUN)
    assert [e.energy.gpu for e in profile.epochs] == [2000.0] * 3
    assert [e.duration_s for e in profile.epochs] == [20.0] * 3
    assert profile.epochs[2].metrics == {"accuracy": 0.7}
    assert (profile.region_id, profile.pue, profile.division) == ("US-GA", 1.2, "epoch")
    assert profile.hardware == (HardwareItem("gpu", "NVIDIA A100-SXM4-80GB", 1),)
    assert profile.provenance.source == "counter"
    assert profile.provenance.assumptions == ()


def test_profile_and_run_have_the_same_energy(store: ProfileStore, writer: LakeWriter) -> None:
    writer.plain_run()
    writer.segment(RUN, 3, readings(RUN, [7.0, 8.0], first_s=61.0, first_seq=200))  # after the last epoch
    profile = store.from_run(RUN)
    (row,) = store.lake.all_runs(at(100)).to_pylist()
    assert profile.energy().total_j() == pytest.approx(row["energy_j"])
    assert profile.outside is not None
    assert profile.outside.energy.gpu == 15.0
    assert profile.outside.energy.cpu == 0.0


def test_compaction_does_not_change_the_profile(store: ProfileStore, writer: LakeWriter) -> None:
    writer.plain_run()
    before = store.from_run(RUN)
    compact_lake(store.lake)
    assert store.from_run(RUN) == before


def test_run_without_epochs_is_cut_into_intervals(store: ProfileStore, writer: LakeWriter) -> None:
    writer.marker()
    writer.facts(RUN)
    writer.segment(RUN, 0, readings(RUN, [0.0] + [100.0] * 300))
    profile = store.from_run(RUN)
    assert profile.division == "interval"
    assert len(profile.epochs) == 100
    assert profile.energy().gpu == pytest.approx(30_000.0)
    assert profile.outside is None
    assert "100 equal intervals" in profile.provenance.assumptions[0]


def test_weakest_source_and_every_flaw_are_said(store: ProfileStore, writer: LakeWriter) -> None:
    writer.marker()
    missing = {
        "kind": "dram",
        "id": "dram-0",
        "model": None,
        "source": "none",
        "note": "energy_uj may be read by root only",
    }
    writer.facts(RUN, attribution="cpu_time", devices=[missing])
    cpu = readings(RUN, [0.0, 5.0], device_kind="cpu", device_id="cpu", source="estimate", first_seq=9)
    gap = readings(RUN, [0.0], first_s=9.0, first_seq=20, quality="gap")
    writer.segment(RUN, 0, readings(RUN, [0.0, 100.0], attributed_energy_j=10.0) + cpu + gap)
    writer.epochs(RUN, [epoch(RUN, 0, 0, 1, energy_gpu_j=100.0)])
    profile = store.from_run(RUN)
    said = " ".join(profile.provenance.assumptions)
    assert profile.provenance.source == "estimate"
    for part in ("CPU is an estimate", "1 of 5 readings", "'cpu_time'", "dram-0 was not measured: energy_uj"):
        assert part in said


def test_run_without_readings_has_no_profile_yet(store: ProfileStore, writer: LakeWriter) -> None:
    writer.facts(RUN)
    with pytest.raises(ProfileError, match="no readings yet"):
        store.from_run(RUN)


def test_runs_are_summed_up_for_their_buttons(store: ProfileStore, writer: LakeWriter) -> None:
    writer.plain_run()
    (run,) = store.runs()
    assert (run.run_id, run.state) == (RUN, "finished")
    assert run.detail == "ada · 3 of 3 epochs · 2.33 Wh before PUE"


def test_damaged_preloaded_profile_hides_no_other(
    store: ProfileStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text(profile_to_json(small_profile()))
    found = ProfileStore(store.lake, tmp_path).preloaded()
    assert [profile.id for profile in found] == ["small"]
    assert "a.json" in caplog.text


def test_a_name_is_a_preloaded_id_a_file_or_a_run(
    store: ProfileStore, writer: LakeWriter, tmp_path: Path
) -> None:
    writer.plain_run()
    preloaded = store.preloaded()[0]
    path = tmp_path / "mine.json"
    path.write_text(profile_to_json(small_profile("mine")))
    assert store.find(preloaded.id) is preloaded
    assert store.find(str(path)).id == "mine"
    assert store.find(RUN[:12]).id == RUN
    with pytest.raises(ProfileError, match="no file, no preloaded profile, and no run"):
        store.find("nothing")
    with pytest.raises(ProfileError, match="There is no file"):
        store.find("nothing.json")


def test_file_offered_and_written_is_the_same(store: ProfileStore) -> None:
    profile = small_profile(outside=True)
    assert store.parse(store.dump(profile), "x.json") == profile


OTHERS = tuple(f"01JBQ000000000000000000{place}ZZ" for place in range(4))


def lake_with_others(writer: LakeWriter) -> None:
    """Besides the plain run four others."""
    writer.plain_run()
    for run_id in OTHERS:
        writer.facts(run_id)
        writer.segment(run_id, 0, readings(run_id, [0.0, 5.0]))


@pytest.mark.parametrize("is_compacted", [False, True])
def test_opening_a_run_looks_at_no_other(
    store: ProfileStore, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch, is_compacted: bool
) -> None:
    lake_with_others(writer)
    if is_compacted:
        compact_lake(store.lake)
    expected = store.from_run(RUN[:-1])  # not a whole id, so it is looked for among all
    looked_at: set[str] = set()
    read = FileChecks.facts

    def noted(self: FileChecks, path: Path, run_id: str) -> Any:
        looked_at.add(run_id)
        return read(self, path, run_id)

    monkeypatch.setattr(FileChecks, "facts", noted)
    assert store.from_run(RUN) == expected
    assert looked_at == {RUN}


def test_what_is_no_id_never_becomes_a_path(
    store: ProfileStore, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.plain_run()
    looked_at: list[Path] = []
    read = FileChecks.facts

    def noted(self: FileChecks, path: Path, run_id: str) -> Any:
        looked_at.append(path)
        return read(self, path, run_id)

    monkeypatch.setattr(FileChecks, "facts", noted)
    with pytest.raises(DatasetError, match="There is no run"):
        store.from_run(f"../live/{RUN}")
    assert looked_at
    assert not any(".." in path.parts for path in looked_at)


def test_an_id_in_small_letters_is_found_among_all(store: ProfileStore, writer: LakeWriter) -> None:
    writer.plain_run()
    assert store.from_run(RUN.lower()).id == RUN
    with pytest.raises(DatasetError, match="There is no run"):
        store.from_run("Z" * 26)


@pytest.mark.parametrize("compacted", [0, 3, 5])
def test_only_the_newest_runs_are_listed_where_asked_for(
    store: ProfileStore, writer: LakeWriter, compacted: int
) -> None:
    everything = sorted([RUN, *OTHERS])
    for place, run_id in enumerate(everything):
        if place == compacted:
            compact_lake(store.lake)
        writer.marker()
        writer.facts(run_id)
        writer.segment(run_id, 0, readings(run_id, [0.0, 5.0]))
    if compacted == len(everything):
        compact_lake(store.lake)
    newest = ProfileStore(store.lake, clock=lambda: at(100), most_runs=2)
    assert {run.run_id for run in newest.runs()} == set(everything[-2:])
    assert len(store.runs()) == len(everything)


def test_pages_that_open_at_once_read_the_lake_once(store: ProfileStore, writer: LakeWriter) -> None:
    kept = ProfileStore(store.lake, clock=lambda: at(100), kept_s=60.0)
    assert kept.runs() == ()
    writer.facts(RUN)
    writer.segment(RUN, 0, readings(RUN, [0.0, 5.0]))
    assert kept.runs() == ()
    assert len(store.runs()) == 1
