"""The CPU's energy estimated from its load, where no counter can be read.

Power is taken to rise in a straight line with the load, as in Fan, Weber and Barroso, "Power provisioning
for a warehouse-sized computer", ISCA 2007::

    P = TDP x (IDLE_SHARE + (1 - IDLE_SHARE) x load)

The line makes the estimate additive: however an interval is cut, the parts add up to the whole. The same sum
in energy, with B the busy processor seconds and n the number of processors, is what the meter computes::

    E = TDP x (IDLE_SHARE x t + (1 - IDLE_SHARE) x B / n)
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from energyvis_tracker.arguments import tdp_setting
from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.counter_file import CounterFile
from energyvis_tracker.meters.cpu_tdp import MachineTdp, machine_tdp
from energyvis_tracker.meters.machine import is_virtual, processor_count, socket_count
from energyvis_tracker.meters.meter import Device, Reading, mean_power_w

# An assumption: packages idle at about a tenth (desktop) to a third (large servers) of their TDP.
IDLE_SHARE = 0.2
PROC_STAT = Path("/proc/stat")
# USER_HZ is 100 on every Linux that Python runs on.
MS_PER_TICK = 10


def busy_ms_in(stat: bytes) -> int:
    """Return the milliseconds that all processors have worked since boot, from the head of /proc/stat.

    Idle, waiting for input, and time stolen by the hypervisor do not count; guests stand in `user` already.
    """
    user, nice, system, _idle, _iowait, irq, softirq = map(int, stat.split(None, 8)[1:8])
    return (user + nice + system + irq + softirq) * MS_PER_TICK


def busy_ms_of_linux() -> Callable[[], int]:
    """Return the function that reads these milliseconds from the running kernel."""
    file = CounterFile(PROC_STAT)
    return lambda: busy_ms_in(file.read())


def busy_ms_of_other_systems() -> int:
    """Return the same from psutil."""
    import psutil  # noqa: PLC0415 - Linux never needs it, and it costs 35 ms

    times = psutil.cpu_times()
    fields = ("user", "nice", "system", "irq", "softirq")
    return round(1000 * sum(getattr(times, name, 0.0) for name in fields))


class CpuLoadMeter:
    """One device `cpu` for the whole machine, always marked as an estimate.

    Raises
    ------
    DeviceUnavailable
        If the system does not say how busy its processors are.
    """

    def __init__(
        self,
        model: str,
        tdp: MachineTdp,
        monotonic_ns: Callable[[], int],
        busy_ms: Callable[[], int],
        processors: int,
    ) -> None:
        self.monotonic_ns = monotonic_ns
        self.busy_ms = busy_ms
        self.processors = processors
        self.tdp_w = tdp.tdp_w
        note = f"estimate from load: TDP {self.tdp_w:g} W ({tdp.origin}), {IDLE_SHARE:.0%} of it when idle"
        self.device = Device("cpu", "cpu", model, "estimate", "ms", note)
        self.devices = [self.device]
        try:
            self.counted_ms = float(busy_ms())
        except (OSError, ValueError) as error:
            raise DeviceUnavailable(f"The load of the processors cannot be read: {error}") from error
        self.last_ns: int | None = None

    @classmethod
    def from_environment(
        cls, model: str, monotonic_ns: Callable[[], int], environ: Mapping[str, str]
    ) -> Self:
        """Return the meter, with the TDP of all sockets by `ENERGYVIS_CPU_TDP_W`, else by the model."""
        busy_ms = busy_ms_of_linux() if PROC_STAT.exists() else busy_ms_of_other_systems
        given_w, processors = tdp_setting(environ), processor_count()
        tdp = (
            MachineTdp(given_w, "from ENERGYVIS_CPU_TDP_W")
            if given_w is not None
            else machine_tdp(model, processors, socket_count(), is_virtual())
        )
        return cls(model, tdp, monotonic_ns, busy_ms, processors)

    @property
    def measured(self) -> Sequence[Device]:
        """Return the one device."""
        return self.devices

    def read(self) -> list[Reading]:
        """Return the estimated energy since the last read; none where the system gives no load."""
        now_ns = self.monotonic_ns()
        try:
            busy_now_ms = self.busy_ms()
        except (OSError, ValueError):
            return []
        if self.last_ns is None:
            self.last_ns, self.counted_ms = now_ns, busy_now_ms
            return [Reading(self.device, now_ns, 0.0, None, "ok", busy_now_ms)]
        interval_s = (now_ns - self.last_ns) / 1e9
        self.last_ns = now_ns
        # Busy time moves in steps of 10 ms, so a short interval may seem to hold more work than fits into
        # it: what does not fit is left for the next one, and the sum stays right.
        capacity_ms = interval_s * 1000 * self.processors
        busy_ms = min(max(0.0, busy_now_ms - self.counted_ms), capacity_ms)
        self.counted_ms += busy_ms
        share = busy_ms / capacity_ms if capacity_ms else 0.0
        energy_j = self.tdp_w * interval_s * (IDLE_SHARE + (1 - IDLE_SHARE) * share)
        power_w = mean_power_w(energy_j, round(interval_s * 1e9))
        util_pct = None if power_w is None else 100 * share
        return [Reading(self.device, now_ns, energy_j, power_w, "ok", busy_now_ms, util_pct)]
