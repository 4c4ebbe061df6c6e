"""Runs of one's own as open diamonds on the figure of another view, each with its name."""

import math
from typing import Any, Final

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, CustomJS, HoverTool

from energyvis_panel.domain.units import duration_text, energy_text
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.own_runs import COMPARABLE, MOST_MARKS, OwnRun, OwnRuns
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.steady_rows import steady
from energyvis_panel.views.theme import VERMILLION

TOOLTIPS: Final = [
    ("Your run", "@named_said"),
    ("Energy", "@energy_said"),
    ("Run time", "@time_said"),
    ("Measured", "@obtained_said"),
    ("Place", "@place_said"),
]
NAMES: Final = ("x", "y", "text", "name", "right", "down", "align", "named_said", "energy_said", "time_said",
                "obtained_said", "place_said")  # fmt: skip
LABEL_PX: Final = 15
"""Height of a label; nearer ones are moved apart."""
BESIDE_PX: Final = 11
MOST_FULL: Final = 2
"""Of more marks than these the labels say name and energy alone, and the pointer the rest."""
LETTER_PX: Final = 6.0
NARROW_PX: Final = 420
"""A narrower figure has no room for more than the names."""
SHOWN_PX: Final = (430, 260)
"""Width and height of a figure that labels are laid out on; a larger one only leaves more room."""
FOLLOW: Final = """
if (!fig.follow_own) {
  let was = '';
  fig.follow_own = () => {
    const paper = getComputedStyle(document.body).getPropertyValue('--ev-paper').trim() || '#ffffff';
    const field = fig.inner_width < narrow ? 'name' : 'text';
    if (was === paper + field) return;
    was = paper + field;
    glyph.setv({text: {field}, background_fill_color: {value: paper}}, {sync: false});
  };
  const observer = new MutationObserver(() => requestAnimationFrame(fig.follow_own));
  observer.observe(document.documentElement, {attributes: true});
  observer.observe(document.head, {childList: true, subtree: true, characterData: true});
}
fig.follow_own();
"""
"""Fits the labels to the width and to the theme; a canvas knows no variables of the page's colours."""


