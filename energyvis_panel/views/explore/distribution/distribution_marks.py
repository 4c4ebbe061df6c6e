"""Quartiles and medians of CPU and GPU nodes, written into the figure of a distribution."""

from typing import Any, Final

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource

from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.energy_distribution import Heights, Measure, Quartiles
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.steady_rows import blank, steady
from energyvis_panel.views.explore.view import HARDWARE_COLOURS
from energyvis_panel.views.text_colours import PAPER

MARK: Final = 0.35
"""Where between the highest bar and the frame the quartiles lie."""
LABEL_BINS: Final = 34
"""Bins that a label beside an end of the quartiles needs on a narrow figure."""
LETTER_BINS: Final = 6.5
"""Bins that a bold letter needs there."""
BESIDE_PX: Final = 7
MARK_COLUMNS: Final = ("y", "lower", "median", "upper", "lower_said", "upper_said", "colour")
NAME_COLUMNS: Final = ("x", "y", "text", "colour", "align", "baseline", "offset")
Columns = dict[str, Any]


class DistributionMarks:
    """For each class a bar from quartile to quartile, a dot at the median, and one label that names both."""

    def __init__(self, figure: Any, measure: Measure, axis: Axis) -> None:
        self._measure, self._axis = measure, axis
        self.source = ColumnDataSource(
            {name: [blank(name) for _hardware in HARDWARE] for name in MARK_COLUMNS}
        )
        self.names = ColumnDataSource(steady({name: [] for name in NAME_COLUMNS}, len(HARDWARE)))
        marks = {"source": self.source, "level": "overlay"}
        figure.segment("median", 0, "median", "y", line_color="colour", line_dash="dotted", **marks)
        figure.segment("lower", "y", "upper", "y", line_color="colour", line_width=3, **marks)
        figure.scatter("median", "y", size=9, fill_color="white", line_color="colour", line_width=2, **marks)
        words = {
            "text_color": "colour",
            "text_font_size": "12px",
            "text_font": value("system-ui, sans-serif"),
            "background_fill_color": PAPER,
        } | marks
        beside = {"text_baseline": "middle"}
        figure.text("lower", "y", "lower_said", text_align="right", x_offset=-6, **beside, **words)
        figure.text("upper", "y", "upper_said", text_align="left", x_offset=6, **beside, **words)
        figure.text(
            "x", "y", "text", text_align="align", text_baseline="baseline", y_offset="offset",
            text_font_style="bold", **words | {"source": self.names},
        )  # fmt: skip

    def draw(
        self,
        quartiles: tuple[Quartiles | None, Quartiles | None],
        tops: Heights,
        frame: Heights,
    ) -> None:
        """Patch the marks to these quartiles, between the highest bars and the frame of each half."""
        rows: Columns = {name: [] for name in MARK_COLUMNS}
        names: Columns = {name: [] for name in NAME_COLUMNS}
        for at, (found, hardware, colour) in enumerate(
            zip(quartiles, HARDWARE, HARDWARE_COLOURS, strict=True)
        ):
            sign = 1.0 - 2.0 * at
            y = sign * float(tops[at] + MARK * (frame[at] - tops[at]))
            self._add_mark(rows, found, y, colour)
            text = f"{hardware}s: {self._median_said(found)}"
            align, place = label_place(self._bin(found.median) if found else 0.0, text)
            names["x"].append(self._axis.value(place) / self._measure.quantity.per_unit)
            names["y"].append(y)
            names["text"].append(text)
            names["colour"].append(colour)
            names["align"].append(align)
            names["baseline"].append("bottom" if sign > 0 else "top")
            names["offset"].append(-sign * BESIDE_PX)
        self.source.data = rows
        self.names.data = names

    def _median_said(self, found: Quartiles | None) -> str:
        """What the label of a class says of its runs."""
        if found is None:
            return "no run"
        return (
            f"{'median' if found.run_count > 1 else 'one run,'} {self._measure.quantity.text(found.median)}"
        )

    def _add_mark(self, rows: Columns, found: Quartiles | None, y: float, colour: str) -> None:
        """Add the row of a class, an unseen one where it has no runs."""
        if found is None:
            for name in MARK_COLUMNS:
                rows[name].append(blank(name))
            return
        quantity = self._measure.quantity
        for name, amount in (("lower", found.lower), ("median", found.median), ("upper", found.upper)):
            rows[name].append(min(max(amount, self._axis.low), self._axis.high) / quantity.per_unit)
        has_quartiles = found.run_count > 1
        room_left = self._bin(found.lower) > LABEL_BINS
        room_right = self._bin(found.upper) < BINS - LABEL_BINS
        rows["lower_said"].append(quantity.text(found.lower) if has_quartiles and room_left else "")
        rows["upper_said"].append(quantity.text(found.upper) if has_quartiles and room_right else "")
        rows["y"].append(y)
        rows["colour"].append(colour)

    def _bin(self, value: float) -> float:
        return self._axis.position(value)


def label_place(median_bin: float, text: str) -> tuple[str, float]:
    """How the label of a median is aligned, and at which bin, so that it ends within a narrow figure."""
    need = LETTER_BINS * len(text)
    if need / 2 <= median_bin <= BINS - need / 2:
        return "center", median_bin
    if median_bin < BINS / 2:
        return "left", max(0.0, min(median_bin, BINS - need))
    return "right", min(float(BINS), max(median_bin, need))
