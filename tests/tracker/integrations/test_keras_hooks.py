"""The Keras callback, driven in the documented order of the hooks, without Keras."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def keras(load: Any) -> Any:
    return load("keras", "keras.callbacks", "Callback")


@pytest.fixture
def prepared(keras: Any) -> Any:
    """Return a function that makes a callback as `fit` has prepared it."""

    def prepare(*arguments: Any, steps: int | None = 3, epochs: int = 2, **named: Any) -> Any:
        callback = keras.EnergyCallback(*arguments, **named)
        callback.model = SimpleNamespace(name="net", stop_training=False)
        callback.params = {"epochs": epochs, "steps": steps}
        return callback

    return prepare


def train_epoch(callback: Any, epoch: int, batches: int = 3) -> None:
    callback.on_epoch_begin(epoch)
    for batch in range(batches):
        callback.on_train_batch_end(batch, {"loss": 1.0})
    callback.on_test_begin()
    callback.on_test_end({"loss": 0.5})
    callback.on_epoch_end(epoch, {"loss": 1.0, "val_loss": 0.5})


def fit(callback: Any, first_epoch: int = 0, epochs: int = 2) -> None:
    callback.on_train_begin()
    for epoch in range(first_epoch, epochs):
        train_epoch(callback, epoch)
    callback.on_train_end({"loss": 1.0})


def test_a_fit_is_a_run_with_its_epochs_and_validations(prepared: Any, made: Any) -> None:
    fit(prepared())
    (tracker,) = made
    epoch = ["epoch", "span validation", "/span validation", "/epoch"]
    assert tracker.calls == ["start", *epoch, *epoch, "stop finished"]
    assert (tracker.name, tracker.epochs) == ("net", 2)
    assert tracker.ended == [(3, "batches", {"loss": 1.0, "val_loss": 0.5})] * 2
    assert tracker.spans == [("validation", None, {"loss": 0.5})] * 2


def test_a_fit_that_goes_on_plans_what_is_left(prepared: Any, made: Any) -> None:
    fit(prepared(epochs=10), first_epoch=8, epochs=10)
    assert made[0].epochs == 2


def test_each_fit_is_a_run(prepared: Any, made: Any) -> None:
    callback = prepared()
    fit(callback)
    fit(callback)
    assert [tracker.calls[-1] for tracker in made] == ["stop finished"] * 2


@pytest.mark.parametrize(("steps", "batches", "samples"), [(4, 4, 100.0), (4, 2, 50.0), (None, 4, 100.0)])
def test_samples_are_counted_where_their_number_was_given(
    prepared: Any, made: Any, steps: int | None, batches: int, samples: float
) -> None:
    callback = prepared(steps=steps, samples_per_epoch=100)
    callback.on_train_begin()
    train_epoch(callback, 0, batches)
    assert made[0].ended[0][:2] == (samples, "samples")


def test_batches_may_be_told_by_many_threads_in_any_order(prepared: Any, made: Any) -> None:
    callback = prepared()
    assert callback.async_safe
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    threads = [threading.Thread(target=callback.on_train_batch_end, args=(batch,)) for batch in (7, 2, 9, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    callback.on_epoch_end(0)
    assert made[0].ended[0][0] == 10


@pytest.mark.parametrize("boundary", ["begin", "end"])
def test_a_stop_reaches_the_model_and_the_run(prepared: Any, made: Any, boundary: str) -> None:
    callback = prepared()
    callback.on_train_begin()
    train_epoch(callback, 0)
    assert not callback.model.stop_training
    made[0].should_stop = True
    if boundary == "begin":
        callback.on_epoch_begin(1)
    else:
        callback.on_epoch_end(0)
    assert callback.model.stop_training
    callback.on_train_end()
    assert made[0].calls[-1] == "stop stopped"


def test_one_of_several_processes_does_not_stop_alone(
    prepared: Any, made: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(
        "TF_CONFIG", '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 0}}'
    )
    callback = prepared()
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    made[0].should_stop = True
    callback.on_epoch_end(0)
    assert not callback.model.stop_training
    assert "cannot agree" in caplog.text
    callback.on_train_end()
    assert made[0].calls[-1] == "stop finished"


def test_an_evaluation_is_a_span_where_a_tracker_runs_around_it(prepared: Any, running_tracker: Any) -> None:
    callback = prepared(running_tracker)
    fit(callback)
    callback.on_test_begin()
    callback.on_test_end({"loss": 0.25})
    assert running_tracker.spans[-1] == ("evaluate", None, {"loss": 0.25})
    assert running_tracker.is_running


def test_an_evaluation_alone_is_not_measured(prepared: Any, made: Any) -> None:
    callback = prepared()
    callback.on_test_begin()
    callback.on_test_end({"loss": 0.25})
    assert made == []


@pytest.mark.parametrize(("error", "state"), [(ValueError, "failed"), (KeyboardInterrupt, "stopped")])
def test_as_a_context_it_sees_the_exception(
    prepared: Any, made: Any, error: type[BaseException], state: str
) -> None:
    callback = prepared()
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    with pytest.raises(error), callback:
        raise error
    assert made[0].calls == ["start", "epoch", f"stop {state}"]
