"""Downloads over a real server: cut off, resumed, changed, refused."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from energyvis_panel.data.bounded_zip import check_zip
from energyvis_panel.data.butter_e_fetch import fetch_butter_e, kept_parts
from energyvis_panel.data.checked_http import checked_url
from energyvis_panel.data.download_part import Part
from energyvis_panel.data.download_record import DownloadRecord, read_record, sha256_of
from energyvis_panel.data.resumable_download import ATTEMPTS, Download
from energyvis_panel.errors import DatasetError, SettingsError
from tests.file_server_fixture import FileServer, ServedFile, running_file_server
from tests.published_table_fixture import zipped

DATA = zipped("".join(f"{number * number * 7919 % 1_000_003}\n" for number in range(300_000)))
NAME = "table.csv.zip"


@pytest.fixture
def server() -> Iterator[FileServer]:
    with running_file_server() as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "downloads" / NAME


def download(
    server: FileServer, target: Path, waits: list[float], pause: Callable[[float], None] | None = None
) -> Download:
    return Download(
        server.url + NAME,
        target,
        1 << 24,
        check=check_zip,
        progress=untold,
        pause=pause or waits.append,
    )


def untold(_name: str, _size_bytes: int, _total_bytes: int | None) -> None:
    pass


def stop_at_once(_wait_s: float) -> None:
    raise InterruptedError


def test_a_file_comes_whole_with_its_checksum(server: FileServer, target: Path, waits: list[float]) -> None:
    server.serve(NAME, ServedFile(DATA))
    record = download(server, target, waits).fetched()
    assert target.read_bytes() == DATA
    assert record == read_record(target)
    assert (record.sha256, record.bytes, record.etag) == (sha256_of(target), len(DATA), '"one"')
    assert [path.name for path in sorted(target.parent.iterdir())] == [NAME, f"{NAME}.json"]
    assert waits == []


def test_a_cut_connection_goes_on_where_it_broke(
    server: FileServer, target: Path, waits: list[float]
) -> None:
    server.serve(NAME, ServedFile(DATA, cuts=[100_000, 70_000]))
    download(server, target, waits).fetched()
    assert target.read_bytes() == DATA
    assert [wanted for _, wanted, _ in server.requests] == [None, "bytes=100000-", "bytes=170000-"]
    assert server.requests[1][2] == '"one"'
    assert waits == [1.0, 1.0]  # each brought something new


def test_without_ranges_it_starts_over(server: FileServer, target: Path, waits: list[float]) -> None:
    server.serve(NAME, ServedFile(DATA, has_ranges=False, cuts=[100_000]))
    download(server, target, waits).fetched()
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("honours_if_range", [True, False])
def test_a_file_that_changed_meanwhile_starts_over(
    server: FileServer, target: Path, waits: list[float], honours_if_range: bool
) -> None:
    server.serve(NAME, ServedFile(DATA, cuts=[100_000]))
    with pytest.raises(InterruptedError):
        download(server, target, waits, pause=stop_at_once).fetched()
    assert Part(target).size_bytes == 100_000
    other = zipped("".join(f"{number * number * 6007 % 1_000_003}\n" for number in range(300_000)))
    assert len(other) > 100_000
    server.serve(NAME, ServedFile(other, etag='"two"', honours_if_range=honours_if_range))
    download(server, target, waits).fetched()
    assert target.read_bytes() == other


@pytest.mark.parametrize(
    ("etag", "last_modified", "condition"),
    [
        ('W/"weak"', "Wed, 01 Nov 2023 10:00:00 GMT", "Wed, 01 Nov 2023 10:00:00 GMT"),
        (None, "Wed, 01 Nov 2023 10:00:00 GMT", "Wed, 01 Nov 2023 10:00:00 GMT"),
        (None, None, None),
    ],
)
def test_what_cannot_be_told_apart_is_not_resumed(
    server: FileServer,
    target: Path,
    waits: list[float],
    etag: str | None,
    last_modified: str | None,
    condition: str | None,
) -> None:
    server.serve(NAME, ServedFile(DATA, etag=etag, last_modified=last_modified, cuts=[100_000]))
    download(server, target, waits).fetched()
    assert target.read_bytes() == DATA
    assert server.requests[1][1:] == (("bytes=100000-", condition) if condition else (None, None))


def test_a_body_in_chunks_without_length(server: FileServer, target: Path, waits: list[float]) -> None:
    server.serve(NAME, ServedFile(DATA, is_chunked=True, cuts=[100_000]))
    download(server, target, waits).fetched()
    assert target.read_bytes() == DATA
    assert len(server.requests) == 2


def test_it_gives_up_after_attempts_that_bring_nothing(
    server: FileServer, target: Path, waits: list[float]
) -> None:
    server.serve(NAME, ServedFile(DATA, cuts=[100_000]))
    served = server.files[f"/files/5991/{NAME}"]
    served.cuts += [0] * 20
    with pytest.raises(DatasetError, match=r"100,000 bytes are kept: the same command goes on from there"):
        download(server, target, waits).fetched()
    assert len(waits) == ATTEMPTS - 1
    assert waits == [1.0, 2.0, 4.0, 8.0]
    served.cuts.clear()
    download(server, target, waits).fetched()
    assert target.read_bytes() == DATA
    assert server.requests[-1][1] == "bytes=100000-"


def test_a_server_that_always_starts_over_comes_to_an_end(
    server: FileServer, target: Path, waits: list[float]
) -> None:
    server.serve(NAME, ServedFile(DATA, has_ranges=False, cuts=[100_000] * 100))
    with pytest.raises(DatasetError, match="it ended after 100,000 of"):
        download(server, target, waits).fetched()
    assert len(server.requests) == ATTEMPTS


def test_an_overloaded_server_is_left_alone_for_a_while(
    server: FileServer, target: Path, waits: list[float]
) -> None:
    server.serve(NAME, ServedFile(DATA, statuses=[503, 429]))
    download(server, target, waits).fetched()
    assert waits == [1.0, 2.0]


def test_it_waits_as_long_as_the_server_asks_within_limits(
    server: FileServer, target: Path, waits: list[float]
) -> None:
    served = server.serve(NAME, ServedFile(DATA, statuses=[503], retry_after=7))
    download(server, target, waits).fetched()
    target.unlink()
    served.statuses, served.retry_after = [429], 86_400
    download(server, target, waits).fetched()
    assert waits == [7.0, 30.0]


def test_nothing_listens(target: Path, waits: list[float]) -> None:
    with running_file_server() as gone:
        pass
    with pytest.raises(DatasetError, match="Connection refused"):
        download(gone, target, waits).fetched()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (ServedFile(b"<!DOCTYPE html><p>Sign in", kind="text/html; charset=utf-8"), "web page, not with"),
        (ServedFile(b"<!DOCTYPE html><p>Sign in"), "web page, not a zip archive"),
        (ServedFile(DATA, encoding="gzip"), "compressed data"),
        (ServedFile(DATA[:-500]), "damaged or cut off"),
        (ServedFile(DATA[:90_000] + bytes([DATA[90_000] ^ 1]) + DATA[90_001:]), "damaged or cut off"),
        (ServedFile(DATA, said_bytes=len(DATA) - 400), "damaged or cut off"),
        (ServedFile(DATA, said_bytes=1 << 30), "has at most"),
        (ServedFile(bytes(1 << 25), is_chunked=True), "has at most"),
        (ServedFile(DATA, statuses=[404]), "not there"),
        (ServedFile(DATA, statuses=[403]), "403"),
        (ServedFile(DATA, location="http://192.0.2.1/x"), "leads to another place"),
        (ServedFile(DATA, location="file:///etc/hostname"), "leads to another place"),
    ],
    ids=[
        "page", "page as zip", "gzip", "short zip", "flipped bit", "said too little", "said too much",
        "endless", "404", "403", "redirect to http", "redirect to a file",
    ],
)  # fmt: skip
def test_what_is_not_the_file_is_refused(
    server: FileServer, target: Path, waits: list[float], file: ServedFile, sentence: str
) -> None:
    server.serve(NAME, file)
    with pytest.raises(DatasetError, match=sentence):
        download(server, target, waits).fetched()
    assert not target.exists()
    assert Part(target).size_bytes == 0
    assert waits == []


def test_a_redirect_on_this_machine_is_followed(server: FileServer, target: Path, waits: list[float]) -> None:
    server.serve(NAME, ServedFile(b"", location="other.zip"))
    server.serve("other.zip", ServedFile(DATA))
    download(server, target, waits).fetched()
    assert target.read_bytes() == DATA


def test_redirects_in_a_circle_end(server: FileServer, target: Path, waits: list[float]) -> None:
    server.serve(NAME, ServedFile(b"", location=NAME))
    with pytest.raises(DatasetError, match="leads on more than 5 times"):
        download(server, target, waits).fetched()


def test_what_is_here_is_not_fetched_again(server: FileServer, target: Path, waits: list[float]) -> None:
    server.serve(NAME, ServedFile(DATA))
    first = download(server, target, waits).fetched()
    assert download(server, target, waits).fetched() == first
    assert server.requests[-1] == (f"/files/5991/{NAME}", None, '"one"')


def test_a_copy_that_was_damaged_here_is_fetched_again(
    server: FileServer, target: Path, waits: list[float]
) -> None:
    server.serve(NAME, ServedFile(DATA))
    download(server, target, waits).fetched()
    target.write_bytes(DATA[:-1] + b"x")
    again = download(server, target, waits)
    again.fetched()
    assert target.read_bytes() == DATA
    assert again.notes == []


def test_a_new_release_is_taken_and_said(server: FileServer, target: Path, waits: list[float]) -> None:
    server.serve(NAME, ServedFile(DATA))
    first = download(server, target, waits).fetched()
    server.serve(NAME, ServedFile(zipped("new\n"), etag='"two"'))
    again = download(server, target, waits)
    assert again.fetched().sha256 != first.sha256
    assert target.read_bytes() == zipped("new\n")
    assert f"its checksum was {first.sha256[:12]}" in again.notes[0]


def test_a_damaged_new_release_leaves_the_old_one(
    server: FileServer, target: Path, waits: list[float]
) -> None:
    server.serve(NAME, ServedFile(DATA))
    first = download(server, target, waits).fetched()
    server.serve(NAME, ServedFile(DATA[:-100], etag='"two"'))
    with pytest.raises(DatasetError, match="damaged"):
        download(server, target, waits).fetched()
    assert (target.read_bytes(), read_record(target)) == (DATA, first)


def test_without_the_server_the_copy_is_taken_and_that_is_said(target: Path, waits: list[float]) -> None:
    with running_file_server() as server:
        server.serve(NAME, ServedFile(DATA))
        first = download(server, target, waits).fetched()
    offline = download(server, target, waits)
    assert offline.fetched() == first
    assert "cannot be reached" in offline.notes[0]


def test_a_part_that_is_whole_already_needs_no_server(target: Path, waits: list[float]) -> None:
    with running_file_server() as server:
        server.serve(NAME, ServedFile(DATA, cuts=[len(DATA) - 1]))
        with pytest.raises(InterruptedError):
            download(server, target, waits, pause=stop_at_once).fetched()
    with Part(target).path.open("ab") as file:
        file.write(DATA[-1:])
    assert download(server, target, waits).fetched().bytes == len(DATA)


KILLED = """
import sys
from pathlib import Path
from energyvis_panel.data.butter_e_fetch import fetch_butter_e
def told(name, size_bytes, total_bytes):
    print(size_bytes, flush=True)
