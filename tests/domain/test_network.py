from dataclasses import replace
from math import log2

import pytest

from energyvis_panel.domain.network import TASKS, NetworkError, Task, Wish
from energyvis_panel.domain.network_answer import (
    answer_text,
    basis_note,
    neighbour_profile,
    reach_text,
)
from energyvis_panel.domain.network_neighbours import Neighbour, Neighbours, Quartiles, Range

ADULT = next(task for task in TASKS if task.name == "adult")
MEASURED = Range(32, 2**24, (2, 3, 4, 6, 8, 10, 20))
WISH = Wish(ADULT, 2**16, 6)


def neighbour(
    shape: str = "rectangle", hardware: str = "CPU node", datum_j: float = 0.004, **more: object
) -> Neighbour:
    values: dict[str, object] = {
        "shape": shape,
        "depth": 6,
        "hardware": hardware,
        "runs": 5,
        "least_size": 2**15,
        "most_size": 2**17,
        "mean_log2_size": 16.0,
        "per_datum": Quartiles(0.9 * datum_j, datum_j, 1.1 * datum_j),
        "per_run": Quartiles(0.9e6, 1e6, 1.1e6).times(datum_j / 0.004),
        "overhead_j": 14_000.0,
        "datum_s": 1e-5,
    }
    return Neighbour(**values | more)  # type: ignore[arg-type] # values of the right types by construction


def neighbours(*found: Neighbour, wish: Wish = WISH, synthetic: bool = False) -> Neighbours:
    return Neighbours(wish, found, MEASURED, synthetic)


def test_data_of_an_epoch_are_whole_batches_of_four_fifths() -> None:
    assert ADULT.data_per_epoch() == 153 * 256
    assert Task("", 10, 1).data_per_epoch() == 256


def test_a_task_of_the_table_stands_for_itself_and_another_for_the_nearest() -> None:
    assert WISH.tasks() == (ADULT,)
    own = Wish(Task("", 48_000, 15), 1000, 3)
    assert own.tasks()[0].name == "adult"
    assert len(own.tasks()) == 3


def test_runs_near_a_size_are_three_sizes_and_end_with_the_range() -> None:
    low, high = MEASURED.size_window(2**16)
    assert [2**k for k in range(5, 25) if low <= 2**k <= high] == [2**15, 2**16, 2**17]
    low, high = MEASURED.size_window(1e12)
    assert low < 2**24 < high


