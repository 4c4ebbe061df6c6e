"""Overhead against training: what of the energy goes into starting and idling, by group and by run time."""

from typing import Any, Final

import numpy as np
import panel as pn

from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.overhead.overhead import (
    FIRST,
    GROUPINGS,
    SLOT,
    Group,
    Spent,
    by_group,
    by_run_time,
    groups_of,
    overhead_questions,
)
from energyvis_panel.state.explore.overhead.overhead_answer import overhead_answer
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.card import tool_row
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.choice_bar import Choice, ChoiceBar
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.overhead.group_picker import GroupPicker
from energyvis_panel.views.explore.overhead.overhead_columns import MOST_ROWS, span_text, step_spans
from energyvis_panel.views.explore.overhead.overhead_figure import OverheadFigure
from energyvis_panel.views.explore.overhead.overhead_layout import (
    CURVES_TOP,
    STEP_BINS,
    STEPS,
    TICKS_PX,
    row_at,
    share_height,
)
from energyvis_panel.views.explore.overhead.overhead_table import HEADER, group_rows, step_rows
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.view import ChartTable, ExploreView

CHOICES: Final = (
    Choice("grouping", "By", GROUPINGS, is_list=True),
    Choice("scale", "Drawn as", {"share": "Share", "energy": "Energy"}),
)
CHOSEN_FIRST: Final = {"grouping": FIRST, "scale": "share"}


