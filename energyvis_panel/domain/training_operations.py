"""Batches and operations of training a fully connected network, counted as BUTTER-E counts them.

One multiply-add is one operation. Widths here begin with the features: ``(features, layer 1, ..., output)``.

Source: BUTTER-E, Tripp et al. 2024, arXiv 2403.08151, supplementary notebook 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Final

from energyvis_panel.domain.network import BATCH_SIZE, TRAINED_SHARE

TESTED_SHARE: Final = 0.2
"""Share of the observations on which the network is tried after each epoch, forwards only."""


@dataclass(frozen=True, slots=True)
class Batches:
    """Batches in an epoch, ``size`` data each: ``train`` go both ways, ``test`` forwards only."""

    train: int
    test: int
    size: int = BATCH_SIZE


def batches_per_epoch(observations: int, batch_size: int = BATCH_SIZE) -> Batches:
    """Return the batches of an epoch: four fifths of the observations train, a last batch may be short."""
    return Batches(
        ceil(TRAINED_SHARE * observations / batch_size),
        ceil(TESTED_SHARE * observations / batch_size),
        batch_size,
    )


def forward_operations(widths: Sequence[int], batch_size: int = BATCH_SIZE) -> int:
    """Return the operations of a forward pass of one batch: a weight and a bias an input and unit."""
    return batch_size * sum(inputs * units + units for inputs, units in pairwise(widths))


def backward_operations(widths: Sequence[int], parameters: int, batch_size: int = BATCH_SIZE) -> int:
    """Return the operations of a backward pass of one batch.

    Each layer takes its gradient, each but the first hands it on, and every parameter is summed over the
    batch and updated. ``parameters`` is given apart: the published figures of 201_pol count features that
    its networks did not have.
    """
    layers = enumerate(pairwise(widths))
    passed = sum(2 * units + inputs * units * (2 if layer else 1) for layer, (inputs, units) in layers)
    return batch_size * passed + parameters * (1 + batch_size)


def operations_per_epoch(widths: Sequence[int], parameters: int, batches: Batches) -> int:
    """Return the operations of an epoch: train batches both ways, test batches forwards."""
    forward = forward_operations(widths, batches.size)
    backward = backward_operations(widths, parameters, batches.size)
    return batches.train * (forward + backward) + batches.test * forward


def operations_per_datum(widths: Sequence[int], parameters: int, batches: Batches) -> float:
    """Return the operations of an epoch by training datum, whole batches counted."""
    return operations_per_epoch(widths, parameters, batches) / (batches.train * batches.size)
