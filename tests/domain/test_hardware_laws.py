"""Laws of exchanging a machine that hold for every pair of machines, and EnergyVis's published numbers."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from energyvis_panel.domain.hardware import Chip, DeviceKind, HardwareChange, HardwareError, Piece, Precision
from energyvis_panel.domain.hardware_effect import change_text, effect_of, piece_edits, remarks
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, Provenance

WATTS = st.floats(1, 2000)
RATES = st.floats(1e-2, 1e4)
COUNTS = st.integers(1, 512)
EFFICIENCIES = st.floats(0.5, 1)


def chip(name: str, kind: str, power_w: float | None, rate: float | None, method: str = "vendor") -> Chip:
    return Chip(name, kind, "V", name, power_w, rate, None, None, None, method, "test")


@st.composite
def pieces(draw: st.DrawFn, name: str, kind: DeviceKind = "gpu", most: int = 3) -> tuple[Piece, ...]:
    drawn = draw(st.lists(st.tuples(WATTS, RATES, COUNTS), min_size=1, max_size=most))
    return tuple(Piece(chip(f"{name}{i}", kind, w, r), n) for i, (w, r, n) in enumerate(drawn))


@st.composite
def machines(draw: st.DrawFn, name: str) -> tuple[Piece, ...]:
    gpus = draw(st.just(()) | pieces(f"{name}g"))
    cpus = draw(pieces(f"{name}c", "cpu")) if not gpus else draw(st.just(()) | pieces(f"{name}c", "cpu"))
    return (*gpus, *cpus)


def factors(change: HardwareChange) -> dict[tuple[str, str], float]:
    return {(move.source, move.target): move.factor for move in change.transfers()}


def workers_factor(before: Sequence[Piece], after: Sequence[Piece], **settings: float) -> float:
    return HardwareChange(tuple(before), tuple(after), "fp32", **settings).transfers()[0].factor


def energy(gpu: float | None = None, cpu: float | None = None, dram: float | None = None) -> EnergyProfile:
    joules = EnergyByKind(gpu=gpu, cpu=cpu, dram=dram)
    return EnergyProfile("p", "p", (Epoch(0, 100.0, joules),), (), Provenance("test", "counter"))


@given(machines("a"), EFFICIENCIES)
def test_the_same_machine_changes_nothing(machine: tuple[Piece, ...], efficiency: float) -> None:
    change = HardwareChange(machine, machine, "fp32", efficiency)
    found = factors(change)
    assert change.duration_factor() == pytest.approx(1)
    assert all(source == target for source, target in found)
    assert list(found.values()) == pytest.approx([1] * len(found))
    kinds = {piece.chip.device_kind for piece in machine} | {"dram", "other"}
    assert {source for source, _ in found} >= kinds


@given(pieces("a"), WATTS, RATES, COUNTS, COUNTS)
def test_the_number_of_equal_chips_cancels_in_the_energy_of_the_workers(
    before: tuple[Piece, ...], power_w: float, rate: float, few: int, many: int
) -> None:
    other = chip("b", "gpu", power_w, rate)
    one = workers_factor(before, (Piece(other, few),))
    assert workers_factor(before, (Piece(other, many),)) == pytest.approx(one)


@given(pieces("a"), pieces("b"))
def test_twice_the_chips_halve_the_duration(before: tuple[Piece, ...], after: tuple[Piece, ...]) -> None:
    twice = tuple(Piece(piece.chip, 2 * piece.count) for piece in after)
    once = HardwareChange(before, after).duration_factor()
    assert HardwareChange(before, twice).duration_factor() == pytest.approx(once / 2)


@given(machines("a"), machines("b"), st.data())
def test_more_watts_never_mean_less_energy(
    before: tuple[Piece, ...], after: tuple[Piece, ...], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(after) - 1))
    old = after[place].chip
    hotter = chip("hot", old.kind, (old.tdp_w or 0) * data.draw(st.floats(1, 10)), old.fp32_tflops)
    raised = (*after[:place], Piece(hotter, after[place].count), *after[place + 1 :])
    profile = energy(gpu=500.0, cpu=100.0, dram=10.0)
    less = effect_of(profile, HardwareChange(before, after)).energy_factor
    more = effect_of(profile, HardwareChange(before, raised)).energy_factor
    assert less is not None
    assert more is not None
    assert more >= less * (1 - 1e-12)


@given(pieces("a", most=1), WATTS, RATES, COUNTS, st.floats(0.5, 0.99))
def test_imperfect_scaling_makes_more_chips_cost_energy(
    before: tuple[Piece, ...], power_w: float, rate: float, count: int, efficiency: float
) -> None:
    other = chip("b", "gpu", power_w, rate)
    few = workers_factor(before, (Piece(other, count),), efficiency=efficiency)
    many = workers_factor(before, (Piece(other, 2 * count),), efficiency=efficiency)
    assert many == pytest.approx(few / efficiency)


@given(pieces("g"), pieces("c", "cpu"), EFFICIENCIES)
def test_from_gpus_to_cpus_and_back_leaves_the_energy_of_the_workers(
    gpus: tuple[Piece, ...], cpus: tuple[Piece, ...], efficiency: float
) -> None:
    there = factors(HardwareChange(gpus, cpus, "fp32", efficiency))["gpu", "cpu"]
    back = factors(HardwareChange(cpus, gpus, "fp32", efficiency))["cpu", "gpu"]
    assert there * back == pytest.approx(1)


@given(pieces("a"), pieces("b"), pieces("h", "cpu"), COUNTS)
def test_hosts_follow_their_watts_and_the_duration(
    before: tuple[Piece, ...], after: tuple[Piece, ...], hosts: tuple[Piece, ...], times: int
) -> None:
    more = tuple(Piece(piece.chip, piece.count * times) for piece in hosts)
    change = HardwareChange((*before, *hosts), (*after, *more))
    found = factors(change)
    assert found["cpu", "cpu"] == pytest.approx(times * change.duration_factor())
    assert found["dram", "dram"] == found["other", "other"] == change.duration_factor()
    assert ("cpu", "cpu") not in factors(HardwareChange((*before, *hosts), after))
    assert factors(HardwareChange(before, after))["cpu", "cpu"] == change.duration_factor()


@given(pieces("g"), pieces("c", "cpu"), pieces("h", "cpu"))
def test_what_becomes_of_hosts_when_the_kind_of_worker_changes(
    gpus: tuple[Piece, ...], cpus: tuple[Piece, ...], hosts: tuple[Piece, ...]
) -> None:
    to_cpus = factors(HardwareChange((*gpus, *hosts), cpus))
    assert set(to_cpus) == {("gpu", "cpu"), ("dram", "dram"), ("other", "other")}
    change = HardwareChange(cpus, (*gpus, *cpus))
    assert factors(change)["cpu", "cpu"] == pytest.approx(change.duration_factor())


VENDOR: dict[str, tuple[float, float, float | None]] = {
    "V100 SXM2": (300, 15.7, 125),
    "T4": (70, 8.1, 65),
    "A100 SXM4": (400, 19.5, 312),
    "L4": (72, 30.3, 121),
    "RTX 4090": (450, 82.6, 165.2),
    "H100 SXM5": (700, 67.0, 989.5),
    "B200": (1000, 75.0, 2250),
    "MI300X": (750, 163.4, 1307.4),
}
GFLOPS_PER_WATT = {
    "V100 SXM2": (52, 417),
    "T4": (116, 929),
    "A100 SXM4": (49, 780),
    "L4": (421, 1681),
    "RTX 4090": (184, 367),
    "H100 SXM5": (96, 1413),
    "B200": (75, 2250),
    "MI300X": (218, 1743),
}
"""Rounded, at FP32 and at FP16 matrix: the vendors' figures over their watts."""


