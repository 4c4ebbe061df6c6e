"""The figure of the flow: bands, bars, labels and heads as sources that are patched."""

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource

from energyvis_panel.state.explore.carbon_cost.carbon_cost import BUILDING, PARTS, RunEnergy
from energyvis_panel.state.explore.carbon_cost.circumstances import Circumstances
from energyvis_panel.views.explore.carbon_cost.flow_glyphs import add_flow, add_texts, empty_figure
from energyvis_panel.views.explore.carbon_cost.flow_layout import (
    ACROSS,
    BANDS,
    BARS,
    COLUMNS,
    FLOWS,
    STEPS,
    FlowLayout,
)
from energyvis_panel.views.explore.carbon_cost.flow_words import (
    BAND_NAMES,
    BAR_NAMES,
    Words,
    band_words,
    bar_words,
    head_words,
    share_of_all,
    share_words,
)
from energyvis_panel.views.explore.view import HARDWARE_COLOURS
from energyvis_panel.views.theme import CARBON, GREY

COST: Final = "#9C6B4A"
"""Money, as in the texts of cost, of a lightness that stands out from either ground."""
BAND_ALPHA: Final = 0.2
"""Pale enough for the small texts upon it."""
OVERHEAD_ALPHA: Final = 0.13
"""Of what CPU and GPU nodes took beside training."""
WHOLE: Final = float(ACROSS[-1])
"""How far the energy of all runs reaches: as far as the flow."""
SAID: Final = ("text", "how")
"""Amount and formula of a band or bar."""
HEAD_COLUMNS: Final = ("text", "how", "short")
"""Sum and factor of a column, and the factor for a phone."""


def band_columns() -> dict[str, Any]:
    """What stays the same of the bands, whatever is selected, and no heights."""
    hardware = [FLOWS[flow][1] for _column, flow in BANDS]
    ways = [np.linspace(ACROSS[column], ACROSS[column + 1], STEPS) for column, _flow in BANDS]
    return {
        "xs": [[*way.tolist(), *way[::-1].tolist()] for way in ways],
        "ys": [[0.0] * (2 * STEPS) for _band in BANDS],
        "colour": [GREY if of < 0 else HARDWARE_COLOURS[of] for of in hardware],
        "alpha": [OVERHEAD_ALPHA if FLOWS[flow][0] == 1 else BAND_ALPHA for _column, flow in BANDS],
        "name": list(BAND_NAMES),
        **{name: [""] * len(BANDS) for name in SAID},
    }


def bar_columns() -> dict[str, Any]:
    """What stays the same of the bars, and no heights."""
    colours = (*HARDWARE_COLOURS, *[GREY] * (len(PARTS) + 1), *[CARBON] * len(PARTS), *[COST] * len(PARTS))
    return {
        "x": [float(ACROSS[column]) for column, _group in BARS],
        "y": [0.0] * len(BARS),
        "height": [0.0] * len(BARS),
        "colour": list(colours),
        "name": list(BAR_NAMES),
        **{name: [""] * len(BARS) for name in SAID},
    }


class FlowFigure:
    """Energy from hardware to use to meter to carbon to cost."""

    def __init__(self) -> None:
        self.layout = FlowLayout.of(np.zeros(len(FLOWS)))
        self.bands = ColumnDataSource(band_columns())
        self.bars = ColumnDataSource(bar_columns())
        label_colours = [*HARDWARE_COLOURS, *[GREY] * (len(BARS) - len(HARDWARE_COLOURS))]
        places = [float(ACROSS[column]) for column, _group in BARS]
        blank = [""] * len(BARS)
        self.labels = ColumnDataSource(
            {"x": places, "y": [0.0] * len(BARS), "colour": label_colours, "name": blank, "text": blank}
        )
        heads = [""] * len(COLUMNS)
        self.heads = ColumnDataSource(
            {"x": ACROSS.tolist(), "name": list(COLUMNS), "text": heads, "how": heads, "short": heads}
        )
        self.rail = ColumnDataSource({"right": [WHOLE, 0.0], "alpha": [0.25, 0.9], "text": ["", ""]})
        self.figure = empty_figure()
        add_flow(self.figure, self.bands, self.bars, self.rail)
        add_texts(self.figure, self.labels, self.heads, self.rail)

    def draw(self, found: RunEnergy, everything: RunEnergy, at: Circumstances, origin: str) -> None:
        """Patch the figure to these runs in these circumstances.

        Parameters
        ----------
        found, everything
            Energy of the selection and of all runs.
        at
            Intensity, PUE and price.
        origin
            How the energy was found, in a word.

        """
        building_j = found.parts_j(at.pue)[PARTS.index(BUILDING)]
        flows_j = np.append(found.energy_j.T.ravel(), building_j)
        self.layout = layout = FlowLayout.of(flows_j)
        # Places across and colours stay as they are in the browser: only what is named here is sent.
        edges = [layout.edges(column, flow) for column, flow in BANDS]
        self._patch(
            self.bands,
            ys=[[*np.round(up, 1).tolist(), *np.round(down, 1)[::-1].tolist()] for up, down in edges],
            **words_of(band_words(found, flows_j, at)),
        )
        shown = layout.bar_heights > 0
        said = words_of(bar_words(found, at))
        middles = layout.bar_tops - layout.bar_heights / 2
        self._patch(self.bars, y=middles, height=layout.bar_heights, **said)
        labelled = shown & np.array([COLUMNS[column] != "Meter" for column, _group in BARS])
        self._patch(
            self.labels,
            y=layout.label_places(),
            name=[name if seen else "" for name, seen in zip(BAR_NAMES, labelled, strict=True)],
            text=[text if seen else "" for text, seen in zip(said["text"], labelled, strict=True)],
        )
        _names, *columns = zip(*head_words(found, at, origin), strict=True)
        self._patch(self.heads, **dict(zip(HEAD_COLUMNS, map(list, columns), strict=True)))
        self._patch(
            self.rail,
            right=[WHOLE, WHOLE * share_of_all(found, everything)],
            text=[share_words(found, everything), ""],
        )

    @staticmethod
    def _patch(source: ColumnDataSource, **columns: Any) -> None:
        data: Any = source.data
        data.update(**columns)


def words_of(rows: Words) -> dict[str, list[str]]:
    """Amounts and formulas as columns."""
    return {name: list(column) for name, column in zip(SAID, zip(*rows, strict=True), strict=True)}
