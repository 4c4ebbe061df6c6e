"""What is known at one moment of a run that is followed over its live URL."""

from dataclasses import dataclass
from typing import Literal

from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile

Connection = Literal["connecting", "live", "lost", "ended", "failed"]
Action = Literal["pause", "resume", "stop"]
ACTIONS: tuple[Action, ...] = ("pause", "resume", "stop")


@dataclass(frozen=True, slots=True)
class PowerNow:
    """Watts of one kind of device at the newest sample, None where not known, and how they are obtained."""

    kind: DeviceKind
    power_w: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenEpoch:
    """The epoch that the run is in: seconds and joules so far, before PUE.

    ``estimated`` says that its beginning was not seen, so that what the run used outside of its finished
    epochs is shared out by time.
    """

    index: int
    duration_s: float
    energy: EnergyByKind
    estimated: bool


@dataclass(frozen=True, slots=True)
class RunNow:
    """The newest state of a run as its tracker tells it.

    ``profile`` is None until anything was measured; ``course_w`` is the power of all devices over the last
    minute, oldest first.
    """

    run_id: str
    name: str
    state: str
    epoch: int | None = None
    epochs_done: int = 0
    epochs_planned: int | None = None
    samples: int = 0
    power: tuple[PowerNow, ...] = ()
    course_w: tuple[float, ...] = ()
    open_epoch: OpenEpoch | None = None
    profile: EnergyProfile | None = None


@dataclass(frozen=True, slots=True)
class LiveReading:
    """A followed run and the connection to it. Times are of this process's monotonic clock, in seconds.

    Parameters
    ----------
    connection
        What has become of the connection; ``ended`` is the run's end, ``lost`` is none.
    place
        Host and port, as the URL names them.
    sentence
        Why the connection failed or was lost, or how the run ended; "" = all is well.
    run
        The run; None until it was first heard of.
    heard_s
        When the last sign of the server came; None before the first.
    sampled_s
        When the last sample came.
    retry_s
        When it is tried again, where the connection is lost.

    """

    connection: Connection
    place: str
    sentence: str = ""
    run: RunNow | None = None
    heard_s: float | None = None
    sampled_s: float | None = None
    retry_s: float | None = None
