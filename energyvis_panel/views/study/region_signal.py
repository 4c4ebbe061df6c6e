"""The region under the pointer, told by the map to the chart inside the browser and to Python afterwards."""

import math
from collections.abc import Callable

from bokeh.models import ColumnDataSource

HOVER_JS = """
  const i = cb_data.index.indices;
  const rows = cb_data.renderer.data_source.data;
  const id = i.length ? rows.region_id[i[0]] : '';
  if (signal.data.region_id[0] !== id) {
    signal.data = { region_id: [id], g_per_kwh: [i.length ? rows.g_per_kwh[i[0]] : NaN] };
  }
"""


class RegionSignal:
    """One row: region id ('' = none) and its intensity in g/kWh, shared by a map and a chart of one session.

    The browser changes the row only when another region is entered, so a sweep of the pointer costs a
    message a region, not a message a pixel; the chart redraws from it without asking the server.
    """

    def __init__(self) -> None:
        self.source = ColumnDataSource({"region_id": [""], "g_per_kwh": [math.nan]})

    def on_enter(self, tell: Callable[[str], None]) -> None:
        """Call ``tell`` with the region's id, or '', whenever the pointer enters or leaves one."""

        def changed(_attr: str, _old: object, new: dict[str, list[str]]) -> None:
            tell(str(new["region_id"][0]))

        self.source.on_change("data", changed)
