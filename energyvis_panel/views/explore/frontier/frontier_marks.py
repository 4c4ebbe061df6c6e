"""Frontiers in the plane of run time and energy: bubbles, steps, names of ends, and what sizes mean."""

import math
from itertools import groupby
from typing import Any, Final

import pyarrow as pa
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, HoverTool

from energyvis_panel.domain.units import duration_text, energy_text
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier.pareto import (
    Run,
    bubble_px,
    network_text,
    simplified_kinds,
)
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.frontier.frontier_labels import MOST_LABELS, end_labels, label_columns
from energyvis_panel.views.explore.frontier.plane_window import PlaneWindow
from energyvis_panel.views.explore.steady_rows import steady
from energyvis_panel.views.explore.view import HARDWARE_COLOURS
from energyvis_panel.views.text_colours import PAPER
from energyvis_panel.views.theme import GREY, ORANGE, PURPLE, SKY, VERMILLION

KIND_COLOURS: Final = (ORANGE, VERMILLION, PURPLE, SKY, "#F0E442")
"""Kinds other than hardware: the set of Okabe and Ito without the two hues of the hardware beneath."""
LEGEND_SIZES: Final = {1_000: "1,000", 100_000: "100,000", 10_000_000: "10 million"}
FONT: Final = {"text_font": value("system-ui, sans-serif"), "text_font_size": "11px"}
RUN_TIME_PER_UNIT: Final = QUANTITIES["run_time_s"].per_unit
TOUCHED_PX: Final = 4
"""How far beside a bubble a click still means it."""
ENERGY_PER_UNIT: Final = QUANTITIES["energy_j"].per_unit


class FrontierMarks:
    """Marks of the frontiers on a figure, patched at each answer."""

    def __init__(self, state: Exploration, figure: Any, name: str) -> None:
        self._state, self._figure = state, figure
        self.window = PlaneWindow(state, figure, "run_time_s", "energy_j")
        self._runs: list[Run] = []
        self.points = ColumnDataSource(points([], {}), name=name)
        self.steps = ColumnDataSource({"xs": [], "ys": [], "colour": []})
        self.frontier = ColumnDataSource({"xs": [], "ys": []})
        self.ends = ColumnDataSource(steady(label_columns([]), MOST_LABELS))
        self._most_kinds = 0
        self.legend = ColumnDataSource({"x": [], "y": [], "text": [], "colour": []})
        self.sizes = ColumnDataSource({"x": [], "y": [], "diameter": [], "text": []})
        figure.multi_line("xs", "ys", source=self.frontier, line_color=GREY, line_width=4, line_alpha=0.6)
        figure.multi_line("xs", "ys", source=self.steps, line_color="colour", line_width=1.5)
        self._bubbles = figure.scatter(
            "run_time", "energy", source=self.points, size="diameter", fill_color="colour",
            fill_alpha="alpha", line_color="white", line_width=1,
        )  # fmt: skip
        figure.text(
            "run_time", "energy", "text", source=self.ends, text_color=GREY, text_font_style="bold",
            x_offset="right", y_offset="down", text_align="align", text_baseline="baseline",
            background_fill_color=PAPER, background_fill_alpha=0.85, padding=1, **FONT,
        )  # fmt: skip
        figure.scatter("x", "y", source=self.legend, size=9, fill_color="colour", line_color="white")
        figure.text(
            "x", "y", "text", source=self.legend, x_offset=9, text_baseline="middle", text_color=GREY, **FONT
        )
        figure.scatter(
            "x", "y", size="diameter", source=self.sizes, fill_color=GREY, fill_alpha=0.4, line_color=GREY
        )
        figure.text(
            "x", "y", "text", source=self.sizes, x_offset=-14, text_align="right", text_baseline="middle",
            text_color=GREY, **FONT,
        )  # fmt: skip

    def _draw_sizes(self, *, close: bool) -> None:
        """Say what three bubbles stand for, below what a whole plane holds, above what a frontier does."""
        lowest = 0.75 if close else 0.06
        places = [self.window.place(0.96, lowest + 0.09 * at) for at in range(len(LEGEND_SIZES))]
        titles = list(LEGEND_SIZES.values())
        titles[-1] += " parameters"
        self.sizes.data = {
            "x": [x for x, _y in places],
            "y": [y for _x, y in places],
            "diameter": [bubble_px(size) for size in LEGEND_SIZES],
            "text": titles,
        }

    def add_hover(self) -> None:
        """Let each bubble say its run."""
        tooltips = [
            ("On the frontier of", "@frontier_of"),
            ("Network", "@network"),
            ("Training", "@training"),
            ("Hardware", "@hardware"),
            ("Run time", "@run_time_said"),
            ("Energy", "@energy_said"),
        ]
        self._figure.add_tools(
            HoverTool(renderers=[self._bubbles], tooltips=tooltips, visible=False, limit=1)
        )

    def colours(self, kind: str) -> dict[str, str]:
        """Colour by value of ``kind``; values that are not there share the grey of the rest."""
        if kind == "hardware":
            return dict(zip(HARDWARE, HARDWARE_COLOURS, strict=True))
        kinds = simplified_kinds(self._state.categories[kind], len(KIND_COLOURS))
        return dict(zip(kinds, KIND_COLOURS, strict=False))

    def draw(self, rows: pa.Table, kind: str, *, close: bool = False) -> None:
        """Patch the marks to these frontiers, told apart by ``kind``, seen from close by or all the plane."""
        colours, runs = self.colours(kind), rows.to_pylist()
        best = [run for run in runs if run["is_unbeaten"]]
        self.window.show([(run["run_time_s"], run["energy_j"]) for run in best] if close else None)
        by_kind = sorted(runs, key=lambda run: str(run["kind"]))
        frontiers = {name: list(group) for name, group in groupby(by_kind, lambda run: str(run["kind"]))}
        steps = [stairs(group) for group in frontiers.values()]
        self.steps.data = {
            "xs": [xs for xs, _ys in steps],
            "ys": [ys for _xs, ys in steps],
            "colour": [colours.get(name, GREY) for name in frontiers],
        }
        xs, ys = stairs(best)
        self.frontier.data = {"xs": [xs], "ys": [ys]}
        # Large bubbles first, so that small ones are not hidden.
        self._runs = runs
        self.points.data = points(sorted(runs, key=lambda run: -(run["size"] or 0)), colours)
        self.ends.data = steady(label_columns(end_labels(best, self.window)), MOST_LABELS)
        self._draw_legend(colours, kind)
        self._draw_sizes(close=close)

    def run_at(self, run_time_s: float, energy_j: float) -> Run | None:
        """The run whose bubble lies nearest under a place; None where there is none."""
        away = [
            (self.window.distance_px((run["run_time_s"], run["energy_j"]), (run_time_s, energy_j)), at)
            for at, run in enumerate(self._runs)
        ]
        away_px, at = min(away, default=(math.inf, 0))
        touched = bool(away) and away_px <= bubble_px(self._runs[at]["size"]) / 2 + TOUCHED_PX
        return self._runs[at] if touched else None

    def _draw_legend(self, colours: dict[str, str], kind: str) -> None:
        named = dict(colours)
        rest = len(self._state.categories[kind]) - len(named)
        if rest > 0:
            named[f"{rest} others"] = GREY
        places = [self.window.place(0.025, 0.95 - 0.065 * at) for at in range(len(named))]
        legend: dict[str, list[Any]] = {
            "x": [x for x, _y in places],
            "y": [y for _x, y in places],
            "text": list(named),
            "colour": list(named.values()),
        }
        self._most_kinds = max(self._most_kinds, len(named))
        self.legend.data = steady(legend, self._most_kinds)


