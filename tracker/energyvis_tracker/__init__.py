"""Measure what a job consumes: `EnergyTracker` beside a loop, `energyvis-track run` beside any command.

Importing this package is cheap: pyarrow and psutil are loaded only where they are needed, in the sampler's
own process, and what is needed seldom is loaded when it is asked for.
"""

import logging
from typing import TYPE_CHECKING, Any

from energyvis_tracker.errors import ConfigurationError, DeviceUnavailable, SinkError, TrackerError
from energyvis_tracker.tracker import EnergyTracker, track
from energyvis_tracker.version import VERSION

if TYPE_CHECKING:
    from energyvis_tracker.recovery import RecoveredRun, recover

__all__ = [
    "ConfigurationError",
    "DeviceUnavailable",
    "EnergyTracker",
    "RecoveredRun",
    "SinkError",
    "TrackerError",
    "recover",
    "track",
]

__version__ = VERSION

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name in {"RecoveredRun", "recover"}:
        from energyvis_tracker import recovery  # noqa: PLC0415 - reads the lake, which a job never does

        return getattr(recovery, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
