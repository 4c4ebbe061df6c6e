"""Does it hold in a lab? 30 visitors brush, 30 watch a run live, the lake grows, the server is killed.

Run as `python tests/bench/lab_load.py [--minutes 60] [--brushers 30] [--watchers 30] [--chromium PATH]`;
prints tables, asserts nothing. The server is `energyvis serve` in a process of its own, over a lake in a
temporary folder; after four minutes it is killed without a word and started again on the same port, and all
clients have to come back. One may be a real Chromium with a brush on its page, which has to come back by
itself with the same brush. Then one process serves for `--minutes`, in which its memory should become flat.
At the end all clients leave, and a census says what the server still holds.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil
from lab_clients import (  # type: ignore[import-not-found] # beside a script run by its path
    Figures,
    brush_for_ever,
    hear,
    watch_for_ever,
)
from live_watchers import free_port  # type: ignore[import-not-found] # likewise
from tornado.httpclient import AsyncHTTPClient

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.lake_fixture import LakeWriter  # noqa: E402 - the checkout is no installed package
from tests.live_fixture import tracked_job  # noqa: E402 - likewise

RAMP_S = 60.0
GROWS_EVERY_S = 2.0
GONE_AFTER_S = 45.0
"""Bokeh looks for sessions without a page every 17 s, and keeps each for 15 s."""


@dataclass
class Server:
    """The server's process, which is killed and started again."""

    folder: Path
    port: int
    log: IO[bytes]
    process: "subprocess.Popen[bytes] | None" = None
    memory: list[tuple[float, float, float]] = field(default_factory=list)
    """Time in s, resident memory in MB and processor time in s; since the last start."""

    @property
    def address(self) -> str:
        """Address of the app."""
        return f"http://localhost:{self.port}/app"

    def start(self) -> None:
        """Start it; what was measured of the one before is forgotten."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ENERGYVIS_")}
        environment |= {
            "ENERGYVIS_LAKE": str(self.folder / "lake"),
            "ENERGYVIS_CACHE": str(self.folder / "cache"),
            "PYTHONPATH": str(ROOT),
        }
        script = str(Path(__file__).with_name("lab_server.py"))
        command = [sys.executable, script, str(self.folder / "census.json"), str(self.port)]
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        self.memory = []

    async def until_up(self) -> float:
        """Wait until it answers; seconds that took."""
        began_s = time.monotonic()
        while True:
            with suppress(Exception):  # whatever is wrong with it, it does not answer yet
                await AsyncHTTPClient().fetch(f"http://localhost:{self.port}/static/js/bokeh.min.js")
                return time.monotonic() - began_s
            await asyncio.sleep(0.2)

    def kill(self) -> None:
        """End it without a word."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def note(self) -> None:
        """Note what it takes now."""
        assert self.process is not None
        with suppress(psutil.NoSuchProcess):
            seen = psutil.Process(self.process.pid)
            used = seen.cpu_times()
            self.memory.append((time.monotonic(), seen.memory_info().rss / 2**20, used.user + used.system))

    async def census(self) -> dict[str, int]:
        """What it holds."""
        assert self.process is not None
        file = self.folder / "census.json"
        file.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        while not file.exists():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)
        counts: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))
        return counts


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=60.0, help="after the kill (60)")
    options.add_argument("--kill-after", type=float, default=4.0, help="minutes before the kill (4)")
    options.add_argument("--brushers", type=int, default=30)
    options.add_argument("--watchers", type=int, default=30)
    options.add_argument(
        "--think-s", type=float, default=5.0, help="mean time between two brushes of a visitor"
    )
    options.add_argument("--runs", type=int, default=300, help="runs that are in the lake at first")
    options.add_argument("--chromium", help="a Chromium that is one of the clients")
    options.add_argument("--log", type=Path, help="where the server's log stays; by default it goes")
    # By default ten requests at a time; the others would wait here, not at the server.
    AsyncHTTPClient.configure(None, max_clients=1000)
    asyncio.run(measure(options.parse_args()))


