"""The callback of the Transformers Trainer, driven in the documented order, without Transformers."""

from types import SimpleNamespace
from typing import Any

import pytest


class Model:
    pass


class TrainerEvents:
    """Calls a callback as the Trainer does: two batches an epoch, and an evaluation where one is due."""

    def __init__(self, callback: Any, samples: int = 7, **arguments: Any) -> None:
        self.callback = callback
        defaults = {"output_dir": "out", "run_name": None, "world_size": 1, "train_batch_size": 4}
        self.args = SimpleNamespace(**defaults | arguments)
        self.state = SimpleNamespace(epoch=0, num_train_epochs=2, num_input_tokens_seen=0)
        self.control = SimpleNamespace(should_evaluate=False, should_training_stop=False)
        loader = Loader(samples)
        self.more = {"model": Model(), "train_dataloader": loader, "eval_dataloader": Loader(9)}

    def call(self, event: str, **more: Any) -> None:
        getattr(self.callback, event)(self.args, self.state, self.control, **self.more | more)

    def evaluate(self, prefix: str = "eval") -> None:
        self.call("on_prediction_step")
        self.call("on_prediction_step")
        metrics = {f"{prefix}_loss": 0.25}
        self.call("on_log", logs=dict(metrics))
        self.control.should_evaluate = False
        self.call("on_evaluate", metrics=metrics)

    def step(self, part: float, tokens: int = 0) -> None:
        self.call("on_step_begin")
        self.state.epoch += part
        self.state.num_input_tokens_seen += tokens
        self.call("on_step_end")

    def epoch(self, steps: int = 2, tokens: int = 0) -> None:
        self.call("on_epoch_begin")
        for _ in range(steps):
            self.step(1 / 2, tokens)
        self.control.should_evaluate = True
        self.call("on_epoch_end")
        self.call("on_log", logs={"loss": self.state.epoch, "note": "text"})
        self.evaluate()

    def train(self) -> None:
        self.call("on_train_begin")
        self.epoch()
        self.epoch()
        self.call("on_log", logs={"train_loss": 0.5})
        self.call("on_train_end")


class Loader:
    def __init__(self, samples: int) -> None:
        self.dataset = range(samples)

    def __len__(self) -> int:
        return (len(self.dataset) + 3) // 4


@pytest.fixture
def callback_class(load: Any) -> Any:
    return load("transformers", "transformers.trainer_callback", "TrainerCallback").EnergyTrainerCallback


def test_what_comes_after_the_steps_of_an_epoch_belongs_to_it(callback_class: Any, made: Any) -> None:
    TrainerEvents(callback_class()).train()
    (tracker,) = made
    epoch = ["epoch", "span evaluate", "/span evaluate", "/epoch"]
    assert tracker.calls == ["start", *epoch, *epoch, "stop finished"]
    assert (tracker.name, tracker.epochs) == ("Model", 2)
    assert tracker.ended == [
        (7, "samples", {"loss": 1.0, "eval_loss": 0.25}),
        (7, "samples", {"loss": 2.0, "eval_loss": 0.25, "train_loss": 0.5}),
    ]
    assert tracker.spans == [("evaluate", 9, {"eval_loss": 0.25})] * 2


@pytest.mark.parametrize(("run_name", "name"), [("mine", "mine"), ("out", "Model"), (None, "Model")])
def test_the_run_is_called_as_the_trainer_calls_it(
    callback_class: Any, made: Any, run_name: str | None, name: str
) -> None:
    TrainerEvents(callback_class(), run_name=run_name).call("on_train_begin")
    assert made[0].name == name


def test_tokens_are_the_units_where_the_trainer_counts_them(callback_class: Any, made: Any) -> None:
    events = TrainerEvents(callback_class(), world_size=2)
    events.state.num_input_tokens_seen = 1000  # of the training before the checkpoint
    events.call("on_train_begin")
    events.epoch(tokens=50)
    events.epoch(steps=1, tokens=60)
    events.call("on_train_end")
    assert [ended[:2] for ended in made[0].ended] == [(50.0, "tokens"), (30.0, "tokens")]


