"""How isolated a run lies among all runs: an Isolation Forest (Liu, Ting and Zhou 2008) on few dimensions."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

TREES: Final = 100
RUNS_A_TREE: Final = 256
"""Trees and runs a tree of the paper; more runs make strange ones hide among the usual."""
SAMPLE: Final = TREES * RUNS_A_TREE
"""As many runs as all trees together look at."""
SEED: Final = 5991


def forest_scores(sample: NDArray[np.float32], places: NDArray[np.float32]) -> NDArray[np.float32]:
    """Score of each place, from 0 to 1: near 0.5 and below for the usual, near 1 for what is easily isolated.

    The same sample gives the same scores.

    Parameters
    ----------
    sample
        Runs to grow the trees on, one row each.
    places
        Rows with the same columns.

    """
    if not len(sample) or not len(places):
        return np.zeros(len(places), np.float32)
    # It takes a second to import, which no page waits for.
    from sklearn.ensemble import IsolationForest  # type: ignore[import-untyped] # noqa: PLC0415 - it has no types

    forest = IsolationForest(n_estimators=TREES, max_samples=min(RUNS_A_TREE, len(sample)), random_state=SEED)
    scores: NDArray[np.float32] = -forest.fit(sample).score_samples(places).astype(np.float32)
    return scores
