"""The leaderboard: in which order the selected runs are listed, one page at a time, and who leads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self, overload

import pyarrow as pa

from energyvis_panel.domain.units import duration_text, energy_text, power_text, three_digits
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.network_words import network_words, word_of
from energyvis_panel.state.explore.question import Asked, Question
from energyvis_panel.state.explore.sentences import NOTHING_SELECTED, counted

MEASURES: Final = {
    "energy_j": "Least energy",
    "j_per_datum": "Least energy per datum",
    "std_energy_j": "Least standardised energy",
    "run_time_s": "Shortest run time",
    "power_w": "Least mean power",
}
"""By what runs lead, with what the choice says."""
BEST_PER: Final = {
    "": "All runs",
    "dataset": "Best per data set",
    "shape": "Best per shape",
    "hardware": "Best per hardware",
}
PAGE_SIZES: Final = (10, 25)
MOST_SAVED: Final = 100_000
"""Rows that a CSV holds at most."""
LONGEST_TEXT: Final = 80
DOWN: Final = "-"
"""After the name of a column whose largest value comes first."""
SORTED_BY: Final = (*MEASURES, "size", "depth", "dataset", "shape", "hardware")


@dataclass(frozen=True, slots=True)
class Board:
    """What is listed and how; ``page`` counts from 0.

    ``text`` filters: a run has its first word, and what follows it, in its data set, shape, hardware, node or
    status.
    """

    measure: str = "energy_j"
    order_by: str = "energy_j"
    descending: bool = False
    best_per: str = ""
    text: str = ""
    page: int = 0
    page_size: int = PAGE_SIZES[0]

    @property
    def words(self) -> list[str]:
        """The texts that a listed run has."""
        first, _space, rest = " ".join(self.text.lower().split()).partition(" ")
        return [first, rest]

    def after(self, kind: str, value: Any, count: int) -> Self:
        """The board after a choice of that kind; what is not on offer changes nothing.

        Parameters
        ----------
        kind
            ``measure``, ``sort``, ``group``, ``text``, ``size`` or ``step`` (to the next page, or back).
        value
            What was chosen.
        count
            How many rows there are.

        """
        board = self
        if kind == "measure" and value in MEASURES:
            board = replace(self, measure=value, order_by=value, descending=False)
        elif kind == "sort" and value in SORTED_BY:
            again = value == self.order_by
            board = replace(self, order_by=value, descending=again and not self.descending)
        elif kind == "group" and value in BEST_PER:
            board = replace(self, best_per=value)
        elif kind == "text":
            board = replace(self, text=str(value)[:LONGEST_TEXT])
        elif kind == "size" and value in PAGE_SIZES:
            board = replace(self, page_size=value)
        elif kind == "step":
            last = max(0, (count - 1) // self.page_size)
            return replace(self, page=min(max(self.page + (1 if value > 0 else -1), 0), last))
        return replace(board, page=0)

    def changed(self) -> dict[str, str]:
        """What is not as at first, as text by name; the page is no choice."""
        said = {
            "measure": self.measure,
            "order": f"{self.order_by}{DOWN if self.descending else ''}",
            "best": self.best_per,
            "text": self.text,
            "rows": str(self.page_size),
        }
        first = {"measure": START.measure, "order": self.measure, "best": "", "rows": str(START.page_size)}
        return {name: value for name, value in said.items() if value != first.get(name, "")}

    @classmethod
    def said(cls, said: Mapping[str, str]) -> Self:
        """The board whose :meth:`changed` is ``said``; what is not on offer stays as at first."""
        order = said.get("order", "")
        column = order.removesuffix(DOWN)
        board = cls().after("measure", said.get("measure"), 0).after("group", said.get("best"), 0)
        board = board.after("text", said.get("text", ""), 0)
        if said.get("rows", "").isdecimal():
            board = board.after("size", int(said["rows"]), 0)
        if column in SORTED_BY:
            board = replace(board, order_by=column, descending=order.endswith(DOWN))
        return board

    def listing(self, skipped: int, most: int) -> Question:
        """The question for ``most`` rows after ``skipped`` of them."""
        values: dict[str, object] = {
            "measure": self.measure,
            "words": self.words,
            "order_by": self.order_by,
            "descending": self.descending,
            "skipped": skipped,
            "most": most,
        }
        name = "leaderboard"
        if self.best_per:
            name, values = "leaderboard_best", values | {"best_per": self.best_per}
        # Looking for a text in every run is dear with millions of them: the other views do not wait for it.
        return Question(name, values=values, slow=bool(self.text.strip()), in_context=False)

    def questions(self) -> dict[str, Question]:
        """The questions of the page, by slot."""
        summary = {"measure": self.measure, "words": self.words, "best_per": self.best_per}
        page = self.listing(self.page * self.page_size, self.page_size)
        return {
            "leaderboard": page,
            "leaderboard_summary": Question(
                "leaderboard_summary", values=summary, slow=page.slow, in_context=False
            ),
        }


START: Final = Board()
QUESTIONS: Final = START.questions()


class ListedRows(Sequence[dict[str, Any]]):
    """All rows of a board in its order, asked for when they are read; ``MOST_SAVED`` of them at most."""

    def __init__(self, state: Exploration, board: Board, count: int) -> None:
        self._state = state
        self._board = board
        self._count = min(count, MOST_SAVED)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._rows(0, self._count))

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, int):
            return self[range(self._count)[place] : range(self._count)[place] + 1][0]
        start, stop, step = place.indices(self._count)
        return self._rows(start, max(0, stop - start))[::step]

    def _rows(self, skipped: int, most: int) -> list[dict[str, Any]]:
        asked = Asked.under(self._board.listing(skipped, most), self._state.brushes)
        (answer,) = self._state.asking.answers([asked])
        if isinstance(answer, EnergyVisError):
            raise answer
        return [] if answer is None else answer.to_pylist()


def summary_of(rows: pa.Table) -> dict[str, Any]:
    """The only row of ``explore/leaderboard_summary``."""
    found: dict[str, Any] = rows.to_pylist()[0]
    return found


def run_mark(row: dict[str, Any]) -> tuple[Brushes, str]:
    """What is looked at when a run is opened, and its title."""
    return Brushes().with_set("run_id", (row["run_id"],)), f"{network_said(row)}, on a {row['hardware']}"


def network_said(row: dict[str, Any]) -> str:
    """Data set and network of a run."""
    return f"{row['dataset']}, {word_of(row, 'shape')}, {network_words(row)}"


def amount_text(measure: str, amount: float) -> str:
    """A value of a measure, in its stored unit, for people."""
    if measure == "run_time_s":
        return duration_text(amount)
    if measure == "power_w":
        return power_text(amount)
    return f"{three_digits(amount * 1000)} mJ" if measure == "j_per_datum" else energy_text(amount)


LEADS: Final = {
    "energy_j": "The thriftiest run takes {}",
    "j_per_datum": "The thriftiest run takes {} a datum",
    "std_energy_j": "The thriftiest run takes {} of standardised energy",
    "run_time_s": "The fastest run takes {}",
    "power_w": "The run with the least mean power draws {}",
}


def leaderboard_answer(state: Exploration) -> str:
    """Which run leads and how far it is from the median, in one sentence."""
    if not state.run_count:
        return NOTHING_SELECTED
    values = state.asked("leaderboard_summary").values
    measure, words = str(values["measure"]), values["words"]
    row = summary_of(state.answer("leaderboard_summary"))
    matching = " ".join(word for word in words if word) if isinstance(words, list) else ""
    of = counted(state)
    if matching:
        of = f"{of}, {row['run_count']:,} of them with {matching!r}"
    if not row["run_count"]:
        missing = f"matches {matching!r} and has a value" if matching else "has a value"
        return f"No selected run {missing} of {MEASURES[measure].split(' ', 1)[1]} ({of})."
    least, median = row["least"], row["median"]
    said = LEADS[measure].format(amount_text(measure, least))
    whose = f"{network_said(row)}, on a {row['hardware']}"
    if row["run_count"] == 1:
        return f"{said} ({whose}), the only one listed ({of})."
    times = f", {three_digits(median / least)} times as much" if least > 0 else ""
    return f"{said} ({whose}); the median run takes {amount_text(measure, median)}{times} ({of})."
