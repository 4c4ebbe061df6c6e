"""The callback for the Trainer of Hugging Face Transformers.

Order of the events and what `TrainerState` holds: Transformers documentation, "Callbacks".
"""
# ruff: noqa: ARG002 - hooks have the arguments that the framework passes

import sys
from typing import Any

from energyvis_tracker.integrations.framework import callback_base
from energyvis_tracker.integrations.training_marks import EndsWithBlock, TrainingMarks, shielded
from energyvis_tracker.tracker import EnergyTracker

TrainerCallback: Any = callback_base("TrainerCallback", "transformers.trainer_callback")


class EnergyTrainerCallback(EndsWithBlock, TrainerCallback):  # type: ignore[misc]  # as in lightning.py
    """Measures `Trainer.train`: its epochs, with the evaluations as spans in them.

    An epoch goes on to the next one, so that what the Trainer does at its end (log, evaluate, save) belongs
    to it. The first evaluation of a step is a span from its beginning. When another one begins the
    Trainer does not tell, so that its span begins with its second batch.

    The Trainer tells its callbacks of no exception. Where one may be caught outside, use the callback as
    a context around `train()`; elsewhere the run ends as failed when the program does, or when the next
    training begins.

    Parameters
    ----------
    tracker
        The tracker to mark. One that runs already is neither started nor stopped here.
    arguments
        Those of `EnergyTracker`, where no tracker is given. The name is by default the Trainer's
        `run_name`, else that of the model's class; the number of epochs is the Trainer's.

    Raises
    ------
    ConfigurationError
        If an argument cannot be meant.
    """

    def __init__(self, tracker: EnergyTracker | None = None, **arguments: Any) -> None:
        super().__init__()
        self.marks = TrainingMarks(tracker, arguments)
        self.is_training = False
        self.batches = 0
        self.skipped_batches = 0
        self.tokens_before = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start the run."""
        self.is_training = True
        self.begin(args, state, kwargs.get("model"))

    @shielded
    def begin(self, args: Any, state: Any, model: Any) -> None:
        """Start the run; an evaluation may come before its first epoch."""
        left = state.num_train_epochs - int(state.epoch or 0)
        self.marks.begin(run_name(args, model), max(0, left))
        self.tokens_before = state.num_input_tokens_seen
        if getattr(args, "eval_on_start", False):
            self.marks.span_start("evaluate")

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """End the epoch before, and begin one; the one step that comes before a stop is in none."""
        self.end_epoch(args, state, **kwargs)
        self.follow_stop(args, control)
        if not control.should_training_stop:
            self.begin_epoch(state, **kwargs)
            self.follow_stop(args, control)

    @shielded
    def begin_epoch(self, state: Any, train_dataloader: Any = None, **kwargs: Any) -> None:
        """Begin an epoch; a training that resumes has taken a part of it before."""
        self.batches = 0
        self.marks.epoch_start()
        part_taken = (state.epoch or 0) % 1
        self.skipped_batches = round(part_taken * len(train_dataloader)) if part_taken else 0

    @shielded
    def end_epoch(self, args: Any, state: Any, train_dataloader: Any = None, **kwargs: Any) -> None:
        """End the open epoch with what this rank did: tokens where the Trainer counts them, else samples."""
        self.marks.span_end()
        tokens, self.tokens_before = (
            state.num_input_tokens_seen - self.tokens_before,
            state.num_input_tokens_seen,
        )
        if tokens:  # of all ranks together
            self.marks.epoch_end(tokens / args.world_size, "tokens")
            return
        samples = self.batches * args.train_batch_size
        if (most := dataset_samples(train_dataloader, args.world_size)) is not None:
            samples = min(samples, most - self.skipped_batches * args.train_batch_size)
        self.marks.epoch_end(samples, "samples")

    @shielded
    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """End the span of an evaluation that was announced and did not come."""
        self.marks.span_end()

    @shielded
    def on_substep_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Count a batch whose gradients are only kept."""
        self.batches += 1

    @shielded
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Count a batch; an evaluation may follow."""
        self.batches += 1
        if control.should_evaluate:
            self.marks.span_start("evaluate")

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Keep the epoch open for what follows; an evaluation may."""
        if control.should_evaluate:
            self.marks.span_start("evaluate")
        self.follow_stop(args, control)

    @shielded
    def on_prediction_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin the span of an evaluation that nothing has announced."""
        self.marks.span_start("evaluate")

    @shielded
    def on_evaluate(
        self,
        args: Any,
        state: Any,
        control: Any,
        metrics: Any = None,
        eval_dataloader: Any = None,
        **kwargs: Any,
    ) -> None:
        """End the span of an evaluation."""
        self.marks.span_end(dataset_samples(eval_dataloader, args.world_size), metrics)

    @shielded
    def on_predict(self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any) -> None:
        """End the span of a prediction."""
        self.marks.span_end(logged=metrics)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Keep what the Trainer logs; a training of one endless epoch can be stopped here."""
        self.marks.log(logs)
        if self.is_training:
            self.follow_stop(args, control)

    @shielded
    def follow_stop(self, args: Any, control: Any) -> None:
        """Have the Trainer stop on every rank if one of them was asked to.

        All ranks must come here alike, whether they are measured or not.
        """
        if asked_on_any_rank(self.marks.should_stop, args):
            self.marks.is_stop_followed = True
            control.should_training_stop = True

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """End the last epoch and the run."""
        self.is_training = False
        self.end_epoch(args, state, **kwargs)
        self.marks.end("finished")


def run_name(args: Any, model: Any) -> str:
    """Return the Trainer's `run_name`, or the name of the model's class where it is left to its default."""
    name = getattr(args, "run_name", None)
    return str(name) if name and name != args.output_dir else type(model).__name__


def dataset_samples(dataloader: Any, world_size: int) -> int | None:
    """Return how many samples of a data loader's set fall to one rank, or none where it has no length."""
    dataset = getattr(dataloader, "dataset", None)
    try:
        return -(-len(dataset) // world_size)  # type: ignore[arg-type]  # whether it has a length is what is tried
    except TypeError:
        return None


def asked_on_any_rank(is_asked: bool, args: Any) -> bool:
    """Return whether any rank was asked to stop; those of a rank that left alone would wait."""
    torch = sys.modules.get("torch")
    if args.world_size <= 1 or torch is None or not torch.distributed.is_initialized():
        return is_asked
    flag = torch.tensor(int(is_asked), device=args.device)
    torch.distributed.all_reduce(flag, torch.distributed.ReduceOp.MAX)
    return bool(flag.item())
