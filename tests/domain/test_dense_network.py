"""Networks come out with the widths that were published, and as near to their size as their shape allows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.dense_network import (
    SHAPES,
    TOLERATED_MISS,
    nearest_widths,
    output_width,
    parameter_count,
    shape_widths,
    size_missed,
)
from energyvis_panel.domain.network import NetworkError

shapes = st.sampled_from(SHAPES)
depths = st.integers(2, 20)
features = st.integers(1, 800)
outputs = st.integers(1, 12)
sizes = st.integers(32, 2**24)


def nearest(shape: str, size: int, depth: int, inputs: int, units: int) -> tuple[list[int], int]:
    widths = nearest_widths(shape, np.array([size]), depth, inputs, units)
    return widths[0].tolist(), int(parameter_count(inputs, widths)[0])


def test_published_widths_of_pollen() -> None:
    widths = nearest_widths("rectangle", np.array([32, 64, 128, 256, 512]), 3, 4, 1)
    assert widths[:, 0].tolist() == widths[:, 1].tolist() == [3, 5, 8, 13, 19]
    assert widths[:, 2].tolist() == [1] * 5


def test_published_network_of_201_pol_has_26_inputs_and_11_outputs() -> None:
    assert nearest("rectangle", 128, 2, 26, 11) == ([3, 11], 125)


@pytest.mark.parametrize(
    ("shape", "widths"),
    [
        ("rectangle", [20, 20, 20, 2]),
        ("rectangle_residual", [20, 20, 20, 2]),
        ("trapezoid", [20, 14, 8, 2]),
        ("exponential", [20, 9, 4, 2]),
        ("wide_first_2x", [20, 10, 10, 2]),
        ("wide_first_4x", [20, 5, 5, 2]),
        ("wide_first_8x", [20, 2, 2, 2]),
        ("wide_first_16x", [20, 1, 1, 2]),
    ],
)
def test_widths_of_each_shape(shape: str, widths: list[int]) -> None:
    assert shape_widths(shape, np.array([20.0]), 4, 2).tolist() == [widths]


def test_parameters_are_weights_and_biases() -> None:
    assert parameter_count(4, np.array([[3, 3, 1]])).tolist() == [(4 + 1) * 3 + (3 + 1) * 3 + (3 + 1) * 1]


@pytest.mark.parametrize(("classes", "units"), [(0, 1), (2, 1), (3, 3), (10, 10)])
def test_two_classes_and_a_number_need_one_output(classes: int, units: int) -> None:
    assert output_width(classes) == units


@given(shapes, sizes, depths, features, outputs)
def test_no_other_scale_comes_nearer(shape: str, size: int, depth: int, inputs: int, units: int) -> None:
    _, parameters = nearest(shape, size, depth, inputs, units)
    scales = np.geomspace(1, max(size, 2), 4000)
    others = parameter_count(inputs, shape_widths(shape, scales, depth, units))
    assert abs(parameters - size) <= np.abs(others - size).min()


@pytest.mark.parametrize(("parameters", "share"), [(80, 0.2), (100, 0.0), (150, 0.5)])
def test_a_miss_is_a_share_of_the_wanted_size(parameters: int, share: float) -> None:
    assert size_missed(np.array([parameters]), np.array([100])).tolist() == [share]


def test_no_layer_vanishes() -> None:
    assert shape_widths("wide_first_16x", np.array([2.0]), 4, 1).tolist() == [[2, 1, 1, 1]]


@given(shapes, st.integers(2**14, 2**24), depths)
def test_large_sizes_are_met(shape: str, size: int, depth: int) -> None:
    _, parameters = nearest(shape, size, depth, 48, 1)
    assert size_missed(np.array([parameters]), np.array([size]))[0] <= TOLERATED_MISS


@given(sizes, features, outputs)
def test_with_one_hidden_layer_all_shapes_are_one(size: int, inputs: int, units: int) -> None:
    rectangle = nearest("rectangle", size, 2, inputs, units)
    for shape in SHAPES[1:]:
        widths, parameters = nearest(shape, size, 2, inputs, units)
        # An exponential is never narrower than its output layer.
        assert (widths, parameters) == rectangle or (shape == "exponential" and rectangle[0][0] < units)


@given(shapes, st.integers(32, 2**23), depths, features, outputs)
def test_a_greater_size_has_no_fewer_parameters(
    shape: str, size: int, depth: int, inputs: int, units: int
) -> None:
    assert nearest(shape, size, depth, inputs, units)[1] <= nearest(shape, 2 * size, depth, inputs, units)[1]


@pytest.mark.parametrize(("shape", "depth"), [("circle", 3), ("rectangle", 1)])
def test_an_unknown_shape_or_depth_is_refused_by_name(shape: str, depth: int) -> None:
    with pytest.raises(NetworkError, match=rf"no '{shape}' of {depth} layers"):
        shape_widths(shape, np.array([2.0]), depth, 1)
