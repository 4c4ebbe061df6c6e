"""Which runs no other beats, being as fast and as thrifty, and better in one."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

ORDER: Final = ("run_time_s", "energy_j", "kind", "dataset", "shape", "size", "depth", "hardware")


def frontiers(rows: pa.Table) -> pa.Table:
    """The candidates that no other of their kind beats, from the fastest to the thriftiest.

    Parameters
    ----------
    rows
        Answer of ``sql/explore/frontier_candidates.sql``.

    Returns
    -------
    pyarrow.Table
        Its columns and is_unbeaten: no run of any kind beats it. Equal runs all stay.

    """
    run_time_s, energy_j = (rows[name].to_numpy() for name in ("run_time_s", "energy_j"))
    kinds = pc.dictionary_encode(rows["kind"].combine_chunks()).indices.to_numpy()
    kept = np.zeros(len(kinds), bool)
    for kind in np.unique(kinds):
        mine = kinds == kind
        kept[mine] = unbeaten(run_time_s[mine], energy_j[mine])
    found = rows.filter(pa.array(kept))
    # Who is beaten by a run of another kind is beaten by one on the frontier of that kind.
    best: Any = pa.array(unbeaten(run_time_s[kept], energy_j[kept]))
    return found.append_column("is_unbeaten", best).sort_by([(name, "ascending") for name in ORDER])


def unbeaten(run_time_s: Numbers, energy_j: Numbers) -> Flags:
    """Whether each run is beaten by none of these."""
    order = np.lexsort((energy_j, run_time_s))
    times, energies = run_time_s[order], energy_j[order]
    starts = np.flatnonzero(np.diff(times, prepend=-np.inf) > 0)
    # Runs of one time are in the order of their energy, so the first of them takes least.
    least = energies[starts]
    faster = np.concatenate([[np.inf], np.minimum.accumulate(least)[:-1]])
    lengths = np.diff(starts, append=len(times))
    best = np.repeat(np.where(least < faster, least, np.nan), lengths)
    found = np.empty(len(times), bool)
    found[order] = energies == best
    return found
