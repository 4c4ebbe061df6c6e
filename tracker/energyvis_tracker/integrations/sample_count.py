"""How many samples a stretch of training took."""

from collections.abc import Mapping, Sequence
from typing import Any


class SampleCount:
    """Adds up batches; the total is none from the first one on whose size is not known."""

    def __init__(self) -> None:
        self.total: float | None = 0.0

    def add(self, batch: object) -> None:
        """Count a batch."""
        size = batch_size(batch)
        self.total = None if size is None or self.total is None else self.total + size


def batch_size(batch: Any) -> int | None:
    """Return the first dimension of the first array in a batch, or none where there is no array.

    A mapping or a sequence is searched from its first element down.
    """
    while not hasattr(batch, "shape"):
        if isinstance(batch, Mapping) and batch:
            batch = next(iter(batch.values()))
        elif isinstance(batch, Sequence) and not isinstance(batch, (str, bytes)) and batch:
            batch = batch[0]
        else:
            return None
    return int(batch.shape[0]) if len(batch.shape) > 0 else None
