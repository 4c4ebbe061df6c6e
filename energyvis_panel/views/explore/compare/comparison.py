"""Comparison of two configurations at the same settings: a forest plot, one row a data set (X6)."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any, Final

import panel as pn

from energyvis_panel.domain.paired_comparison import FEWEST_PAIRS
from energyvis_panel.state.explore.compare.comparison import (
    QUESTIONS,
    QUICK,
    START,
    Comparison,
    chosen_comparison,
    mark_of,
    said_comparison,
    setting_codes,
)
from energyvis_panel.state.explore.compare.comparison_effects import (
    ALL_DATA_SETS,
    Effect,
    FurtherTests,
    comparison_answer,
    effects,
    further_tests,
    overall,
)
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.compare.comparison_picker import ComparisonPicker
from energyvis_panel.views.explore.compare.forest import Forest, side_colours
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.view import ChartTable, ExploreView

HEADER: Final = (
    "Data set", "Factor B to A", "95 % low", "95 % high", "Matched settings", "of them repeated",
    "p, paired t (Holm)", "Median factor", "Runs of A", "Runs of B", "p, Wilcoxon (Holm)", "Rank-biserial",
    "p, Welch (Holm)", "p, Mann-Whitney (Holm)", "Cliff's delta",
)  # fmt: skip


class ComparisonView(ExploreView):
    """By what factor one configuration differs from another."""

    address = "comparison"
    question = "What difference does one choice make, all else being equal?"
    questions = QUESTIONS
    how_to_read = (
        "Runs of A and B are paired where the data set and all settings that neither fixes are the "
        "same. Each row is the geometric mean of B to A over the pairs of a data set, with a 95 % "
        "interval: Student's t on the logarithms; for all data sets together a bootstrap that draws "
        f"whole data sets (4,000 times, bias-corrected and accelerated). With fewer than {FEWEST_PAIRS} "
        "pairs there is none. A mark has the colour of the side that takes less and is filled where the "
        "difference is more than chance (p < 0.05, by Holm's method for the number of data sets). Grey: "
        "the same over all runs. Beyond depth 2 BUTTER-E ran each setting once, so the pairs are "
        "different settings, not repetitions. Welch's and Mann and Whitney's tests take all runs of "
        "both sides, paired or not. Click a row for its runs."
    )

    def build(self, state: Exploration) -> Any:
        """Picker and figure, with the context drawn."""
        self._codes = setting_codes(state.answer("compare_settings"))
        self.comparison = START
        self._posed = [START]
        self._shown = START
        self._effects: list[Effect] = []
        self._placed: tuple[Comparison, list[Effect]] | None = None
        self._tests: object = None
        self.picker = ComparisonPicker.of(self._codes, margin=0, sizing_mode="stretch_width")
        self.picker.param.watch(on_document(self._requested), "request")
        self.picker.on_msg(lambda event: self.open_row(str(message_of(event).get("row"))))
        self._forest = forest = Forest()
        self.chart = forest.figure
        forest.rows.selected.on_change("indices", self._tapped)
        self.picker.fill(START, side_colours(START))
        body = pn.pane.Bokeh(self.chart, sizing_mode="stretch_width", margin=0)
        return pn.Column(self.picker, body, sizing_mode="stretch_width", margin=0)

    def draw(self) -> None:
        """Patch the rows to the present answers."""
        asked = self._state.asked("compare_pairs")
        shown = next(
            one for one in reversed(self._posed) if one.questions(self._codes)["compare_pairs"] == asked
        )
        if not self.comparison.is_possible:
            self._effects = []
            self._forest.clear()
            self._placed = None
            self.picker.rows = []
            return
        names = list(self._state.categories["dataset"])
        everything = effects(self._state.context("compare_pairs"), names)
        self._effects = effects(self._state.answer("compare_pairs"), names)
        self._shown = shown
        if self._placed != (shown, everything):
            self._forest.place(shown, everything)
            self._placed = (shown, everything)
            self.picker.rows = [ALL_DATA_SETS, *reversed(self._forest.names)]
        self._forest.draw(shown, self._effects, everything, self._further(names))

    def _further(self, names: Sequence[str]) -> dict[str, FurtherTests]:
        """The slow tests, where they are about what the pairs are about."""
        if not self._state.is_current("compare_tests"):
            return {}
        answer = self._state.answer("compare_tests")
        if self._tests is not answer:
            self._tests = answer
            self.param.trigger("answer")  # the table behind the chart has new columns
        return further_tests(answer, names)

    def say(self) -> str:
        """By what factor B differs from A."""
        shown = self._shown if self.comparison.is_possible else self.comparison
        return comparison_answer(self._state, shown, self._effects)

    def table(self) -> ChartTable:
        """All data sets with all tests, the whole first."""
        further = self._further(list(self._state.categories["dataset"]))
        whole = overall(self._effects)
        ordered = sorted(self._effects, key=lambda effect: -effect.log_ratio)
        rows = [
            table_row(effect, further.get(effect.name)) for effect in [*([whole] if whole else []), *ordered]
        ]
        return ChartTable(HEADER, rows)

    def _requested(self, event: Any) -> None:
        asked = event.new
        if asked["kind"] == "quick":
            a, b = QUICK[asked["name"]]
            self.compare(Comparison(a, b, self.comparison.measure))
        else:
            self.compare(chosen_comparison(asked, self._codes))

    def recall(self, asked: Mapping[str, str]) -> list[str]:
        """Compare what the address asks for, as far as the data have it."""
        new = said_comparison(asked, self._codes)
        self.compare(new)
        found = new.changed()
        return [f"{name}:{value}" for name, value in asked.items() if found.get(name) != value]

    def compare(self, new: Comparison) -> None:
        """Compare something else; the last result stays until the new one is there."""
        self.comparison = new
        self.remember(new.changed())
        self.picker.fill(new, side_colours(new))
        if new.is_possible:
            self._posed = [*self._posed[-8:], new]
            self._state.pose(new.questions(self._codes))
        # What was asked before may be asked again, so that no answer comes: then this draws it.
        self._seen.clear()
        self.follow()

    def _tapped(self, _attribute: str, _old: object, indices: list[int]) -> None:
        if not indices:
            return
        name = self._forest.rows.data["name"][indices[0]]
        self._forest.rows.selected.indices = []
        self.open_row(name)

    def open_row(self, name: str) -> None:
        """Show the runs of a row."""
        if name not in self.picker.rows:
            return
        mark = mark_of(self._shown, "" if name == ALL_DATA_SETS else name)
        self._state.look_at(mark, "; ".join(mark.sentences().values()))


def table_row(effect: Effect, further: FurtherTests | None) -> list[object]:
    """One row of the table behind the chart."""
    low, high = effect.interval or (None, None)
    row: list[object] = [
        effect.name,
        exp(effect.log_ratio),
        None if low is None else exp(low),
        None if high is None else exp(high),
        effect.pairs,
        effect.repeated_pairs,
        effect.p_value,
    ]
    if further is None:
        return [*row, *([None] * (len(HEADER) - len(row)))]
    return [
        *row,
        further.median_ratio,
        further.a_runs,
        further.b_runs,
        further.wilcoxon_p,
        further.rank_biserial,
        further.welch_p,
        further.mann_whitney_p,
        further.cliffs_delta,
    ]
