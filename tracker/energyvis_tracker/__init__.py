"""Measure what a job consumes: `EnergyTracker` beside a loop, `energyvis-track run` beside any command.

Importing this package is cheap, for the job and for the sampler's own process, which has no use for the names
below: each is loaded when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from energyvis_tracker.version import VERSION

if TYPE_CHECKING:
    from energyvis_tracker.budget import Budget
    from energyvis_tracker.decorator import track
    from energyvis_tracker.errors import ConfigurationError, DeviceUnavailable, SinkError, TrackerError
    from energyvis_tracker.recovery import RecoveredRun, recover
    from energyvis_tracker.span import Span
    from energyvis_tracker.tracker import EnergyTracker

__all__ = [
    "Budget",
    "ConfigurationError",
    "DeviceUnavailable",
    "EnergyTracker",
    "RecoveredRun",
    "SinkError",
    "Span",
    "TrackerError",
    "recover",
    "track",
]

__version__ = VERSION

HOMES = {
    "Budget": "budget",
    "ConfigurationError": "errors",
    "DeviceUnavailable": "errors",
    "EnergyTracker": "tracker",
    "RecoveredRun": "recovery",
    "SinkError": "errors",
    "Span": "span",
    "TrackerError": "errors",
    "recover": "recovery",
    "track": "decorator",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"energyvis_tracker.{HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
