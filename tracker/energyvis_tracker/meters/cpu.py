"""Which meter reads the CPU: its counters, by our own reader or pyRAPL, else the estimate from its load."""

from collections.abc import Callable, Mapping

from energyvis_tracker.arguments import rapl_backend_setting
from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.cpu_load import CpuLoadMeter
from energyvis_tracker.meters.machine import cpu_model
from energyvis_tracker.meters.meter import Device, Meter
from energyvis_tracker.meters.rapl import RaplMeter


def open_cpu_meters(
    monotonic_ns: Callable[[], int], environ: Mapping[str, str]
) -> tuple[list[Meter], list[Device]]:
    """Return the meters of CPU and DRAM, and every device looked for, with the reason where it has no meter.

    The CPU is estimated from its load only where no package counter can be read.

    Raises
    ------
    ConfigurationError
        If a setting in `environ` cannot be meant.
    """
    model = cpu_model()
    rapl, devices = open_rapl(model, monotonic_ns, environ)
    meters: list[Meter] = [rapl] if rapl.measured else []
    devices += rapl.devices
    if not any(device.kind == "cpu" for device in rapl.measured):
        try:
            load = CpuLoadMeter.from_environment(model, monotonic_ns, environ)
        except DeviceUnavailable as error:
            devices.append(Device("cpu", "cpu", model, "none", note=str(error)))
        else:
            meters.append(load)
            devices += load.devices
    return meters, devices


def open_rapl(
    model: str, monotonic_ns: Callable[[], int], environ: Mapping[str, str]
) -> tuple[RaplMeter, list[Device]]:
    """Return the reader of the counters that was asked for, or ours and the reason why not that one."""
    reasons = []
    if rapl_backend_setting(environ) == "pyrapl":
        from energyvis_tracker.meters.pyrapl_backend import pyrapl_meter  # noqa: PLC0415 - an extra

        try:
            return pyrapl_meter(model, monotonic_ns, environ), []
        except DeviceUnavailable as error:
            note = f"{error}; read by the tracker itself meanwhile"
            reasons.append(Device("cpu", "pyrapl", model, "none", note=note))
    return RaplMeter.from_environment(model, monotonic_ns, environ), reasons
