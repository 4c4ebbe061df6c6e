"""A page in a process of its own, and the Chromium that looks at it: a part of brush_latency.py."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

READY_S = 600
"""Ten million runs are loaded and scored before the page opens."""
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
CHROMIUM_FLAGS = ("--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader")
"""Plotly draws with WebGL, which Chromium does in software where there is no GPU; the same for all pages."""
WHOLE_PAGE = {"width": 1600, "height": 8600}
"""All thirteen views are in sight."""
SEVEN_VIEWS = {"width": 1600, "height": 3900}
"""Seven views are in sight; the others are not built, as nobody has scrolled to them."""
LAPTOP = {"width": 1440, "height": 900}
Timed = dict[str, list[float]]


@contextmanager
def served(command: list[str], path: str) -> Iterator[tuple[str, Callable[[], float]]]:
    """Address of a page, and the processor time in s of its server; the process ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + READY_S
        while not is_up(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The page did not start: {command}")
            time.sleep(0.1)
        yield f"http://localhost:{port}{path}", partial(processor_s, process.pid)
    finally:
        process.terminate()
        process.wait()


def is_up(port: int) -> bool:
    """Whether something takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processor_s(pid: int) -> float:
    """Processor time that a process has taken, in s."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


@contextmanager
def browsed(address: str, chromium: str, viewport: dict[str, int]) -> Iterator[Any]:
    """The page at ``address`` in a Chromium of its own."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the serving process does without

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        page = browser.new_page(viewport=viewport)  # type: ignore[arg-type] # its two keys are there
        page.set_default_timeout(READY_S * 1000)
        page.goto(address)
        try:
            yield page
        finally:
            browser.close()


def energy_range(rng: np.random.Generator) -> list[float]:
    """A range of energy in Wh that holds some of the runs."""
    low = float(10 ** rng.uniform(0.8, 2.5))
    return [low, low * float(10 ** rng.uniform(0.3, 1.2))]
