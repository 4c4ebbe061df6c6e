"""Run time against energy: every run in a raster, with the frontier of the selection."""

from typing import Any

import pyarrow as pa
from bokeh.models import ColumnDataSource, HoverTool

from energyvis_panel.domain.units import duration_text, energy_text
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.pareto import QUESTIONS, density_grid, frontier_answer
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.brush_box import BrushBox, add_box_select, display_side
from energyvis_panel.views.explore.raster import equalised, hardware_images, ramp
from energyvis_panel.views.explore.view import (
    HARDWARE_COLOURS,
    ChartTable,
    ExploreView,
    drawn_range,
    quantity_figure,
)
from energyvis_panel.views.theme import GREY, VERMILLION


def frontier_columns(rows: pa.Table) -> dict[str, Any]:
    """The frontier in the units of the axes, with what its hover says."""
    runs = rows.to_pylist()
    return {
        "run_time": [run["run_time_s"] / QUANTITIES["run_time_s"].per_unit for run in runs],
        "energy": [run["energy_j"] / QUANTITIES["energy_j"].per_unit for run in runs],
        "run_time_said": [duration_text(run["run_time_s"]) for run in runs],
        "energy_said": [energy_text(run["energy_j"]) for run in runs],
        "hardware": [run["hardware"] for run in runs],
        "network": [
            f"{run['size']:,} parameters, {run['depth']} layers, {run['shape']}, {run['dataset']}"
            for run in runs
        ],
    }


class RuntimeEnergy(ExploreView):
    """What a faster run costs (X8)."""

    address = "runtime-energy"
    questions = QUESTIONS
    question = "Which runs are fast and thrifty, and what does the faster one cost?"

    def build(self, state: Exploration) -> Any:
        """The figure, with its context drawn."""
        fig = quantity_figure(state, "run_time_s", "energy_j")
        fig.grid.visible = False
        left, right = drawn_range(state, "run_time_s")
        bottom, top = drawn_range(state, "energy_j")
        # On logarithmic axes an image is stretched between its mapped corners: bins even in logarithms fit.
        place = {"x": left, "y": bottom, "dw": right - left, "dh": top - bottom}
        context = equalised(density_grid(state.context("runtime_energy_density")).sum(axis=0))
        fig.image([context], **place, color_mapper=ramp(GREY, 0.15, 0.5))
        blank = [context * 0]
        self.images = [ColumnDataSource({"image": blank}, name=f"runtime-energy-{name}") for name in HARDWARE]
        for source, colour in zip(self.images, HARDWARE_COLOURS, strict=True):
            fig.image("image", **place, source=source, color_mapper=ramp(colour))
        self.frontier = ColumnDataSource(
            frontier_columns(state.answer("pareto_frontier")), name="runtime-energy"
        )
        fig.step("run_time", "energy", source=self.frontier, mode="after", color=VERMILLION, line_width=1.5)
        points = fig.scatter(
            "run_time", "energy", source=self.frontier, size=8, fill_color=VERMILLION, line_color="white"
        )
        tooltips = [
            ("On the frontier", "@hardware"),
            ("Network", "@network"),
            ("Run time", "@run_time_said"),
            ("Energy", "@energy_said"),
        ]
        fig.add_tools(HoverTool(renderers=[points], tooltips=tooltips))
        sides = [display_side(state, "run_time_s"), display_side(state, "energy_j", vertical=True)]
        brush = BrushBox(state, sides)
        fig.add_layout(brush.annotation)
        add_box_select(
            fig,
            "both",
            lambda box: brush.draw(
                {"run_time_s": (box["x0"], box["x1"]), "energy_j": (box["y0"], box["y1"])}
            ),
        )
        return fig

    def draw(self) -> None:
        """Patch the images and the frontier to the present selection."""
        grid = density_grid(self._state.answer("runtime_energy_density"))
        for source, image in zip(self.images, hardware_images(grid), strict=True):
            source.data = {"image": [image]}
        self.frontier.data = frontier_columns(self._state.answer("pareto_frontier"))

    def say(self) -> str:
        """What a faster run costs."""
        return frontier_answer(self._state)

    def table(self) -> ChartTable:
        """The frontier."""
        rows = self._state.answer("pareto_frontier").to_pylist()
        names = ("run_time_s", "energy_j", "hardware", "dataset", "shape", "size", "depth")
        header = ("Run time (s)", "Energy (J)", "Hardware", "Data set", "Shape", "Parameters", "Layers")
        return ChartTable(header, [[row[name] for name in names] for row in rows])
