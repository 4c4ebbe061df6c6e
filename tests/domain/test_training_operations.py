"""Batches and operations are those that were published."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.training_operations import (
    backward_operations,
    batches_per_epoch,
    forward_operations,
    operations_per_datum,
    operations_per_epoch,
)

POL_WIDTHS, POL_PARAMETERS, POL_ROWS = (48, 3, 11), 125, 15_000

# Observations of each data set of BUTTER-E and its published train batches of 256.
PUBLISHED_BATCHES = {
    240: 1, 3_188: 10, 3_848: 13, 4_898: 16, 5_300: 17, 6_435: 21, 12_958: 41, 15_000: 47, 20_640: 65,
    48_842: 153, 67_557: 212, 70_000: 219, 105_908: 331,
}  # fmt: skip


@pytest.mark.parametrize("observations", PUBLISHED_BATCHES)
def test_published_train_batches(observations: int) -> None:
    assert batches_per_epoch(observations).train == PUBLISHED_BATCHES[observations]


def test_published_operations_of_201_pol() -> None:
    batches = batches_per_epoch(POL_ROWS)
    assert (batches.train, batches.test) == (47, 12)
    assert forward_operations(POL_WIDTHS) == 48_896
    assert backward_operations(POL_WIDTHS, POL_PARAMETERS) == 93_053
    assert operations_per_epoch(POL_WIDTHS, POL_PARAMETERS, batches) == 7_258_355
    assert operations_per_datum(POL_WIDTHS, POL_PARAMETERS, batches) == pytest.approx(603.254, abs=5e-4)


widths = st.lists(st.integers(1, 500), min_size=3, max_size=8)


@given(widths, st.integers(1, 512))
def test_operations_grow_with_the_batch(layers: list[int], batch_size: int) -> None:
    parameters = sum((inputs + 1) * units for inputs, units in pairwise(layers))
    assert forward_operations(layers, batch_size) == batch_size * parameters
    assert backward_operations(layers, parameters, batch_size) < backward_operations(
        layers, parameters, batch_size + 1
    )


@given(widths, st.integers(1, 512))
def test_backwards_costs_more_than_forwards(layers: list[int], batch_size: int) -> None:
    assert backward_operations(layers, 1, batch_size) > forward_operations(layers, batch_size)