def sold(name: str) -> Chip:
    power_w, fp32, fp16 = VENDOR[name]
    return Chip(name, "gpu", "", name, power_w, fp32, None, fp16, None, "vendor", "data sheet")


@pytest.mark.parametrize("name", list(VENDOR))
@pytest.mark.parametrize(("precision", "column"), [("fp32", 0), ("fp16", 1)])
def test_one_card_type_a_side_gives_the_papers_formula(name: str, precision: Precision, column: int) -> None:
    change = HardwareChange((Piece(sold("V100 SXM2"), 4),), (Piece(sold(name), 8),), precision)
    expected = GFLOPS_PER_WATT["V100 SXM2"][column] / GFLOPS_PER_WATT[name][column]
    assert factors(change)["gpu", "gpu"] == pytest.approx(expected, rel=0.012)


def harmonic_mean(values: Sequence[float]) -> float:
    return len(values) / sum(1 / value for value in values)


@given(WATTS, RATES, COUNTS, WATTS, RATES, COUNTS)
def test_it_equals_what_energyvis_computes_for_one_card_type_a_side(
    power_w: float, rate: float, count: int, other_w: float, other_rate: float, other_count: int
) -> None:
    # EnergyVis takes the harmonic mean of FLOPS per watt, each card listed as often as there are of it.
    published = harmonic_mean([rate / power_w] * count) / harmonic_mean([other_rate / other_w] * other_count)
    before = (Piece(chip("a", "gpu", power_w, rate), count),)
    after = (Piece(chip("b", "gpu", other_w, other_rate), other_count),)
    assert workers_factor(before, after) == pytest.approx(published)


