"""What a board may tell beside its energy: power, load, memory, temperature. Each can be missing.

Facts: NVML API reference. nvmlDeviceGetPowerUsage is the average of a second on Ampere and later, except on
GA100; field 186 of nvmlDeviceGetFieldValues is the power at that instant on every board that has it.
"""

from collections.abc import Callable
from typing import Any

from energyvis_tracker.meters.nvml_library import NvmlLibrary, NvmlRefused

Way = Callable[[NvmlLibrary, Any], float]


def instant_power_w(library: NvmlLibrary, handle: Any) -> float:
    """Return the power of this instant in W."""
    (field,) = library.ask("nvmlDeviceGetFieldValues", handle, [library.module.NVML_FI_DEV_POWER_INSTANT])
    if field.nvmlReturn != 0:
        raise NvmlRefused(field.nvmlReturn, "no power of this instant")
    return float(field.value.uiVal) / 1e3


def usual_power_w(library: NvmlLibrary, handle: Any) -> float:
    """Return the power in W, as nvidia-smi shows it."""
    return float(library.ask("nvmlDeviceGetPowerUsage", handle)) / 1e3


def load_pct(library: NvmlLibrary, handle: Any) -> float:
    """Return the part of the last sample period in which a kernel ran, in percent."""
    return float(library.ask("nvmlDeviceGetUtilizationRates", handle).gpu)


def memory_bytes(library: NvmlLibrary, handle: Any) -> float:
    """Return the memory in use, without what the driver keeps for itself."""
    return float(library.ask("nvmlDeviceGetMemoryInfo", handle, library.module.nvmlMemory_v2).used)


def memory_bytes_of_old_drivers(library: NvmlLibrary, handle: Any) -> float:
    """Return the memory in use, with what the driver keeps for itself."""
    return float(library.ask("nvmlDeviceGetMemoryInfo", handle).used)


def temperature_c(library: NvmlLibrary, handle: Any) -> float:
    """Return the temperature of the chip in degrees Celsius."""
    return float(library.ask("nvmlDeviceGetTemperature", handle, library.module.NVML_TEMPERATURE_GPU))


class OptionalField:
    """A quantity asked for in the first way that works; a way that is refused for good is not tried again."""

    def __init__(self, library: NvmlLibrary, *ways: Way) -> None:
        self.library = library
        self.ways = list(ways)

    def read(self, handle: Any) -> float | None:
        """Return the value, or none where the board does not offer it or does not answer now."""
        while self.ways:
            try:
                return self.ways[0](self.library, handle)
            except NvmlRefused as refused:
                if not refused.is_for_good:
                    return None
                del self.ways[0]
        return None


class BoardFields:
    """The optional quantities of one board."""

    def __init__(self, library: NvmlLibrary) -> None:
        self.power = OptionalField(library, instant_power_w, usual_power_w)
        self.load = OptionalField(library, load_pct)
        self.memory = OptionalField(library, memory_bytes, memory_bytes_of_old_drivers)
        self.temperature = OptionalField(library, temperature_c)
