"""Published figures of BUTTER-E that the stand-in is calibrated on.

Source of all: BUTTER-E (Tripp et al. 2024, arXiv 2403.08151; OpenEI submission 5991, doi 10.25984/2329316,
CC-BY-4.0), its supplementary notebooks and the vector paths of its figures. Energies in J, powers in W,
times in s.
"""

from typing import Final

import numpy as np

SIZE_EXPONENTS: Final = tuple(range(5, 25))
DEPTHS: Final = (*range(2, 11), *range(12, 21, 2))
CORE_SHAPES: Final = ("rectangle", "trapezoid", "exponential", "rectangle_residual", "wide_first_2x")
EXTRA_SHAPES: Final = ("wide_first_4x", "wide_first_8x", "wide_first_16x")
SHAPES: Final = CORE_SHAPES + EXTRA_SHAPES
EPOCHS: Final = 3000
ONE_SHAPE_DEPTH: Final = 2
"""With one hidden layer all shapes are the same network; the published table calls it a rectangle."""
CORE_DEPTHS_END: Final = 10
"""Deeper networks were queued in batches of their own."""

# name: (observations, standardised runs, median J per epoch on GPU and on CPU)
DATASETS: Final = {
    "splice": (3_188, 2_835, 32.03, 21.58),
    "529_pollen": (3_848, 3_502, 38.49, 24.58),
    "wine_quality_white": (4_898, 3_313, 46.45, 32.04),
    "banana": (5_300, 3_484, 50.02, 32.98),
    "294_satellite_image": (6_435, 3_229, 62.84, 41.00),
    "nursery": (12_958, 2_877, 119.49, 80.93),
    "201_pol": (15_000, 3_172, 136.09, 95.18),
    "537_houses": (20_640, 3_473, 182.41, 126.18),
    "adult": (48_842, 2_762, 440.44, 315.85),
    "connect_4": (67_557, 3_074, 618.99, 398.28),
    "mnist": (70_000, 2_476, 691.77, 502.42),
    "sleep": (105_908, 2_858, 976.84, 758.84),
}
OVERHEAD_DATASET: Final = "505_tecator"

STANDARDISED_RUNS: Final = {"CPU node": 22_545, "GPU node": 14_510}
OVERHEAD_RUNS: Final = {"CPU node": 1_820, "GPU node": 1_300}
BELOW_OVERHEAD_RUNS: Final = 48
HUNG_RUNS: Final = 163
OUTLIER_RUNS: Final = 78
OPTIMIZER_RUNS: Final = 23_063
ALL_RUNS: Final = 63_527

# Rows of depth 3 and more by shape; at depth 2 all shapes are one and every row says rectangle.
SHAPE_RUNS: Final = {
    "rectangle": 5_100,
    "trapezoid": 5_205,
    "exponential": 4_880,
    "rectangle_residual": 4_330,
    "wide_first_2x": 3_750,
    "wide_first_4x": 3_612,
    "wide_first_8x": 3_629,
    "wide_first_16x": 3_645,
}

OVERHEAD_J: Final = {"CPU node": 14_028.665572999802, "GPU node": 271_560.2400475498}
OVERHEAD_S: Final = {"CPU node": 52.8839136, "GPU node": 656.3736757}
LONGEST_RUN_S: Final = 67_631.757
DEAREST_RUN_J: Final = 22_157_110.0
LEAST_POWER_W: Final = 231.0

# Median J per datum by network size (2 ** exponent).
J_PER_DATUM_BY_SIZE: Final = {
    "GPU node": {5: 0.01011, 10: 0.01097, 14: 0.01110, 15: 0.01106, 17: 0.01109, 18: 0.01120, 20: 0.01164,
                 22: 0.01625, 24: 0.03486},
    "CPU node": {5: 0.00313, 10: 0.00469, 14: 0.00604, 15: 0.00750, 17: 0.01025, 18: 0.01136, 20: 0.01399,
                 22: 0.02158, 24: 0.04802},
}  # fmt: skip
# The same by number of layers.
J_PER_DATUM_BY_DEPTH: Final = {
    "GPU node": {2: 0.00997, 4: 0.01030, 5: 0.01056, 6: 0.01059, 7: 0.01092, 8: 0.01110, 10: 0.01159,
                 12: 0.01219, 14: 0.01252, 16: 0.01283, 20: 0.01349},
    "CPU node": {2: 0.00432, 4: 0.00531, 5: 0.00574, 6: 0.00431, 7: 0.00725, 8: 0.00810, 10: 0.00917,
                 12: 0.01087, 14: 0.01270, 16: 0.01382, 20: 0.01650},
}  # fmt: skip
# CPU only: J per datum by size, for 2, 4, 8 and 16 layers.
CPU_DEPTHS: Final = (2, 4, 8, 16)
CPU_J_PER_DATUM: Final = {
    5: (0.0027, 0.0029, 0.0033, 0.0030),
    10: (0.0031, 0.0032, 0.0043, 0.0061),
    14: (0.0039, 0.0048, 0.0062, 0.0075),
    15: (0.0042, 0.0051, 0.0074, 0.0128),
    17: (0.0051, 0.0061, 0.0091, 0.0154),
    18: (0.0058, 0.0062, 0.0094, 0.0168),
    20: (0.0123, 0.0081, 0.0127, 0.0198),
    22: (0.0350, 0.0156, 0.0197, 0.0286),
    24: (0.1197, 0.0381, 0.0457, 0.0561),
}
DIP_DEPTH: Final = 6
CPU_DEPTH_6_DIP: Final = 0.70
"""At six layers the CPU takes about 30 % less than at five or seven, at every size; nobody knows why."""

# Node type: (share of its class, idle offset W, median standardised power W)
NODE_TYPES: Final = {
    "CPU node": {"cpu1": (0.905, 0.0, 327.2), "cpu2": (0.091, -10.0, 318.2), "cpu3": (0.0025, -89.0, 329.5),
                 "cpu4": (0.0015, -168.0, 282.1)},
    "GPU node": {"gpu1": (0.75, 0.0, 422.0), "gpu2": (0.25, -29.0, 423.3)},
}  # fmt: skip


def batches_per_epoch(observations: np.ndarray, batch_size: np.ndarray | int) -> np.ndarray:
    """Training batches in an epoch: four fifths of the observations train, the last batch may be short."""
    return np.ceil(0.8 * observations / batch_size)


def log_interpolated(anchors: dict[int, float], at: np.ndarray) -> np.ndarray:
    """Natural logarithm of the anchored quantity at ``at``, straight between anchors."""
    return np.interp(at, list(anchors), np.log(list(anchors.values())))
