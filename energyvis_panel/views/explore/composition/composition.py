"""Sunburst or icicle of the runs: class of network or hardware, shape, data set (X15)."""

from collections.abc import Mapping
from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.composition.composition import (
    BEYOND,
    QUESTIONS,
    RINGS,
    SELECTED,
    InnerRing,
    Path,
    can_be_brushed,
)
from energyvis_panel.state.explore.composition.composition_answer import composition_answer
from energyvis_panel.state.explore.composition.composition_parts import MEASURES, Parts, Sums
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.choice_bar import Choice, ChoiceBar
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.composition import composition_columns as columns
from energyvis_panel.views.explore.composition.composition_figure import SIDE, CompositionFigure
from energyvis_panel.views.explore.composition.parts_list import PartsList
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.view import ChartTable, ExploreView

CHOICES: Final = (
    Choice("first", "Inner ring", {name: ring.title for name, ring in RINGS.items()}, is_list=True),
    Choice("measure", "Area", MEASURES),
    Choice("form", "Drawn as", {"sunburst": "Sunburst", "icicle": "Icicle"}),
    Choice("whole", "The whole is", {"all": "all runs", "selection": "the selection"}, is_list=True),
)
BESIDE: Final = (
    ":host { display: flex !important; flex-flow: row wrap !important; gap: 16px; align-items: flex-start; }"
    ".scroll-button { display: none !important; }"
)
"""The list stands beside the figure, below it where there is no room."""
FIRST: Final = {"first": "size", "measure": "runs", "form": "sunburst", "whole": "all"}


class Composition(ExploreView):
    """What the selection consists of."""

    address = "composition"
    questions = QUESTIONS
    question = "What is in here?"
    how_to_read = (
        "From the centre outwards: class of network size, depth or hardware, then shape, then data set. All "
        "networks of BUTTER-E are dense; at 2 layers all shapes are one, called rectangle. k is 1,024 and M "
        "is 1,048,576 parameters. A part's area is its share of all runs, or of the energy that they took "
        "(its node's, measured; runs without a recorded energy have no area). The grey is filled outwards by "
        "what is selected, paler by what only the brushes set here leave out. Click a part to select it, "
        "again or on the centre to go up; the list beside does the same by keyboard. With the selection as "
        "the whole, parts are laid out anew at each brush."
    )

    def build(self, state: Exploration) -> Any:  # noqa: ARG002 - all is drawn from answers
        """The choices, the figure, and the list of parts."""
        self._chosen = dict(FIRST)
        self._whole: tuple[Any, Parts, Sums] | None = None
        self._laid: object = None
        self.shown: columns.Shown | None = None
        self.composition = CompositionFigure()
        self.chart = self.composition.figure
        on_click(self.chart, self._tapped)
        self.choices = ChoiceBar.of(CHOICES, FIRST, self._choose)
        self.listed = PartsList(margin=0, styles={"flex": "1 1 280px", "min-width": "0"})
        self.listed.on_msg(lambda event: self.hear(message_of(event)))
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        square = {"flex": "1 1 300px", "max-width": f"{SIDE}px", "min-width": "0"}
        pane = pn.Column(
            pn.pane.Bokeh(self.chart, sizing_mode="scale_width", margin=0), styles=square, **wide
        )
        # No FlexBox: it has no layout of Bokeh's, and a figure that is added to it late stays without a size.
        both = pn.Column(pane, self.listed, stylesheets=[BESIDE], **wide)
        return pn.Column(self.choices, both, **wide)

    @property
    def ring(self) -> InnerRing:
        """The inner ring that is chosen."""
        return RINGS[self._chosen["first"]]

    @property
    def path(self) -> Path:
        """The part that the brushes single out."""
        return self.ring.path(self._state.brushes)

    def _choose(self, chosen: dict[str, str]) -> None:
        before, self._chosen = self._chosen, chosen
        if before["first"] != chosen["first"]:
            # Dropped first, so that no answer about the ring before is left in their slots.
            self._state.drop(BEYOND, SELECTED)
            self._state.pose(self.ring.questions())
            # An answer that was on its way has been asked for the ring before: whatever came is asked again.
            self._state.schedule(self._state.refresh)
        on_document(self._draw_again)()

    def _draw_again(self) -> None:
        self._seen.clear()
        self.follow()

    def draw(self) -> None:
        """Patch figure and list to the present selection."""
        state, chosen = self._state, self._chosen
        if state.asked(SELECTED) != self.ring.questions()[SELECTED]:
            return  # about the ring that was chosen before
        parts, of = self._all_runs()
        beyond, selected = (parts.sums(state.answer(slot)) for slot in (BEYOND, SELECTED))
        self.shown = shown = columns.Shown(
            self.ring, parts, of, beyond, selected, chosen["measure"], chosen["form"], chosen["whole"]
        )
        figure, laid = self.composition, (parts, tuple(chosen.values()))
        moving = columns.moving_columns(shown)
        figure.draw(moving if laid == self._laid else columns.steady_columns(shown) | moving)
        if laid != self._laid or shown.is_laid_anew:
            figure.draw_labels(columns.labels(shown))
        figure.show(shown.drawn_as)
        self._laid = laid
        figure.draw_centre(columns.centre_lines(shown, self.path), shown.drawn_as)
        self.listed.param.update(**columns.list_facts(shown, self.path))

    def _all_runs(self) -> tuple[Parts, Sums]:
        rows = self._state.context(BEYOND)
        if self._whole is None or self._whole[0] is not rows:
            parts = Parts(rows)
            self._whole = rows, parts, parts.sums(rows)
        return self._whole[1:]

    def say(self) -> str:
        """What the selection mostly consists of."""
        shown = self.shown
        if shown is None:
            return ""
        return composition_answer(self._state, shown.ring, shown.parts, shown.selected, shown.measure)

    def table(self) -> ChartTable:
        """The parts."""
        return ChartTable(columns.HEADER, [] if self.shown is None else columns.table_rows(self.shown))

    # What the visitor does

    def go(self, path: Path) -> None:
        """Select a part and nothing else of the rings; the part that is selected already is left upwards."""
        if path == self.path:
            path = path[:-1]
        if can_be_brushed(path):
            self._state.brush(self.ring.brushed(self._state.brushes, path))

    def _tapped(self, event: Any) -> None:
        shown = self.shown
        if shown is None or (hit := shown.drawn_as.hit(event.x, event.y)) is None:
            return
        level, share = hit
        if level < 0:
            self.go(self.path[:-1])
            return
        starts, ends = shown.spans
        for at in (shown.parts.level == level).nonzero()[0]:
            if starts[at] <= share < ends[at]:
                self.go(shown.parts.paths[at])
                return

    def hear(self, message: Mapping[str, Any]) -> None:
        """Do what the list asks for."""
        kind, value = message.get("kind"), message.get("value")
        # What comes from a browser may be anything.
        if self.shown is None or type(value) is not int or value < 0:
            return
        path = self.path
        if kind == "up" and value < len(path):
            self.go(path[:value])
        elif kind == "into" and value < len(listed := columns.listed_paths(self.shown, path)):
            self.go(listed[value])
        elif kind == "look":
            title = self.ring.title_of(path) if path else "All that is selected"
            self._state.look_at(self.ring.brushed(Brushes(), path), title)
