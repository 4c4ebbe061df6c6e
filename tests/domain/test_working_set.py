"""Working sets are those that were published, grow with the network, and lie in the level that holds them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.dense_network import SHAPES, nearest_widths, parameter_count
from energyvis_panel.domain.network import HARDWARE, NetworkError
from energyvis_panel.domain.working_set import (
    MEMORY_LEVELS,
    Fit,
    WorkingSets,
    capacities,
    data_set_bytes,
    fit,
    working_sets,
)

CPU, GPU = MEMORY_LEVELS["CPU node"], MEMORY_LEVELS["GPU node"]
POLLEN_BYTES = 76_960
SIZES = (32, 64, 128, 256, 512)


def sets(hardware: str, size: int, shape: str = "rectangle", depth: int = 3) -> WorkingSets:
    """Working sets of a network on 529_pollen."""
    widths = nearest_widths(shape, np.array([size]), depth, 4, 1)
    parameters = int(parameter_count(4, widths)[0])
    return working_sets(MEMORY_LEVELS[hardware], (4, *widths[0].tolist()), parameters, POLLEN_BYTES)


def test_published_boundaries_between_levels() -> None:
    assert capacities(CPU)[:3] == (32_768, 1_081_344, 27_033_600)
    assert capacities(GPU)[:2] == (114_688, 6_406_144)


def test_published_bytes_of_pollen() -> None:
    assert data_set_bytes(3_848, 4, 1) == POLLEN_BYTES


@pytest.mark.parametrize(
    ("hardware", "backward", "data_set"),
    [("CPU node", [560, 914, 1565, 2969, 5182], 2137), ("GPU node", [314, 578, 1095, 2276, 4221], 458)],
)
def test_published_working_sets_of_pollen(hardware: str, backward: list[int], data_set: int) -> None:
    found = [sets(hardware, size) for size in SIZES]
    assert [each.backward.occupied for each in found] == backward
    assert {each.epoch.cached for each in found} == {data_set}


def test_published_working_sets_of_201_pol() -> None:
    found = working_sets(CPU, (48, 3, 11), 125, data_set_bytes(15_000, 48, 1))
    assert found.layer.occupied == 1_450
    assert found.forward.occupied == 1_950
    assert found.backward.occupied == 2_762
    assert found.epoch == Fit(level=2, cached=81_666, occupied=114_434)


def test_a_small_batch_keeps_less_at_hand() -> None:
    small = working_sets(CPU, (48, 3, 11), 125, data_set_bytes(15_000, 48, 1), batch_size=32)
    assert small.layer.occupied == 4 * 32 * (48 + 3) // 36
    assert small.forward.occupied == small.layer.occupied + 4 * 125


@given(st.sampled_from(HARDWARE), st.sampled_from(SHAPES), st.integers(2, 20), st.integers(32, 2**22))
def test_working_sets_contain_each_other_and_grow_with_the_size(
    hardware: str, shape: str, depth: int, size: int
) -> None:
    now, twice = sets(hardware, size, shape, depth), sets(hardware, 2 * size, shape, depth)
    for name in ("layer", "forward", "backward", "epoch"):
        assert getattr(now, name).occupied <= getattr(twice, name).occupied
        assert getattr(now, name).level <= getattr(twice, name).level
    nested = (now.layer, now.forward, now.backward, now.epoch)
    assert all(inner.occupied <= outer.occupied for inner, outer in pairwise(nested))


@given(
    st.sampled_from(HARDWARE),
    st.integers(0, 20_000_000),
    st.integers(0, 10**8),
    st.integers(0, 10**9),
)
def test_bytes_lie_in_the_first_level_that_holds_them(
    hardware: str, occupied: int, replicated: int, distributed: int
) -> None:
    levels = MEMORY_LEVELS[hardware]
    found = fit(levels, occupied, replicated, distributed)
    below, capacity = (0, *capacities(levels))[found.level - 1], capacities(levels)[found.level - 1]
    assert occupied < capacity
    assert found.occupied <= capacity
    assert found.cached == replicated + distributed // levels[found.level - 1].units
    assert found.occupied == max(occupied, below) + found.cached
    if found.level > 1 and occupied < below:
        lower = replicated + distributed // levels[found.level - 2].units
        assert max(occupied, (0, *capacities(levels))[found.level - 2]) + lower > below


def test_a_full_level_is_left_at_once() -> None:
    assert fit(CPU, 32_768, 0, 0).level == 2
    assert fit(CPU, 0, 32_768, 0) == Fit(1, 32_768, 32_768)
    assert fit(CPU, 0, 32_769, 0) == Fit(2, 32_769, 65_537)


def test_more_than_the_node_has_is_refused() -> None:
    with pytest.raises(NetworkError, match="exceed the memory of the node"):
        fit(GPU, 0, 20_000_000_000, 0)
