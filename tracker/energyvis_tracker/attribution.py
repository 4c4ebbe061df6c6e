"""Which part of a device's energy is this job's, on a machine that it shares with others.

`exclusive`: all of it. `cpu_time`: of processors and memory, the part of the busy processor time that the
job's processes used; GPUs whole. `gpu_process`: that, and of each GPU the part of its use that the job's
processes made. Idle power is split in the same proportion. The energy of the whole device always stands
beside the part.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from energyvis_tracker.meters.cpu_share import CpuTimeShare
    from energyvis_tracker.meters.gpu_process_share import GpuProcessShare
    from energyvis_tracker.meters.meter import Device

RULES = ("exclusive", "cpu_time", "gpu_process")
Shares = Callable[["Device"], float | None]


def whole(device: "Device") -> float | None:
    """Return the part of a slice of a board, and none for a device that counts whole."""
    return device.share


class Attribution:
    """A rule, and the parts since it was last asked.

    Parameters
    ----------
    rule
        One of `RULES`.
    pids
        Returns the job's processes; their descendants count as well.
    gpus
        Tells which part of each board processes use; none where no board is read.
    is_alone
        Returns whether the sampler measures no other run, which would be in the same control group.
    """

    def __init__(
        self,
        rule: str,
        pids: Callable[[], Collection[int]],
        gpus: "GpuProcessShare | None",
        is_alone: Callable[[], bool],
    ) -> None:
        self.rule = rule
        self.gpus = gpus if rule == "gpu_process" else None
        self.known: dict[str, float] = {}
        self.cpu: CpuTimeShare | None = None
        if rule != "exclusive":
            from energyvis_tracker.meters import cpu_share  # noqa: PLC0415 - seldom needed

            self.cpu = cpu_share.CpuTimeShare(pids, is_alone)

    @property
    def sentence(self) -> str:
        """Return how the parts are found, for the run's notes; empty where devices count whole."""
        rules = [part.rule for part in (self.cpu, self.gpus) if part is not None]
        return " ".join(rules)

    def shares(self) -> Shares:
        """Return the parts since the last call; what is not known is the last known, first the whole."""
        if self.cpu is None:
            return whole
        found: dict[str, float | None] = {"": self.cpu.share()}
        if self.gpus is not None:
            found |= self.gpus.shares(self.cpu.pids_seen())
        self.known |= {key: share for key, share in found.items() if share is not None}
        return self.share_of

    def share_of(self, device: "Device") -> float | None:
        """Return the part of a device."""
        if device.share is not None:
            return device.share
        if device.kind == "gpu":
            return None if self.gpus is None else self.known.get(device.id, 1.0)
        return self.known.get("", 1.0)