def test_mixed_cards_count_as_busy_equally_long_where_energyvis_lets_them_do_equal_work() -> None:
    # V100 and K80 with the efficiencies of EnergyVis's table: 22.5 GFLOPS/W by harmonic mean, 36.0 by sums.
    v100, k80 = chip("V100", "gpu", 250, 15.67), chip("K80", "gpu", 300, 4.113)
    reference = chip("one", "gpu", 1, 1e-3)
    mixed = workers_factor((Piece(reference, 1),), (Piece(v100, 1), Piece(k80, 1)))
    assert 1 / mixed == pytest.approx((15.67 + 4.113) / 550 * 1000)
    assert 1 / mixed == pytest.approx(36.0, rel=0.01)
    assert harmonic_mean([15670 / 250, 4113 / 300]) == pytest.approx(22.5, rel=0.01)


def test_a_chip_works_in_the_next_wider_format_it_has() -> None:
    old = Chip("old", "gpu", "", "Old", 100, 10.0, None, None, None, "vendor", "t")
    new = Chip("new", "gpu", "", "New", 100, 20.0, 80.0, 160.0, None, "vendor", "t", matrix_method="derived")
    change = HardwareChange((Piece(old, 1),), (Piece(new, 1),), "fp8")
    assert change.duration_factor() == pytest.approx(10 / 160)
    assert (new.working_precision("fp8"), new.rate_method("fp8")) == ("fp16", "derived")
    assert (old.working_precision("tf32"), old.rate_method("tf32")) == ("fp32", "vendor")
    said = remarks(energy(gpu=1.0), change)
    assert "Old counts with its FP32 rate: none at FP8 matrix is known." in said
    assert "New counts with its FP16/BF16 matrix rate: none at FP8 matrix is known." in said


def test_a_rate_that_only_narrower_formats_have_is_no_rate() -> None:
    tpu = Chip("tpu", "accelerator", "", "TPU", 192, None, None, 275.0, None, "vendor", "t")
    plain = chip("a", "gpu", 100, 10)
    assert HardwareChange((Piece(tpu, 1),), (Piece(tpu, 4),)).duration_factor() == pytest.approx(0.25)
    with pytest.raises(HardwareError, match="TPU: its FP32 rate is not known"):
        HardwareChange((Piece(plain, 1),), (Piece(tpu, 1),)).duration_factor()


def test_without_any_rate_power_is_exchanged_at_equal_time() -> None:
    old, new = chip("Old", "cpu", 100, None, "none"), chip("New", "cpu", 150, 3.0, "cores_clock_simd")
    change = HardwareChange((Piece(old, 2),), (Piece(new, 1),))
    assert change.is_equal_time()
    assert change.duration_factor() == 1
    assert change.uncertainty() == 1
    assert factors(change)["cpu", "cpu"] == pytest.approx(150 / 200)
    assert "Equal time, not equal work: the rate of Old is not known" in remarks(energy(cpu=1.0), change)[0]
    gpu = chip("G", "gpu", 300, 15)
    with pytest.raises(HardwareError, match="Old: its FP32 rate is not known"):
        HardwareChange((Piece(gpu, 1),), (Piece(old, 2),)).transfers()
    more = HardwareChange((Piece(old, 2),), (Piece(old, 4),))
    assert not more.is_equal_time()
    assert more.duration_factor() == pytest.approx(0.5)


def test_estimated_rates_give_a_band_that_cancels_between_equal_chips() -> None:
    one, other = (chip(name, "cpu", 100, 3.0, "cores_clock_simd") for name in ("A", "B"))
    gpu = chip("G", "gpu", 300, 15)
    assert HardwareChange((Piece(gpu, 1),), (Piece(one, 1),)).uncertainty() == 2
    assert HardwareChange((Piece(one, 1),), (Piece(other, 1),)).uncertainty() == 4
    assert HardwareChange((Piece(one, 1),), (Piece(one, 5),)).uncertainty() == 1
    # Hosts set no pace, so their rates do not matter.
    assert HardwareChange((Piece(gpu, 1), Piece(one, 1)), (Piece(gpu, 2), Piece(other, 1))).uncertainty() == 1
    effect = effect_of(energy(gpu=100.0), HardwareChange((Piece(gpu, 1),), (Piece(one, 1),)))
    assert effect.energy_factor == pytest.approx(100 / 300 * 5)
    assert effect.band_text() == (
        "A CPU's rate is an estimate, within a factor of 2: energy from \u221217 % to × 3.33, "
        "time from × 2.50 to × 10.0."
    )


