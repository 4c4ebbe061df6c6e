"""What is made of answers in Python: rows made by hand, ties and missing values."""

import numpy as np
import pyarrow as pa

from energyvis_panel.state.explore.anomaly.anomaly_planes import MEASURES, STARTED, anomaly_planes
from energyvis_panel.state.explore.frontier.unbeaten_runs import unbeaten


def test_a_run_that_another_beats_in_one_is_beaten() -> None:
    run_time_s, energy_j = np.array([6.0, 5.0, 5.0, 5.0, 9.0]), np.array([5.0, 5.0, 5.0, 7.0, 1.0])
    assert unbeaten(run_time_s, energy_j).tolist() == [False, True, True, False, True]
    assert unbeaten(np.zeros(0), np.zeros(0)).tolist() == []


def test_a_run_without_a_start_or_a_score_is_in_no_plane() -> None:
    measures = {name: pa.array([2, None, 2, 2], pa.uint8()) for name in MEASURES}
    rows = pa.table({STARTED: pa.array([7, 7, None, 7], pa.uint8())} | measures)
    assert anomaly_planes(rows).to_pylist() == [
        {"measure": measure, "run_count": 2, "started_px": 7, "up_px": 2} for measure in range(3)
    ]
