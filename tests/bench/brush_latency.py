"""How long from a brush to the last redraw? `python tests/bench/brush_latency.py [--rows N] [--peer PYTHON]`.

The Explore page, all its views in sight, runs in a process of its own, in a real Chromium. A brush starts
when the mouse button is released, or when a brush is moved by the page's own script. Its first redraw is when
the prompt views show it, its last when no question is open any more: two animation frames after the revision
has come, when the browser has painted it. Three brushes that do not count come first. `--peer` names the
Python of an environment with Plotly Dash; the same brushes then run in the same Chromium over dash_peer.py.
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
from energyvis_panel.domain.units import JOULES_PER_WH
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore.exploration import Exploration

SIZES = (63_527, 1_000_000, 10_000_000)
READY_S = 120
MOVED = "brush moved, last redraw"
PEER = "Dash, last redraw"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
READY = "window.Bokeh?.documents[0]?.get_model_by_name('settled')?.tags[1] === VIEWS"
IN_PAGE = """
window.marker = () => Bokeh.documents[0].get_model_by_name('settled').tags;
window.released = 0;
window.addEventListener('pointerup', () => { window.released = performance.now(); }, true);
window.redrawn = (after, start) => new Promise((done, failed) => {
  const deadline = performance.now() + 60000;
  let first = null;
  const look = () => {
    const [revision, , settled] = marker();
    if (revision > after && first === null) {
      first = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => {
        first = performance.now() - (start ?? released);
      }));
    }
    if (first && settled)
      requestAnimationFrame(() => requestAnimationFrame(
        () => done([first, performance.now() - (start ?? released)])));
    else if (performance.now() > deadline) failed(new Error('no redraw'));
    else requestAnimationFrame(look);
  };
  look();
});
window.moveBrush = (low, high) => {
  const start = performance.now(), after = marker()[0];
  const brush = Bokeh.documents[0].get_model_by_name('energy-histogram-brush');
  brush.setv({visible: true, left: low, right: high});
  return redrawn(after, start);
};
null;
"""
FIGURE_BOX = """() => {
  const figure = [...Bokeh.documents[0]._all_models.values()].find(
    model => model.type === 'Figure' && model.center.some(part => part.name === 'energy-histogram-brush'));
  const box = Bokeh.index.find_one(figure).el.getBoundingClientRect();
  return [box.left, box.top, box.width, box.height];
}"""
IN_PEER = """
window.drawn = (number, start) => new Promise((done, failed) => {
  const deadline = performance.now() + 110000;
  const look = () => {
    const plots = [...document.querySelectorAll('.js-plotly-plot')];
    if (plots.length === 6 && plots.every(plot => plot._fullLayout?.meta === number))
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
    else if (performance.now() > deadline) failed(new Error('not drawn'));
    else requestAnimationFrame(look);
  };
  look();
});
window.brush = ([low, high, number]) => {
  const start = performance.now();
  dash_clientside.set_props('brush', {data: [low, high, number]});
  return drawn(number, start);
};
null;
"""
Timed = dict[str, list[float]]


def serve(port: int, file: Path) -> None:
    """Serve the Explore page over ``file`` until killed."""
    import panel as pn  # noqa: PLC0415 - only the serving process needs it
    from bokeh.models import ColumnDataSource  # noqa: PLC0415 - likewise

    from energyvis_panel.views import theme  # noqa: PLC0415 - likewise
    from energyvis_panel.views.explore.page import ExplorePage  # noqa: PLC0415 - likewise

    pn.extension("tabulator", raw_css=[theme.PAGE_CSS])
    gateway = Gateway()
    load_butter_e(gateway, file)

    def page() -> Any:
        state = Exploration(gateway)
        shown = ExplorePage(state)
        document: Any = pn.state.curdoc
        marker = ColumnDataSource(name="settled", tags=[0, 0, True])
        document.add_root(marker)

        def tell(*_events: object) -> None:
            marker.tags = [state.revision, len(shown.views), not state.stale()]

        # After the views, which watch it too: what is told goes with the redraw, or comes behind it.
        state.param.watch(tell, "revision", precedence=10)
        pn.state.add_periodic_callback(tell, period=500)
        return shown

    pn.serve({"explore": page}, port=port, show=False)


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
        while socket.socket().connect_ex(("127.0.0.1", port)):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The page did not start: {command}")
            time.sleep(0.1)
        yield f"http://localhost:{port}{path}", partial(processor_s, process.pid)
    finally:
        process.terminate()
        process.wait()


def processor_s(pid: int) -> float:
    """Processor time that a process has taken, in s."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def mouse_brushes(page: Any, count: int, rng: np.random.Generator) -> list[list[float]]:
    """First and last redraw, in ms, of ``count`` drags over the empty upper part of the energy histogram."""
    taken = []
    for _ in range(count):
        clear(page)
        left, top, width, height = page.evaluate(FIGURE_BOX)
        low, high = np.sort(rng.uniform(0.2, 0.9, 2))
        after = page.evaluate("marker()[0]")
        page.mouse.move(left + low * width, top + 0.2 * height)
        page.mouse.down()
        page.mouse.move(left + (high + 0.03) * width, top + 0.25 * height, steps=4)
        page.mouse.up()
        taken.append(page.evaluate("after => redrawn(after)", after))
    return taken


