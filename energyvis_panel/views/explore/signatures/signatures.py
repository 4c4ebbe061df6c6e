"""Energy signatures of up to four configurations, as a radar or as bars (X14)."""

import math
from collections.abc import Mapping
from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.signatures.signatures import (
    AMOUNTS,
    GROUPINGS,
    MOST,
    SLOT,
    Signature,
    shown_of,
    signatures_answer,
    signatures_of,
    signatures_question,
)
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.choice_bar import Choice, ChoiceBar
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.signatures.radar import Radar
from energyvis_panel.views.explore.signatures.signature_bars import SignatureBars
from energyvis_panel.views.explore.signatures.signature_marks import (
    LETTERS,
    axis_ends,
    place_colours,
)
from energyvis_panel.views.explore.signatures.signature_picker import SignaturePicker
from energyvis_panel.views.explore.view import ChartTable, ExploreView, dress

FIRST: Final = {"grouping": "hardware", "form": "radar"}
CHOICES: Final = (
    Choice("grouping", "Of", {name: one.title for name, one in GROUPINGS.items()}, is_list=True),
    Choice("form", "Drawn as", {"radar": "Radar", "bars": "Bars"}),
)
DASH_PX: Final[tuple[list[int], ...]] = ([], [7, 3], [2, 3], [8, 3, 2, 3])
"""Dashes of the lines as the chips draw them."""


HEADER: Final = ("Configuration", "Runs", "With energy per datum", *(amount.column for amount in AMOUNTS))


