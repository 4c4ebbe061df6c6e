from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.estimate import (
    HIGH_LOAD,
    LOW_LOAD,
    MEMORY_W_PER_GB,
    MOST_EPOCHS,
    Estimate,
    estimate_id,
    estimate_profile,
)
from energyvis_panel.domain.hardware import HardwareError, Piece
from energyvis_panel.domain.training_work import EstimateError, TrainingWork
from tests.profiles_fixture import CHIPS

GPUS, HOST = Piece(CHIPS["old-gpu"], 4), Piece(CHIPS["host-cpu"], 1)
DAY = Estimate("A day", (GPUS, HOST), 86_400.0, load=0.5, region_id="US-GA", pue=1.2)


def test_energy_is_load_times_rated_watts_times_time() -> None:
    assert DAY.power_w() == {"gpu": 500.0, "cpu": 100.0}
    assert DAY.energy_j() == 600.0 * 86_400
    assert DAY.energy_j(1.0) == 1200.0 * 86_400


def test_memory_counts_only_where_it_is_asked_for_and_whatever_the_load() -> None:
    assert "dram" not in DAY.power_w()
    with_memory = replace(DAY, memory_gb=100.0)
    assert with_memory.power_w()["dram"] == pytest.approx(100 * MEMORY_W_PER_GB)
    assert with_memory.power_w(1.0)["dram"] == with_memory.power_w(0.1)["dram"]


@given(epochs=st.integers(1, 300), load=st.floats(0.01, 2.0), hours=st.floats(0.01, 1e4))
def test_the_profile_holds_the_whole_estimate_in_equal_epochs(epochs: int, load: float, hours: float) -> None:
    estimate = replace(DAY, epochs=epochs, load=load, duration_s=hours * 3600)
    profile = estimate_profile(estimate)
    assert len(profile.epochs) == epochs
    assert len({epoch.energy for epoch in profile.epochs}) == 1
    assert profile.energy().total_j() == pytest.approx(estimate.energy_j())
    assert profile.duration_s() == pytest.approx(estimate.duration_s)


@given(load=st.floats(0.01, 2.0))
def test_the_own_load_lies_always_within_the_band(load: float) -> None:
    low, high = replace(DAY, load=load).band()
    assert low <= load <= high
    assert low <= LOW_LOAD
    assert high >= HIGH_LOAD


def test_the_profile_says_that_it_is_an_estimate_and_what_it_rests_on() -> None:
    profile = estimate_profile(DAY)
    assert profile.provenance.source == "estimate"
    text = " ".join(profile.provenance.assumptions)
    for words in ("Nothing was measured", "50 % of its TDP", "40 to 90 %", "1 d 0 h", "left out", "equal"):
        assert words in text
    assert [(item.kind, item.count, item.chip_id) for item in profile.hardware] == [
        ("gpu", 4, "old-gpu"),
        ("cpu", 1, "host-cpu"),
    ]
    assert (profile.region_id, profile.pue, profile.name) == ("US-GA", 1.2, "A day")


def test_the_assumption_names_what_low_and_high_load_would_give() -> None:
    load = estimate_profile(DAY).provenance.assumptions[1]
    assert "at 40 % the energy is 0.800 times this" in load
    assert "at 90 % 1.80 times" in load


def test_time_from_parameters_and_tokens_is_6_n_d_over_the_rate_in_use() -> None:
    work = TrainingWork(1e9, 1e11, "fp16", 0.5)
    assert work.flops() == 6e20
    assert work.duration_s((GPUS, HOST)) == pytest.approx(6e20 / (4 * 100e12 * 0.5))
    assert "6.00e+20" not in work.text()
    assert "6e+20 FLOPs" in work.text()
    assert "Kaplan et al. 2020" in work.text()
    profile = estimate_profile(replace(DAY, work=work))
    assert profile.precision == "fp16"


def test_a_chip_without_the_format_works_in_the_next_wider_one() -> None:
    assert TrainingWork(1e9, 1e9, "fp16", 1.0).duration_s((HOST,)) == pytest.approx(6e18 / 4e12)


def test_what_cannot_be_computed_is_named() -> None:
    no_rate = Piece(replace(CHIPS["old-gpu"], fp32_tflops=None, fp16_tflops=None), 1)
    with pytest.raises(EstimateError, match="Old GPU: its FP16/BF16 matrix rate is not known"):
        TrainingWork(1e9, 1e9).duration_s((no_rate,))
    with pytest.raises(HardwareError, match="at least one GPU or CPU"):
        TrainingWork(1e9, 1e9).duration_s(())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "no name"),
        ({"name": "x" * 201}, "The name has 201 characters"),
        ({"pieces": ()}, "no chip"),
        ({"pieces": (Piece(replace(CHIPS["old-gpu"], tdp_w=None), 1),)}, "Old GPU: its power is not known"),
        ({"duration_s": 0.0}, "The duration in hours is 0"),
        ({"duration_s": float("nan")}, "The duration in hours is nan"),
        ({"epochs": MOST_EPOCHS + 1}, "The number of epochs is 10001"),
        ({"load": 0.0}, "The load is 0"),
        ({"memory_gb": -1.0}, "The memory in GB is -1"),
        ({"pue": 0.9}, "The PUE is 0.9"),
    ],
)
def test_values_out_of_range_are_refused_by_name(changes: dict[str, object], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        replace(DAY, **changes)  # type: ignore[arg-type] # the wrong values are the point


def test_identifiers_are_words_joined_by_hyphens() -> None:
    assert estimate_id("GPT-3 (175B)") == "estimate-gpt-3-175b"
    assert estimate_id("日本") == "estimate-unnamed"
