"""How long from a brush to the last redraw? `python tests/bench/brush_latency.py [--rows N ...]`.

The Explore page runs in a process of its own, in a real Chromium. A brush starts when the mouse button is
released, or when a brush is moved by the page's own script; it ends two animation frames after every view's
source carries the new revision, when the browser has painted it. Two brushes that do not count come first.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.resources import resource_path
from energyvis_panel.state.exploration import OWN_BRUSHES, Exploration

SIZES = (63_527, 1_000_000)
VIEWS = ("energy-histogram", "runtime-energy", "parallel-coordinates")
READY_S = 60
IDLE = "window.Bokeh?.documents[0]?.is_idle && Bokeh.documents[0].get_model_by_name('parallel-coordinates')"
# Each view's source is named for the view and carries the revision of the answers it shows as its tag.
IN_PAGE = """
window.revisions = () => VIEWS.map(name => Bokeh.documents[0].get_model_by_name(name)?.tags[0] ?? -1);
window.released = 0;
window.addEventListener('pointerup', () => { window.released = performance.now(); }, true);
window.redrawn = (after, start) => new Promise((done, failed) => {
  const deadline = performance.now() + 20000;
  const look = () => {
    if (Math.min(...revisions()) > after)
      requestAnimationFrame(() => requestAnimationFrame(
        () => done(performance.now() - (start ?? window.released))));
    else if (performance.now() > deadline) failed(new Error('no redraw'));
    else requestAnimationFrame(look);
  };
  look();
});
window.moveBrush = (low, high) => {
  const start = performance.now(), after = Math.max(...revisions());
  const brush = Bokeh.documents[0].get_model_by_name('energy-histogram-brush');
  brush.setv({visible: true, left: low, right: high});
  return redrawn(after, start);
};
null;
""".replace("VIEWS", str(list(VIEWS)))


def serve(port: int, file: Path) -> None:
    """Serve the Explore page over ``file`` until killed."""
    import panel as pn  # noqa: PLC0415 - only the serving process needs it

    from energyvis_panel.views.explore.page import ExplorePage  # noqa: PLC0415 - likewise

    pn.extension()
    gateway = Gateway()
    load_butter_e(gateway, file)
    pn.serve({"explore": lambda: ExplorePage(Exploration(gateway))}, port=port, show=False)


@contextmanager
def served(file: Path) -> Iterator[str]:
    """Address of the page, served by a process that ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--serve", str(port), str(file)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + READY_S
        while socket.socket().connect_ex(("127.0.0.1", port)):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The page did not start.")
            time.sleep(0.1)
        yield f"http://localhost:{port}/explore"
    finally:
        process.terminate()
        process.wait()


def mouse_brushes(page: Any, count: int, rng: np.random.Generator) -> list[float]:
    """Milliseconds of ``count`` drags, each over an empty part of a view's figure in turn."""
    taken = []
    for turn in range(count):
        clear(page)
        figure = page.locator(".bk-Figure").nth(turn % len(VIEWS)).bounding_box()
        low, high = np.sort(rng.uniform(0.2, 0.75, 2))
        across = (0.50, 0.52) if turn % len(VIEWS) == 2 else (low, high + 0.05)  # one axis
        after = page.evaluate("Math.max(...revisions())")
        page.mouse.move(figure["x"] + across[0] * figure["width"], figure["y"] + low * figure["height"])
        page.mouse.down()
        page.mouse.move(
            figure["x"] + across[1] * figure["width"], figure["y"] + (high + 0.05) * figure["height"], steps=4
        )
        page.mouse.up()
        taken.append(page.evaluate("after => redrawn(after)", after))
    return taken


def clear(page: Any) -> None:
    """Take all brushes away and wait until that is drawn."""
    after = page.evaluate("Math.max(...revisions())")
    if after:
        page.get_by_role("button", name="Clear all").click()
        page.evaluate("after => redrawn(after)", after)


def moved_brushes(page: Any, count: int, rng: np.random.Generator) -> list[float]:
    """Milliseconds of ``count`` moves of the energy brush by the page's own script."""
    taken = []
    for _ in range(count):
        low = 10 ** rng.uniform(0.8, 2.5)
        taken.append(
            page.evaluate("([low, high]) => moveBrush(low, high)", [low, low * 10 ** rng.uniform(0.3, 1.2)])
        )
    return taken


def in_browser(file: Path, count: int, chromium: str) -> dict[str, list[float]]:
    """Milliseconds by way of brushing."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the serving process does without

    rng = np.random.default_rng(1)
    with served(file) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 1400})
        page.goto(address)
        page.wait_for_function(
            IDLE,
            timeout=60_000,
        )
        page.locator(".bk-Figure").nth(2).wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate(IN_PAGE)
        mouse_brushes(page, 2, rng)
        taken = {
            "mouse drag": mouse_brushes(page, count, rng),
            "brush moved": moved_brushes(page, count, rng),
        }
        browser.close()
    return taken


def in_python(file: Path, count: int) -> dict[str, list[float]]:
    """Milliseconds of each question and of drawing each view, without a browser."""
    from energyvis_panel.views.explore.page import VIEW_CLASSES  # noqa: PLC0415 - brings numba along

    rng = np.random.default_rng(2)
    with Gateway() as gateway:
        load_butter_e(gateway, file)
        state = Exploration(gateway)
        views = {name: view(state) for name, view in VIEW_CLASSES.items()}
        state.schedule = lambda _refresh: None
        taken: dict[str, list[float]] = {}
        for _ in range(count):
            low = 10 ** rng.uniform(4.4, 6)
            state.brush_range("energy_j", low, low * 10 ** rng.uniform(0.3, 1.2))
            for question, own in OWN_BRUSHES.items():
                brushes = state.brushes.without(*own).parameter()
                timed(taken, f"SQL {question}", partial(gateway.ask, f"explore/{question}", brushes=brushes))
            timed(taken, "SQL all questions side by side", lambda: state.answers(state.brushes))
            state.refresh()
            for name, view in views.items():
                timed(taken, f"draw {name}", view.draw)
    return taken


def timed(taken: dict[str, list[float]], name: str, work: Callable[[], object]) -> None:
    """Add how many milliseconds ``work`` took to ``taken[name]``."""
    start = time.perf_counter()
    work()
    taken.setdefault(name, []).append((time.perf_counter() - start) * 1000)


def made(rows: int, folder: Path) -> Path:
    """A file of ``rows`` synthetic runs."""
    file = folder / f"runs-{rows}.parquet"
    script = resource_path("datasets/build/butter_e_standin.py")
    subprocess.run(
        [sys.executable, script, "--rows", str(rows), "--out", file], check=True, stdout=subprocess.DEVNULL
    )
    return file


def report(rows: int, taken: dict[str, list[float]]) -> None:
    """Print a table of medians and 95th percentiles."""
    print(f"\n{rows:,} runs{'':30} {'n':>4} {'median ms':>10} {'p95 ms':>8}")
    for name, values in taken.items():
        print(f"{name:40} {len(values):4} {statistics.median(values):10.1f} {np.quantile(values, 0.95):8.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--brushes", type=int, default=24, help="brushes of each kind, at least 20 for a p95")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM") or shutil.which("chromium"))
    parser.add_argument("--serve", nargs=2, metavar=("PORT", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(int(arguments.serve[0]), Path(arguments.serve[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        for rows in arguments.rows:
            file = made(rows, Path(folder))
            report(
                rows,
                in_python(file, arguments.brushes) | in_browser(file, arguments.brushes, arguments.chromium),
            )


if __name__ == "__main__":
    main()
