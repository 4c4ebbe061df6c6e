"""Columns of a source that are sent only where they have changed."""

from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource


def patch_changed(source: ColumnDataSource, **columns: Any) -> None:
    """Put columns into a source; those that are as they were are not sent again."""
    data: Any = source.data
    if len(next(iter(data.values()))) != len(next(iter(columns.values()))):
        # Columns of a source are all as long as each other.
        source.data = columns
    elif changed := {name: new for name, new in columns.items() if not is_same(data[name], new)}:
        data.update(changed)


def is_same(old: Any, new: Any) -> bool:
    """Whether a column, or a column of lines, is as it was; NaN is the same as NaN."""
    if isinstance(new, np.ndarray):
        return isinstance(old, np.ndarray) and np.array_equal(old, new, equal_nan=True)
    if len(new) and isinstance(new[0], np.ndarray):
        return all(is_same(one, other) for one, other in zip(old, new, strict=True))
    return bool(old == new)
