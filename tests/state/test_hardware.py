"""The machine of a study: each act is one step that can be undone, and says what could not be done."""

from collections.abc import Sequence

import pytest

from energyvis_panel.data.chip_search import search_chips
from energyvis_panel.domain.edits import PieceChoice
from energyvis_panel.domain.hardware import Chip, Piece, Precision
from energyvis_panel.state.hardware import Machine
from energyvis_panel.state.study import Study
from tests.hardware_fixture import A100, EPYC, H100, machine_study

V100_ID, XEON_ID = "nvidia-tesla-v100-sxm2-32-gb", "intel-xeon-gold-6148"


def machine(profile_id: str = "gpus", precision: Precision | None = None) -> Machine:
    return Machine(machine_study(profile_id, precision), search_chips)


def listed(bench: Machine) -> list[tuple[str, int]]:
    return [(piece.chip_id, piece.count) for piece in bench.pieces()]


def states(bench: Machine) -> list[tuple[str | None, str | None]]:
    return [(written(row.edit.before), written(row.edit.after)) for row in bench.rows()]


def written(piece: Piece | None) -> str | None:
    return f"{piece.count} {piece.chip.chip_id}" if piece else None


def energy_factor(study: Study) -> float:
    assert study.comparison is not None
    return study.comparison.alternatives[0].energy_j() / study.comparison.baseline.energy_j()


def test_it_begins_as_recorded() -> None:
    bench = machine()
    assert listed(bench) == [(V100_ID, 8), (XEON_ID, 2)]
    assert bench.outcome() is None
    assert [row.effect for row in bench.rows()] == [None, None]
    assert bench.moves() == ("cpu",)


def test_a_count_is_one_step_and_the_recorded_one_no_edit() -> None:
    bench = machine()
    assert bench.set_count(0, 16) == ""
    outcome = bench.outcome()
    assert outcome is not None
    assert outcome.effect.duration_factor == pytest.approx(0.5)
    # Twice the GPUs: their energy stays, that of the hosts halves.
    assert outcome.effect.energy_factor == pytest.approx((1 + 0.1 / 2) / 1.1)
    assert energy_factor(bench.study) == pytest.approx(outcome.effect.energy_factor)
    assert bench.set_count(0, 8) == ""
    assert bench.edits.pieces is None
    bench.study.undo()
    assert listed(bench)[0] == (V100_ID, 16)
    bench.study.undo()
    assert not bench.study.can_undo()


def test_each_edit_is_told_by_itself_and_all_together() -> None:
    bench = machine()
    assert bench.exchange(0, PieceChoice("gpu", H100, 4)) == ""
    assert bench.set_count(1, 4) == ""
    assert states(bench) == [(f"8 {V100_ID}", f"4 {H100}"), (f"2 {XEON_ID}", f"4 {XEON_ID}")]
    first, second = (row.effect for row in bench.rows())
    outcome = bench.outcome()
    assert first is not None
    assert second is not None
    assert outcome is not None
    time = 8 * 15.7 / (4 * 67)
    gpus = (4 * 700) / (8 * 300) * time
    assert first.duration_factor == pytest.approx(time)
    assert first.energy_factor == pytest.approx((gpus + 0.1 * time) / 1.1)
    assert second.energy_factor == pytest.approx((1 + 0.2) / 1.1)
    assert second.duration_factor == 1
    assert outcome.effect.energy_factor == pytest.approx((gpus + 0.2 * time) / 1.1)
    assert energy_factor(bench.study) == pytest.approx(outcome.effect.energy_factor)


def test_pieces_are_added_removed_and_restored() -> None:
    bench = machine()
    bench.add(PieceChoice("gpu", A100, 2))
    bench.remove(0)
    assert states(bench) == [
        (f"8 {V100_ID}", f"2 {A100}"),
        (f"2 {XEON_ID}", f"2 {XEON_ID}"),
    ]
    assert bench.restore(0) == ""
    assert bench.edits.pieces is None
    bench.add(PieceChoice("gpu", A100, 2))
    assert states(bench)[-1] == (None, f"2 {A100}")
    assert bench.restore(2) == ""
    assert bench.edits.pieces is None
    bench.remove(1)
    assert states(bench)[1] == (f"2 {XEON_ID}", None)
    row = bench.rows()[1]
    assert (row.place, row.recorded) == (None, 1)
    assert bench.restore(1) == ""
    assert listed(bench) == [(V100_ID, 8), (XEON_ID, 2)]


def test_what_makes_no_machine_is_refused_with_a_sentence_of_its_own() -> None:
    bench = machine("cpus")
    assert bench.remove(0) == "A machine needs at least one GPU or CPU. Add a chip."
    assert bench.edits.pieces is None
    assert bench.study.notice == ""
    assert "must lie from 1" in bench.set_count(0, 0)
    assert "TPU" in bench.add(PieceChoice("gpu", "google-tpu-v4", 1))
    assert not bench.study.can_undo()
    assert bench.set_count(7, 1) == bench.restore(7) == ""


