"""Files that somebody has already: which they are, and what is refused in one sentence."""

import io
import zipfile
from pathlib import Path

import pytest

from energyvis_panel.data import bounded_zip
from energyvis_panel.data.bounded_zip import check_zip, members, unpack
from energyvis_panel.data.butter_e_files import Offered, recognised_file, recognised_folder, unpacked
from energyvis_panel.errors import DatasetError
from tests.published_table_fixture import TABLE, zipped

RAW = ("butter_e_metadata.csv", "node_sinfo.csv", "node_power_dist.csv")


def archive(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            opened.writestr(name, text)
    return path


def raw_folder(folder: Path) -> Path:
    for name in RAW:
        (folder / name).write_text(f"{name}\n")
    jobs = folder / "butter_e_energy"
    jobs.mkdir()
    (jobs / "10296440.csv").write_text("timestamp,node,watts\n")
    return folder


def names(offered: Offered, folder: Path) -> dict[str, str]:
    return {name: str(path.relative_to(folder)) for name, path in offered.files.items()}


def test_one_file_is_told_by_its_content(tmp_path: Path) -> None:
    table = tmp_path / "mine.txt"
    table.write_text("run_id\n")
    assert recognised_file(table).kind == "standard"
    packed = tmp_path / "download"
    packed.write_bytes(zipped("run_id\n"))
    assert recognised_file(packed).kind == "standard"
    parquet = tmp_path / "mine"
    parquet.write_bytes(b"PAR1...")
    assert recognised_file(parquet).kind == "parquet"


def test_a_folder_with_the_table(tmp_path: Path) -> None:
    (tmp_path / "inner" / "most").mkdir(parents=True)
    (tmp_path / "inner" / f"{TABLE}.zip").write_bytes(zipped("run_id\n"))
    (tmp_path / "notes.txt").write_text("x")
    offered = recognised_folder(tmp_path)
    assert (offered.kind, offered.notes) == ("standard", ())
    (tmp_path / "inner" / "most" / TABLE).write_text("run_id\n")
    assert names(recognised_folder(tmp_path), tmp_path) == {TABLE: f"inner/most/{TABLE}"}


def test_a_folder_with_the_raw_set_unpacked(tmp_path: Path) -> None:
    raw_folder(tmp_path)
    (tmp_path / "pmlb.csv").write_text("x")
    offered = recognised_folder(tmp_path)
    assert offered.kind == "raw"
    assert names(offered, tmp_path) == {
        "butter_e_metadata.csv": "butter_e_metadata.csv", "butter_e_energy": "butter_e_energy",
        "node_sinfo.csv": "node_sinfo.csv", "node_power_dist.csv": "node_power_dist.csv",
        "pmlb.csv": "pmlb.csv",
    }  # fmt: skip


def test_a_folder_with_the_raw_set_zipped_under_its_other_names(tmp_path: Path) -> None:
    archive(tmp_path / "butter_e_metadata.csv.zip", **{"butter_e_metadata.csv": "a\n"})
    archive(
        tmp_path / "butter_e_energy.zip", **{"x/y/10296440.csv": "b\n", "x/readme.txt": "no", "x/1.csv": "c"}
    )
    (tmp_path / "slurm_node_sinfo.csv").write_text("d\n")
    archive(tmp_path / "butter_e_node_power_dist.csv.zip", **{"butter_e_node_power_dist.csv": "e\n"})
    offered = recognised_folder(tmp_path)
    assert offered.kind == "raw"
    workplace = tmp_path / "work"
    workplace.mkdir()
    paths = unpacked(offered, workplace)
    assert {path.name: path.read_text() for path in paths["butter_e_energy"].iterdir()} == {
        "10296440.csv": "b\n", "1.csv": "c",
    }  # fmt: skip
    assert paths["butter_e_metadata.csv"].read_text() == "a\n"
    assert paths["node_power_dist.csv"].read_text() == "e\n"
    assert paths["node_sinfo.csv"] == tmp_path / "slurm_node_sinfo.csv"


def test_the_raw_set_goes_before_the_table_and_says_so(tmp_path: Path) -> None:
    raw_folder(tmp_path)
    (tmp_path / TABLE).write_text("x")
    offered = recognised_folder(tmp_path)
    assert offered.kind == "raw"
    assert TABLE not in offered.files
    assert "--from-file takes it instead" in offered.notes[0]


def test_a_raw_set_that_is_not_whole(tmp_path: Path) -> None:
    raw_folder(tmp_path)
    (tmp_path / "node_sinfo.csv").unlink()
    with pytest.raises(DatasetError, match=r"a part of the raw set only: node_sinfo\.csv missing"):
        recognised_folder(tmp_path)
    (tmp_path / TABLE).write_text("x")
    offered = recognised_folder(tmp_path)
    assert offered.kind == "standard"
    assert "node_sinfo.csv missing; the published table is taken" in offered.notes[0]


def test_folders_without_anything(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no file of BUTTER-E"):
        recognised_folder(tmp_path)
    with pytest.raises(DatasetError, match="not a folder"):
        recognised_folder(tmp_path / "absent")


def test_files_that_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no file"):
        recognised_file(tmp_path / "absent")
    with pytest.raises(DatasetError, match="--from-folder"):
        recognised_file(tmp_path)
    energy = archive(tmp_path / "e.zip", **{"butter_e_energy/10296440.csv": "x"})
    with pytest.raises(DatasetError, match="part of the raw set"):
        recognised_file(energy)
    (tmp_path / "butter_e_metadata.csv").write_text("x")
    with pytest.raises(DatasetError, match="part of the raw set"):
        recognised_file(tmp_path / "butter_e_metadata.csv")


def test_an_archive_must_hold_one_table(tmp_path: Path) -> None:
    workplace = tmp_path / "work"
    workplace.mkdir()
    two = archive(tmp_path / "two.zip", **{"a.csv": "1", "b.csv": "2"})
    with pytest.raises(DatasetError, match="holds 2 tables"):
        unpacked(recognised_file(two), workplace)
    named = archive(tmp_path / "named.zip", **{"a.csv": "1", f"x/{TABLE}": "2", f"__MACOSX/x/._{TABLE}": "3"})
    assert unpacked(recognised_file(named), workplace)[TABLE].read_text() == "2"
    extras = {"__MACOSX/renamed.csv": "5", ".renamed.csv": "6", "readme.txt": "7"}
    sole = archive(tmp_path / "sole.zip", **{"renamed.csv": "4"}, **extras)
    assert unpacked(recognised_file(sole), workplace)[TABLE].read_text() == "4"


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    evil = archive(inner / "evil.zip", **{"../../7.csv": "x", "/8.csv": "y", "..\\9.csv": "z"})
    offered = Offered("raw", {"butter_e_energy": evil})
    folder = unpacked(offered, inner)["butter_e_energy"]
    assert {path.name for path in folder.iterdir()} <= {"7.csv", "8.csv", "9.csv"}
    assert {path.name for path in tmp_path.rglob("*.csv")} == {path.name for path in folder.iterdir()}
    assert not Path("/8.csv").exists()


def test_an_archive_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_zip, "MOST_BYTES", 10 << 20)
    bomb = archive(tmp_path / "bomb.zip", **{"1.csv": "0" * (11 << 20)})
    assert bomb.stat().st_size < 20_000
    with pytest.raises(DatasetError, match="unpacks to more than"):
        unpack(bomb, lambda _name: tmp_path / "out")
    assert (tmp_path / "out").stat().st_size <= 10 << 20
    monkeypatch.setattr(bounded_zip, "MOST_MEMBERS", 2)
    crowd = archive(tmp_path / "crowd.zip", **{f"{number}.csv": "" for number in range(3)})
    with pytest.raises(DatasetError, match="holds 3 files"):
        recognised_file(crowd)


def test_a_size_that_an_archive_lies_about(tmp_path: Path) -> None:
    data = bytearray(zipped("0123456789" * 1000))
    place = data.rfind(b"PK\x01\x02") + 24
    assert int.from_bytes(data[place : place + 4], "little") == 10_000
    data[place : place + 4] = (10).to_bytes(4, "little")
    lying = tmp_path / "lying.zip"
    lying.write_bytes(data)
    with pytest.raises(DatasetError, match="damaged"):
        check_zip(lying)


def test_locked_and_strangely_packed_archives(tmp_path: Path) -> None:
    data = bytearray(zipped("text"))
    start, central = data.find(b"PK\x03\x04"), data.rfind(b"PK\x01\x02")
    locked = bytearray(data)
    locked[start + 6] |= 1
    locked[central + 8] |= 1
    path = tmp_path / "x.zip"
    path.write_bytes(locked)
    with pytest.raises(DatasetError, match="password"):
        check_zip(path)
    for method in (99, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        data[start + 8], data[central + 10] = method, method
        path.write_bytes(data)
        with pytest.raises(DatasetError, match="packed in a way that is not read here"):
            check_zip(path)


def test_a_file_without_a_name_is_none_of_the_files(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("nameless", "text")
        archive.writestr("named.txt", "text")
    path = tmp_path / "x.zip"
    path.write_bytes(data.getvalue().replace(b"nameless", b"\0ameless"))
    assert members(path) == ["named.txt"]
    check_zip(path)


def test_a_reason_with_a_long_name_is_cut(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a" * 5000, "text")
    path = tmp_path / "x.zip"
    path.write_bytes(data.getvalue().replace(b"a" * 5000, b"b" + b"a" * 4999, 1))
    with pytest.raises(DatasetError, match="damaged or cut off") as told:
        check_zip(path)
    assert len(str(told.value)) < 400 + len(str(path))


@pytest.mark.parametrize("content", [b"", b"PK", b"text", b"<html>", zipped("x" * 1000)[:-30]])
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"x\.zip is (a web page|no zip archive|damaged or cut off)"):
        check_zip(path)


def test_every_flipped_byte_is_refused_or_harmless(tmp_path: Path) -> None:
    text = "run,energy\n" + "".join(f"{number},{number * 17 % 101}\n" for number in range(60))
    data, path = zipped(text, "t.csv"), tmp_path / "x.zip"
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        read = io.BytesIO()
        try:
            unpack(path, lambda _name: tmp_path / "out")
            read.write((tmp_path / "out").read_bytes())
        except DatasetError:
            continue
        assert read.getvalue() == text.encode()
