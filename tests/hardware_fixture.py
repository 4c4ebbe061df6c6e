"""Studies of profiles on real chips of the catalogue."""

from collections.abc import Sequence
from dataclasses import replace

from energyvis_panel.data.chips import find_chip
from energyvis_panel.domain.edits import References
from energyvis_panel.domain.hardware import Precision
from energyvis_panel.domain.profile import EnergyProfile, HardwareItem
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.state.study import Study
from tests.profiles_fixture import INTENSITIES, small_profile

V100 = HardwareItem("gpu", "Tesla V100 SXM2 32 GB", 8)
XEON = HardwareItem("cpu", "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", 2)
STRANGE = HardwareItem("gpu", "Frobnicator <b>9000</b>", 4)
MACHINES = {
    "gpus": (V100, XEON),
    "plain hosts": (V100, HardwareItem("cpu", "Intel Xeon Platinum 8272CL", 2)),
    "cpus": (HardwareItem("cpu", "AMD EPYC 7742", 2),),
    "strange": (STRANGE, XEON),
    "bare": (),
}
H100, A100, EPYC = "nvidia-h100-sxm5-80-gb", "nvidia-a100-sxm4-80-gb", "amd-epyc-7742"


class Machines:
    """One preloaded profile a machine: 4 epochs of 100 s, 1 kWh of GPU and 0.1 kWh of CPU energy each."""

    def __init__(self, precision: Precision | None = None) -> None:
        self.precision = precision

    def preloaded(self) -> Sequence[EnergyProfile]:
        return tuple(
            replace(small_profile(name), hardware=machine, precision=self.precision)
            for name, machine in MACHINES.items()
        )

    def runs(self) -> Sequence[RunSummary]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise LookupError(run_id)


def machine_study(profile_id: str = "gpus", precision: Precision | None = None) -> Study:
    """Study of the profile on one of :data:`MACHINES`."""
    study = Study(Machines(precision), References(INTENSITIES, {}, find_chip))
    study.select(profile_id)
    study.forget_steps()
    return study
