"""Quartiles and medians of CPU and GPU nodes, written into the figure of a distribution."""

from typing import Any, Final

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource

from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.energy_distribution import Heights, Measure, Quartiles
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.steady_rows import blank, steady
from energyvis_panel.views.explore.view import HARDWARE_COLOURS

MARK: Final = 0.35
"""Where between the highest bar and the frame the quartiles lie."""
LABEL_BINS: Final = 34
"""Bins that a label beside an end of the quartiles needs on a narrow figure."""
MARK_COLUMNS: Final = (
    "y", "lower", "median", "upper", "lower_said", "median_said", "upper_said",
    "colour", "offset", "baseline",
)  # fmt: skip
NAME_COLUMNS: Final = ("x", "y", "text", "colour", "align", "baseline")
Columns = dict[str, Any]


class DistributionMarks:
    """For each class a bar from quartile to quartile with a dot at the median, all directly labelled."""

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
        } | marks
        beside = {"text_baseline": "middle"}
        figure.text("lower", "y", "lower_said", text_align="right", x_offset=-6, **beside, **words)
        figure.text("upper", "y", "upper_said", text_align="left", x_offset=6, **beside, **words)
        figure.text(
            "median", "y", "median_said", text_align="center", y_offset="offset", text_baseline="baseline",
            text_font_style="bold", **words,
        )  # fmt: skip
        figure.text(
            "x", "y", "text", text_align="align", text_baseline="baseline", text_font_style="bold",
            **words | {"source": self.names},
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
            up = at == 0
            sign = 1.0 if up else -1.0
            self._add(rows, found, sign * float(tops[at] + MARK * (frame[at] - tops[at])), colour, up=up)
            left = found is None or self._bin(found.median) > BINS / 2
            low, high = (edge / self._measure.quantity.per_unit for edge in (self._axis.low, self._axis.high))
            names["x"].append(low if left else high)
            names["y"].append(sign * float(frame[at]))
            names["text"].append(f"{hardware}s")
            names["colour"].append(colour)
            names["align"].append("left" if left else "right")
            names["baseline"].append("top" if up else "bottom")
        self.source.data = rows
        self.names.data = names

    def _add(self, rows: Columns, found: Quartiles | None, y: float, colour: str, *, up: bool) -> None:
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
        rows["median_said"].append(f"{'median ' if has_quartiles else ''}{quantity.text(found.median)}")
        rows["y"].append(y)
        rows["colour"].append(colour)
        rows["offset"].append(-7 if up else 7)
        rows["baseline"].append("bottom" if up else "top")

    def _bin(self, value: float) -> float:
        return self._axis.position(value)
