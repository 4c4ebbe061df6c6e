"""The Lightning callback, driven in the documented order of the hooks, without Lightning."""

from types import SimpleNamespace
from typing import Any

import pytest


class Module:
    pass


class Array:
    def __init__(self, *shape: int) -> None:
        self.shape = shape


@pytest.fixture
def callback_class(load: Any) -> Any:
    return load("lightning", "lightning.pytorch.callbacks", "Callback").EnergyCallback


def new_trainer(**facts: Any) -> Any:
    defaults = {"max_epochs": 2, "current_epoch": 0, "ckpt_path": None, "sanity_checking": False}
    return SimpleNamespace(
        **defaults | {"world_size": 1, "callback_metrics": {}, "should_stop": False} | facts
    )


def validate(callback: Any, trainer: Any, batches: int = 1, **metrics: float) -> None:
    callback.on_validation_start(trainer, Module())
    for index in range(batches):
        callback.on_validation_batch_end(trainer, Module(), None, [Array(3)], index)
    trainer.callback_metrics |= metrics
    callback.on_validation_end(trainer, Module())


def train_epoch(callback: Any, trainer: Any, batches: list[Any], val_loss: float = 0.5) -> None:
    callback.on_train_epoch_start(trainer, Module())
    for index, batch in enumerate(batches):
        callback.on_train_batch_start(trainer, Module(), batch, index)
        callback.on_train_batch_end(trainer, Module(), None, batch, index)
    validate(callback, trainer, val_loss=val_loss)
    callback.on_train_epoch_end(trainer, Module())


def fit(callback: Any, trainer: Any) -> None:
    """Call the hooks of a fit with a sanity check and two epochs."""
    callback.on_fit_start(trainer, Module())
    callback.on_sanity_check_start(trainer, Module())
    trainer.sanity_checking = True
    validate(callback, trainer)
    trainer.sanity_checking = False
    callback.on_sanity_check_end(trainer, Module())
    callback.on_train_start(trainer, Module())
    for epoch in range(2):
        train_epoch(callback, trainer, [(Array(4, 2), Array(4)), {"x": Array(2)}], val_loss=1 / (epoch + 2))
        trainer.callback_metrics["late"] = epoch
    callback.on_train_end(trainer, Module())
    callback.teardown(trainer, Module(), "fit")


def test_a_fit_is_a_run_with_its_epochs_and_validations(callback_class: Any, made: Any) -> None:
    fit(callback_class(), new_trainer())
    (tracker,) = made
    epoch = ["epoch", "span validation", "/span validation", "/epoch"]
    check = ["span sanity_check", "/span sanity_check"]
    assert tracker.calls == ["start", *check, *epoch, *epoch, "stop finished"]
    assert (tracker.name, tracker.epochs) == ("Module", 2)
    assert tracker.spans[0] == ("sanity_check", None, {})


def test_samples_and_metrics_are_those_of_the_epoch(callback_class: Any, made: Any) -> None:
    fit(callback_class(), new_trainer())
    assert made[0].ended == [
        (6.0, "samples", {"val_loss": 0.5, "late": 0.0}),
        (6.0, "samples", {"val_loss": 1 / 3, "late": 1.0}),
    ]
    assert made[0].spans[1:] == [
        ("validation", 3.0, {"val_loss": 0.5}),
        ("validation", 3.0, {"val_loss": 1 / 3}),
    ]


def test_a_batch_of_unknown_size_leaves_the_number_of_samples_open(callback_class: Any, made: Any) -> None:
    callback, trainer = callback_class(), new_trainer()
    callback.on_fit_start(trainer, Module())
    train_epoch(callback, trainer, [[Array(4)], ["text"], [Array(4)]])
    assert made[0].ended[0][:2] == (None, None)


def test_arguments_come_before_what_the_trainer_says(callback_class: Any, made: Any) -> None:
    fit(callback_class(name="mine", epochs=7, region="FR"), new_trainer())
    assert (made[0].name, made[0].epochs, made[0].arguments) == ("mine", 7, {"region": "FR"})


@pytest.mark.parametrize("most", [-1, None])
def test_a_trainer_without_an_end_plans_no_epochs(callback_class: Any, made: Any, most: int | None) -> None:
    callback_class().on_fit_start(new_trainer(max_epochs=most), Module())
    assert made[0].epochs is None


def test_a_training_that_resumes_plans_what_is_left(callback_class: Any, made: Any) -> None:
    callback, trainer = callback_class(), new_trainer(ckpt_path="last.ckpt", max_epochs=10)
    callback.on_fit_start(trainer, Module())
    trainer.current_epoch = 7  # what the checkpoint said
    callback.on_train_start(trainer, Module())
    assert [tracker.epochs for tracker in made] == [3]


