"""Leaderboard: the selected runs in an order, page by page, with the one that leads (X16)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, overload

import panel as pn
import param
from panel.custom import JSComponent

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.leaderboard import (
    BEST_PER,
    MEASURES,
    MOST_SAVED,
    PAGE_SIZES,
    QUESTIONS,
    START,
    Board,
    ListedRows,
    leaderboard_answer,
    run_mark,
    summary_of,
)
from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.leader.leaderboard_rows import SAVED, columns, table_lines
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.view import ChartTable, ExploreView

HERE = Path(__file__).parent


class LeaderTable(JSComponent):
    """One page of runs as a plain table: a brush changes one of its properties and builds no widget.

    It sends messages ``{kind, value}``: two quick clicks are two messages; a property would keep the last.
    """

    columns = param.List(doc="Columns: name, title, unit, numeric, is_spare.")
    measures = param.List(doc="By what runs lead, as pairs of name and title.")
    groups = param.List(doc="What there is one best run of, as pairs of name and title.")
    sizes = param.List(doc="How many rows a page can have.")
    text = param.String(default="", doc="What the filter holds at first.")
    shown = param.Dict(
        default={},
        doc="The page: lines, first, last, count, measure, order_by, descending, best_per, page_size.",
    )

    _esm = HERE / "leaderboard.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "leaderboard.css")


class SavedRows(Sequence[list[object]]):
    """The rows of the table behind the card, written when they are read."""

    def __init__(self, rows: ListedRows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[list[object]]:
        return (self._row(place, row) for place, row in enumerate(self._rows, 1))

    @overload
    def __getitem__(self, place: int) -> list[object]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[object]]: ...
    def __getitem__(self, place: int | slice) -> list[object] | list[list[object]]:
        if isinstance(place, int):
            return self._row(range(len(self))[place] + 1, self._rows[place])
        first, _stop, step = place.indices(len(self))
        return [self._row(first + number * step + 1, row) for number, row in enumerate(self._rows[place])]

    @staticmethod
    def _row(place: int, row: dict[str, Any]) -> list[object]:
        return [place, *(row[name] for name in SAVED if name != "rank")]


class Leaderboard(ExploreView):
    """Which runs lead, by the measure that is chosen."""

    address = "leaderboard"
    question = "Which runs are the thriftiest?"
    questions = QUESTIONS
    how_to_read = (
        "The selected runs in the order of one column; click a heading to order by it and again to turn "
        "it round. Runs without a value of the measure are not listed. Numbers have three significant "
        "digits; where neighbours in the order would read the same, their column has as many as part "
        "them, up to six, and the pointer on a cell says its exact value. The bar in a cell is its value "
        "as a share of the median of the listed runs, full from the median on and left out below a "
        "tenth of it. A narrow card leaves out columns that a run has in its details. The filter keeps runs "
        "that have its first word, and what follows it, in their data set, shape, hardware, node or "
        f"status. Click a row to open its run. The CSV holds all rows in this order, {MOST_SAVED:,} at "
        "most."
    )

    def build(self, state: Exploration) -> Any:
        """The table with its choices."""
        self.board = START
        self.listed = LeaderTable(
            columns=columns(START.measure),
            measures=[list(item) for item in MEASURES.items()],
            groups=[list(item) for item in BEST_PER.items()],
            sizes=list(PAGE_SIZES),
            margin=0,
            sizing_mode="stretch_width",
        )
        self._runs: list[dict[str, Any]] = []
        self.listed.on_msg(lambda event: self.hear(message_of(event)))
        state.param.watch(self._back_to_start, "brushes")
        return pn.Column(self.listed, sizing_mode="stretch_width", margin=0)

    def draw(self) -> None:
        """Show the page that was answered."""
        state = self._state
        self._runs = state.answer("leaderboard").to_pylist()
        summary = summary_of(state.answer("leaderboard_summary"))
        values: dict[str, Any] = dict(state.asked("leaderboard").values)
        first = values["skipped"]
        shown = {
            "lines": table_lines(self._runs, first, values["measure"], values["order_by"], summary["median"]),
            "first": first + 1 if self._runs else 0,
            "last": first + len(self._runs),
            "count": self._count(summary),
            "measure": values["measure"],
            "order_by": values["order_by"],
            "descending": values["descending"],
            "best_per": values.get("best_per", ""),
            "page_size": values["most"],
        }
        changed: dict[str, Any] = {"shown": shown}
        if not self.listed.shown or self.listed.shown["measure"] != values["measure"]:
            changed["columns"] = columns(values["measure"])
        self.listed.param.update(**changed)

    def _count(self, summary: dict[str, Any]) -> int:
        grouped = self._state.asked("leaderboard_summary").values["best_per"]
        return int(summary["group_count" if grouped else "run_count"])

    def say(self) -> str:
        """Which run leads, and how far it is from the median."""
        return leaderboard_answer(self._state)

    def table(self) -> ChartTable:
        """All listed runs in order; each read asks for them."""
        count = self._count(summary_of(self._state.answer("leaderboard_summary")))
        return ChartTable(list(SAVED.values()), SavedRows(ListedRows(self._state, self.board, count)))

    def hear(self, message: Mapping[str, Any]) -> None:
        """Do what the table asks for."""
        kind, value = str(message.get("kind")), message.get("value")
        # What comes from a browser may be anything.
        if not isinstance(value, int if kind in {"step", "size"} else str):
            return
        if kind == "open":
            opened = next((row for row in self._runs if row["run_id"] == value), None)
            if opened is not None:
                self._state.look_at(*run_mark(opened))
            return
        self.show_board(self.board.after(kind, value, self.listed.shown["count"]))

    def recall(self, asked: Mapping[str, str]) -> list[str]:
        """List what the address asks for, as far as it is on offer."""
        board = Board.said(asked)
        self.listed.text = board.text
        self.show_board(board)
        found = board.changed()
        return [f"{name}:{value}" for name, value in asked.items() if found.get(name) != value]

    def show_board(self, board: Board) -> None:
        """List something else; the last page stays until the new one is there."""
        self.board = board
        self.remember(board.changed())
        self._state.pose(board.questions())

    def _back_to_start(self, *_events: object) -> None:
        """Another selection begins with its first page."""
        if self.board.page:
            self.show_board(replace(self.board, page=0))