def test_batches_whose_gradients_are_kept_count(callback_class: Any, made: Any) -> None:
    events = TrainerEvents(callback_class(), samples=100)
    events.call("on_train_begin")
    events.call("on_epoch_begin")
    events.call("on_substep_end")
    events.call("on_step_end")
    events.call("on_train_end")
    assert made[0].ended[0][:2] == (8, "samples")


def test_a_training_that_resumes_within_an_epoch_counts_the_rest_of_it(
    callback_class: Any, made: Any
) -> None:
    events = TrainerEvents(callback_class(), samples=7)
    events.state.epoch, events.state.num_train_epochs = 4.5, 6
    events.call("on_train_begin")
    events.call("on_epoch_begin")
    events.step(1 / 2)
    events.call("on_train_end")
    assert made[0].epochs == 2
    assert made[0].ended[0][:2] == (3, "samples")


def test_a_training_without_an_end_plans_no_epochs(callback_class: Any, made: Any) -> None:
    events = TrainerEvents(callback_class())
    events.state.num_train_epochs = 2**63 - 1
    events.call("on_train_begin")
    assert made[0].epochs is None


def test_evaluations_within_an_epoch_are_spans_of_their_own(callback_class: Any, made: Any) -> None:
    events = TrainerEvents(callback_class())
    events.call("on_train_begin")
    events.call("on_epoch_begin")
    for _ in range(2):
        events.control.should_evaluate = True
        events.step(1 / 4)
        events.evaluate("eval_a")
        events.evaluate("eval_b")
    assert made[0].calls == ["start", "epoch", *["span evaluate", "/span evaluate"] * 4]
    assert [list(metrics) for _, _, metrics in made[0].spans] == [["eval_a_loss"], ["eval_b_loss"]] * 2


def test_an_evaluation_at_the_start_is_before_the_first_epoch(callback_class: Any, made: Any) -> None:
    events = TrainerEvents(callback_class(), eval_on_start=True)
    events.call("on_train_begin")
    assert made[0].calls == ["start", "span evaluate"]
    events.evaluate()
    events.call("on_epoch_begin")
    assert made[0].calls == ["start", "span evaluate", "/span evaluate", "epoch"]


def test_an_evaluation_that_does_not_come_is_no_endless_span(callback_class: Any, made: Any) -> None:
    events = TrainerEvents(callback_class())
    events.call("on_train_begin")
    events.call("on_epoch_begin")
    events.control.should_evaluate = True
    events.step(1 / 2)
    events.control.should_evaluate = False
    events.step(1 / 2)
    assert made[0].calls[-2:] == ["span evaluate", "/span evaluate"]


@pytest.mark.parametrize("event", ["on_epoch_begin", "on_epoch_end", "on_log"])
def test_a_stop_reaches_the_trainer_and_the_run(callback_class: Any, made: Any, event: str) -> None:
    events = TrainerEvents(callback_class())
    events.call("on_train_begin")
    events.epoch()
    assert not events.control.should_training_stop
    made[0].should_stop = True
    events.call(event)
    assert events.control.should_training_stop
    events.call("on_train_end")
    assert made[0].calls[-1] == "stop stopped"
    assert made[0].calls.count("epoch") == 1


def test_a_training_cut_off_is_failed_once_the_next_begins(callback_class: Any, made: Any) -> None:
    events = TrainerEvents(callback_class())
    events.call("on_train_begin")
    events.call("on_epoch_begin")
    events.train()
    assert made[0].calls == ["start", "epoch", "stop failed"]
    assert made[1].calls[-1] == "stop finished"


@pytest.mark.parametrize(("error", "state"), [(ValueError, "failed"), (KeyboardInterrupt, "stopped")])
def test_as_a_context_it_sees_the_exception(
    callback_class: Any, made: Any, error: type[BaseException], state: str
) -> None:
    callback = callback_class()
    events = TrainerEvents(callback)
    events.call("on_train_begin")
    events.call("on_epoch_begin")
    with pytest.raises(error), callback:
        raise error
    assert made[0].calls == ["start", "epoch", f"stop {state}"]


def test_a_training_that_ended_stays_finished_at_the_end_of_the_context(
    callback_class: Any, made: Any
) -> None:
    with callback_class() as callback:
        TrainerEvents(callback).train()
    assert [call for call in made[0].calls if call.startswith("stop")] == ["stop finished"]
