"""Errors of the tracker.

::

    TrackerError
    ├── ConfigurationError   a mistake in the call or in a setting; raised before anything is measured
    ├── DeviceUnavailable    a device cannot be read; its message is the reason, with the remedy
    └── SinkError            the lake cannot be read or written

Only the first is ever raised into a job, and only while a tracker is being made. The others are
caught inside the sampler and end as a note in the run.
"""


class TrackerError(Exception):
    """Base of every error of the tracker."""


class ConfigurationError(TrackerError, ValueError):
    """An argument or a setting that cannot be meant."""


class DeviceUnavailable(TrackerError):  # noqa: N818 - a state of the machine, named so in the documented tree
    """A device that is not there or may not be read."""


class SinkError(TrackerError):
    """A lake or a file in it that cannot be read or written."""
