"""How strange each BUTTER-E run is: fits what settings predict, and scores all runs by three methods."""

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.anomaly_forest import SAMPLE, forest_scores
from energyvis_panel.domain.anomaly_model import LEAST_SCATTER, SETTINGS, Design, Fit, Setting, fitted
from energyvis_panel.domain.anomaly_scales import FENCE, FOREST, RESIDUAL
from energyvis_panel.domain.explained_effects import ExplainedEffect, explained_effects

QUANTITIES: Final = ("ln_energy", "ln_run_time", "ln_power")
FEWEST_IN_GROUP: Final = 12
"""Quartiles of fewer runs say too little; a fence is then that of the data set."""
STEP_SD: Final = 0.1
"""Resolution at which the forest is asked, in robust standard deviations: ten million runs have as many
different answers as one hundred thousand."""
REACH_STEPS: Final = 200
"""Beyond 20 sd every tree has long isolated a run."""


class AnomalyScores:
    """Scores of the runs in a gateway, made once, when first needed.

    Parameters
    ----------
    gateway
        Holds the runs, as :func:`energyvis_panel.data.butter_e.load_butter_e` leaves them.

    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._effects: tuple[ExplainedEffect, ...] | None = None

    @property
    def are_ready(self) -> bool:
        """Whether the runs have their scores."""
        return self._effects is not None

    @property
    def effects(self) -> Sequence[ExplainedEffect]:
        """Systematic effects that the prediction takes into account, none before the scores are ready."""
        return self._effects or ()

    def prepare(self) -> None:
        """Score the runs, if that was not done before; takes seconds, and any thread may call it.

        Raises
        ------
        QueryError
            If the runs cannot be scored; the next call tries again.

        """
        with self._lock:
            if self._effects is None:
                self._effects = load_anomalies(self._gateway)


def load_anomalies(gateway: Gateway) -> tuple[ExplainedEffect, ...]:
    """Add to ``butter_e_runs`` how strange each run is, as ``make_scores.sql`` says.

    Returns
    -------
    tuple[ExplainedEffect, ...]
        Systematic effects that were taken into account.

    """
    gateway.run("butter_e/make_cells")
    cells = gateway.ask("butter_e/cells")
    fits = cell_fits(cells)
    with tempfile.TemporaryDirectory(prefix="energyvis-") as folder:
        file = Path(folder) / "fit.parquet"
        expected = {name: pa.array(fit.expected) for name, fit in fits.items()}
        pq.write_table(pa.table({"cell": cells["cell"], **expected}), file)
        gateway.run("butter_e/make_residuals", file=str(file))
        gateway.run("butter_e/make_scatter", least=LEAST_SCATTER)
        gateway.run("butter_e/make_fences", fewest_runs=FEWEST_IN_GROUP, least=LEAST_SCATTER)
        gateway.run("butter_e/make_anomaly_place")
        gateway.run("butter_e/make_scale_bin")
        file = Path(folder) / "forest.parquet"
        pq.write_table(scored_places(gateway), file)
        gateway.run(
            "butter_e/make_scores",
            file=str(file),
            step=STEP_SD,
            reach=REACH_STEPS,
            residual=RESIDUAL.bound(),
            fence=FENCE.bound(),
            forest=FOREST.bound(),
        )
    gateway.run("butter_e/make_no_residuals")
    gateway.run("butter_e/make_week_of")
    gateway.run("butter_e/make_node_weeks")
    return explained_effects({name: fit.effects for name, fit in fits.items()}) if fits else ()


def cell_fits(cells: pa.Table) -> dict[str, Fit]:
    """What is usual in each cell, by quantity; nothing where there is no cell."""
    if not cells.num_rows:
        return {name: Fit(np.zeros(0), {}) for name in QUANTITIES}
    settings = {name: setting(cells[name]) for name in SETTINGS}
    design = Design.of(settings, cells["run_count"].to_numpy().astype(np.float64))
    return {name: fitted(design, cells[name].to_numpy()) for name in QUANTITIES}


def setting(column: pa.ChunkedArray) -> Setting:
    """A column of settings by number."""
    known = column.combine_chunks().dictionary_encode()
    return Setting(known.indices.to_numpy().astype(np.intp), known.dictionary.to_pylist())


def scored_places(gateway: Gateway) -> pa.Table:
    """Combinations of residuals in steps, with the forest's score of each."""
    sample = gateway.ask("butter_e/anomaly_sample", n=SAMPLE)
    places = gateway.ask("butter_e/anomaly_places", step=STEP_SD, reach=REACH_STEPS)
    grown = np.clip(matrix(sample), -STEP_SD * REACH_STEPS, STEP_SD * REACH_STEPS)
    scores = forest_scores(grown, matrix(places) * np.float32(STEP_SD))
    return places.append_column("forest_score", pa.array(scores))


def matrix(table: pa.Table) -> NDArray[np.float32]:
    """The columns of a table side by side."""
    return np.column_stack([column.to_numpy() for column in table.columns]).astype(np.float32)
