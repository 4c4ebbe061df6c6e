"""`energyvis data` as a user meets it: the real program, and a real server of files."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from energyvis_panel.cli.data_progress import TransferLine, megabytes
from energyvis_panel.data.butter_e import standin_path
from tests.file_server_fixture import FileServer, ServedFile, running_file_server
from tests.published_table_fixture import TABLE, table_text, write_table, zipped

COMMAND = [sys.executable, "-c", "import sys; from energyvis_panel.cli import main; sys.exit(main())"]


@pytest.fixture(scope="module")
def table() -> str:
    return table_text()


@pytest.fixture
def server() -> Iterator[FileServer]:
    with running_file_server() as running:
        yield running


def data(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "data", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )


def as_json(*arguments: str | Path, status: int = 0) -> Any:
    done = data(*arguments, "--json")
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def home() -> Path:
    return Path(os.environ["ENERGYVIS_CACHE"]) / "butter_e"


def test_fetch_check_status_and_remove(server: FileServer, table: str) -> None:
    served = server.serve(f"{TABLE}.zip", ServedFile(zipped(table)))
    assert data("status", "butter-e").stdout == (
        f"The Explore page shows the synthetic stand-in: {standin_path()}\n"
    )
    done = data("fetch", "butter-e", "--base-url", server.url)
    assert done.returncode == 0, done.stderr
    assert "standardised runs" in done.stdout
    assert f"Loaded: 37,055 runs of the published table, into {home() / 'butter_e.parquet'}" in done.stdout
    assert "(none is published)" in done.stdout
    line, recognised, *_ = done.stderr.splitlines()
    assert line.startswith(f"{TABLE}.zip: {megabytes(len(served.data))}, ")
    assert line.endswith("/s")
    assert recognised.startswith("Recognised the published table")

    checked = as_json("check", "butter-e", status=1)
    assert {one["key"]: one["verdict"] for one in checked["checks"]}["runs_gpu"] == "ok"
    assert checked["differs"] > 0  # the numbers are the stand-in's
    status = as_json("status", "butter-e")
    assert (status["shown"], status["path"]) == ("standard", str(home() / "butter_e.parquet"))
    assert status["loaded"]["sources"][0]["url"] == f"{server.url}{TABLE}.zip"
    assert "standardised: 37,055" in data("status", "butter-e").stdout

    again = data("fetch", "butter-e", "--base-url", server.url)
    assert again.stderr.splitlines()[0] == f"{TABLE}.zip: {megabytes(len(served.data))}, already here"
    first_seen = as_json("status", "butter-e")["loaded"]["sources"][0]["first_seen_at"]
    assert first_seen == status["loaded"]["sources"][0]["first_seen_at"]

    removed = data("remove", "butter-e")
    assert removed.returncode == 0
    assert f"The downloads stay in {home() / 'downloads'}" in removed.stdout
    assert as_json("status", "butter-e")["shown"] == "standin"
    assert data("remove", "butter-e").returncode == 2


def test_stopped_by_the_user_it_says_what_is_kept_and_goes_on(server: FileServer, table: str) -> None:
    served = server.serve(f"{TABLE}.zip", ServedFile(zipped(table), held=threading.Event()))
    part = home() / "downloads" / "standard" / f"{TABLE}.zip.part"
    arguments = [*COMMAND, "data", "fetch", "butter-e", "--base-url", server.url]
    # A shell's background job ignores SIGINT, and hands that on to what it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    with process:
        half = len(served.data) // 2
        assert served.half_sent.wait(30)
        while not (part.exists() and part.stat().st_size == half):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == (
        f"energyvis: stopped. {megabytes(half)} of {TABLE}.zip kept: the same command goes on from there."
    )
    assert served.held
    served.held.set()
    done = data("fetch", "butter-e", "--base-url", server.url, "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert server.requests[-1][1] == f"bytes={half}-"


@pytest.mark.parametrize("action", ["load", "fetch"])
@pytest.mark.parametrize("kind", ["--from-file", "--from-folder"])
def test_files_that_are_here_already(tmp_path: Path, action: str, kind: str) -> None:
    table = table_text(50)
    path = write_table(tmp_path, table)
    loaded = as_json(action, "butter-e", kind, path if kind == "--from-file" else tmp_path)
    assert (loaded["kind"], loaded["rows"]) == ("standard", 50)
    assert loaded["sources"][0] | {"first_seen_at": ""} == {
        "name": TABLE, "path": str(path), "url": None, "bytes": len(table),
        "sha256": loaded["sources"][0]["sha256"], "first_seen_at": "", "unpacked_bytes": None,
    }  # fmt: skip


def test_a_synthetic_file_is_called_so() -> None:
    done = data("load", "butter-e", "--from-file", standin_path())
    assert "63,527 runs of a Parquet file of runs, 63,527 of them synthetic, into" in done.stdout
    assert "63,527 of them synthetic" in data("status", "butter-e").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("load", "butter-e", "--from-file", "/absent"), "There is no file /absent"),
        (("load", "butter-e"), "one of the arguments --from-file --from-folder is required"),
        (("fetch", "butter-e", "--base-url", "http://data.example/"), "begins with https://"),
        (("fetch", "butter-e", "--raw", "--from-file", "/x"), "Leave them out"),
        (("check", "butter-e"), "energyvis data fetch butter-e"),
        (("fetch", "butter"), "invalid choice: 'butter'"),
    ],
)
def test_errors_are_sentences(arguments: tuple[str, ...], sentence: str) -> None:
    done = data(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_failed_fetch_keeps_what_was_loaded(server: FileServer, tmp_path: Path) -> None:
    as_json("load", "butter-e", "--from-file", write_table(tmp_path, table_text(50)))
    before = (home() / "manifest.json").read_bytes()
    server.serve(f"{TABLE}.zip", ServedFile(b"<!DOCTYPE html><title>Sign in</title>", kind="text/html"))
    done = data("fetch", "butter-e", "--base-url", server.url)
    assert done.returncode == 2
    assert "answers with a web page" in done.stderr
    assert (home() / "manifest.json").read_bytes() == before


def test_check_finds_a_file_that_changed_after_the_load(tmp_path: Path) -> None:
    as_json("load", "butter-e", "--from-file", write_table(tmp_path, table_text(50)))
    with (home() / "butter_e.parquet").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff\x00\xff")
    done = data("check", "butter-e")
    assert done.returncode == 2
    assert "changed after the load" in done.stderr


def test_own_file_is_shown_whatever_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENERGYVIS_BUTTER_E", str(standin_path()))
    done = data("load", "butter-e", "--from-file", write_table(tmp_path, table_text(50)))
    assert (
        f"Note: ENERGYVIS_BUTTER_E is set: the Explore page goes on showing {standin_path()}" in done.stdout
    )
    status = as_json("status", "butter-e")
    assert (status["shown"], status["loaded"]["rows"]) == ("named", 50)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_on_a_terminal_changes_and_names_bytes_and_rate() -> None:
    now = [10.0]
    terminal = Terminal()
    line = TransferLine(terminal, lambda: now[0])
    line("a.zip", 1_000_000, 4_000_000)
    for second in (1, 2):
        now[0] = 10.0 + second
        line("a.zip", 1_000_000 * (second + 1), 4_000_000)
    line("a.zip", 3_000_001, 4_000_000)  # sooner than is redrawn
    line("b.csv", 90_000, None)
    line.end()
    drawn = terminal.getvalue().replace("\033[K", "").split("\r")
    assert drawn == [
        "",
        "a.zip: 1.0 MB of 4.0 MB, already here",
        "a.zip: 2.0 MB of 4.0 MB, 1.0 MB/s",
        "a.zip: 3.0 MB of 4.0 MB, 1.0 MB/s",
        "a.zip: 3.0 MB of 4.0 MB, 1.0 MB/s\n",
        "b.csv: 90.0 kB, already here\n",
    ]


def test_elsewhere_each_file_has_one_plain_line() -> None:
    now, plain = [0.0], io.StringIO()
    line = TransferLine(plain, lambda: now[0])
    line("a.zip", 0, 2_000_000)
    now[0] = 4.0
    line("a.zip", 2_000_000, 2_000_000)
    line.step("Reading")
    assert plain.getvalue() == "a.zip: 2.0 MB, 500.0 kB/s\nReading\n".replace("500.0 kB", "0.5 MB")
