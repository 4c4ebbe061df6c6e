"""A server that may be framed, and pages of other origins that do."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page, expect

from tests.free_port import free_port
from tests.ui.conftest import ROOT, wait_until_up

LOADED_MS = 60_000
SERVE = "from energyvis_panel.cli import main; raise SystemExit(main())"


class Silent(SimpleHTTPRequestHandler):
    """Files of one folder, without a line in the log for each."""

    def log_message(self, *_arguments: Any) -> None:
        return


@contextmanager
def origin_serving(folder: Path) -> Iterator[str]:
    """Origin whose pages are the files of a folder; 127.0.0.1, since the app is on localhost."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def app_embedded_by(origin: str, folder: Path) -> Iterator[str]:
    """Address of the app of ``energyvis serve``, which pages of ``origin`` may frame; its lake is empty."""
    port, log = free_port(), folder / "server.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYVIS_")}
    environment |= {
        "ENERGYVIS_LAKE": str(folder / "lake"),
        "ENERGYVIS_CACHE": str(folder / "cache"),
        "ENERGYVIS_EMBED_ORIGINS": origin,
    }
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_until_up(f"http://localhost:{port}/health", process, log)
        yield f"http://localhost:{port}/app"
    finally:
        process.terminate()
        process.wait(timeout=30)


@dataclass
class Wiki:
    """A page of another origin in a browser, with what it asked for elsewhere and what went wrong."""

    page: Page
    origin: str
    app: str
    folder: Path
    foreign: list[str]
    errors: list[str]

    @property
    def script(self) -> str:
        """Address of the host script."""
        return f"{self.app.removesuffix('app')}embed.js"

    def watch(self) -> None:
        """Note requests to third parties, and errors."""
        own = re.compile(r"^((http|ws)://(localhost|127\.0\.0\.1):\d+/|data:|blob:|about:)")

        def asked(address: str) -> None:
            if not own.match(address):
                self.foreign.append(address)

        self.page.context.on("request", lambda request: asked(request.url))
        self.page.on("websocket", lambda socket: asked(socket.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def write(self, body: str, *, style: str = "") -> str:
        """Put a page there; its address."""
        head = "<!doctype html><title>Wiki</title><link rel='icon' href='data:,'>"
        (self.folder / "index.html").write_text(f"{head}<body style='margin: 0; {style}'>{body}")
        return f"{self.origin}/index.html"

    def frame(self, query: str, *, height: int = 300) -> str:
        """Code of a frame."""
        return f'<iframe src="{self.app}?{query}" width="100%" height="{height}"></iframe>'

    def opened(self, body: str, *, style: str = "", script: bool = True) -> list[Frame]:
        """Open a page and wait until its frames are connected; the frames in their order."""
        code = f'<script async src="{self.script}"></script>' if script else ""
        self.page.goto(self.write(body + code, style=style), timeout=LOADED_MS)
        frames = [element.content_frame() for element in self.page.query_selector_all("iframe")]
        return [self.connected(frame) for frame in frames if frame is not None]

    def connected(self, frame: Frame) -> Frame:
        """The frame, once it is connected to its session."""
        frame.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=LOADED_MS)
        expect(frame.locator("#loader")).to_be_hidden()
        return frame