class Signatures(ExploreView):
    """How up to four configurations differ in all they take."""

    address = "signatures"
    questions = signatures_question(FIRST["grouping"])
    question = "How do up to four configurations differ in all they take?"
    how_to_read = (
        "Each line is a configuration; a point is the geometric mean of its selected runs, as they are: of "
        "other data sets and sizes for each, so that what one choice does by itself is seen under "
        "'comparison'. Every axis runs from 0 in the middle to the largest mean that is shown, which is "
        "written at its end; outwards is dearer. Areas and corners of a radar depend on the order of the "
        "axes, so nothing is filled: compare along one axis, or choose Bars. Energy of a run and mean power "
        "are measured; energy per datum and time per batch are derived, without overhead; the overhead is "
        "estimated, and its share is of the energy standardised to one type of node; the working set is "
        "calculated from the network, per core or streaming multiprocessor. Grey: all runs of the same "
        "configurations. Click a point, a bar or a name for its runs."
    )

    def build(self, state: Exploration) -> Any:  # noqa: ARG002 - the signature of every view
        """Choices, chips and both figures, of which one is shown."""
        self._chosen = dict(FIRST)
        self._picked: dict[str, list[str]] = {}
        self._found: dict[str, Signature] = {}
        self._all: dict[str, Signature] = {}
        self._shown: list[Signature | None] = []
        self.radar, self.bars = Radar(), SignatureBars()
        for drawing in (self.radar, self.bars):
            on_click(drawing.figure, self._tapped)
        dress(self.bars.figure)  # the first is seen to with every view's
        self.chart = self.radar.figure
        self.choices = ChoiceBar.of(CHOICES, FIRST, self._choose)
        self.picker = SignaturePicker(margin=(0, 0, 4, 0), sizing_mode="stretch_width")
        self.picker.on_msg(lambda event: self.hear(message_of(event)))
        self._pane = pn.pane.Bokeh(self.chart, sizing_mode="stretch_width", margin=0)
        return pn.Column(self.choices, self.picker, self._pane, sizing_mode="stretch_width", margin=0)

    @property
    def grouping(self) -> str:
        """What is drawn is about groups of this; a choice may still wait for its answer."""
        return str(self._state.asked(SLOT).values["grouping"])

    def _choose(self, chosen: dict[str, str]) -> None:
        before, self._chosen = self._chosen, chosen
        if chosen["grouping"] != before["grouping"]:
            # What is drawn stays until the answer about the other groups is there.
            self._state.pose(signatures_question(chosen["grouping"]))
        if chosen["form"] != before["form"]:
            on_document(self._place)()

    def _place(self) -> None:
        """Show the figure that is chosen; the name goes with it."""
        drawing = self.bars if self._chosen["form"] == "bars" else self.radar
        self.chart.name = None
        self.chart = drawing.figure
        self.chart.name = f"figure-{self.address}"
        self.describe()
        self._pane.object = self.chart

    def draw(self) -> None:
        """Patch chips and both figures to the present answer."""
        state, grouping = self._state, self.grouping
        self._all = signatures_of(state.context(SLOT), grouping)
        self._found = signatures_of(state.answer(SLOT), grouping)
        picked = self._picked.get(grouping)
        self._shown = list(shown_of(self._found, picked))
        labels = picked or [one.label for one in self._shown if one]
        everything = [self._all.get(label) for label in labels]
        ends = axis_ends(self._shown, everything)
        for drawing in (self.radar, self.bars):
            drawing.draw(self._shown, ends, everything)
        self._fill(labels)

    def _fill(self, labels: list[str]) -> None:
        colours = place_colours(self._shown)
        self.picker.fill(
            shown=[
                {
                    "name": label,
                    "letter": LETTERS[place],
                    "colour": colours[place],
                    "dash": list(DASH_PX[place]),
                    "runs": runs_text(self._found.get(label)),
                }
                for place, label in enumerate(labels)
            ],
            others=[
                [label, f"{label} ({runs_text(self._found.get(label))})"]
                for label in (*self._found, *(one for one in self._all if one not in self._found))
                if label not in labels
            ],
            is_full=len(labels) >= MOST,
            is_picked=self.grouping in self._picked,
        )

    def say(self) -> str:
        """In what they differ most; the last sentence until the slow question is answered."""
        if self.answer and not self._state.is_current(SLOT):
            return self.answer
        return signatures_answer(self._state, [one for one in self._shown if one])

    def hear(self, message: Mapping[str, Any]) -> None:
        """Do what a chip or the list asks for."""
        action, name = message.get("action"), message.get("name")
        labels = [str(one["name"]) for one in self.picker.shown]
        if action == "reset":
            self._pick(None)
        elif action == "open" and name in labels:
            self._open(labels.index(str(name)))
        elif action == "remove" and name in labels and len(labels) > 1:
            self._pick([label for label in labels if label != name])
        elif action == "add" and name in self._all and name not in labels and len(labels) < MOST:
            self._pick([*labels, str(name)])

    def _pick(self, labels: list[str] | None) -> None:
        """Show these; of the present grouping alone."""
        if labels is None:
            self._picked.pop(self.grouping, None)
        else:
            self._picked[self.grouping] = labels
        self._seen.clear()
        on_document(self.follow)()

    def _open(self, place: int) -> None:
        one = self._shown[place] if place < len(self._shown) else None
        if one is not None:
            self._state.look_at(one.mark, one.label)

    def _place_at(self, event: Any) -> int | None:
        drawing = self.bars if self.chart is self.bars.figure else self.radar
        return drawing.place_at(event.x, event.y)

    def _tapped(self, event: Any) -> None:
        """Look at the runs of the configuration whose point or bar is clicked."""
        place = self._place_at(event)
        if place is not None:
            self._open(place)

    def table(self) -> ChartTable:
        """The means of those shown, in the units of the header."""
        rows: list[list[object]] = []
        for one in self._shown:
            if one is not None:
                means = [one.means[amount.name] / amount.per_unit for amount in AMOUNTS]
                known = [None if math.isnan(mean) else mean for mean in means]
                rows.append([one.label, one.run_count, one.datum_count, *known])
        return ChartTable(HEADER, rows)


def runs_text(one: Signature | None) -> str:
    """How many runs are behind a configuration."""
    count = one.run_count if one else 0
    return f"{count:,} run{'' if count == 1 else 's'}"
