"""Two runs aligned: nothing is lost, what moved most comes first, and what cannot be compared is named."""

from collections.abc import Mapping
from typing import Any

import pytest

from energyvis_panel.domain.profile import EnergyByKind
from energyvis_panel.domain.run_diff import (
    DiffError,
    Repetition,
    RunWork,
    amount,
    change_per,
    run_diff,
    units_of,
)


def step(joules: float, units: float | None = 10.0, unit: str | None = "sample") -> Repetition:
    return Repetition(EnergyByKind(gpu=joules), 2.0, units, unit)


def work(spans: Mapping[str, tuple[Repetition, ...]] | None = None, **changes: Any) -> RunWork:
    values: dict[str, Any] = {
        "run_id": "R1", "name": "resnet", "energy": EnergyByKind(gpu=1000.0, cpu=100.0), "duration_s": 60.0,
        "sources": {"gpu": frozenset({"counter"}), "cpu": frozenset({"counter"})},
        "attribution": "exclusive", "is_final": True, "gap_samples": 0, "spans": spans or {}, "epochs": {},
        "outside": None,
    }  # fmt: skip
    return RunWork(**values | changes)


def test_spans_are_aligned_by_name_and_sorted_by_joules_moved() -> None:
    a = work({"load": (step(5.0),), "step": (step(100.0), step(100.0)), "gone": (step(30.0),)})
    b = work({"load": (step(6.0),), "step": (step(90.0), step(60.0)), "new": (step(20.0),)})
    diff = run_diff(a, b)
    assert [(item.name, item.change_j) for item in diff.spans] == [
        ("step", -50.0),
        ("gone", -30.0),
        ("new", 20.0),
        ("load", 1.0),
    ]
    (new,) = [item for item in diff.spans if item.name == "new"]
    assert (new.a, new.change) == (None, None)
    assert diff.spans[0].change == -0.25
    assert diff.spans[0].a == amount(a.spans["step"])
    assert [item.name for item in diff.moved][:2] == ["step", "gone"]


def test_devices_keep_their_joules_and_what_was_not_measured_is_no_zero() -> None:
    diff = run_diff(work(), work(energy=EnergyByKind(gpu=1200.0)))
    gpu, cpu = diff.devices
    assert (gpu.name, gpu.change_j) == ("gpu", 200.0)
    assert (cpu.name, cpu.b) == ("cpu", None)
    assert diff.run.change_j == 100.0


def test_epochs_are_aligned_by_index_with_what_lies_outside() -> None:
    a = work(epochs={0: step(10.0), 1: step(10.0)}, outside=Repetition(EnergyByKind(gpu=3.0), 1.0))
    b = work(epochs={1: step(14.0), 2: step(9.0)})
    diff = run_diff(a, b)
    assert [(item.name, item.change_j) for item in diff.epochs] == [
        ("0", -10.0),
        ("2", 9.0),
        ("1", 4.0),
        ("outside the epochs", -3.0),
    ]
    assert run_diff(work(outside=a.outside), work()).epochs == ()


def test_amount_has_units_only_where_all_name_the_same() -> None:
    assert amount(()) is None
    found = amount((step(10.0), step(20.0, 5.0)))
    assert found is not None
    assert (found.energy_per_unit_j, found.power_w, found.repetitions) == (2.0, 7.5, 2)
    for other in (step(1.0, None, None), step(1.0, 3.0, "token")):
        mixed = amount((step(10.0), other))
        assert mixed is not None
        assert mixed.energy_per_unit_j is None


def test_change_per_unit_takes_epochs_before_spans_and_one_span_on_demand() -> None:
    spans = {"step": (step(50.0), step(52.0), step(51.0)), "eval": (step(10.0),)}
    epochs = {i: step(100.0 + i, 10.0, "samples") for i in range(3)}
    diff = run_diff(work(spans, epochs=epochs), work(spans, epochs=epochs))
    assert change_per(diff, "sample").a.energy_per_unit_j == pytest.approx(10.1)
    assert change_per(diff, "sample", span="step").a.energy_per_unit_j == pytest.approx(5.1)
    assert change_per(diff, "epoch").a.energy_per_unit_j == pytest.approx(101.0)
    assert change_per(diff, "epoch").a.repetitions == 3
    total = change_per(diff, "total")
    assert (total.a.energy_per_unit_j, total.p_value) == (1100.0, None)
    assert units_of(diff.a) == ("samples", "sample")


def test_a_unit_that_a_run_does_not_count_is_named_with_those_it_does() -> None:
    diff = run_diff(work({"step": (step(1.0),)}), work({"step": (step(1.0, 1.0, "token"),)}))
    with pytest.raises(DiffError, match=r"Run B .* no joules per sample.*total, token"):
        change_per(diff, "sample")
    with pytest.raises(DiffError, match="in spans named 'fit'"):
        change_per(diff, "sample", span="fit")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"sources": {"gpu": frozenset({"estimate"}), "cpu": frozenset({"counter"})}},
            "counter in A but est",
        ),
        ({"sources": {"gpu": frozenset({"counter"})}}, "Only run A has joules of the CPU"),
        ({"attribution": "share"}, "A counts by the rule 'exclusive', B by 'share'"),
        ({"is_final": False}, "Run B is still going on"),
        ({"gap_samples": 3}, "Run B has 3 gaps"),
        ({"spans": {"step": (step(1.0, 1.0, "token"),)}}, "'step' counts 'sample' in A but 'token' in B"),
    ],
)
def test_what_makes_runs_hard_to_compare_is_said(changes: dict[str, Any], sentence: str) -> None:
    a = work({"step": (step(1.0),)})
    found = run_diff(a, work(**{"spans": a.spans} | changes)).warnings
    assert len(found) == 1
    assert sentence in found[0]
    assert run_diff(a, a).warnings == ()


def test_counter_and_integrated_power_are_both_measured() -> None:
    integrated = {"gpu": frozenset({"integrated"}), "cpu": frozenset({"counter"})}
    assert run_diff(work(), work(sources=integrated)).warnings == ()
