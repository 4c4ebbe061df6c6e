"""Runs as columns, made once for all sessions: what the table shows, and what is filtered and summed."""

import threading
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from energyvis_panel.domain.units import GRAMS_PER_KG, kwh
from energyvis_panel.state.run_rows import RunRow

FEW: Final = 0.0005
SMALL: Final = 2000
"""So many rows are made anew faster than they are looked up."""
COLUMNS: Final = (
    "run_id", "state", "name", "user", "project", "hosts", "started", "duration_s", "epochs", "energy_kwh",
    "carbon_kg", "cost_usd", "power_w", "quality", "origin",
)  # fmt: skip
"""What the table shows; ``run_id`` goes with it unseen."""
SHOWN: Final = tuple(column for column in COLUMNS if column not in {"run_id", "epochs"})
"""What is shown until somebody chooses."""
NUMBERS: Final = ("duration_s", "energy_kwh", "carbon_kg", "cost_usd", "power_w")
TEXTS: Final = tuple(column for column in COLUMNS if column not in NUMBERS)
"""Columns of text, named because an empty table must not take them for numbers."""

Places = npt.NDArray[np.int64]


def runs_frame(rows: Sequence[RunRow]) -> pd.DataFrame:
    """One line a run: the table's columns (kWh, kg CO2e, USD, W, seconds), and further ones to work with.

    These are ``estimated_kwh``, ``day`` (ordinal of the day of the start) and ``text`` (to look words up in).
    """
    columns: dict[str, object] = {
        "run_id": [row.run_id for row in rows],
        "state": [row.state for row in rows],
        "name": [row.name for row in rows],
        "user": [row.user for row in rows],
        "project": [row.project for row in rows],
        "hosts": [row.hosts for row in rows],
        "started": [row.started_at.isoformat(" ", "minutes")[:16] for row in rows],
        "duration_s": numbers([row.duration_s for row in rows]),
        "epochs": [epochs_text(row) for row in rows],
        "energy_kwh": numbers([None if row.energy_j is None else kwh(row.energy_j) for row in rows]),
        "carbon_kg": numbers([None if row.carbon_g is None else row.carbon_g / GRAMS_PER_KG for row in rows]),
        "cost_usd": numbers([row.cost_usd for row in rows]),
        "power_w": numbers([row.power_w for row in rows]),
        "quality": [row.quality for row in rows],
        "origin": [origin_text(row) for row in rows],
        "estimated_kwh": numbers([kwh(row.energy_j or 0.0) * (row.estimated_share or 0.0) for row in rows]),
        "day": np.array([row.started_at.toordinal() for row in rows], dtype=np.int64),
        "text": [row.text for row in rows],
    }
    return pd.DataFrame(columns).astype(dict.fromkeys((*TEXTS, "text"), "str"))


def numbers(values: Sequence[float | None]) -> npt.NDArray[np.float64]:
    """Values with NaN for what is not known."""
    return np.array(values, dtype=np.float64)


def epochs_text(row: RunRow) -> str:
    """Epochs done, of those planned where that is known."""
    if row.epochs_planned:
        return f"{row.epochs_done}/{row.epochs_planned}"
    return str(row.epochs_done) if row.epochs_done else "–"


def origin_text(row: RunRow) -> str:
    """``measured``, ``estimated`` or what part of the energy was; and whether readings are missing."""
    if row.energy_j is None:
        return "no readings"
    share = row.estimated_share or 0.0
    if row.source == "estimate" and (row.estimated_share is None or share > 1 - FEW):
        text = "○ estimated"
    elif share > FEW:
        text = f"◐ {100 * share:.0f} % estimated" if share >= 0.01 else "◐ < 1 % estimated"  # noqa: PLR2004 - 1 %
    elif row.source == "imported":
        text = "imported"
    else:
        text = "● measured"
    return f"{text}, gaps" if row.quality == "gap" else text


class FrameCache:
    """The columns of the latest rows. A row that was there before, as the same object, is not made again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: tuple[RunRow, ...] = ()
        self._frame = runs_frame(())

    def of(self, rows: tuple[RunRow, ...]) -> pd.DataFrame:
        """Columns of ``rows``, in their order. Nobody may change them: all sessions see the same."""
        with self._lock:
            if rows is not self._rows:
                self._frame = self._made(rows)
                self._rows = rows
            return self._frame

    def _made(self, rows: tuple[RunRow, ...]) -> pd.DataFrame:
        if len(rows) < SMALL:
            return runs_frame(rows)
        known = {id(row): place for place, row in enumerate(self._rows)}
        places = np.array([known.get(id(row), -1) for row in rows], dtype=np.int64)
        fresh = np.flatnonzero(places < 0)
        if fresh.size > len(rows) // 2:
            return runs_frame(rows)
        places[fresh] = len(self._rows) + np.arange(fresh.size)
        added = runs_frame([rows[place] for place in fresh])
        joined = pd.concat([self._frame, added], ignore_index=True) if fresh.size else self._frame
        return joined.take(places).reset_index(drop=True)


SHARED: Final = FrameCache()
"""The columns of the one lake that a process shows."""
