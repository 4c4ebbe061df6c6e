"""Which settings the energy of the selected runs follows, in one sentence."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import column
from energyvis_panel.state.explore.dimensions import DIMENSIONS
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.parallel.parallel_coordinates import DRIVERS_SLOT
from energyvis_panel.state.explore.sentences import NOTHING_SELECTED, counted

Numbers = NDArray[np.float64]

ORDERED: Final = frozenset({"size", "depth"})
"""Settings with which energy can rise or fall; the others only tell runs apart."""
HARDLY: Final = 0.01
"""A share of the variance below this is not worth following."""
FEWEST_RUNS: Final = 3
SMALLEST_R: Final = 0.005
"""A correlation nearer to zero has no sign worth writing."""


@dataclass(frozen=True, slots=True)
class Driver:
    """How closely energy follows a setting.

    Attributes
    ----------
    name
        Name of the setting.
    share
        Part of the variance of energy, as drawn, that it explains: 0 to 1.
    r
        Pearson's correlation where the setting has an order.

    """

    name: str
    share: float
    r: float | None = None

    @property
    def said(self) -> str:
        """How closely, in brackets behind the name."""
        if self.r is not None:
            return f"r = {self.r:+.2f}".replace("-", "\u2212") if abs(self.r) >= SMALLEST_R else "r = 0.00"
        return f"explains {100 * self.share:.0f} %"

    @property
    def title(self) -> str:
        """The setting in a sentence."""
        return DIMENSIONS[self.name].title.lower()


def drivers(rows: pa.Table) -> list[Driver]:
    """Settings that vary, the one that energy follows most first.

    For a setting with an order, the share is the square of the correlation. For a category it is eta squared,
    corrected for how many values it has (epsilon squared), since many values explain a few runs by chance.

    Parameters
    ----------
    rows
        Sums as ``driver_sums`` makes them.

    """
    names = np.array(rows["setting"].to_pylist(), dtype=object)
    found = []
    for name in dict.fromkeys(names.tolist()):
        mine = names == name
        places, runs = column(rows, "code")[mine], column(rows, "run_count")[mine]
        sums, squares = (
            np.array(rows[key].to_pylist(), np.float64)[mine] for key in ("energy_sum", "energy_square_sum")
        )
        driver = driver_of(
            name, places.astype(np.float64), runs.astype(np.float64), sums, float(squares.sum())
        )
        if driver is not None:
            found.append(driver)
    return sorted(found, key=lambda driver: -driver.share)


def driver_of(name: str, places: Numbers, runs: Numbers, sums: Numbers, square_sum: float) -> Driver | None:
    """How closely energy follows one setting; None where too little varies to tell.

    Parameters
    ----------
    name
        Name of the setting.
    places, runs, sums
        For each of its values: its place on the axis, how many runs, and the sum of their energy.
    square_sum
        Sum of the squares of the energy of all runs.

    """
    count, total = runs.sum(), sums.sum()
    variation = square_sum - total**2 / count
    if len(places) < 2 or count < max(FEWEST_RUNS, len(places) + 1) or variation <= 0:  # noqa: PLR2004 - a pair
        return None
    if name in ORDERED:
        mean = (runs * places).sum() / count
        spread = (runs * (places - mean) ** 2).sum()
        r = float(((places - mean) * sums).sum() / math.sqrt(spread * variation))
        return Driver(name, r * r, r)
    within = square_sum - (sums**2 / runs).sum()
    share = 1 - within / (count - len(places)) * (count - 1) / variation
    return Driver(name, float(min(max(share, 0), 1)))


def drivers_answer(state: Exploration) -> str:
    """Which settings the energy of the selection follows, in one sentence."""
    if not state.run_count:
        return NOTHING_SELECTED
    of = counted(state)
    found = drivers(state.answer(DRIVERS_SLOT))
    if not found:
        return f"Too little varies to say what energy follows ({of})."
    followed = [driver for driver in found if driver.share >= HARDLY]
    ignored = [driver for driver in found if driver.share < HARDLY]
    if not followed:
        return f"Over {of}, energy hardly follows {listed(ignored)}."
    said = f"Over {of}, energy follows {followed[0].title} most ({followed[0].said})"
    if len(followed) > 1:
        said += f", then {listed(followed[1:3])}"
    if ignored:
        said += f"; {listed(ignored[-2:])} hardly"
    return f"{said}."


def listed(some: list[Driver]) -> str:
    """How closely energy follows some settings, as ``"depth (r = +0.03) and shape (explains 9 %)"``."""
    texts = [f"{driver.title} ({driver.said})" for driver in some]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
