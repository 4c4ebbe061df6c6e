"""What of a run can be brushed: quantities, categories, and planes of two quantities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from energyvis_panel.domain.units import JOULES_PER_WH, duration_text, energy_text, power_text, three_digits


def whole_text(value: float) -> str:
    """A whole number for people."""
    return f"{round(value):,}"


TEXTS: Final[Mapping[str, Callable[[float], str]]] = {
    "energy_j": energy_text,
    "run_time_s": duration_text,
    "power_w": power_text,
    "size": whole_text,
    "depth": whole_text,
    "j_per_datum": lambda value: f"{three_digits(value * 1000)} mJ",
    "started_s": lambda value: f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M}",
    "working_set_bytes": lambda value: f"{three_digits(value / 1024)} KiB",
}
"""How a quantity is written, by its name; the others with three digits."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A quantity or category that can be brushed.

    Attributes
    ----------
    name, title
        For programs and for people.
    short
        Title and unit in two lines of at most eight letters, for many axes on a phone.
    unit, per_unit
        Unit in which a quantity is drawn and typed, and how much of the stored unit it holds.

    """

    name: str
    title: str
    unit: str = ""
    per_unit: float = 1.0
    short: str = ""

    @property
    def label(self) -> str:
        """Title with the unit, for an axis."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def text(self, value: float) -> str:
        """``value`` of this quantity, in its stored unit, for people."""
        return TEXTS[self.name](value) if self.name in TEXTS else three_digits(value)


QUANTITIES: Final = {
    dimension.name: dimension
    for dimension in (
        Dimension("size", "Network size", "parameters", short="Size\n(params)"),
        Dimension("depth", "Depth", "layers", short="Depth\n(layers)"),
        Dimension("run_time_s", "Run time", "s", short="Run time\n(s)"),
        Dimension("power_w", "Mean power", "W", short="Power\n(W)"),
        Dimension("energy_j", "Energy", "Wh", JOULES_PER_WH, short="Energy\n(Wh)"),
        Dimension("j_per_datum", "Energy per datum", "mJ", 1e-3, short="A datum\n(mJ)"),
        Dimension("working_set_bytes", "Working set", "KiB", 1024.0, short="Working\nset (KiB)"),
        Dimension("started_s", "Start", "UTC", short="Start\n(UTC)"),
    )
}
"""Stored in SI units, bytes, and for the start in seconds since 1970 UTC."""

CATEGORIES: Final = {
    dimension.name: dimension
    for dimension in (
        Dimension("hardware", "Hardware", short="Hardware"),
        Dimension("dataset", "Data set", short="Data set"),
        Dimension("shape", "Shape", short="Shape"),
        Dimension("status", "Status", short="Status"),
        Dimension("batch", "Batch", short="Batch"),
        Dimension("node_type", "Node type", short="Node\ntype"),
        Dimension("node", "Node", short="Node"),
        Dimension("optimizer", "Optimizer", short="Optim-\nizer"),
        Dimension("batch_size", "Batch size", short="Batch\nsize"),
        Dimension("learning_rate", "Learning rate", short="Learning\nrate"),
    )
}

PLANES: Final = {"run_time_energy": ("run_time_s", "energy_j")}
"""Planes in which a lasso can be drawn: the quantity across and the quantity up, by name."""

RUN: Final = Dimension("run_id", "Run")
"""A category of one run a value: it singles runs out, and nobody chooses from it."""
SETS: Final = CATEGORIES | {RUN.name: RUN}
DIMENSIONS: Final = QUANTITIES | SETS
NAMES: Final = (*DIMENSIONS, *PLANES)
"""All names that a brush can have."""

STATUS_TEXT: Final = {
    "standardised": "in the published table",
    "overhead_estimate": "run of 505_tecator, from which the overhead is estimated",
    "below_overhead": "took no more than the overhead",
    "rejected_run_time": "ran longer than 75,000 s: hung",
    "rejected_energy": "energy of zero",
    "rejected_outlier": "run time more than 4 sd from runs of its data set and size",
    "optimizer_batch": "batch in which optimizer, learning rate and batch size vary",
    "no_file": "no power was recorded for its job",
    "missing_all": "no power was recorded during it",
    "missing_some": "minutes of power are missing",
    "zero_watts": "a recorded minute says 0 W",
}
"""What the status of a run says, for people."""

STATUS_SCOPES: Final = {
    "All runs": (),
    "Kept": ("below_overhead", "overhead_estimate", "standardised"),
    "Published": ("standardised",),
}
"""What the analysis keeps: everything; what passes the quality filters; the published table."""
