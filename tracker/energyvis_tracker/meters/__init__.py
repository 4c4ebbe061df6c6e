"""Meters: one file for each way of reading energy, all behind the `Meter` protocol.

A new kind of meter is a module with a class that fits `Meter`, and one line in `open_meters`.
"""

import os
from collections.abc import Callable, Mapping

from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.cpu_load import CpuLoadMeter
from energyvis_tracker.meters.machine import cpu_model
from energyvis_tracker.meters.meter import Device, Meter, Reading
from energyvis_tracker.meters.rapl import RaplMeter

__all__ = ["Device", "Meter", "Reading", "cpu_model", "open_meters"]


def open_meters(
    monotonic_ns: Callable[[], int], environ: Mapping[str, str] = os.environ
) -> tuple[list[Meter], list[Device]]:
    """Return the meters of this machine, and every device looked for, with the reason where it has no meter.

    The CPU is estimated from its load only where no package counter can be read.
    """
    meters: list[Meter] = []
    model = cpu_model()
    rapl = RaplMeter.from_environment(model, monotonic_ns, environ)
    devices = list(rapl.devices)
    if rapl.measured:
        meters.append(rapl)
    if not any(device.kind == "cpu" for device in rapl.measured):
        try:
            load = CpuLoadMeter.from_environment(model, monotonic_ns, environ)
        except DeviceUnavailable as error:
            devices.append(Device("cpu", "cpu", model, "none", note=str(error)))
        else:
            meters.append(load)
            devices.extend(load.devices)
    return meters, devices