def clear(page: Any) -> None:
    """Take all brushes away and wait until that is drawn."""
    button = page.get_by_role("button", name="Clear all")
    if button.is_enabled():
        after = page.evaluate("marker()[0]")
        button.click()
        page.evaluate("after => redrawn(after)", after)


def moved_brushes(page: Any, count: int, rng: np.random.Generator) -> list[list[float]]:
    """First and last redraw, in ms, of ``count`` moves of the energy brush by the page's own script."""
    clear(page)
    return [page.evaluate("([low, high]) => moveBrush(low, high)", energy_range(rng)) for _ in range(count)]


def energy_range(rng: np.random.Generator) -> list[float]:
    """A range of energy in Wh that holds some of the runs."""
    low = float(10 ** rng.uniform(0.8, 2.5))
    return [low, low * float(10 ** rng.uniform(0.3, 1.2))]


def in_browser(file: Path, count: int, chromium: str) -> Timed:
    """Milliseconds by way of brushing."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the serving process does without

    from energyvis_panel.views.explore.page import VIEW_CLASSES  # noqa: PLC0415 - brings numba along

    rng = np.random.default_rng(1)
    command = [sys.executable, __file__, "--serve", "PORT", str(file)]
    with served(command, "/explore") as (address, processor), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1600, "height": 4800})
        page.goto(address)
        page.wait_for_function(READY.replace("VIEWS", str(len(VIEW_CLASSES))), timeout=READY_S * 1000)
        page.wait_for_load_state("networkidle")
        page.evaluate(IN_PAGE)
        mouse_brushes(page, 3, rng)
        taken: Timed = {}
        for name, brush in (("mouse drag", mouse_brushes), ("brush moved", moved_brushes)):
            before = processor()
            firsts, lasts = zip(*brush(page, count, rng), strict=True)
            taken |= {
                f"{name}, first redraw": list(firsts),
                f"{name}, last redraw": list(lasts),
                f"{name}, processor time each": [(processor() - before) * 1000 / count],
            }
        browser.close()
    return taken


def peer_in_browser(file: Path, count: int, chromium: str, peer: str) -> Timed:
    """Milliseconds of the same moved brushes over seven figures in Plotly Dash."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the serving process does without

    rng = np.random.default_rng(1)
    command = [peer, str(Path(__file__).with_name("dash_peer.py")), "PORT", str(file)]
    with served(command, "/") as (address, processor), sync_playwright() as playwright:
        # Dash draws parallel coordinates and scatters with WebGL, which Chromium does in software here.
        flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport={"width": 1600, "height": 2400})
        page.set_default_timeout(READY_S * 1000)
        page.goto(address)
        page.evaluate(IN_PEER)
        page.evaluate("drawn(0, 0)")
        before = processor()
        taken = [page.evaluate("brush", [*energy_range(rng), number + 1]) for number in range(count)]
        each = (processor() - before) * 1000 / count
        browser.close()
    return {PEER: taken, "Dash, processor time each": [each]}


def in_python(file: Path, count: int) -> Timed:
    """Milliseconds of each question that a moved brush asks, and of drawing all views, without a browser."""
    from energyvis_panel.views.explore.page import VIEW_CLASSES  # noqa: PLC0415 - brings numba along

    rng = np.random.default_rng(2)
    with Gateway() as gateway:
        load_butter_e(gateway, file)
        state = Exploration(gateway)
        for view in VIEW_CLASSES.values():
            view(state)
        state.schedule = lambda _refresh: None
        taken: Timed = {}
        for _ in range(count):
            low, high = (energy_wh * JOULES_PER_WH for energy_wh in energy_range(rng))
            state.brush_range("energy_j", low, high)
            wanted = state.stale()
            for place, asked in wanted.items():
                name = f"SQL {place}{', slow' if asked.question.slow else ''}"
                timed(taken, name, partial(state.answered, {place: asked}))
            timed(taken, "all questions side by side", partial(state.answered, wanted))
            timed(taken, "draw all views", partial(state.publish, state.answered(wanted)))
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
        print(
            f"{name:40} {len(values):4} {statistics.median(values):10.1f} {np.quantile(values, 0.95):8.1f}",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--brushes", type=int, default=24, help="brushes of each kind, at least 20 for a p95")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM") or shutil.which("chromium"))
    parser.add_argument("--peer", help="Python of an environment with dash, plotly, pandas and pyarrow")
    parser.add_argument("--peer-brushes", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="folder of files runs-N.parquet; made anew without")
    parser.add_argument("--serve", nargs=2, metavar=("PORT", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(int(arguments.serve[0]), Path(arguments.serve[1]))
        return
    medians: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in arguments.rows:
            file = arguments.folder / f"runs-{rows}.parquet" if arguments.folder else made(rows, Path(folder))
            taken = in_browser(file, arguments.brushes, arguments.chromium)
            report(rows, taken)
            medians[rows] = statistics.median(taken[MOVED])
            if SIZES[0] in medians:
                print(f"{medians[rows] / medians[SIZES[0]]:.1f} times the median over {SIZES[0]:,} runs")
            if arguments.peer and rows == SIZES[0]:
                peer = peer_in_browser(file, arguments.peer_brushes, arguments.chromium, arguments.peer)
                report(rows, peer)
                print(f"Dash takes {statistics.median(peer[PEER]) / medians[rows]:.0f} times as long")
            report(rows, in_python(file, arguments.brushes))
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