def test_an_unnamed_kind_is_never_lost_and_a_lost_one_is_told() -> None:
    cpus = (Piece(chip("A", "cpu", 100, 1), 1),)
    assert factors(HardwareChange(cpus, cpus))["gpu", "gpu"] == 1
    moved = HardwareChange(cpus, (Piece(chip("G", "gpu", 300, 15), 1),))
    assert any("names no GPU" in text for text in remarks(energy(gpu=5.0, cpu=5.0), moved))
    assert not any("names no GPU" in text for text in remarks(energy(cpu=5.0), moved))
    gpus = (Piece(chip("G", "gpu", 300, 15), 1),)
    assert "CPUs added here change nothing" in remarks(energy(gpu=1.0), HardwareChange(gpus, gpus + cpus))[0]


@given(machines("a"), machines("b"))
def test_every_piece_is_in_one_edit_and_all_edits_together_are_the_machine(
    before: tuple[Piece, ...], after: tuple[Piece, ...]
) -> None:
    edits = piece_edits(before, after)
    assert [edit.before for edit in edits if edit.before] == list(before)
    assert sorted(id(edit.after) for edit in edits if edit.after) == sorted(map(id, after))
    for edit in edits:
        if edit.before and edit.after:
            assert edit.before.chip.device_kind == edit.after.chip.device_kind
        alone = edit.alone(edits)
        assert len(alone) == len(before) + (edit.before is None) - (edit.after is None)


def test_equal_chips_are_paired_before_others_of_their_kind() -> None:
    a, b, c = (chip(name, "gpu", 100, 1) for name in "ABC")
    edits = piece_edits((Piece(a, 1), Piece(b, 2)), (Piece(b, 4), Piece(c, 1)))
    pairs = [(e.before and e.before.chip.name, e.after and e.after.chip.name) for e in edits]
    assert pairs == [("A", "C"), ("B", "B")]


@given(pieces("a"), pieces("b"), st.floats(0, 1e9), st.none() | st.floats(0, 1e6))
def test_the_effect_is_that_of_the_whole_run(
    before: tuple[Piece, ...], after: tuple[Piece, ...], joules: float, seconds: float | None
) -> None:
    assume(joules == 0 or joules > 1e-6)
    parts = (Epoch(0, seconds, EnergyByKind(gpu=joules)), Epoch(1, 10.0, EnergyByKind(gpu=joules)))
    effect = effect_of(
        EnergyProfile("p", "p", parts, (), Provenance("t", "counter")), HardwareChange(before, after)
    )
    if joules:
        assert effect.energy_factor == pytest.approx(workers_factor(before, after))
    else:
        assert effect.energy_factor is None
        assert effect.text().startswith("energy not known")
    assert effect.duration_before_s == (None if seconds is None else seconds + 10)


def test_changes_in_words() -> None:
    said = {0.59: "\u221241 %", 1.0: "±0 %", 1.0004: "±0 %", 1.034: "+3.4 %", 1.999: "+100 %", 12.5: "× 12.5"}
    assert {factor: change_text(factor) for factor in said} == said
    before, after = (Piece(chip("a", "gpu", 100, 1), 4),), (Piece(chip("b", "gpu", 100, 2), 6),)
    profile = EnergyProfile(
        "p", "p", (Epoch(0, 22_200.0, EnergyByKind(gpu=1.0)),), (), Provenance("t", "counter")
    )
    change = HardwareChange(before, after)
    assert math.isclose(change.duration_factor(), 1 / 3)
    assert effect_of(profile, change).text() == "energy \u221250 %, time 6 h 10 min → 2 h 03 min"


def test_values_out_of_range_are_refused() -> None:
    a = chip("a", "gpu", 1, 1)
    with pytest.raises(HardwareError, match="at least 1"):
        Piece(a, 0)
    for efficiency in (0.0, 1.01, math.nan, -1.0):
        with pytest.raises(HardwareError, match="parallel efficiency"):
            HardwareChange((Piece(a, 1),), (Piece(a, 1),), "fp32", efficiency)
    with pytest.raises(HardwareError, match="at least one GPU or CPU"):
        HardwareChange((Piece(a, 1),), ()).transfers()
    dark = chip("dark", "gpu", None, 1)
    with pytest.raises(HardwareError, match="dark: its power is not known"):
        HardwareChange((Piece(a, 1),), (Piece(dark, 1),)).transfers()
