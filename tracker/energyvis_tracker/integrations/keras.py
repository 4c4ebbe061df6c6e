"""The callback for Keras 3, whatever its backend.

Order of the hooks: Keras documentation, "Base Callback class" and "Writing your own callbacks".
"""
# ruff: noqa: ARG002 - hooks have the arguments that the framework passes

import json
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

from energyvis_tracker.integrations.framework import callback_base
from energyvis_tracker.integrations.training_marks import EndsWithBlock, TrainingMarks, log, shielded
from energyvis_tracker.tracker import EnergyTracker

Callback: Any = callback_base("Callback", "keras.callbacks")


class EnergyCallback(EndsWithBlock, Callback):  # type: ignore[misc]  # as in lightning.py
    """Measures `Model.fit`: its epochs, with the validations as spans in them.

    Keras tells its callbacks of no exception. Where one may be caught outside, use the callback as a context
    around `fit`; elsewhere the run ends as failed when the program does, or when the next training begins.

    Parameters
    ----------
    tracker
        The tracker to mark. One that runs already is neither started nor stopped here.
    samples_per_epoch
        How many samples a whole epoch takes. Keras tells callbacks the number of batches only, which is what
        an epoch counts where this is left out.
    arguments
        Those of `EnergyTracker`, where no tracker is given. The name is by default the model's, the number
        of epochs that of `fit`.

    Raises
    ------
    ConfigurationError
        If an argument cannot be meant.
    """

    # Batches are counted in any thread and order, so Keras need not wait for it at each of them.
    async_safe = True

    def __init__(
        self,
        tracker: EnergyTracker | None = None,
        *,
        samples_per_epoch: int | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__()
        self.marks = TrainingMarks(tracker, arguments)
        self.samples_per_epoch = samples_per_epoch
        self.has_begun = False
        self.batches = 0

    @shielded
    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Wait for the first epoch, whose number says how many are left."""
        self.marks.end("failed")  # a training before this one that was cut off
        self.has_begun = False

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Start the run with its first epoch; begin an epoch."""
        self.begin_epoch(epoch)
        self.follow_stop()

    @shielded
    def begin_epoch(self, epoch: int) -> None:
        """Start the run with its first epoch; begin an epoch, which waits while the run is paused."""
        if not self.has_begun:
            self.has_begun = True
            self.marks.begin(str(self.model.name), self.params["epochs"] - epoch)
        self.batches = 0
        self.marks.epoch_start()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Count the batches; `batch` is the index of the last one of an execution."""
        with batch_lock:
            self.batches = max(self.batches, batch + 1)

    @shielded
    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Begin the span of a validation, or of an evaluation that a tracker runs around."""
        self.marks.span_start("validation" if self.marks.is_epoch_open else "evaluate")

    @shielded
    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """End the span."""
        self.marks.span_end(logged=logs)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """End the epoch."""
        self.end_epoch(logs)
        self.follow_stop()

    @shielded
    def end_epoch(self, logs: Mapping[str, Any] | None) -> None:
        """End the epoch with its work: samples where their number was given, else batches."""
        batches: float = self.batches
        steps = self.params.get("steps")
        if self.samples_per_epoch is None:
            self.marks.epoch_end(batches, "batches", logs)
        elif steps is None:
            self.marks.epoch_end(self.samples_per_epoch, "samples", logs)
        else:
            self.marks.epoch_end(self.samples_per_epoch * batches / steps, "samples", logs)

    @shielded
    def follow_stop(self) -> None:
        """Have Keras stop if the run was asked to, unless other processes would then wait for ever."""
        if not self.marks.should_stop:
            return
        if process_count() > 1:
            log.warning(
                "A stop was asked for; Keras cannot agree on it with its other processes, so it is left out."
            )
            return
        self.marks.is_stop_followed = True
        self.model.stop_training = True

    @shielded
    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """End the run."""
        self.marks.end("finished")


batch_lock = threading.Lock()


def process_count() -> int:
    """Return how many processes train together, by whichever backend is loaded."""
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is not None and torch.distributed.is_available() and torch.distributed.is_initialized():
        return int(torch.distributed.get_world_size())
    if jax is not None and jax.process_count() > 1:
        return int(jax.process_count())
    workers = json.loads(os.environ.get("TF_CONFIG") or "{}").get("cluster", {}).get("worker", [])
    return max(1, len(workers))
