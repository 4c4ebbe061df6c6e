"""The region under the pointer, told by a map to the chart inside the browser and to Python afterwards."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from bokeh.models import ColumnDataSource, CustomJS, TapTool

HOVER_JS = """
  // The layers of a map report one after the other; the topmost that is hit counts.
  const { index, renderer } = cb_data;
  const rows = renderer.data_source.data;
  const hit = index.indices.at(-1);
  const under = (signal.under_pointer ??= new Map());
  under.set(renderer.id, hit === undefined ? null : [rows.region_id[hit], rows.g_per_kwh[hit]]);
  const [id, g] = layers.map((layer) => under.get(layer.id)).findLast(Boolean) ?? ['', NaN];
  if (signal.data.region_id[0] !== id) signal.data = { region_id: [id], g_per_kwh: [g] };
"""
TAP_JS = """
  // Called for each layer that is hit, from the lowest up; the topmost is told, once all have been asked.
  const rows = cb_data.source.data;
  const hit = cb_data.source.inspected.indices.at(-1);
  if (hit === undefined) return;
  const waits = taps.hit !== undefined;
  taps.hit = rows.region_id[hit];
  if (waits) return;
  queueMicrotask(() => {
    const region_id = [taps.hit];
    taps.hit = undefined;
    taps.data = { region_id, serial: [taps.data.serial[0] + 1] };
  });
"""
DOUBLE_TAP_JS = """
  // To Bokeh the second of two quick clicks is a gesture of its own, which no tap tool gets. Here it is a
  // click like any other.
  const id = signal.data.region_id[0];
  if (id) taps.data = { region_id: [id], serial: [taps.data.serial[0] + 1] };
"""


class RegionSignal:
    """One row: region id ('' = none) and its intensity in g/kWh, shared by maps and a chart of one session.

    The browser changes the row only when another region is entered, so a sweep of the pointer costs a
    message a region, not a message a pixel; the chart redraws from it without asking the server.
    """

    def __init__(self) -> None:
        self.source = ColumnDataSource({"region_id": [""], "g_per_kwh": [math.nan]})
        self.taps = ColumnDataSource({"region_id": [""], "serial": [0]})

    def attach(self, figure: Any, hover: Any, layers: Sequence[Any]) -> None:
        """Let a map report what is pointed at and tapped; the last of its ``layers`` lies on top."""
        hover.callback = CustomJS(args={"signal": self.source, "layers": list(layers)}, code=HOVER_JS)
        tapped = CustomJS(args={"taps": self.taps}, code=TAP_JS)
        figure.add_tools(TapTool(renderers=list(layers), behavior="inspect", callback=tapped))
        again = CustomJS(args={"signal": self.source, "taps": self.taps}, code=DOUBLE_TAP_JS)
        figure.js_on_event("doubletap", again)

    def point_at(self, region_id: str, g_per_kwh: float) -> None:
        """Preview a region from Python, as if the pointer were on it; '' previews nothing."""
        if self.source.data["region_id"][0] != region_id:
            self.source.data = {"region_id": [region_id], "g_per_kwh": [g_per_kwh]}

    def on_enter(self, tell: Callable[[str], None]) -> None:
        """Call ``tell`` with the region's id, or '', whenever the pointer enters or leaves one."""

        def changed(_attr: str, _old: object, new: dict[str, list[str]]) -> None:
            tell(str(new["region_id"][0]))

        self.source.on_change("data", changed)

    def on_tap(self, tell: Callable[[str], None]) -> None:
        """Call ``tell`` with the id of a region that was clicked or tapped."""

        def changed(_attr: str, _old: object, new: dict[str, list[str]]) -> None:
            tell(str(new["region_id"][0]))

        self.taps.on_change("data", changed)
