"""Points at regions of a map as a person does, by where they lie on the figure."""

import numpy as np
from playwright.sync_api import Page

from energyvis_panel.data.reference import state_shapes, world_shapes
from energyvis_panel.views.study.regions.region_map import in_metres
from tests.ui.waiting import wait_until

MODELS_JS = "[...Bokeh.documents].flatMap((doc) => [...doc._all_models.values()])"
PREVIEWED_JS = f"""() => {MODELS_JS}.filter((m) => m.type === 'ColumnDataSource')
  .find((m) => m.data.region_id?.length === 1 && 'g_per_kwh' in m.data).data.region_id[0]"""
RANGES_JS = f"""() => {MODELS_JS}.filter((m) => m.type === 'Figure' && m.inner_width > 0
    && Math.abs(m.x_range.end) > 5e3).map((m) => [
  m.x_range.start, m.x_range.end, m.y_range.start, m.y_range.end, m.inner_width, m.inner_height])[0]"""
"""Maps have large planes (metres, kilometres), which tells them from charts."""


def on_map(page: Page, css: str, x: float, y: float) -> tuple[float, float]:
    """Pixel of a place on the figure that is shown, from its ranges."""
    box = page.locator(f"{css} canvas").first.bounding_box()
    assert box is not None
    left, right, bottom, top, width, height = page.evaluate(RANGES_JS)
    inset = (box["height"] - height) / 2
    return (
        box["x"] + (box["width"] - 16 - width) / 2 + (x - left) / (right - left) * width,
        box["y"] + inset + (top - y) / (top - bottom) * height,
    )


def label_of(region_id: str) -> tuple[float, float]:
    if region_id.startswith("US-"):
        shape = next(s for s in state_shapes() if s.region_id == region_id)
        x, y = in_metres(np.array([shape.label]))[0]
        return float(x), float(y)
    shape = next(s for s in world_shapes() if s.region_id == region_id)
    return shape.label[0], -shape.label[1]


def point(page: Page, css: str, region_id: str, right: float = 0) -> tuple[float, float]:
    """Pixel of a region, or some to its right, after the pointer was moved there and the map has told so."""
    place = label_of(region_id)

    def told() -> bool:
        x, y = on_map(page, css, *place)
        page.mouse.move(x + right, y - 1)
        page.mouse.move(x + right, y)
        return bool(page.evaluate(PREVIEWED_JS) == region_id)

    wait_until(told, page)
    x, y = on_map(page, css, *place)
    return x + right, y