def stairs(runs: list[Run]) -> tuple[list[float], list[float]]:
    """The line below which none of these runs lies, from the fastest to the thriftiest."""
    xs: list[float] = []
    ys: list[float] = []
    for run in runs:
        x, y = run["run_time_s"] / RUN_TIME_PER_UNIT, run["energy_j"] / ENERGY_PER_UNIT
        if ys:
            xs.append(x)
            ys.append(ys[-1])
        xs.append(x)
        ys.append(y)
    return xs, ys


def points(runs: list[Run], colours: dict[str, str]) -> dict[str, Any]:
    """The runs in the units of the axes, with what their hover says."""
    return {
        "run_time": [run["run_time_s"] / RUN_TIME_PER_UNIT for run in runs],
        "energy": [run["energy_j"] / ENERGY_PER_UNIT for run in runs],
        "diameter": [bubble_px(run["size"]) for run in runs],
        "colour": [colours.get(run["kind"], GREY) for run in runs],
        "alpha": [0.95 if run["is_unbeaten"] else 0.5 for run in runs],
        "frontier_of": [
            f"{run['kind']}, and of the selection" if run["is_unbeaten"] else str(run["kind"]) for run in runs
        ],
        "run_time_said": [duration_text(run["run_time_s"]) for run in runs],
        "energy_said": [energy_text(run["energy_j"]) for run in runs],
        "hardware": [run["hardware"] for run in runs],
        "network": [network_text(run) for run in runs],
        "training": [training_text(run) for run in runs],
    }


def training_text(run: Run) -> str:
    """How a run was trained, as far as that was recorded."""
    said = [run["optimizer"]] if run["optimizer"] else []
    if run["batch_size"]:
        said.append(f"batches of {run['batch_size']}")
    if run["learning_rate"]:
        said.append(f"learning rate {run['learning_rate']:.3g}")
    return ", ".join(said) or "not recorded"