def test_work_moves_between_kinds_and_back() -> None:
    bench = machine()
    assert bench.move_to("cpu") == ""
    assert listed(bench) == [(XEON_ID, 2)]
    outcome = bench.outcome()
    assert outcome is not None
    assert outcome.effect.uncertainty == 2
    assert "The CPUs do the work of the GPUs" in outcome.remarks[0]
    assert bench.moves() == ("gpu",)
    assert bench.move_to("gpu") == ""
    assert bench.edits.pieces is None


def test_hosts_of_no_known_rate_give_way_to_stock_cpus() -> None:
    bench = machine("plain hosts")
    assert bench.move_to("cpu") == ""
    assert listed(bench) == [("amd-epyc-9654", 2)]


def test_a_cpu_run_moves_to_stock_gpus_and_keeps_its_hosts() -> None:
    bench = machine("cpus")
    assert bench.move_to("gpu") == ""
    assert listed(bench) == [(H100, 1), (EPYC, 2)]
    assert states(bench) == [(f"2 {EPYC}", f"2 {EPYC}"), (None, f"1 {H100}")]
    assert bench.rows()[1].effect is not None


def test_an_edit_that_is_no_machine_alone_has_no_effect_alone() -> None:
    bench = machine("gpus")
    bench.study.edit(original=(PieceChoice("gpu", V100_ID, 8),))
    assert bench.move_to("cpu") == ""
    removed, added = bench.rows()
    assert removed.edit.after is None
    assert removed.effect is None
    assert added.effect is not None
    assert bench.outcome() is not None


def test_unknown_chips_are_chosen_entered_or_left_out() -> None:
    bench = machine("strange")
    (item,) = bench.unknown()
    assert item.name == "Frobnicator <b>9000</b>"
    assert "No chip is called" in item.why
    assert bench.moves() == ()
    own = PieceChoice("gpu", "", 4, "Frobnicator", 200.0, 20.0)
    assert bench.correct(0, own) == ""
    assert bench.unknown() == ()
    assert bench.set_count(0, 2) == ""
    outcome = bench.outcome()
    assert outcome is not None
    assert outcome.effect.duration_factor == pytest.approx(2)
    assert bench.reset() == ""
    assert bench.edits.pieces is None
    assert bench.edits.original is not None
    assert bench.forget_corrections() == ""
    assert len(bench.unknown()) == 1
    assert bench.leave_out(0) == ""
    assert listed(bench) == [(XEON_ID, 2)]


def test_a_profile_without_hardware_takes_the_machine_that_is_entered() -> None:
    bench = machine("bare")
    assert bench.rows() == ()
    assert bench.correct(0, PieceChoice("gpu", V100_ID, 1)) == ""
    assert bench.exchange(0, PieceChoice("gpu", H100, 1)) == ""
    outcome = bench.outcome()
    assert outcome is not None
    assert outcome.effect.duration_factor == pytest.approx(15.7 / 67)


def test_the_runs_own_precision_is_no_edit() -> None:
    bench = machine(precision="fp16")
    bench.exchange(0, PieceChoice("gpu", H100, 8))
    outcome = bench.outcome()
    assert outcome is not None
    assert outcome.effect.duration_factor == pytest.approx(125 / 989.5)
    assert bench.set_precision("fp32") == ""
    assert bench.edits.precision == "fp32"
    assert bench.precision == "fp32"
    assert bench.set_precision("fp16") == ""
    assert bench.edits.precision is None


def test_efficiency_is_bounded_and_reset_takes_all_back() -> None:
    bench = machine()
    bench.set_count(0, 16)
    assert bench.set_efficiency(0.8) == ""
    outcome = bench.outcome()
    assert outcome is not None
    assert outcome.effect.duration_factor == pytest.approx(0.5 / 0.8)
    assert "must lie from 0.01 to 1" in bench.set_efficiency(1.5)
    bench.set_precision("tf32")
    assert bench.reset() == ""
    assert (bench.edits.pieces, bench.edits.precision, bench.edits.efficiency) == (None, None, 1.0)


def test_another_baseline_brings_its_own_machine() -> None:
    bench = machine()
    bench.set_count(0, 16)
    bench.study.select("cpus")
    assert listed(bench) == [(EPYC, 2)]


def test_the_search_is_asked_for_few_at_most() -> None:
    asked: list[tuple[str, str | None, int]] = []

    def canned(text: str, kind: str | None, most: int) -> Sequence[Chip]:
        asked.append((text, kind, most))
        return []

    assert Machine(machine_study(), canned).hits("h100", "gpu") == []
    assert asked == [("h100", "gpu", 30)]
