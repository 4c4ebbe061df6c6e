"""`watch` in a process of its own: in a pseudo-terminal, in a pipe, and across lost connections."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from energyvis_tracker.errors import ConfigurationError
from energyvis_tracker.watch import watch
from energyvis_tracker.watch_stream import EventReader, LiveAddress, events_in
from tests.tracker.live.conftest import (
    PATIENCE_S,
    TOKEN,
    LiveSite,
    finished_epoch,
    run_record,
    summary,
    wait_for,
)

PROGRAM = """
import sys
from energyvis_tracker.watch import watch
sys.exit(watch(sys.argv[1], once="once" in sys.argv))
"""
CONTROL = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]")


class Terminal:
    """A pseudo-terminal with `watch` in it."""

    def __init__(self, url: str, columns: int = 80, lines: int = 24, **environment: str) -> None:
        self.master, slave = pty.openpty()
        self.written = ""
        self.resize(columns, lines)
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, url],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "NO_COLOR"}}
            | {"TERM": "xterm-256color"}
            | environment,
            start_new_session=True,
        )
        os.close(slave)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self) -> None:
        """Take in what has been written so far."""
        while select.select([self.master], [], [], 0.02)[0]:
            try:
                chunk = os.read(self.master, 65536)
            except OSError:  # the other end is closed
                return
            if not chunk:
                return
            self.written += chunk.decode("utf-8", "replace")

    def frame(self) -> str:
        """Return what stands on the screen: everything since the last return to its corner."""
        self.read()
        return CONTROL.sub("", self.written.rpartition("\x1b[H")[2])

    def shows(self, text: str) -> None:
        wait_for(lambda: text in self.frame())

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def wait(self) -> int:
        wait_for(self.has_ended)
        return self.process.wait()

    def has_ended(self) -> bool:
        """Say whether the process has; what it writes has to be taken for that."""
        self.read()
        return self.process.poll() is not None

    def has_shown(self, text: str) -> bool:
        """Say whether a text stood on the screen at any time."""
        self.read()
        return text in CONTROL.sub("", self.written)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Return a function that starts `watch` in a pseudo-terminal."""
    started: list[Terminal] = []

    def start(*arguments: Any, **options: Any) -> Terminal:
        started.append(Terminal(*arguments, **options))
        return started[-1]

    yield start
    for terminal in started:
        terminal.process.kill()
        terminal.process.wait()
        os.close(terminal.master)


