"""Meters: one file for each way of reading energy, all behind the `Meter` protocol.

A new kind of meter is a module with a class that fits `Meter`, and a few lines in `open_meters`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.cpu import open_cpu_meters
from energyvis_tracker.meters.machine import cpu_model
from energyvis_tracker.meters.meter import Device, Meter, Reading

if TYPE_CHECKING:
    from energyvis_tracker.meters.nvml import NvmlMeter

__all__ = ["Device", "Meter", "Meters", "Reading", "cpu_model", "open_meters"]


@dataclass(frozen=True, slots=True)
class Meters:
    """The meters of this machine, and what was found that has none, with the reason.

    `host_devices` are those that every job here shares; GPUs are chosen for each job.
    """

    meters: list[Meter]
    host_devices: list[Device]
    nvml: "NvmlMeter | None"
    no_nvml: Device | None

    def devices_of(self, visible: str | None, order: str | None) -> list[Device]:
        """Return the devices of a process with this `CUDA_VISIBLE_DEVICES` and `CUDA_DEVICE_ORDER`."""
        gpus = [] if self.no_nvml is None else [self.no_nvml]
        if self.nvml is not None:
            gpus = self.nvml.select(visible, order)
        return [*gpus, *self.host_devices]


def open_meters(monotonic_ns: Callable[[], int], environ: Mapping[str, str] = os.environ) -> Meters:
    """Return the meters of this machine."""
    meters, devices = open_cpu_meters(monotonic_ns, environ)
    from energyvis_tracker.meters.nvml import NvmlMeter  # noqa: PLC0415 - not in the job's process

    try:
        nvml = NvmlMeter.from_environment(monotonic_ns, environ)
    except DeviceUnavailable as error:
        return Meters(meters, devices, None, Device("gpu", "nvidia", "", "none", note=str(error)))
    except Exception as error:  # noqa: BLE001 - a driver may fail in ways that nobody has listed; the CPU is measured
        note = f"NVIDIA's management library failed: {error!r}"
        return Meters(meters, devices, None, Device("gpu", "nvidia", "", "none", note=note))
    # GPUs first: they draw most, and their reading should lie closest to the tick.
    return Meters([nvml, *meters], devices, nvml, None)
