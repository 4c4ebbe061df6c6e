"""The callback for PyTorch Lightning (packages `lightning` and `pytorch_lightning`).

Order of the hooks: PyTorch Lightning documentation, "Hooks".
"""
# ruff: noqa: ARG002 - hooks have the arguments that the framework passes

import os
from typing import Any

from energyvis_tracker.integrations.framework import callback_base
from energyvis_tracker.integrations.metric_names import numeric_metrics
from energyvis_tracker.integrations.sample_count import SampleCount
from energyvis_tracker.integrations.training_marks import TrainingMarks, shielded, state_of
from energyvis_tracker.ranks import rank_of
from energyvis_tracker.tracker import EnergyTracker

Callback: Any = callback_base("Callback", "lightning.pytorch.callbacks", "pytorch_lightning.callbacks")


class EnergyCallback(Callback):  # type: ignore[misc]  # Lightning need not be installed where types are checked
    """Measures `Trainer.fit`: its epochs, and its validations as spans in them.

    Every rank of a distributed training must hold one, since the ranks agree on a stop. Samples are counted
    on each rank, by the first dimension of the first tensor of a batch.

    Parameters
    ----------
    tracker
        The tracker to mark. One that runs already is neither started nor stopped here.
    arguments
        Those of `EnergyTracker`, where no tracker is given. The name is by default that of the module's
        class, the number of epochs the trainer's.

    Raises
    ------
    ConfigurationError
        If an argument cannot be meant.
    """

    def __init__(self, tracker: EnergyTracker | None = None, **arguments: Any) -> None:
        super().__init__()
        self.marks = TrainingMarks(tracker, arguments)
        self.has_begun = False
        self.is_training = False
        self.train_samples = SampleCount()
        self.span_samples = SampleCount()
        self.known_metrics: dict[str, float] = {}
        self.ranks_counted_for = 1

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Start the run; one that resumes starts later, when it is known how many epochs are left."""
        self.has_begun = False
        if getattr(trainer, "ckpt_path", None) is None:
            self.begin(trainer, pl_module)

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Start the run that resumes."""
        self.is_training = True
        if not self.has_begun:
            self.begin(trainer, pl_module)

    @shielded
    def begin(self, trainer: Any, pl_module: Any) -> None:
        """Start the run.

        Ranks that Lightning has forked itself look to the tracker like jobs of their own. Then the first one
        on a host is measured, for all of them.
        """
        self.has_begun = True
        self.known_metrics = {}
        is_unknown_rank = trainer.world_size > 1 and rank_of(os.environ) is None
        self.ranks_counted_for = trainer.num_devices if is_unknown_rank else 1
        if is_unknown_rank and trainer.local_rank != 0:
            return
        most = trainer.max_epochs
        left = None if most is None or most < 0 else max(0, most - trainer.current_epoch)
        self.marks.begin(type(pl_module).__name__, left)

    @shielded
    def on_sanity_check_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin the span of the check, which belongs to no epoch."""
        self.marks.span_start("sanity_check")

    @shielded
    def on_sanity_check_end(self, trainer: Any, pl_module: Any) -> None:
        """End the span of the check; its metrics mean nothing."""
        self.marks.span_end()

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin an epoch, after metrics that the module has logged at the end of the one before."""
        self.log_late(trainer)
        self.begin_epoch()
        self.follow_stop(trainer)

    @shielded
    def begin_epoch(self) -> None:
        """Begin an epoch; waits while the run is paused."""
        self.train_samples = SampleCount()
        self.marks.epoch_start()

    @shielded
    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        """Begin the epoch of a training that resumes in its middle, which has no start."""
        if not self.marks.is_epoch_open and self.marks.tracker is not None:
            self.begin_epoch()

    @shielded
    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count the samples of the batch."""
        self.train_samples.add(batch)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """End the epoch."""
        self.end_epoch(trainer)
        self.follow_stop(trainer)

    @shielded
    def end_epoch(self, trainer: Any) -> None:
        """End the epoch with its samples and metrics."""
        self.known_metrics = numeric_metrics(trainer.callback_metrics)
        self.marks.epoch_end(self.of_ranks(self.train_samples), "samples", self.known_metrics)

    @shielded
    def log_late(self, trainer: Any) -> None:
        """Log what came after the end of the epoch, as from the module's own `on_train_epoch_end`."""
        self.marks.log(self.changed_metrics(trainer))

    def changed_metrics(self, trainer: Any) -> dict[str, float]:
        """Return the metrics that are new or have changed since this was last asked."""
        before, self.known_metrics = self.known_metrics, numeric_metrics(trainer.callback_metrics)
        return {name: value for name, value in self.known_metrics.items() if before.get(name) != value}

    @shielded
    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin the span of a validation, unless the sanity check has begun its own around it."""
        self.changed_metrics(trainer)
        self.span_samples = SampleCount()
        self.marks.span_start("validation")

    @shielded
    def on_validation_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        """Count the samples of the batch."""
        self.span_samples.add(batch)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """End the span; a training of one endless epoch can be stopped here."""
        if trainer.sanity_checking:
            return
        self.end_span(trainer)
        if self.is_training:
            self.follow_stop(trainer)

    @shielded
    def on_test_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin the span of a test, where a tracker runs around it."""
        self.span_samples = SampleCount()
        self.marks.span_start("test")

    on_test_batch_end = on_validation_batch_end

    def on_test_end(self, trainer: Any, pl_module: Any) -> None:
        """End the span."""
        self.end_span(trainer)

    @shielded
    def end_span(self, trainer: Any) -> None:
        """End the span with its samples and with the metrics that it has brought."""
        self.marks.span_end(self.of_ranks(self.span_samples), self.changed_metrics(trainer))

    def of_ranks(self, count: SampleCount) -> float | None:
        """Return the samples of the ranks that this one counts for; Lightning gives all the same number."""
        return None if count.total is None else count.total * self.ranks_counted_for

    @shielded
    def follow_stop(self, trainer: Any) -> None:
        """Have the trainer stop on every rank if one of them was asked to.

        All ranks must come here alike, whether they are measured or not.
        """
        is_asked = self.marks.should_stop
        if trainer.world_size > 1:
            # A rank that left alone would have the others wait for it for ever.
            is_asked = trainer.strategy.reduce_boolean_decision(is_asked, all=False)
        if is_asked:
            self.marks.is_stop_followed = True
            trainer.should_stop = True

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the last metrics."""
        self.is_training = False
        self.log_late(trainer)

    @shielded
    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """End the run: stopped by Ctrl-C or a signal, else failed."""
        self.is_training = False
        self.marks.end(state_of(exception))

    @shielded
    def teardown(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """End the run."""
        if stage == "fit":
            self.marks.end("finished")
