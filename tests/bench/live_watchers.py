"""What many sessions that watch one live run cost the app: processor time of the server, memory a session.

Run as `python tests/bench/live_watchers.py [--sessions 30] [--seconds 20] [--page study|bar]`; prints a
table, asserts nothing. A real job is measured by the real tracker; a server process serves real sessions over
websockets, whose client reads all that it is sent. `bar` is the strip and the live bar, `study` the whole
Study page, its deferred parts and the lake's watcher included.
"""

import argparse
import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
from bokeh.document import Document
from bokeh.document.events import MessageSentEvent
from bokeh.events import DocumentReady
from bokeh.protocol import Protocol
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.live_fixture import tracked_job  # noqa: E402 - the checkout is no installed package

SERVER = """
import os, sys
sys.path.insert(0, os.environ["BENCH_ROOT"])
import holoviews as hv
import panel as pn
from energyvis_panel.assembly.study_parts import StudyParts
from energyvis_panel.data.live_client import live_client
from energyvis_panel.data.workspace import workspace
from energyvis_panel.domain.live_hosts import LOOPBACK
from energyvis_panel.settings import load_settings
from energyvis_panel.state.live import LakeRuns
from energyvis_panel.state.shared_watch import StudyRuns, shared_watch
from energyvis_panel.state.shell import Shell
from energyvis_panel.state.study import Study
from energyvis_panel.views import frame, theme
from energyvis_panel.views.runs.follow import follow_lake
from energyvis_panel.views.study.live.live_bar import LiveBar
from energyvis_panel.views.study.live.live_session import live_run
from energyvis_panel.views.study.page import StudyPage
from energyvis_panel.views.study.profile_strip import ProfileStrip
from energyvis_panel.views.study.regions.region_signal import RegionSignal

port, page, url = int(sys.argv[1]), sys.argv[2], sys.argv[3]
pn.extension(raw_css=[theme.PAGE_CSS], notifications=False)
hv.extension("bokeh", logo=False)
shared = workspace(load_settings())

def build():
    study = Study(shared.profiles, shared.references, shared.equivalences)
    live = live_run(study, live_client(LOOPBACK))
    follow_lake(shared_watch(shared), StudyRuns(study), LakeRuns(live))
    if url:
        live.connect(url)
    if page == "bar":
        parts = pn.Column(ProfileStrip(study), LiveBar(live), sizing_mode="stretch_width")
        return frame.single_view(Shell(), lambda: parts)
    signal = RegionSignal()
    builders = StudyParts(shared, study, signal, framed=False).builders(live)
    return frame.single_view(Shell(), lambda: StudyPage(study, signal, builders))

pn.serve({"app": build}, port=port, show=False, admin=False)
"""
OK = re.compile(r'"msgtype": ?"OK"')
TOKEN = re.compile(r'"token":"([^"]+)"')
PATIENCE_S = 60.0


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sessions", type=int, default=30)
    options.add_argument("--seconds", type=float, default=20.0, help="length of each stretch")
    options.add_argument("--page", choices=("study", "bar"), default="study")
    asyncio.run(measure(options.parse_args()))


async def measure(options: argparse.Namespace) -> None:
    """Serve, connect sessions, and report on them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        job = stack.enter_context(tracked_job(folder, epoch_s=1.0))
        print(f"{options.page}, epochs of 1 s, two cores; {options.seconds:g} s each")
        print(f"{'':<26}{'core %':>8}{'MB':>9}{'MB a session':>14}{'messages/s':>12}")
        for name, url in (("nothing followed", ""), ("one live run followed", job.url)):
            port = free_port()
            with server_process(port, options.page, url, folder / "lake") as server:
                await report(name, server, port, options)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_process(port: int, page: str, url: str, lake: Path) -> "subprocess.Popen[bytes]":
    """A server of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port), page, url],
        env=os.environ | {"BENCH_ROOT": str(ROOT), "ENERGYVIS_LAKE": str(lake)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def report(
    name: str, server: "subprocess.Popen[bytes]", port: int, options: argparse.Namespace
) -> None:
    """Print one line: what the sessions cost over a stretch, and what each but the first adds."""
    process, counts = psutil.Process(server.pid), [0]
    try:
        sessions = [await session(port, counts)]
        await asyncio.sleep(3)  # what is loaded with the first session is not part of the others
        first_mb = megabytes(process)
        sessions += [await session(port, counts) for _ in range(options.sessions - 1)]
        await asyncio.sleep(5)  # the pages' own beginnings
        counts[0], used_s, began_s = 0, cpu_s(process), time.monotonic()
        await asyncio.sleep(options.seconds)
        share = (cpu_s(process) - used_s) / (time.monotonic() - began_s) * 100
        each_mb = (megabytes(process) - first_mb) / max(len(sessions) - 1, 1)
        rate = counts[0] / options.seconds
        print(f"{name:<26}{share:>8.1f}{megabytes(process):>9.0f}{each_mb:>14.2f}{rate:>12.1f}", flush=True)
        for one in sessions:
            one.close()
    finally:
        server.kill()
        server.wait()


async def session(port: int, counts: list[int]) -> WebSocketClientConnection:
    """A session as a browser has it, whose messages are read away and counted."""
    page = await fetched(port)
    match = TOKEN.search(page)
    assert match is not None, "the page names no session"
    connection = await websocket_connect(f"ws://localhost:{port}/app/ws", subprotocols=["bokeh", match[1]])
    protocol = Protocol()
    await connection.read_message()
    await sent(connection, protocol.create("PULL-DOC-REQ"))
    ready = MessageSentEvent(Document(), "bokeh_event", DocumentReady())
    await sent(connection, protocol.create("PATCH-DOC", [ready]))
    # The answer to it comes when the parts that wait for the first chart are built.
    while not OK.search(str(answer := await connection.read_message())):
        assert answer is not None, "the server closed the connection"

    async def read_away() -> None:
        while await connection.read_message() is not None:
            counts[0] += 1

    reader = asyncio.create_task(read_away())
    connection.reader = reader  # type: ignore[attr-defined] # kept from being collected
    return connection


async def sent(connection: WebSocketClientConnection, message: Any) -> None:
    """Send a message of Bokeh's protocol in its parts."""
    for part in (message.header_json, message.metadata_json, message.content_json):
        await connection.write_message(part)


async def fetched(port: int) -> str:
    """The page; waits until the server is up."""
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            answer = await AsyncHTTPClient().fetch(f"http://localhost:{port}/app", request_timeout=30)
        except OSError:
            if time.monotonic() > deadline_s:
                raise
            await asyncio.sleep(0.2)
        else:
            return answer.body.decode()


def cpu_s(process: psutil.Process) -> float:
    """Processor time of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def megabytes(process: psutil.Process) -> float:
    """Resident memory of a process."""
    return float(process.memory_info().rss) / 2**20


if __name__ == "__main__":
    main()