def piped(url: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def url_of(site: LiveSite) -> str:
    return site.server.url_of(site.feeds[0])


def test_the_screen_follows_the_run_to_its_end(site: LiveSite, terminal: Callable[..., Terminal]) -> None:
    feed = site.feeds[0]
    feed.publish_epoch(finished_epoch(0))
    feed.publish_sample(summary())
    screen = terminal(url_of(site))
    screen.shows("GPU        100 J  measured (counter)")
    screen.shows("1 of 90")
    feed.publish_epoch(finished_epoch(1))
    feed.publish_sample(summary(energy_gpu_j=2000.0))
    screen.shows("GPU         2 kJ  measured (counter)")
    screen.shows("2 of 90")
    assert "\x1b[32m" in screen.written
    feed.publish_state(run_record(state="finished"))
    site.server.remove(feed)
    assert screen.wait() == 0
    first, _, rest = screen.written.rpartition("\x1b[?1049l")
    assert first.startswith("\x1b[?1049h")
    assert "\x1b[?25h" in first
    assert rest.startswith("resnet50  finished  ")
    assert "GPU 2 kJ measured (counter)" in rest


def test_keys_pause_resume_and_quit(site: LiveSite, terminal: Callable[..., Terminal]) -> None:
    feed = site.feeds[0]
    screen = terminal(url_of(site))
    screen.shows("p pause   r resume   q quit")
    before = termios.tcgetattr(screen.master)[3]
    assert not before & termios.ECHO
    screen.press("p")
    screen.shows("Asked to pause")
    assert feed.take_requests() == ["pause"]
    feed.publish_state(run_record(state="paused"))
    screen.shows("paused")
    screen.shows("p pause   r resume   q quit")
    screen.press("xR")
    screen.shows("Asked to resume")
    assert feed.take_requests() == ["resume"]
    feed.refusal = "The run has several hosts."
    screen.press("p")
    screen.shows("The run has several hosts.")
    screen.press("q")
    assert screen.wait() == 0
    assert termios.tcgetattr(screen.master)[3] & termios.ECHO


def test_it_follows_the_size_of_the_terminal(site: LiveSite, terminal: Callable[..., Terminal]) -> None:
    site.feeds[0].publish_sample(summary())
    screen = terminal(url_of(site))
    screen.shows("DRAM dram")
    screen.resize(40, 8)
    wait_for(lambda: 1 < len(screen.frame().split("\r\n")) <= 8)
    assert max(map(len, screen.frame().split("\r\n"))) <= 40


def test_colours_are_left_out_where_they_are_not_wanted(
    site: LiveSite, terminal: Callable[..., Terminal]
) -> None:
    site.feeds[0].publish_sample(summary())
    screen = terminal(url_of(site), NO_COLOR="1")
    screen.shows("running")
    assert not re.findall(r"\x1b\[[0-9;]*m", screen.written)


def test_ctrl_c_gives_the_terminal_back(site: LiveSite, terminal: Callable[..., Terminal]) -> None:
    screen = terminal(url_of(site))
    screen.shows("running")
    os.kill(screen.process.pid, signal.SIGINT)
    assert screen.wait() == 130
    assert screen.written.endswith("\x1b[?25h\x1b[?1049l")


def test_a_lost_connection_is_shown_and_mended(
    make_site: Callable[..., LiveSite], terminal: Callable[..., Terminal]
) -> None:
    site = make_site()
    feed = site.add_run()
    for epoch in range(3):
        feed.publish_epoch(finished_epoch(epoch))
    screen = terminal(url_of(site))
    screen.shows("3 of 90")
    site.server.feeds = ()
    for connection in list(site.server.connections.values()):
        connection.client.shutdown(2)
    site.server.feeds = (feed,)
    wait_for(lambda: screen.has_shown("connection lost"))
    feed.publish_epoch(finished_epoch(3))
    screen.shows("4 of 90")
    assert "connection lost" not in screen.frame()


def test_a_reader_that_comes_back_is_told_only_what_it_lacks(site: LiveSite) -> None:
    feed = site.feeds[0]
    for epoch in range(3):
        feed.publish_epoch(finished_epoch(epoch))
    reader = EventReader(LiveAddress.parsed(url_of(site)))
    first = [reader.notices.get(timeout=PATIENCE_S).name for _ in range(5)]
    assert first == ["connected", "run", "epoch", "epoch", "epoch"]
    feed.publish_epoch(finished_epoch(3))
    wait_for(lambda: not reader.notices.empty())
    for connection in list(site.server.connections.values()):
        connection.client.shutdown(2)
    again = [reader.notices.get(timeout=PATIENCE_S) for _ in range(4)]
    feed.publish_state(run_record(state="finished"))
    site.server.remove(feed)
    again += [reader.notices.get(timeout=PATIENCE_S) for _ in range(2)]
    assert [notice.name for notice in again] == ["epoch", "lost", "connected", "run", "state", "over"]
    reader.thread.join(PATIENCE_S)
    assert not reader.thread.is_alive()


def test_a_pipe_gets_a_line_a_sample(site: LiveSite) -> None:
    feed = site.feeds[0]
    feed.publish_sample(summary())
    job = piped(url_of(site))
    assert job.stdout is not None
    assert job.stdout.readline().startswith("resnet50  running  ")
    feed.publish_sample(summary(energy_gpu_j=3000.0))
    assert "GPU 3 kJ measured (counter)" in job.stdout.readline()
    feed.publish_state(run_record(state="failed"))
    feed.closed.set()
    output, errors = job.communicate(timeout=PATIENCE_S)
    assert output.startswith("resnet50  failed  ")
    assert "\x1b" not in output
    assert (errors, job.returncode) == ("", 0)


def test_once_shows_the_run_as_it_is(site: LiveSite) -> None:
    site.feeds[0].publish_sample(summary())
    output, errors = piped(url_of(site), "once").communicate(timeout=PATIENCE_S)
    assert "GPU        100 J  measured (counter)" in output
    assert "quit" not in output
    assert "\x1b" not in output
    assert errors == ""


@pytest.mark.parametrize("arguments", [[], ["once"]])
def test_a_server_that_does_not_answer_ends_it_with_a_sentence(arguments: list[str]) -> None:
    site = LiveSite()
    url = site.server.url_of(site.add_run())
    site.server.close(1.0)
    job = piped(url, *arguments)
    output, errors = job.communicate(timeout=PATIENCE_S)
    assert "The live URL does not answer: " in output
    assert (errors, job.returncode) == ("", 1)


@pytest.mark.parametrize("arguments", [[], ["once"]])
def test_a_token_that_opens_nothing_ends_it_with_a_sentence(site: LiveSite, arguments: list[str]) -> None:
    job = piped(url_of(site).replace(TOKEN, "x" * 32), *arguments)
    output, errors = job.communicate(timeout=PATIENCE_S)
    assert output == "The token is missing or opens no run that is going on here.\n"
    assert (errors, job.returncode) == ("", 1)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "resnet50",
        "https://127.0.0.1:1/?token=x",
        "http://127.0.0.1:1/",
        "http://:1/?token=x",
        "http://a:x/?token=x",
    ],
)
def test_what_is_no_live_url_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="A live URL looks like"):
        watch(url)


def test_the_parts_of_a_url() -> None:
    address = LiveAddress.parsed(f"http://[::1]:4711/?token={TOKEN}&run=R%261")
    assert address == ("::1", 4711, TOKEN, "R&1")
    assert address.path("/api/v1/run") == "/api/v1/run?run=R%261"


def test_a_reader_that_goes_away_is_no_error(site: LiveSite) -> None:
    job = piped(url_of(site))
    assert job.stdout is not None
    assert job.stderr is not None
    job.stdout.close()
    deadline_s = time.monotonic() + PATIENCE_S
    while job.poll() is None:
        assert time.monotonic() < deadline_s
        site.feeds[0].publish_sample(summary())
        time.sleep(0.05)
    assert job.stderr.read() == ""
    job.stderr.close()
    assert job.returncode == 0


def test_events_are_told_from_comments_and_halves() -> None:
    lines = b": hello\n\nretry: 2000\n\nevent: a\nid: 1\ndata: {}\n\ndata: x\r\n\r\nevent: b\ndata: {"
    assert list(events_in(lines.splitlines(keepends=True))) == [("1", "a", "{}"), ("", "message", "x")]
