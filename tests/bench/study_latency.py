"""How fast is the Study page? Server start, opening the app, pointing at a state (F3, F4 of the budgets).

    python -m tests.bench.study_latency [--visits 5] [--hovers 40]

Starts the real server and a real Chromium (``ENERGYVIS_CHROMIUM`` names one that is not on the path). "First
chart visible" is the first canvas with ink on it; each visit begins when the server has nothing left to do
for the visit before. "Hover to redraw" is the time from the mouse event to the frame after the region under
the pointer was told to the chart.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FIRST_INK_JS = """() => {
  const small = window.inkCanvas ||= Object.assign(document.createElement('canvas'), {width: 24, height: 24});
  const pen = small.getContext('2d', {willReadFrequently: true});
  const inked = (canvas) => {
    if (canvas.width < 100 || canvas.height < 100) return false;
    pen.clearRect(0, 0, 24, 24);
    pen.drawImage(canvas, 0, 0, 24, 24);
    return pen.getImageData(0, 0, 24, 24).data.some((value) => value > 0);
  };
  const walk = (node) => {
    if (node.shadowRoot && walk(node.shadowRoot)) return true;
    for (const child of node.children || []) {
      if (child.tagName === 'CANVAS' && inked(child)) return true;
      if (walk(child)) return true;
    }
    return false;
  };
  return walk(document.body);
}"""
DOCUMENT_BYTES = 20_000
"""A message that is larger holds the page's models."""
SETTLE_MS = 1500
STAGES_JS = f"""
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {{
    constructor(...args) {{
      super(...args);
      this.addEventListener('message', ({{ data }}) => {{
        if ((data.length ?? data.byteLength) > {DOCUMENT_BYTES}) window.documentMs ??= performance.now();
      }});
    }}
  }};
"""
STAGES: dict[str, str] = {
    "page answered": "performance.getEntriesByType('navigation')[0].responseEnd",
    "scripts read": "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd",
    "document received": "window.documentMs",
}
"""What comes before the first chart, as milliseconds of the page's clock."""
HOVER_JS = """() => {
  const documents = Bokeh.documents;
  window.redraws = [];
  for (const doc of documents) {
    for (const model of doc._all_models.values()) {
      if (model.type === 'ColumnDataSource' && 'g_per_kwh' in model.data && 'region_id' in model.data
          && model.data.region_id.length === 1) {
        model.properties.data.change.connect(() => {
          requestAnimationFrame(() => requestAnimationFrame(() => window.redraws.push(performance.now())));
        });
        return true;
      }
    }
  }
  return false;
}"""


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served() -> Iterator[tuple[str, float]]:
    """Address of a fresh server with an empty lake, and the seconds it took to answer."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"ENERGYVIS_LAKE": f"{folder}/lake", "ENERGYVIS_CACHE": f"{folder}/cache"}
        command = [sys.executable, "-m", "panel", "serve", "energyvis_panel/app.py"]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        )
        try:
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=0.2):
                        break
                except OSError:
                    time.sleep(0.01)
            yield f"http://localhost:{port}/app", time.perf_counter() - started
        finally:
            process.terminate()
            process.wait(timeout=20)


def visit(context: BrowserContext, address: str) -> dict[str, float]:
    """Seconds from navigation to each stage and to the first chart with ink on it."""
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    while not page.evaluate(f"document.body && ({FIRST_INK_JS})()"):
        page.wait_for_timeout(20)
    seconds = {"first chart": time.perf_counter() - started}
    for stage, expression in STAGES.items():
        seconds[stage] = page.evaluate(expression) / 1000
    settle(page)
    page.close()
    return seconds


def settle(page: Page) -> None:
    """Wait until the parts that come after the chart are there, and the server is idle again."""
    page.locator(".world-map canvas").first.wait_for()
    page.wait_for_timeout(SETTLE_MS)


def hover_ms(page: Page, hovers: int) -> list[float]:
    """Milliseconds from a mouse move onto another state to the frame in which the chart is redrawn."""
    page.get_by_text("US states", exact=True).click()
    page.locator(".region-map canvas").first.scroll_into_view_if_needed()
    page.wait_for_timeout(SETTLE_MS)
    box = page.locator(".region-map canvas").first.bounding_box()
    if not page.evaluate(HOVER_JS) or box is None:
        raise SystemExit("The map was not found on the page.")
    took = []
    for step in range(hovers):
        x = box["x"] + box["width"] * (0.3 + 0.4 * ((step * 7) % 20) / 20)
        y = box["y"] + box["height"] * (0.25 + 0.35 * ((step * 3) % 7) / 7)
        page.evaluate(
            "window.redraws.length = 0; window.addEventListener('mousemove', "
            "() => { window.moved = performance.now(); }, {once: true, capture: true})"
        )
        page.mouse.move(x, y)
        page.wait_for_timeout(120)
        ms = page.evaluate("window.redraws.length ? window.redraws[0] - window.moved : null")
        if ms is not None:
            took.append(float(ms))
    return took


def p95(values: list[float]) -> float:
    """95th percentile by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--hovers", type=int, default=40)
    arguments = parser.parse_args()
    chromium = os.environ.get("ENERGYVIS_CHROMIUM") or shutil.which("chromium")
    with served() as (address, start_s), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_init_script(STAGES_JS)
        first = visit(context, address)
        visit(context, address)
        visits = [visit(context, address) for _ in range(arguments.visits)]
        page = context.new_page()
        page.goto(address)
        settle(page)
        hovers = hover_ms(page, arguments.hovers)
        browser.close()
    print(f"server start to open port   {start_s:6.2f} s")
    print(f"first visit, empty caches   {first['first chart']:6.2f} s")
    print(f"later visits, median of {len(visits)}, load {os.getloadavg()[0]:.1f}:")
    for stage in [*STAGES, "first chart"]:
        took = [seconds[stage] for seconds in visits]
        print(f"  {stage:25} {statistics.median(took):6.2f} s   {min(took):.2f} to {max(took):.2f}")
    print(
        f"hover to redrawn chart      {statistics.median(hovers):6.1f} ms median, {p95(hovers):.1f} ms p95 "
        f"of {len(hovers)}"
    )


if __name__ == "__main__":
    main()