async def measure(options: argparse.Namespace) -> None:
    """Serve, load, kill, load again, let all go."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        writer = LakeWriter(folder / "lake")
        for number in range(options.runs):
            writer.plain_run(run_id(number))
        job = stack.enter_context(tracked_job(folder, epoch_s=10.0))
        log_file = options.log or folder / "server.log"
        log = stack.enter_context(log_file.open("wb"))
        server = Server(folder, free_port(), log)
        server.start()
        stack.callback(server.kill)
        print(f"started in {await server.until_up():.1f} s", flush=True)
        growing = threading.Event()
        stack.callback(growing.set)
        threading.Thread(target=grow, args=(writer, options.runs, growing), daemon=True).start()
        page = Browser(options.chromium)
        await page.open(server.address)
        tasks, brushing, watching = clients(server.address, job.url, options)
        try:
            await stretch("before the kill", server, options.kill_after * 60, brushing, watching)
            killed_s = time.monotonic()
            server.kill()
            server.start()
            print(f"\nkilled, and up again after {await server.until_up():.1f} s", flush=True)
            await stretch("after the kill", server, options.minutes * 60, brushing, watching)
            for name, seen in (("brushing", brushing), ("watching", watching)):
                print(f"{name}: {len(seen.returned_s)} back, {spread(seen.returned_s)} s after the loss")
            print(await page.verdict(killed_s))
        finally:
            await page.close()
            while waiting := [task for task in tasks if not task.done()]:
                # asyncio.wait_for swallows one that comes as its own future is done (Python 3.11).
                for task in waiting:
                    task.cancel()
                await asyncio.wait(waiting, timeout=1)
        held = await server.census()
        print("all have gone", flush=True)
        await asyncio.sleep(GONE_AFTER_S)
        server.note()
        print(
            f"held with clients {held}\nheld without {await server.census()}, {server.memory[-1][1]:.0f} MB"
        )
        for name, seen in (("brushing", brushing), ("watching", watching)):
            print(f"{name}: {seen.opened} pages; failures {Counter(seen.failures).most_common(5)}")
        log.flush()
        print(complaints(log_file.read_text(encoding="utf-8", errors="replace")))


def run_id(number: int) -> str:
    """A run's id: 26 characters, in order."""
    return f"01JB{number:022d}"


def grow(writer: LakeWriter, first: int, ends: threading.Event) -> None:
    """Add finished runs to the lake until the end."""
    number = first
    while not ends.wait(GROWS_EVERY_S):
        writer.plain_run(run_id(number))
        number += 1


def clients(
    address: str, live_url: str, options: argparse.Namespace
) -> tuple[list["asyncio.Task[None]"], Figures, Figures]:
    """The clients, which start within the ramp, and what each kind sees."""
    brushing, watching, heard_s = Figures(), Figures(), dict[int, float]()

    async def later(act: Any, place: int, count: int) -> None:
        await asyncio.sleep(ramp_s * place / count)
        await act

    total, ramp_s = options.brushers + options.watchers, min(RAMP_S, options.kill_after * 20)
    acts: list[Any] = [
        brush_for_ever(address, brushing, random.Random(seed), options.think_s)  # noqa: S311 - no secret
        for seed in range(options.brushers)
    ]
    acts += [
        watch_for_ever(address, live_url, watching, heard_s, random.Random(1000 + seed))  # noqa: S311 - likewise
        for seed in range(options.watchers)
    ]
    random.Random(0).shuffle(acts)  # noqa: S311 - likewise
    tasks = [asyncio.create_task(later(act, place, total)) for place, act in enumerate(acts)]
    return [*tasks, asyncio.create_task(hear(live_url, heard_s))], brushing, watching


