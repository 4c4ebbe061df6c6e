"""The Explore page of brush_latency.py, and the brushes over it.

`python explore_brushes.py PORT FILE` serves it, once the runs of FILE are loaded and scored.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from served_page import (  # type: ignore[import-not-found] # beside a script run by its path
    LAPTOP,
    SEVEN_VIEWS,
    WHOLE_PAGE,
    Timed,
    browsed,
    energy_range,
    served,
)

WARM_UP = 3
WINDOWS = ((SEVEN_VIEWS, "seven views"), (WHOLE_PAGE, "thirteen views"), (LAPTOP, "1440 x 900"))
STILL_MS = 5000
"""So long without a further view, and all that are near the window are there."""
READY = """([still]) => {
  const tags = window.Bokeh?.documents[0]?.get_model_by_name('settled')?.tags;
  if (!tags) return false;
  if (window.builtBefore !== tags[1]) { window.builtBefore = tags[1]; window.builtAt = performance.now(); }
  return tags[1] > 0 && tags[2] && performance.now() - window.builtAt > still;
}"""
IN_PAGE = """
window.marker = () => Bokeh.documents[0].get_model_by_name('settled').tags;
window.released = 0;
window.addEventListener('pointerup', () => { window.released = performance.now(); }, true);
window.painted = () => new Promise(
  (done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))));
window.redrawn = (after, start) => new Promise((done, failed) => {
  const deadline = performance.now() + 60000;
  let first = null;
  const look = async () => {
    const [revision, , settled] = marker();
    if (revision > after && first === null) first = painted();
    if (first && settled) {
      const from = start ?? released;
      done((await Promise.all([first, painted()])).map((end) => end - from));
    }
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


def in_browser(file: Path, count: int, chromium: str) -> Timed:
    """Milliseconds by way of brushing, and processor time of the server each."""
    command = [sys.executable, __file__, "PORT", str(file)]
    taken: Timed = {}
    with served(command, "/explore") as (address, processor):
        for viewport, name in WINDOWS:
            with browsed(address, chromium, viewport) as page:
                rng = np.random.default_rng(1)
                prepare(page)
                mouse_brushes(page, WARM_UP, rng)
                for way, brush in (("mouse drag", mouse_brushes), ("brush moved", moved_brushes)):
                    before = processor()
                    firsts, lasts = zip(*brush(page, count, rng), strict=True)
                    taken |= {
                        f"{name}, {way}, first redraw": list(firsts),
                        f"{name}, {way}, last redraw": list(lasts),
                        f"{name}, {way}, processor time each": [(processor() - before) * 1000 / count],
                    }
    return taken


def prepare(page: Any) -> None:
    """Wait until the views near the window are there, and give the page what measures it."""
    page.wait_for_function(READY, arg=[STILL_MS])
    page.wait_for_load_state("networkidle")
    page.evaluate(IN_PAGE)


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


def serve(port: int, file: Path) -> None:
    """Serve the Explore page over ``file`` until killed."""
    import panel as pn  # noqa: PLC0415 - only the serving process needs it
    from bokeh.models.widgets import Div  # noqa: PLC0415 - likewise

    from energyvis_panel.data.butter_e import load_butter_e  # noqa: PLC0415 - likewise
    from energyvis_panel.data.butter_e_anomalies import AnomalyScores  # noqa: PLC0415 - likewise
    from energyvis_panel.data.gateway import Gateway  # noqa: PLC0415 - likewise
    from energyvis_panel.state.explore.exploration import Exploration  # noqa: PLC0415 - likewise
    from energyvis_panel.views import theme  # noqa: PLC0415 - likewise
    from energyvis_panel.views.explore.page import ExplorePage  # noqa: PLC0415 - likewise
    from energyvis_panel.views.tuned_figures import TunedFigures  # noqa: PLC0415 - likewise

    pn.extension("tabulator", raw_css=[theme.PAGE_CSS])
    gateway = Gateway()
    load_butter_e(gateway, file)
    scores = AnomalyScores(gateway)
    scores.prepare()

    def page() -> Any:
        state = Exploration(gateway, scores=scores)
        shown = ExplorePage(state)
        document: Any = pn.state.curdoc
        marker = Div(name="settled", tags=[0, 0, True])
        document.add_root(marker)

        def tell(*_events: object) -> None:
            marker.tags = [state.revision, len(shown.views), not state.stale()]

        # After the views, which watch it too: what is told goes with the redraw, or comes behind it.
        state.param.watch(tell, "revision", precedence=10)
        pn.state.add_periodic_callback(tell, period=500)
        return pn.Column(TunedFigures(), shown, sizing_mode="stretch_width", margin=0)

    pn.serve({"explore": page}, port=port, show=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