class Overhead(ExploreView):
    """What of the energy is overhead and what is training, by group and by run time (X9)."""

    address = "overhead"
    question = "Where does the energy go: into training, or into starting and idling?"
    questions = overhead_questions()
    how_to_read = (
        "Each bar is the standardised energy of a group: integrated power, with the idle power of the node "
        "replaced by the published one of its kind. Its full part is the overhead, CPU nodes blue and GPU "
        "nodes green, the pale part is what is left for training. The overhead is not measured run by run: "
        "it is one published estimate for each hardware (14.0 kJ on CPU nodes, 272 kJ on GPU nodes), the 5 % "
        "quantile of small networks on the smallest data set; where a run took less, all of it counts as "
        "overhead. Shares are overhead by energy, both summed over the runs. The grey mark is the share of "
        "all runs, the grey strip their energy, longest bar and longest strip as long as each other. The "
        "stairs below show the share by run time, all runs grey; times are to a bin. Drag across them to "
        "select run times, click a bar or a step for its runs, or choose the bar in the list."
    )

    def build(self, state: Exploration) -> Any:
        """The choices, the list of bars, and the figure."""
        self._chosen = dict(CHOSEN_FIRST)
        self._groups: tuple[Group, ...] = ()
        self._shown: list[Group] = []
        self._curves: Spent | None = None
        self._context: object = None
        self.overhead = OverheadFigure(state)
        self.chart = self.overhead.figure
        on_click(self.chart, self._tapped)
        self.choices = ChoiceBar.of(CHOICES, CHOSEN_FIRST, self._choose)
        self.picker = GroupPicker(margin=(0, 0, 4, 0))
        self.picker.on_msg(lambda event: self._picked(message_of(event)))
        state.param.watch(self._show_brushed, "brushes")
        pane = pn.pane.Bokeh(self.chart, sizing_mode="stretch_width", margin=0)
        return pn.Column(tool_row(self.choices, self.picker), pane, sizing_mode="stretch_width", margin=0)

    @property
    def grouping(self) -> str:
        """What the bars are grouped by."""
        return self._chosen["grouping"]

    def _choose(self, chosen: dict[str, str]) -> None:
        regrouped = chosen["grouping"] != self.grouping
        self._chosen = chosen
        if regrouped:
            # What is drawn stays until the answer about the new groups is there.
            self._state.pose(overhead_questions(self.grouping))
        else:
            on_document(self.draw)()

    def draw(self) -> None:
        """Patch the figure to the present selection."""
        state, grouping = self._state, self.grouping
        if state.asked(SLOT).values["grouping"] != grouping:
            return  # an answer about the groups before, which was on its way
        rows, everything = state.answer(SLOT), state.context(SLOT)
        if self._context is not everything:
            self._regroup(everything)
        keys = [group.key for group in self._shown]
        self._spent = by_group(rows, grouping, keys)
        self._curves = by_run_time(rows)
        self.overhead.draw_rows(self._spent, self._everything, as_share=self._chosen["scale"] == "share")
        self.overhead.draw_curves(self._curves)

    def _regroup(self, everything: Any) -> None:
        """Give each group of all runs its row."""
        self._context = everything
        self._groups = groups_of(everything, self.grouping)
        sums = by_group(everything, self.grouping, [group.key for group in self._groups])
        most = np.argsort(-sums.summed(1).runs, kind="stable")[:MOST_ROWS]
        self._shown = [self._groups[at] for at in sorted(most)]
        self._everything = sums[np.sort(most)]
        self.overhead.place(self._shown, self._everything, by_run_time(everything))
        self.picker.groups = [[group.key, group.text] for group in self._shown if group.mark]
        self._show_brushed()

    def say(self) -> str:
        """How much of the energy is overhead, and how much of that of the shortest runs."""
        return overhead_answer(self._state)

    def table(self) -> ChartTable:
        """The bars and the steps, all groups where not all are drawn."""
        rows, everything = self._state.answer(SLOT), self._state.context(SLOT)
        keys = [group.key for group in self._groups]
        sums = (by_group(one, self.grouping, keys) for one in (rows, everything))
        steps = (by_run_time(one).steps(STEP_BINS) for one in (rows, everything))
        axis = self._state.axes["run_time_s"]
        return ChartTable(HEADER, [*group_rows(self._groups, *sums), *step_rows(axis, *steps)])

    # Ways to the runs of a bar or a step

    def _show_brushed(self, *_events: object) -> None:
        """Let the list say which groups are brushed."""
        brushes = self._state.brushes
        alike = [group for group in self._groups if group.mark and is_set(brushes, group.mark)]
        self.picker.brushed = [group.key for group in alike]

    def _picked(self, message: dict[str, Any]) -> None:
        """Brush the group that was named, or no longer; or look at its runs."""
        found = [at for at, group in enumerate(self._shown) if group.mark and group.key == message.get("key")]
        if not found:
            return
        mark = self._shown[found[0]].mark or Brushes()
        if message.get("action") == "look":
            self._look_at_group(found[0])
        elif message.get("action") == "brush":
            if is_set(self._state.brushes, mark):
                self._state.clear(*mark.names)
                return
            for name, values in mark.sets.items():
                self._state.brush_set(name, values)
            self._state.brush_ranges(mark.ranges)

    def _look_at_group(self, at: int) -> None:
        group = self._shown[at]
        if group.mark and self._spent.runs[at].any():
            self._state.look_at(self._within(group.mark), f"{GROUPINGS[self.grouping]} {group.text}")

    def _within(self, mark: Brushes) -> Brushes:
        """``mark`` with its ranges cut to those that are brushed: a mark takes their place."""
        brushes = self._state.brushes
        for name, (low, high) in mark.ranges.items():
            if name in brushes.ranges and name not in brushes.inverted:
                least, most = max(low, brushes.ranges[name][0]), min(high, brushes.ranges[name][1])
                # A run on the edge of its bin may lie beyond the edge as it is worked out here.
                mark = mark.with_range(name, min(least, most), max(least, most))
        return mark

    def _tapped(self, event: Any) -> None:
        """Look at the runs of the bar, or of the step of the nearer curve, under the pointer."""
        at = row_at(event.y, len(self._shown))
        if at is not None:
            self._look_at_group(at)
        elif TICKS_PX <= event.y <= CURVES_TOP and 0 <= event.x < 1:
            self._look_at_step(int(event.x * STEPS), event.y)

    def _look_at_step(self, at: int, height: float) -> None:
        if self._curves is None:
            return
        steps = self._curves.steps(STEP_BINS)
        heights = np.where(steps.known[:, at] > 0, share_height(steps.share[:, at]), np.inf)
        nearer = int(np.argmin(np.abs(heights - height)))
        if not steps.known[nearer, at]:
            return
        low, high = step_spans(self._state.axes["run_time_s"])[at]
        hardware = HARDWARE[nearer]
        mark = Brushes().with_range("run_time_s", low, high).with_set("hardware", (hardware,))
        self._state.look_at(self._within(mark), f"Run time {span_text(low, high)} on a {hardware}")


def is_set(brushes: Brushes, mark: Brushes) -> bool:
    """Whether what ``mark`` brushes is brushed just so."""
    return all(
        name not in brushes.inverted
        and brushes.ranges.get(name) == mark.ranges.get(name)
        and brushes.sets.get(name) == mark.sets.get(name)
        for name in mark.names
    )
