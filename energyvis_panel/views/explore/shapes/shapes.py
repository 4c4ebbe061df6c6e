"""Shapes over depth: what networks of each shape take per datum, at one mix of settings (X13)."""

from typing import Any, Final

import numpy as np
import panel as pn

from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.state.explore.shapes.shapes import (
    SLOT,
    ShapeCurves,
    rectangle_code,
    shapes_question,
)
from energyvis_panel.state.explore.shapes.shapes_fit import SHALLOWEST
from energyvis_panel.state.explore.shapes.shapes_sentence import shapes_answer
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.choice_bar import Choice, ChoiceBar
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.shapes.shape_marks import MODES
from energyvis_panel.views.explore.shapes.shapes_chart import LEADER_PX, ShapesChart
from energyvis_panel.views.explore.shapes.shapes_table import HEADER, table_rows
from energyvis_panel.views.explore.view import ChartTable, ExploreView

FIRST: Final = {"mode": "ratio", "hardware": HARDWARE[0], "shape": ""}
SEVERAL: Final = "several"
POINT_PX: Final = 10.0
LINE_PX: Final = 7.0
"""So near to a point, or to a line or a name, it is clicked."""


class Shapes(ExploreView):
    """Which shape stays cheapest as networks get deeper."""

    address = "shapes"
    questions = shapes_question(is_gpu=False)
    question = "Which shape of network stays cheapest as it gets deeper?"
    how_to_read = (
        "Each line is a shape, on one kind of node. A point is the geometric mean of energy per datum at one "
        "mix of data sets, sizes, batch sizes, optimizers and learning rates, each with equal weight, also "
        "of those that were not run at that depth: least squares on the logarithm, with a level for each of "
        "these settings and one for each shape and depth. Settings at which only one shape ran tell nothing "
        "of shapes and are left out. At 2 layers all shapes are the same network. A filled point differs "
        "from the rectangle by more than chance (95 %, by the fit, each point by itself); the band around "
        "the rectangle is the median of these intervals; the sentence allows for eight shapes (Tukey's "
        "range). The bold line is the shape that takes least over all depths, the one next in weight that "
        "which takes most; or the bold ones are those that you chose. The band around the energy of one "
        "shape is the middle half of the settings. Grey: all runs. On CPU nodes 6 layers "
        "take less than 5 and 7 at every size; nobody knows why. Click a line or a name to brush its shape, "
        "and a point for its runs."
    )

    def build(self, state: Exploration) -> Any:
        """Choices and figure, with the context drawn."""
        self._chosen = dict(FIRST)
        self._bold: tuple[str, ...] = ()
        self._names = list(state.categories["shape"])
        self.questions = self._asked_about(FIRST["hardware"])  # type: ignore[misc] # the code is the data's
        state.pose(self.questions)
        self.curves = self.everything = ShapeCurves.of(state.context(SLOT), self._names)
        self.drawing = ShapesChart(self._names, self.everything.depths)
        self.chart = self.drawing.figure
        on_click(self.chart, self._tapped)
        choices = (
            Choice("hardware", "On", {name: f"{name}s" for name in HARDWARE}),
            Choice("mode", "Drawn as", {name: mode.title for name, mode in MODES.items()}),
            Choice(
                "shape",
                "Shape",
                {"": "all"} | {name: name for name in self._names} | {SEVERAL: "several"},
                is_list=True,
            ),
        )
        self.choices = ChoiceBar.of(choices, FIRST, self._choose)
        state.param.watch(self._brushed_elsewhere, "brushes")
        self._brushed_elsewhere()
        pane = pn.pane.Bokeh(self.chart, sizing_mode="stretch_width", margin=0)
        return pn.Column(self.choices, pane, sizing_mode="stretch_width", margin=0)

    def _asked_about(self, hardware: str) -> Any:
        return shapes_question(is_gpu=hardware == HARDWARE[1], rectangle=rectangle_code(self._names))

    @property
    def _brushed(self) -> tuple[str, ...]:
        """Shapes that are brushed; none if all are shown alike."""
        return admitted(self._state.brushes, "shape", self._names)

    @property
    def brushed_choices(self) -> frozenset[str]:
        """Names of choices that follow from the brushes."""
        is_one = len(admitted(self._state.brushes, "hardware", HARDWARE)) == 1
        return frozenset({"shape", "hardware"} if is_one else {"shape"})

    def _brushed_elsewhere(self, *_events: object) -> None:
        """Let the choices say which shapes are brushed, and show the hardware that is."""
        shapes = self._brushed
        chosen = self.choices.chosen | {
            "shape": "" if not shapes else shapes[0] if len(shapes) == 1 else SEVERAL
        }
        hardware = admitted(self._state.brushes, "hardware", HARDWARE)
        if len(hardware) == 1:
            chosen["hardware"] = hardware[0]
        if chosen != self.choices.chosen:
            self.choices.chosen = chosen
        if shapes != self._bold:
            # The lines stay: no answer comes that would have them drawn.
            on_document(self.follow_choice)()

    def _choose(self, chosen: dict[str, str]) -> None:
        before, self._chosen = self._chosen, chosen
        if chosen["hardware"] != before["hardware"]:
            # What is drawn stays until the answer about the other hardware is there.
            self._state.pose(self._asked_about(chosen["hardware"]))
        shapes = self._brushed
        shown = shapes[0] if len(shapes) == 1 else SEVERAL if shapes else ""
        if chosen["shape"] not in {SEVERAL, shown}:
            self._state.brush_set("shape", (chosen["shape"],) if chosen["shape"] else ())
        on_document(self.follow_choice)()

    def follow_choice(self) -> None:
        """Draw and say what the choices now ask for."""
        self._seen.clear()
        self.follow()

    @property
    def is_gpu(self) -> bool:
        """Whether what is drawn is about GPU nodes; a choice may still wait for its answer."""
        return bool(self._state.asked(SLOT).values["is_gpu"])

    def draw(self) -> None:
        """Patch the figure to the present answer."""
        state = self._state
        self.everything = ShapeCurves.of(state.context(SLOT), self._names)
        self.curves = ShapeCurves.of(state.answer(SLOT), self._names, self.everything.depths)
        self._bold = self._brushed
        self.drawing.draw(self.curves, self.everything, self._chosen["mode"], self._bold, is_gpu=self.is_gpu)

    def say(self) -> str:
        """Which shape stays cheapest; the last sentence until its slow question is answered."""
        if self.answer and not self._state.is_current(SLOT):
            return self.answer
        return shapes_answer(self._state, self.curves, is_gpu=self.is_gpu)

    def _hit(self, event: Any) -> tuple[str, int] | None:
        """Shape and depth of the point under the pointer; depth 0 for a line or a name; None beside them."""
        points = self.drawing.points.data
        across, up = self.drawing.pixels
        distance = np.hypot((points["x"] - event.x) * across, (points["y"] - event.y) * up)
        if np.nanmin(distance, initial=np.inf) <= POINT_PX:
            at = int(np.nanargmin(distance))
            return str(points["name"][at]), int(points["x"][at])
        if (event.x - self.drawing.reach.end) * across >= LEADER_PX - POINT_PX:
            labels = self.drawing.labels.data
            away = np.where(np.array(labels["text"]) != "", np.abs(labels["y"] - event.y) * up, np.nan)
        else:
            depths, lines = np.array(self.curves.depths, float), self.drawing.lines.data["ys"]
            heights = np.array([np.interp(event.x, depths, line, np.nan, np.nan) for line in lines])
            away = np.abs(heights - event.y) * up
        if np.nanmin(away, initial=np.inf) > LINE_PX:
            return None
        return self._names[int(np.nanargmin(away))], 0

    def _tapped(self, event: Any) -> None:
        """Look at the runs of the point under the pointer, or brush the shape of the line or name there."""
        hit = self._hit(event)
        if hit is None:
            return
        name, depth = hit
        if depth:
            self._look(name, depth)
        else:
            self._state.brush_set("shape", () if self._brushed == (name,) else (name,))

    def _look(self, shape: str, depth: int) -> None:
        mark = Brushes().with_range("depth", depth, depth)
        mark = mark.with_set("hardware", (HARDWARE[self.is_gpu],))
        title = f"{depth} layers on a {HARDWARE[self.is_gpu]}"
        if depth > SHALLOWEST:
            mark, title = mark.with_set("shape", (shape,)), f"{shape}, {title}"
        self._state.look_at(mark, title)

    def table(self) -> ChartTable:
        """The lines, the means over all depths first."""
        return ChartTable(HEADER, table_rows(self.curves))


def admitted(brushes: Brushes, name: str, values: Any) -> tuple[str, ...]:
    """Values of a category that its brush admits; none where there is no brush."""
    chosen = brushes.sets.get(name, ())
    if name in brushes.inverted:
        return tuple(value for value in values if value not in chosen)
    return tuple(chosen)