async def stretch(name: str, server: Server, seconds: float, brushing: Figures, watching: Figures) -> None:
    """Let time pass and print what was seen in it, once all clients are there."""
    began_s = time.monotonic()
    warm_s = began_s + min(RAMP_S + 30, seconds / 2)
    while time.monotonic() < began_s + seconds:
        await asyncio.sleep(1)
        server.note()
    warm = [one for one in server.memory if one[0] >= warm_s]
    brushes = [took for at, took in brushing.brush_s if at >= warm_s]
    readings = [took for at, took in watching.live_s if at >= warm_s]
    core = (warm[-1][2] - warm[0][2]) / (warm[-1][0] - warm[0][0]) * 100
    print(f"\n{name}, after {warm_s - began_s:.0f} s of warming up")
    print(f"brush to first redraw  {len(brushes):>6} x  {spread(brushes)} s")
    print(f"live reading           {len(readings):>6} x  {spread(readings)} s")
    print(f"server                 {core:.0f} % of a core, {slope(warm):+.0f} MB an hour")
    minutes = [f"{memory:.0f}" for _, memory, _ in server.memory[::60]]
    print(f"MB at each minute      {' '.join(minutes)}", flush=True)


def spread(values: list[float]) -> str:
    """Median, 95th percentile and most."""
    if len(values) < 2:
        return "too few"
    p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
    return f"median {statistics.median(values):.2f}, p95 {p95:.2f}, most {max(values):.2f}"


def slope(memory: list[tuple[float, float, float]]) -> float:
    """How fast memory grows, in MB an hour: the straight line through all."""
    if len(memory) < 2:
        return 0.0
    line = statistics.linear_regression([one[0] / 3600 for one in memory], [one[1] for one in memory])
    return float(line.slope)


def complaints(text: str) -> str:
    """Errors in the server's log, and how often each."""
    lines = [line for line in text.splitlines() if "ERROR" in line or "Error" in line or "Traceback" in line]
    counted = Counter(line.split(" ", 2)[-1][:140] for line in lines)
    return "log: " + (
        "no error" if not lines else "".join(f"\n{n:>6} x {what}" for what, n in counted.most_common(12))
    )


class Browser:
    """The one real browser; nothing where none was named."""

    def __init__(self, chromium: str | None) -> None:
        self._path = chromium
        self._page: Any = None
        self._playwright: Any = None

    async def open(self, address: str) -> None:
        """Open Explore, brushed."""
        if self._path is None:
            return
        from playwright.async_api import async_playwright  # noqa: PLC0415 - only with a browser

        self._playwright = await async_playwright().start()
        browser = await self._playwright.chromium.launch(executable_path=self._path, args=["--no-sandbox"])
        self._page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await self._page.goto(f"{address}?page=explore", timeout=120_000)
        await self._page.get_by_role("checkbox", name="mnist").click(timeout=120_000)
        await self._page.wait_for_url("**brushes=**", timeout=120_000)
        self._brushed = self._page.url
        everything = self._page.get_by_text(re.compile(r"^([\d,]+) of \1 runs$"))
        await everything.wait_for(state="detached", timeout=120_000)
        self._count = await self._page.locator(".selection .count").inner_text()

    async def verdict(self, killed_s: float) -> str:
        """Whether it came back with the same brush."""
        if self._page is None:
            return "no browser"
        since_s = await self._page.evaluate("performance.timeOrigin / 1000") - time.time() + time.monotonic()
        count = await self._page.locator(".selection .count").inner_text(timeout=60_000)
        url = self._page.url
        brush = "the same brush" if url == self._brushed else f"{url} instead of {self._brushed}"
        shown = "the same" if count == self._count else f"not {self._count}"
        return f"browser: loaded again {since_s - killed_s:.1f} s after the kill; {brush}; {count}, {shown}"

    async def close(self) -> None:
        """End it."""
        if self._playwright is not None:
            await self._playwright.stop()


if __name__ == "__main__":
    main()