def test_a_training_that_resumes_within_an_epoch_still_has_it(callback_class: Any, made: Any) -> None:
    callback, trainer = callback_class(), new_trainer()
    callback.on_fit_start(trainer, Module())
    callback.on_train_batch_start(trainer, Module(), [Array(4)], 5)
    callback.on_train_batch_end(trainer, Module(), None, [Array(4)], 5)
    callback.on_train_batch_start(trainer, Module(), [Array(4)], 6)
    callback.on_train_epoch_end(trainer, Module())
    assert made[0].calls == ["start", "epoch", "/epoch"]
    assert made[0].ended[0][0] == 4


@pytest.mark.parametrize(
    ("error", "state"),
    [(ValueError(), "failed"), (KeyboardInterrupt(), "stopped"), (SystemExit(), "stopped")],
)
def test_an_exception_ends_the_run_and_its_epoch_stays_unfinished(
    callback_class: Any, made: Any, error: BaseException, state: str
) -> None:
    callback, trainer = callback_class(), new_trainer()
    callback.on_fit_start(trainer, Module())
    callback.on_train_start(trainer, Module())
    callback.on_train_epoch_start(trainer, Module())
    callback.on_validation_start(trainer, Module())
    made[0].should_stop = True
    callback.follow_stop(trainer)
    callback.on_exception(trainer, Module(), error)
    assert made[0].calls[-2:] == ["/span validation", f"stop {state}"]
    assert made[0].ended == []


def test_a_stop_reaches_the_trainer_and_the_run(callback_class: Any, made: Any) -> None:
    callback, trainer = callback_class(), new_trainer()
    callback.on_fit_start(trainer, Module())
    train_epoch(callback, trainer, [])
    assert not trainer.should_stop
    made[0].should_stop = True
    callback.on_train_epoch_start(trainer, Module())
    assert trainer.should_stop
    callback.teardown(trainer, Module(), "fit")
    assert made[0].calls[-2:] == ["/epoch", "stop stopped"]


def test_a_stop_is_followed_in_the_middle_of_an_endless_epoch(callback_class: Any, made: Any) -> None:
    callback, trainer = callback_class(), new_trainer()
    callback.on_fit_start(trainer, Module())
    callback.on_train_start(trainer, Module())
    callback.on_train_epoch_start(trainer, Module())
    made[0].should_stop = True
    validate(callback, trainer)
    assert trainer.should_stop


def test_ranks_stop_together(callback_class: Any, made: Any) -> None:
    asked: list[tuple[bool, bool]] = []

    def another_rank_was_asked(is_asked: bool, *, all: bool) -> bool:  # noqa: A002 - Lightning's own name
        asked.append((is_asked, all))
        return True

    strategy = SimpleNamespace(reduce_boolean_decision=another_rank_was_asked)
    ranks = {"world_size": 2, "num_devices": 2, "local_rank": 0, "strategy": strategy}
    callback, trainer = callback_class(), new_trainer(**ranks)
    callback.on_fit_start(trainer, Module())
    callback.on_train_epoch_start(trainer, Module())
    assert not made[0].should_stop
    assert asked == [(False, False)]
    assert trainer.should_stop


def test_a_test_is_a_span_where_a_tracker_runs_around_it(callback_class: Any, running_tracker: Any) -> None:
    tracker = running_tracker
    callback, trainer = callback_class(tracker), new_trainer()
    callback.on_test_start(trainer, Module())
    callback.on_test_batch_end(trainer, Module(), None, [Array(5)], 0)
    callback.on_test_end(trainer, Module())
    callback.teardown(trainer, Module(), "test")
    assert tracker.spans == [("test", 5.0, {})]
    assert tracker.is_running


def test_a_tracker_that_runs_is_marked_only(callback_class: Any, running_tracker: Any) -> None:
    tracker = running_tracker
    fit(callback_class(tracker), new_trainer())
    assert tracker.calls.count("epoch") == 2
    assert "stop finished" not in tracker.calls
    assert tracker.calls.count("start") == 1


@pytest.mark.parametrize(("local_rank", "runs"), [(0, [(24.0, "samples")]), (1, [])])
def test_of_ranks_that_lightning_forks_the_first_on_a_host_counts_for_all(
    callback_class: Any, made: Any, local_rank: int, runs: list[tuple[float, str]]
) -> None:
    meetings: list[bool] = []
    strategy = SimpleNamespace(reduce_boolean_decision=lambda is_asked, **_: meetings.append(is_asked))
    ranks = {"world_size": 8, "num_devices": 4, "local_rank": local_rank, "strategy": strategy}
    fit(callback_class(), new_trainer(**ranks))
    assert [tracker.ended[0][:2] for tracker in made] == runs
    assert len(meetings) == 6  # a rank that is not measured comes to every one, or the others would wait


def test_ranks_that_the_tracker_knows_are_each_measured(
    callback_class: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "8")
    strategy = SimpleNamespace(reduce_boolean_decision=lambda is_asked, **_: is_asked)
    ranks = {"world_size": 8, "num_devices": 4, "local_rank": 1, "strategy": strategy}
    fit(callback_class(), new_trainer(**ranks))
    assert made[0].ended[0][:2] == (6.0, "samples")
