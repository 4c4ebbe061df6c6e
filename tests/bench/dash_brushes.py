"""The same moved brushes over dash_peer.py, in the same Chromium and window: a part of brush_latency.py."""

from pathlib import Path

import numpy as np
from served_page import (  # type: ignore[import-not-found] # beside a script run by its path
    SEVEN_VIEWS,
    Timed,
    browsed,
    energy_range,
    served,
)

LAST_REDRAW = "Dash, last redraw"
IN_PEER = """
window.isDrawn = (number) => {
  const plots = [...document.querySelectorAll('.js-plotly-plot')];
  const cells = [...document.querySelectorAll('#table td[data-dash-column="brush"]')];
  return plots.length === 6 && plots.every(plot => plot._fullLayout?.meta === number)
    && cells.length > 0 && cells.every(cell => Number(cell.textContent) === number);
};
window.drawn = (number, start) => new Promise((done, failed) => {
  const deadline = performance.now() + 110000;
  const look = () => {
    if (isDrawn(number))
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


def peer_in_browser(file: Path, count: int, chromium: str, peer: str) -> Timed:
    """Milliseconds of moved brushes over seven figures in Plotly Dash."""
    rng = np.random.default_rng(1)
    command = [peer, str(Path(__file__).with_name("dash_peer.py")), "PORT", str(file)]
    with (
        served(command, "/") as (address, processor),
        browsed(address, chromium, SEVEN_VIEWS) as page,
    ):
        page.evaluate(IN_PEER)
        page.evaluate("drawn(0, 0)")
        before = processor()
        taken = [page.evaluate("brush", [*energy_range(rng), number + 1]) for number in range(count)]
        each = (processor() - before) * 1000 / count
    return {LAST_REDRAW: taken, "Dash, processor time each": [each]}