fetch_butter_e(Path(sys.argv[1]), raw=False, base_url=sys.argv[2], progress=told)
"""


def test_killed_in_the_middle_it_goes_on_from_there(server: FileServer, tmp_path: Path) -> None:
    name = "runs_with_standardized_energy.csv.zip"
    served = server.serve(name, ServedFile(DATA, held=threading.Event(), held_after_bytes=1_000))
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, tmp_path, server.url], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        came = next(int(line) for line in process.stdout if int(line) >= 1_000)
        os.kill(process.pid, signal.SIGKILL)
    assert served.held
    served.held.set()
    assert kept_parts(tmp_path, raw=False) == {name: came}
    fetched = fetch_butter_e(tmp_path, raw=False, base_url=server.url, progress=untold)
    assert server.requests[-1][1] == f"bytes={came}-"
    (path,) = fetched.offered.files.values()
    assert path.read_bytes() == DATA


@pytest.mark.parametrize(
    "url",
    ["http://data.example/x", "ftp://data.example/x", "file:///etc/passwd", "https://me:pw@data.example/",
     "x", "https://[bad/"],
)  # fmt: skip
def test_addresses_that_are_not_fetched(url: str) -> None:
    with pytest.raises(SettingsError):
        checked_url(url)


def test_the_raw_set_does_without_the_table_of_data_sets(server: FileServer, tmp_path: Path) -> None:
    server.serve("butter_e_metadata.csv.zip", ServedFile(zipped("run_id\n", "butter_e_metadata.csv")))
    server.serve("butter_e_energy.zip", ServedFile(zipped("watts\n", "butter_e_energy/1.csv")))
    server.serve("node_sinfo.csv", ServedFile(b"HOSTNAMES, CPUS\n", kind="text/csv"))
    server.serve("node_power_dist.csv", ServedFile(b"node,count\n", kind="text/csv"))
    fetched = fetch_butter_e(tmp_path, raw=True, base_url=server.url.rstrip("/"), progress=untold)
    assert fetched.offered.kind == "raw"
    assert set(fetched.records) == {"butter_e_metadata.csv", "butter_e_energy", "node_sinfo.csv",
                                    "node_power_dist.csv"}  # fmt: skip
    assert "pmlb.csv is not on the server" in fetched.notes[0]
    del server.files["/files/5991/node_sinfo.csv"]
    record: DownloadRecord = fetched.records["node_sinfo.csv"]
    assert record.url == f"{server.url}node_sinfo.csv"
    with pytest.raises(DatasetError, match=r"node_sinfo\.csv is not there \(404"):
        fetch_butter_e(tmp_path, raw=True, base_url=server.url, progress=untold)
