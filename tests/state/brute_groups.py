"""Counts, sums and means over groups of runs, made with numpy: what a grouping answer must equal."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tests.state.brute_force import BruteForce, Mask

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]

TOLERANCE: Final = 1e-9
"""Relative, and absolute for logarithms near zero: sums are added in another order."""
FIELD_BITS: Final = (1, 8, 8, 12, 8, 8, 8, 10)
"""Widths of hardware, data set, shape, size, depth, optimizer, batch size, learning rate in a setting key."""


def none_or(values: Floats, *, first: int = 0) -> Whole:
    """Whole numbers from ``first`` on as keys, 0 for none (NaN)."""
    return np.where(np.isnan(values), 0, np.nan_to_num(values) + 1 - first).astype(np.int64)


def places(values: NDArray[Any], known: Mask) -> Whole:
    """Place of each value among all that are known, sorted, from 1; 0 where there is none."""
    found = np.zeros(len(values), np.int64)
    found[known] = np.searchsorted(np.unique(values[known]), values[known]) + 1
    return found


def word_places(runs: BruteForce, name: str) -> Whole:
    """Place of each run's value of a category; 0 where it has none."""
    return places(runs.categories[name], runs.categories[name] != "")


def places_of(column: pa.ChunkedArray, known: pa.Array) -> Whole:
    """The same of a column of an answer, among the ``known`` values."""
    found = pc.index_in(column, value_set=known)
    assert found.null_count == column.null_count
    return np.asarray(pc.fill_null(pc.add(found, 1), 0).to_numpy(), np.int64)


def known_words(runs: BruteForce, name: str) -> pa.Array:
    """Values of a category that a run has, sorted."""
    words = runs.categories[name]
    return pa.array(np.unique(words[words != ""]).tolist(), pa.string())


def setting_keys(runs: BruteForce) -> Whole:
    """Key of each run's setting, as the head of butter_e/make_runs.sql says."""
    numbers = runs.numbers
    places_of_numbers = {name: places(numbers[name], ~np.isnan(numbers[name])) for name in numbers}
    fields = (
        runs.is_gpu.astype(np.int64),
        word_places(runs, "dataset"),
        word_places(runs, "shape"),
        places_of_numbers["size"],
        np.nan_to_num(numbers["depth"]).astype(np.int64),
        word_places(runs, "optimizer"),
        places_of_numbers["batch_size"],
        places_of_numbers["learning_rate"],
    )
    keys, at = np.zeros(len(runs.is_gpu), np.int64), 0
    for field, bits in zip(fields, FIELD_BITS, strict=True):
        keys |= field << at
        at += bits
    return keys


def grouped(
    keys: Whole,
    kept: Mask,
    counts: Mapping[str, Mask],
    sums: Mapping[str, Floats] | None = None,
    means: Mapping[str, Floats] | None = None,
) -> Columns:
    """One row per key of the kept runs, in their order.

    Parameters
    ----------
    keys
        Of all runs.
    kept
        Which runs are grouped.
    counts
        Which of them are counted, by column.
    sums, means
        What is added up or averaged, by column; NaN is left out, and the mean of none is NaN.

    """
    found, place = np.unique(keys[kept], return_inverse=True)
    size = len(found)
    table: Columns = {"key": found}
    for name, mask in counts.items():
        table[name] = np.bincount(place[mask[kept]], minlength=size)
    for name, values in (sums or {}).items():
        table[name] = np.bincount(place, np.nan_to_num(values[kept]), size)
    for name, values in (means or {}).items():
        known = ~np.isnan(values[kept])
        with np.errstate(invalid="ignore"):
            total = np.bincount(place[known], values[kept][known], size)
            table[name] = total / np.bincount(place[known], minlength=size)
    return table


def check_same(answer: pa.Table, keys: Whole, expected: Columns) -> None:
    """An answer has one row per expected key, with the expected counts, and sums within the tolerance."""
    order = np.argsort(keys)
    assert np.array_equal(keys[order], expected["key"])
    for name in expected.keys() - {"key"}:
        got = answer[name].to_numpy().astype(float)[order]
        tolerance = 0.0 if expected[name].dtype.kind == "i" else TOLERANCE
        np.testing.assert_allclose(got, expected[name], tolerance, tolerance, err_msg=name)
