"""What a moved brush asks and draws, without a browser: a part of brush_latency.py."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from served_page import Timed, energy_range  # type: ignore[import-not-found] # beside a script run by its path

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.butter_e_anomalies import AnomalyScores
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.units import JOULES_PER_WH
from energyvis_panel.state.explore.exploration import Exploration


def in_python(file: Path, count: int) -> Timed:
    """Milliseconds of each question that a moved brush asks, one by one, and of drawing all views."""
    from energyvis_panel.views.explore.page import VIEW_CLASSES  # noqa: PLC0415 - brings numba along

    rng = np.random.default_rng(2)
    taken: Timed = {}
    with Gateway() as gateway:
        load_butter_e(gateway, file)
        scores = AnomalyScores(gateway)
        scores.prepare()
        state = Exploration(gateway, scores=scores)
        for view in VIEW_CLASSES.values():
            view(state)
        state.schedule = lambda _refresh: None
        for _ in range(count):
            low, high = (energy_wh * JOULES_PER_WH for energy_wh in energy_range(rng))
            state.brush_range("energy_j", low, high)
            for slow, kind in ((False, "prompt"), (True, "slow")):
                wanted = state.stale(slow=slow)
                for place, asked in wanted.items():
                    timed(taken, f"SQL {place}, {kind}", partial(state.answered, {place: asked}))
                timed(taken, f"{kind} questions side by side", partial(state.answered, wanted))
                timed(taken, f"draw {kind} answers", partial(state.publish, state.answered(wanted)))
    return taken


def timed(taken: Timed, name: str, work: Callable[[], object]) -> None:
    """Add how many milliseconds ``work`` took to ``taken[name]``."""
    start = time.perf_counter()
    work()
    taken.setdefault(name, []).append((time.perf_counter() - start) * 1000)
