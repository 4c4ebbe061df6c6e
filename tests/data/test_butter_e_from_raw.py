"""The raw set, zipped or not, from a folder to what the Explore page loads."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.butter_e_fetch import fetch_butter_e
from energyvis_panel.data.butter_e_files import recognised_file, recognised_folder
from energyvis_panel.data.butter_e_load import Loaded, alone_in, load_offered
from energyvis_panel.data.butter_e_raw import RawCounts, standardise_raw
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError
from tests.butter_e_raw_fixture import RawSet
from tests.data.butter_e_raw_chance import chance_set
from tests.file_server_fixture import ServedFile, running_file_server
from tests.published_table_fixture import table_text, write_table


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=2) as opened:
        yield opened


@pytest.fixture(scope="module")
def raw() -> RawSet:
    return chance_set(7)


@pytest.fixture(scope="module")
def counts(raw: RawSet, tmp_path_factory: pytest.TempPathFactory) -> RawCounts:
    folder = tmp_path_factory.mktemp("counted")
    with Gateway(threads=2) as opened:
        return standardise_raw(opened, raw.write(folder / "raw"), folder / "butter_e.parquet")


def zip_all(folder: Path) -> Path:
    """Pack the files of a raw folder as they are published, and delete the unpacked ones."""
    with zipfile.ZipFile(folder / "butter_e_energy.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder / "butter_e_energy").iterdir()):
            archive.write(path, f"butter_e_energy/{path.name}")
            path.unlink()
    (folder / "butter_e_energy").rmdir()
    metadata = folder / "butter_e_metadata.csv"
    with zipfile.ZipFile(folder / "butter_e_metadata.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(metadata, metadata.name)
    metadata.unlink()
    return folder


def load_folder(gateway: Gateway, home: Path, folder: Path) -> Loaded:
    with alone_in(home):
        return load_offered(gateway, home, recognised_folder(folder), {})


@pytest.mark.parametrize("is_zipped", [False, True])
def test_every_run_comes_with_its_status_and_the_traces_beside(
    gateway: Gateway, tmp_path: Path, raw: RawSet, counts: RawCounts, is_zipped: bool
) -> None:
    raw.write(tmp_path / "raw")
    folder = zip_all(tmp_path / "raw") if is_zipped else tmp_path / "raw"
    home = tmp_path / "home"
    loaded = load_folder(gateway, home, folder)
    manifest = loaded.manifest
    assert (manifest.kind, manifest.rows) == ("raw", len(raw.runs))
    assert manifest.counts["standardised"] == counts.standardised
    assert {made.name for made in manifest.files} == {"butter_e.parquet", "power_traces.parquet"}
    assert pq.read_table(home / "power_traces.parquet").num_rows == sum(map(len, raw.jobs.values()))
    assert {path.name for path in home.iterdir() if path.is_dir()} == set()
    assert {source.name for source in manifest.sources} == {
        "butter_e_metadata.csv", "butter_e_energy", "node_sinfo.csv", "node_power_dist.csv", "pmlb.csv",
    }  # fmt: skip
    load_butter_e(gateway, home / "butter_e.parquet")


def test_stages_and_constants_are_those_that_the_pipeline_counted(
    gateway: Gateway, tmp_path: Path, raw: RawSet, counts: RawCounts
) -> None:
    raw.write(tmp_path / "raw")
    found = {one.key: one.found for one in load_folder(gateway, tmp_path / "home", tmp_path / "raw").checks}
    assert found["stage_all"] == counts.metadata
    assert found["stage_optimizer"] == counts.optimizer_batch > 0
    assert found["stage_queued"] == counts.metadata - counts.optimizer_batch
    for name in ("zero_watts", "missing_all", "no_file", "missing_some"):
        assert found[f"stage_{name}"] == getattr(counts, name) > 0
    assert found["stage_joined"] == counts.ok
    assert found["stage_run_time"] == counts.filter_1 > 0
    assert found["stage_kept"] == counts.kept
    assert found["stage_removed"] == counts.overhead_estimate + counts.below_overhead
    rejected = [found[f"stage_{name}"] or 0 for name in ("run_time", "energy", "outlier")]
    assert sum(rejected) == counts.rejected
    for kind, idle_w in counts.idle_w.items():
        assert found[f"idle_{kind}"] == idle_w
    for hardware, overhead in counts.overhead.items():
        assert found[f"overhead_{hardware[:3].lower()}"] == pytest.approx(overhead.energy_j)
        assert found[f"overhead_time_{hardware[:3].lower()}"] == overhead.run_time_s


def test_a_damaged_file_is_called_by_the_name_that_the_user_knows(
    gateway: Gateway, tmp_path: Path, raw: RawSet
) -> None:
    home = tmp_path / "home"
    raw.write(tmp_path / "raw")
    load_folder(gateway, home, tmp_path / "raw")
    before = (home / "manifest.json").read_bytes()
    metadata = tmp_path / "raw" / "butter_e_metadata.csv"
    metadata.write_text(metadata.read_text().replace("host_name", "hostname", 1))
    folder = zip_all(tmp_path / "raw")
    with pytest.raises(
        DatasetError, match=r"butter_e_metadata\.csv\.zip lacks the column host_name"
    ) as refused:
        load_folder(gateway, home, folder)
    assert ".making" not in str(refused.value)
    assert (home / "manifest.json").read_bytes() == before
    assert [path for path in home.iterdir() if path.is_dir()] == []


def test_the_published_table_replaces_the_raw_set_whole(
    gateway: Gateway, tmp_path: Path, raw: RawSet
) -> None:
    home = tmp_path / "home"
    raw.write(tmp_path / "raw")
    load_folder(gateway, home, tmp_path / "raw")
    with alone_in(home):
        load_offered(gateway, home, recognised_file(write_table(tmp_path, table_text(20))), {})
    assert {path.name for path in home.iterdir()} == {".lock", "butter_e.parquet", "manifest.json"}


def test_the_raw_set_is_fetched_and_loaded(gateway: Gateway, tmp_path: Path, raw: RawSet) -> None:
    raw.write(tmp_path / "raw")
    zip_all(tmp_path / "raw")
    home = tmp_path / "home"
    with running_file_server() as server, alone_in(home):
        for path in (tmp_path / "raw").iterdir():
            server.serve(path.name, ServedFile(path.read_bytes(), kind="application/octet-stream"))
        fetched = fetch_butter_e(
            home, raw=True, base_url=server.url, progress=lambda _name, _bytes, _all: None
        )
        manifest = load_offered(gateway, home, fetched.offered, fetched.records).manifest
        assert {source.url for source in manifest.sources} == {f"{server.url}{path.name}" for path in
                                                               (tmp_path / "raw").iterdir()}  # fmt: skip
    assert manifest.rows == len(raw.runs)
    assert fetched.notes == ()
