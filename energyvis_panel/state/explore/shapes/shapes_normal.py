"""Normal equations of cells and strata, and their inverse, on one thread.

BLAS shares even products of a hundred rows among threads that then wait for each other: on two cores this
takes several times as long as the work itself.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def normal_matrix(rows: Floats) -> Floats:
    """Cell x cell matrix of least squares from which a level of each stratum is eliminated.

    ``rows`` counts rows by stratum and cell, at least one in each stratum. Off the diagonal an element is
    below 0 where a stratum holds both cells, else 0; each row of the matrix adds up to 0.
    """
    normal = np.zeros((rows.shape[1], rows.shape[1]))
    add_strata(normal, rows)
    return normal


def symmetric_inverse(matrix: Floats) -> Floats:
    """Inverse of a symmetric, positive definite matrix."""
    inverse = matrix.copy()
    invert(inverse)
    return inverse


@njit(cache=True, nogil=True)
def add_strata(normal: Floats, rows: Floats) -> None:
    """Add to ``normal`` what each stratum says of its cells."""
    for stratum in range(len(rows)):
        total = rows[stratum].sum()
        for one in range(len(normal)):
            count = rows[stratum, one]
            if count > 0:
                normal[one, one] += count
                for other in range(len(normal)):
                    normal[one, other] -= count / total * rows[stratum, other]


@njit(cache=True, nogil=True)
def invert(matrix: Floats) -> None:
    """Put the inverse into its place, by Gauss and Jordan; a positive definite matrix needs no pivots."""
    for pivot in range(len(matrix)):
        scale = 1.0 / matrix[pivot, pivot]
        matrix[pivot, pivot] = 1.0
        for column in range(len(matrix)):
            matrix[pivot, column] *= scale
        for row in range(len(matrix)):
            if row != pivot:
                factor = matrix[row, pivot]
                matrix[row, pivot] = 0.0
                for column in range(len(matrix)):
                    matrix[row, column] -= factor * matrix[pivot, column]