class OwnMarks:
    """The marks on one figure, patched when other runs are chosen.

    Parameters
    ----------
    state
        The exploration; its :class:`OwnRuns` says which runs are marked.
    figure
        Whose axes are the quantities, in their drawn units.
    across, up
        Names of the quantities; without ``up`` a mark is a line across all the height, with its diamond at
        zero and its label on the side of its hardware, CPU nodes above.

    """

    def __init__(self, state: Exploration, figure: Any, across: str, up: str | None = None) -> None:
        self._state, self._figure = state, figure
        self._across, self._up = across, up
        self._own = OwnRuns.of(state)
        self.source = ColumnDataSource(steady({name: [] for name in NAMES}, MOST_MARKS))
        over: dict[str, Any] = {"source": self.source, "level": "overlay"}
        if up is None:
            figure.vspan("x", line_color=VERMILLION, line_width=1.5, line_dash="dashed", **over)
        words = figure.text(
            "x", "y", "text", x_offset="right", y_offset="down", text_align="align", text_baseline="middle",
            text_color=VERMILLION, text_font_size="11px", padding=1,
            text_font=value("system-ui, sans-serif"), background_fill_color="white",
            background_fill_alpha=0.8, **over,
        )  # fmt: skip
        # After the labels, whose ground would cover a diamond close by.
        diamonds = figure.scatter(
            "x", "y", marker="diamond", size=15, fill_alpha=0, line_color=VERMILLION, line_width=2.5, **over
        )
        figure.add_tools(HoverTool(renderers=[diamonds], tooltips=list(TOOLTIPS), visible=False))
        told = {"fig": figure, "glyph": words.glyph, "narrow": NARROW_PX}
        figure.js_on_change("inner_width", CustomJS(args=told, code=FOLLOW))
        self._own.param.watch(on_document(self.draw), "marks")
        self.draw()

    def draw(self, *_events: object) -> None:
        """Patch the marks to the chosen runs that have a place on this figure."""
        placed = [run for run in self._own.marks if run.values.get(self._across)]
        rows = [self._row(run, is_full=len(placed) <= MOST_FULL) for run in placed]
        self._choose_sides(rows)
        self._spread(rows)
        self.source.data = steady({name: [row[name] for row in rows] for name in NAMES}, MOST_MARKS)

    def _row(self, run: OwnRun, *, is_full: bool) -> dict[str, Any]:
        x, is_beyond = self._placed(self._across, run)
        y = 0.0
        if self._up is not None:
            y, is_above = self._placed(self._up, run)
            is_beyond = is_beyond or is_above
        energy, time = run.values["energy_j"], run.values["run_time_s"]
        text = f"your run {run.label}" if is_full else f"{run.short_name}, {energy_text(energy or 0.0)}"
        text += ", beyond the frame" if is_beyond else ""
        return {
            "x": x,
            "y": y,
            "text": text,
            "name": run.short_name,
            "named_said": run.name,
            "energy_said": f"{energy_text(energy or 0.0)} ({run.kinds})",
            "time_said": duration_text(time or 0.0),
            "obtained_said": COMPARABLE[run.status],
            "place_said": "beyond the frame, drawn at it" if is_beyond else "as measured",
            "is_up": run.hardware == HARDWARE[0],
        }

    def _placed(self, quantity: str, run: OwnRun) -> tuple[float, bool]:
        """Where a run lies on an axis, in the drawn unit, and whether that is the frame for want of room."""
        axis, found = self._state.axes[quantity], run.values[quantity] or 0.0
        inside = min(max(found, axis.low), axis.high)
        return inside / QUANTITIES[quantity].per_unit, inside != found

    def _choose_sides(self, rows: list[dict[str, Any]]) -> None:
        """Put each label beside its mark where it has room, if it can be where there is no other mark."""
        places = [self._place_px(row) for row in rows]
        for at, row in enumerate(rows):
            (x, y), length = places[at], BESIDE_PX + LETTER_PX * len(row["text"])
            others = [ox - x for ox, oy in places[:at] + places[at + 1 :] if abs(oy - y) < LABEL_PX]
            with_room = [side for side, room in ((1, SHOWN_PX[0] - x), (-1, x)) if length <= room]
            free = [side for side in with_room if not any(0 < side * away < length for away in others)]
            side = (free or with_room or [0])[0]
            row["right"] = side * BESIDE_PX
            row["down"] = 0.0 if side else -LABEL_PX
            row["align"] = ("right", "center", "left")[side + 1]

    def _place_px(self, row: dict[str, Any]) -> tuple[float, float]:
        """Where a mark lies on a figure of the size that labels are laid out on, from its upper left."""
        across = self._share(self._across, row["x"], self._figure.x_range)
        up = self._share(self._up, row["y"], self._figure.y_range) if self._up else 0.0
        return SHOWN_PX[0] * across, SHOWN_PX[1] * (1 - up)

    def _share(self, quantity: str, drawn: float, shown: Any) -> float:
        """Where a drawn value lies in what the figure shows, from 0 to 1."""
        scale = math.log if self._state.axes[quantity].is_log else float
        low, high, at = (scale(one) for one in (shown.start, shown.end, drawn))
        return (at - low) / (high - low)

    def _spread(self, rows: list[dict[str, Any]]) -> None:
        """Move labels apart that would lie on each other."""
        if self._up is None:
            ordered = sorted(rows, key=lambda row: row["x"])
            for sign, half in ((-1, True), (1, False)):
                for at, row in enumerate(row for row in ordered if row["is_up"] is half):
                    row["down"] = sign * LABEL_PX * (at + 1)
            return
        last = dict.fromkeys(("left", "center", "right"), -math.inf)
        for row in sorted(rows, key=lambda row: -row["y"]):
            from_top = self._place_px(row)[1]
            place = max(from_top + row["down"], last[row["align"]] + LABEL_PX)
            row["down"] = place - from_top
            last[row["align"]] = place
