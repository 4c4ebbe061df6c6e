"""A drawn figure brought up to date: only what has changed is sent, and a zoom of the user's stays."""

import math
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, Range1d

MOST_PLAIN = 500
"""Longer columns are sent as one binary block each, which for short ones costs more than it saves."""
REMEMBERED = 3

Span = tuple[float, float]


def put_columns(source: ColumnDataSource, columns: Mapping[str, Any]) -> None:
    """Give a source its columns; Bokeh sends no lists that are as they were."""
    source.data = {name: plain_column(column) for name, column in columns.items()}


def plain_column(column: Any) -> Any:
    """A column with its short arrays as lists; columns of paths hold arrays within lists."""
    if isinstance(column, np.ndarray):
        return column.tolist() if column.size <= MOST_PLAIN else column
    return [plain_column(part) if isinstance(part, (list, np.ndarray)) else part for part in column]


class FollowedRange:
    """Keeps an axis on what is drawn, until the user has moved it; the reset tool lets it follow again."""

    def __init__(self) -> None:
        self._given: deque[Span] = deque(maxlen=REMEMBERED)
        self._kept: Span | None = None
        self._subject: Any = None

    def show(self, axis: Range1d, span: Span, subject: Any) -> None:
        """Show ``span``, or keep what the user looks at while the ``subject`` of the axis is the same."""
        # What the browser resets to may be one update behind.
        is_moved = (
            subject == self._subject and bool(self._given) and (axis.start, axis.end) not in self._given
        )
        axis.update(reset_start=span[0], reset_end=span[1])
        if is_moved:
            self._keep(axis)
        else:
            axis.update(start=span[0], end=span[1])
        self._given.append(span)
        self._subject = subject

    def _keep(self, axis: Range1d) -> None:
        """Send the user's span back once, the least bit wider, as Bokeh sends nothing that is as it was.

        A span given at the very moment when the user moved the axis crossed with that: either side then has
        the other's, and the axis would stay where nobody had put it.
        """
        start, end = float(axis.start), float(axis.end)  # type: ignore[arg-type] # no dates on this axis
        if self._kept != (start, end):
            self._kept = (math.nextafter(start, -math.inf), math.nextafter(end, math.inf))
            axis.update(start=self._kept[0], end=self._kept[1])

    def forget(self) -> None:
        """The figure is drawn anew, on what there is."""
        self._given.clear()
        self._kept = None
