"""Widths and parameters of the fully connected networks of BUTTER-E, from a shape, a size and a depth.

A network of depth d has d layers, the output layer included. Its shape gives the widths from one real scale,
which is searched so that the parameters come nearest to the wanted size.

Source: BUTTER-E, Tripp et al. 2024, arXiv 2403.08151, and the framework that trained its networks (NREL,
BUTTER Empirical Deep Learning Experimental Framework, dense networks by size).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.domain.network import LEAST_DEPTH, NetworkError

SHAPES: Final = (
    "rectangle",
    "trapezoid",
    "exponential",
    "rectangle_residual",
    "wide_first_2x",
    "wide_first_4x",
    "wide_first_8x",
    "wide_first_16x",
)
ONE_SHAPE_DEPTH: Final = 2
"""With one hidden layer all shapes are the same network; BUTTER-E calls it a rectangle."""
TOLERATED_MISS: Final = 0.2
"""A size that a shape misses by more than this share was generally not run."""

LEAST_SCALE, MOST_SCALE = 1.0, 2.0**31
HALVINGS: Final = 64
"""Enough to tell neighbouring doubles apart between the two bounds."""

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


def output_width(classes: int) -> int:
    """Return the width of the output layer: a unit a class, one unit for two classes or for a number."""
    return classes if classes > 2 else 1  # noqa: PLR2004 - two classes need one unit


def shape_widths(shape: str, scale: Real, depth: int, outputs: int) -> Whole:
    """Return the widths that a shape has at each scale.

    Parameters
    ----------
    shape
        One of :data:`SHAPES`.
    scale
        Shape (n,); units of the first layer before rounding, at least 1.
    depth, outputs
        Layers with the output layer, at least 2; units of the output layer.

    Returns
    -------
    Shape (n, depth): units of every layer, the output layer last. Halves are rounded to the even neighbour.

    Raises
    ------
    NetworkError
        If there is no such shape or the depth is too small.

    """
    if shape not in SHAPES or depth < LEAST_DEPTH:
        raise NetworkError(
            f"There is no {shape!r} of {depth} layers. Choose {', '.join(SHAPES)}, 2 layers or more."
        )
    step = np.arange(depth)
    s = scale[:, None]
    if shape.startswith("rectangle"):
        widths = np.repeat(np.rint(s), depth, axis=1)
    elif shape == "trapezoid":
        widths = np.rint(s - step * (s - outputs) / (depth - 1))
    elif shape == "exponential":
        widths = np.maximum(outputs, np.rint(s * (outputs / s) ** (step / (depth - 1))))
    else:
        times = int(shape.removeprefix("wide_first_").removesuffix("x"))
        rest = np.maximum(1, np.rint(s / times))
        widths = np.where(step == 0, np.rint(s), rest)
    widths[:, -1] = outputs
    return widths.astype(np.int64)


def parameter_count(features: int, widths: Whole) -> Whole:
    """Return the trainable parameters, weights and biases: shape (n,) for widths of shape (n, depth)."""
    inputs = np.column_stack([np.full(len(widths), features), widths[:, :-1]])
    count: Whole = np.sum((inputs + 1) * widths, axis=1)
    return count


def nearest_widths(shape: str, sizes: Whole, depth: int, features: int, outputs: int) -> Whole:
    """Return the widths of the network whose parameters come nearest to each size.

    Parameters never fall as the scale grows, so the two networks at the step over the size are found by
    bisection and the nearer one is taken, the smaller one of two equally near. For other arguments and errors
    see :func:`shape_widths`.

    Parameters
    ----------
    sizes
        Shape (n,): wanted numbers of parameters.

    Returns
    -------
    Shape (n, depth). A size below all networks of the shape gets the smallest; :func:`size_missed` says how
    far it is off.

    """
    low, high = np.full(len(sizes), LEAST_SCALE), np.minimum(np.maximum(sizes, 2.0), MOST_SCALE)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_less = parameter_count(features, shape_widths(shape, middle, depth, outputs)) < sizes
        low, high = np.where(is_less, middle, low), np.where(is_less, high, middle)
    below, above = (shape_widths(shape, scale, depth, outputs) for scale in (low, high))
    off_below = np.abs(parameter_count(features, below) - sizes)
    off_above = np.abs(parameter_count(features, above) - sizes)
    return np.where((off_above < off_below)[:, None], above, below)


def size_missed(parameters: Whole, sizes: Whole) -> Real:
    """Return by which share of itself each size is missed, above or below; 0 where it is met."""
    share: Real = np.abs(parameters - sizes) / sizes
    return share