@pytest.mark.parametrize(
    ("depth", "near"), [(2, (2, 3)), (3, (2, 3, 4)), (7, (4, 6, 8)), (20, (10, 20)), (500, (10, 20))]
)
def test_near_depths_are_the_nearest_measured_and_its_neighbours(depth: int, near: tuple[int, ...]) -> None:
    assert MEASURED.near_depths(depth) == near


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parameters": 0.0}, "parameters is 0"),
        ({"parameters": float("inf")}, "parameters is inf"),
        ({"depth": 1}, "layers is 1"),
        ({"task": Task("", 1, 5)}, "observations is 1"),
        ({"task": Task("", 100, 0)}, "features is 0"),
        ({"hardware": "TPU"}, "'TPU'"),
    ],
)
def test_a_wish_out_of_range_is_refused_by_name(changes: dict[str, object], words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        replace(WISH, **changes)  # type: ignore[arg-type] # the wrong values are the point


def test_the_thriftiest_comes_first_and_those_with_few_runs_last() -> None:
    thrifty, dear, few = (
        neighbour("a", datum_j=0.004),
        neighbour("b", datum_j=0.008),
        neighbour("c", datum_j=0.001, runs=2),
    )
    small = neighbour("d", datum_j=0.002, mean_log2_size=15.0)
    ranked = neighbours(dear, few, small, thrifty).ranked("epoch")
    assert [n.shape for n in ranked] == ["a", "b", "c", "d"]


def test_whole_runs_carry_the_overhead_and_may_rank_otherwise_than_epochs() -> None:
    cpu = neighbour("a", "CPU node", 0.005, per_run=Quartiles(6e5, 6e5, 6e5))
    gpu = neighbour("a", "GPU node", 0.004, per_run=Quartiles(8e5, 8e5, 8e5), overhead_j=272_000.0)
    both = neighbours(cpu, gpu)
    assert both.ranked("run")[0] is cpu
    assert both.ranked("epoch")[0] is gpu


def test_on_a_task_of_ones_own_a_run_is_scaled_from_a_datum_with_the_overhead() -> None:
    own = Wish(Task("", 1000, 4), 2**16, 6)
    found = neighbours(neighbour(), wish=own)
    epoch_j = 0.004 * 4 * 256
    assert found.per_epoch(found.found[0]).median == pytest.approx(epoch_j)
    assert found.per_run(found.found[0]).median == pytest.approx(3000 * epoch_j + 14_000)
    assert neighbours(neighbour()).per_run(neighbour()).median == 1e6


def test_the_answer_names_shape_energy_support_and_the_other_node() -> None:
    text = answer_text(
        neighbours(neighbour("wide_first_2x"), neighbour("trapezoid", "GPU node", 0.008)), "run"
    )
    assert "“wide first 2x” with 6 layers on a CPU node" in text
    assert "278 Wh for a run of 3,000 epochs" in text
    assert "median of 5 runs, half of them within 250 to 306 Wh" in text
    assert "The best GPU node takes 2.00 times as much." in text
    assert "chance" not in text


def test_the_answer_says_when_the_order_may_be_chance_or_the_runs_are_few() -> None:
    close = answer_text(neighbours(neighbour("a"), neighbour("b", datum_j=0.0041)), "run")
    assert "1 of 1 others overlap" in close
    few = answer_text(neighbours(neighbour("a", runs=2)), "run")
    assert "(only 2 runs)" in few
    assert "a hint and no finding" in few
    assert "Nothing was measured" in answer_text(neighbours(), "run")


def test_the_reach_is_inside_or_says_how_far_beyond() -> None:
    assert reach_text(neighbours(neighbour())).startswith("Inside the measured range")
    far = Wish(Task("", 1_059_080, 1), 2**25, 30)
    text = reach_text(neighbours(neighbour(), wish=far))
    assert "2.00× beyond the largest measured in parameters (16,777,216)" in text
    assert "1.50× beyond the largest measured in layers (20)" in text
    assert "10.0× beyond the largest measured in observations (105,908)" in text
    assert "2.00× below the smallest measured in features (2)" in text


def test_distance_is_counted_in_doublings() -> None:
    assert neighbour().distance(WISH) == 0
    assert neighbour(mean_log2_size=18.0).distance(WISH) == pytest.approx(2)
    assert neighbour(depth=12).distance(WISH) == pytest.approx(1)
    own = Wish(Task("", 2 * ADULT.rows, ADULT.features), 2**16, 6)
    assert neighbour().distance(own) > log2(2) / 2


def test_energy_alone_is_compared_and_the_note_says_so() -> None:
    note = basis_note(neighbours(neighbour()))
    assert "neither loss nor accuracy" in note
    assert "scaled" not in note
    assert "scaled" in basis_note(neighbours(neighbour(), wish=Wish(Task("", 1000, 4), 2**16, 6)))


def test_a_profile_of_a_neighbour_holds_its_median_and_says_from_where() -> None:
    found = neighbours(neighbour())
    profile = neighbour_profile(found, found.found[0], "US-GA", 1.5)
    assert len(profile.epochs) == 3000
    assert profile.epochs[0].energy.total_j() == pytest.approx(0.004 * 153 * 256)
    assert profile.outside is not None
    assert profile.outside.energy.total_j() == 14_000
    assert profile.epochs[0].duration_s == pytest.approx(1e-5 * 153 * 256)
    assert (profile.region_id, profile.pue) == ("US-GA", 1.5)
    assert profile.provenance.source == "estimate"
    assert profile.provenance.tool == "BUTTER-E"
    text = " ".join(profile.provenance.assumptions)
    assert "median of 5 runs" in text
    assert "10.25984/2329316" in text


def test_a_profile_of_made_up_runs_is_called_synthetic_everywhere() -> None:
    found = neighbours(neighbour(datum_s=None), synthetic=True)
    profile = neighbour_profile(found, found.found[0], None, None)
    assert profile.name.startswith("Synthetic: ")
    assert "synthetic" in profile.provenance.tool
    assert "SYNTHETIC" in profile.provenance.assumptions[0]
    assert profile.duration_s() is None


def test_middle_halves_overlap_whichever_is_asked() -> None:
    low, middle, high = Quartiles(1, 2, 3), Quartiles(3, 4, 5), Quartiles(6, 7, 8)
    assert low.overlaps(middle)
    assert middle.overlaps(low)
    assert not low.overlaps(high)
    assert not high.overlaps(low)
