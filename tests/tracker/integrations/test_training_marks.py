"""What all callbacks share: names of metrics, the shield, trainings that were cut off."""

import gc
import importlib
import logging
import pickle
import sys
from typing import Any

import pytest

from energyvis_tracker import ConfigurationError, EnergyTracker
from energyvis_tracker.integrations.framework import callback_base
from energyvis_tracker.integrations.metric_names import numeric_metrics
from energyvis_tracker.integrations.sample_count import batch_size
from energyvis_tracker.integrations.training_marks import TrainingMarks, shielded


class OneElement:
    def __float__(self) -> float:
        return 2.5


class ManyElements:
    def __float__(self) -> float:
        raise RuntimeError("a Tensor with 4 elements cannot be converted to Scalar")


def test_only_numbers_are_metrics() -> None:
    logged = {"a": 1, "b": OneElement(), "c": ManyElements(), "d": "3", "e": None, "f": [1], "g": 10**400}
    assert numeric_metrics(logged) == {"a": 1.0, "b": 2.5}
    assert numeric_metrics(None) == {}


def test_names_become_safe_and_stay_apart() -> None:
    logged = {"val/loss": 1, "val_loss": 2, "val.loss": 3, "self": 4, "präzision": 5, "": 6, 7: 7}
    assert numeric_metrics(logged) == {  # type: ignore[arg-type]  # frameworks do not check names
        "val_loss_2": 1,
        "val_loss": 2,
        "val_loss_3": 3,
        "self_2": 4,
        "pr_zision": 5,
        "_": 6,
        "7": 7,
    }


def test_a_mistake_in_the_arguments_shows_where_it_is_written() -> None:
    with pytest.raises(ConfigurationError, match="region"):
        TrainingMarks(None, {"region": "nowhere"})
    with pytest.raises(ConfigurationError, match="name="):
        TrainingMarks("resnet", {})  # type: ignore[arg-type]  # the mistake that is tested
    with pytest.raises(ConfigurationError, match="epochs cannot be given"):
        TrainingMarks(EnergyTracker("x"), {"epochs": 3})


def test_a_callback_can_be_sent_to_the_processes_of_a_launcher() -> None:
    marks = pickle.loads(pickle.dumps(TrainingMarks(None, {"name": "x"})))  # noqa: S301 - our own bytes
    assert marks.arguments == {"name": "x"}


@pytest.mark.usefixtures("made")
def test_a_hook_that_fails_is_logged_once_and_the_training_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    @shielded
    def hook() -> None:
        raise OSError("the reason")

    with caplog.at_level(logging.WARNING, "energyvis_tracker"):
        hook()
        hook()
    assert caplog.text.count("the training goes on") == 1
    assert "the reason" in caplog.text


def test_a_tracker_that_fails_everywhere_disturbs_nothing(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = TrainingMarks(None, {})

    def fail(*_: object, **__: object) -> None:
        raise OSError

    marks.begin("net", 3)
    for method in ("epoch_start", "epoch_end", "log", "span", "stop"):
        monkeypatch.setattr(made[0], method, fail)
    monkeypatch.setattr(type(made[0]), "should_stop", property(fail), raising=False)
    del made[0].__dict__["should_stop"]
    assert marks.should_stop is False
    marks.epoch_start()
    marks.span_start("validation")
    marks.span_end(1, {"loss": 1})
    marks.log({"loss": 1})
    marks.is_epoch_open = True
    marks.epoch_end(1, "samples", {"loss": 1})
    marks.end("finished")


def test_a_callback_that_is_dropped_leaves_no_run_open(made: Any) -> None:
    marks = TrainingMarks(None, {})
    marks.begin("net", 3)
    del marks
    gc.collect()
    assert made[0].calls == ["start", "stop failed"]


def test_a_run_that_has_ended_is_not_ended_again(made: Any) -> None:
    marks = TrainingMarks(None, {})
    marks.begin("net", 3)
    marks.end("finished")
    del marks
    gc.collect()
    assert made[0].calls == ["start", "stop finished"]


@pytest.mark.parametrize(("error", "state"), [("ValueError", "failed"), ("KeyboardInterrupt", "stopped")])
def test_an_exception_that_ends_the_program_ends_the_run(
    lake: Any, run_job: Any, error: str, state: str
) -> None:
    run_job(
        "from energyvis_tracker.integrations.training_marks import TrainingMarks\n"
        "marks = TrainingMarks(None, {'quiet': True})\n"
        f"marks.begin('net', 3)\nmarks.epoch_start()\nraise {error}"
    )
    assert lake.run()["state"] == state


def test_a_framework_that_is_not_installed_is_named() -> None:
    with pytest.raises(ImportError, match="needs no_such or nor_this, which is not installed"):
        callback_base("Callback", "no_such.callbacks", "nor_this.callbacks")


def test_the_framework_that_the_program_uses_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "html.entities", raising=False)
    monkeypatch.delitem(sys.modules, "html", raising=False)
    importlib.import_module("email.message")
    module = callback_base("__name__", "html.entities", "email.message")
    assert module == "email.message"


def test_a_module_that_is_missing_inside_the_framework_is_its_own_error(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_framework.py").write_text("import a_part_that_is_missing\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="a_part_that_is_missing"):
        callback_base("Callback", "broken_framework")


def test_importing_the_tracker_imports_no_integration(run_job: Any) -> None:
    job = run_job("import energyvis_tracker, sys\nprint('energyvis_tracker.integrations' in sys.modules)")
    assert job.stdout == "False\n"


def test_the_size_of_a_batch_is_that_of_its_first_array() -> None:
    class Array:
        def __init__(self, *shape: int) -> None:
            self.shape = shape

    assert batch_size({"x": [Array(5, 3), Array(1)]}) == 5
    unknown: list[Any] = [Array(), [], {}, "text", None, [["text"]]]
    assert [batch_size(batch) for batch in unknown] == [None] * 6
