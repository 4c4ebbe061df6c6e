"""One board: its energy since the previous reading, by its counter or, before Volta, from its power.

Facts: NVML API reference, nvmlDeviceGetTotalEnergyConsumption (millijoules since the driver was loaded, Volta
and later). PETSc manual, PetscLogGpuEnergyMeter: renewed every 20 to 100 ms. arXiv 2312.02741: on A100 and
H100 the power sensor looks at a quarter of the time only.
"""

from typing import Any

from energyvis_tracker.meters.meter import Device, Reading, mean_power_w
from energyvis_tracker.meters.mig import compute_slices_of_board
from energyvis_tracker.meters.nvml_fields import BoardFields, usual_power_w
from energyvis_tracker.meters.nvml_library import DRIVER_GONE, UNKNOWN, NvmlLibrary, NvmlRefused

REFRESH_S = 0.1
CEILING_FACTOR = 1.5
# For boards that do not tell their limit: an assumption, above every board on sale (B300: 1,400 W).
LIMIT_OF_ANY_BOARD_W = 2000.0
COUNTER_NOTE = "counter and power are renewed every 20 to 100 ms: blocks under some seconds are unreliable"
PART_TIME_NOTE = (
    "counter and power are renewed every 20 to 100 ms, and the sensor sees about a quarter of the time "
    "(arXiv 2312.02741): blocks under some seconds are unreliable"
)
PART_TIME_MODELS = ("A100", "H100")
INTEGRATED_NOTE = "no energy counter on this board: power in mW, integrated by trapezoids between readings"


def note_on_counter(model: str) -> str:
    """Return how finely the counter of a model resolves time."""
    return PART_TIME_NOTE if any(name in model for name in PART_TIME_MODELS) else COUNTER_NOTE


def energy_step_mj(previous_mj: int, now_mj: int, interval_s: float, limit_w: float) -> tuple[int, str]:
    """Return the millijoules between two reads of a counter, and ok or gap.

    It is a gap where the counter went back, as after a reload of the driver, or further on than 1.5 times the
    board's limit allows for the interval and one renewal of the counter.
    """
    step_mj = now_mj - previous_mj
    ceiling_mj = CEILING_FACTOR * limit_w * (interval_s + REFRESH_S) * 1e3
    return (step_mj, "ok") if 0 <= step_mj <= ceiling_mj else (0, "gap")


class NvmlBoard:
    """A board that is read; its device says by what, or why it cannot be."""

    def __init__(self, library: NvmlLibrary, uuid: str, model: str) -> None:
        self.library = library
        self.uuid = uuid
        self.generation = -1
        self.last_handle: Any = None
        self.limit_w = LIMIT_OF_ANY_BOARD_W
        self.fields = BoardFields(library)
        self.failure = ""
        self.failed_reads = 0
        self.driver_was_gone = False
        self.last_raw: int | None = None
        self.last_power_w: float | None = None
        self.last_ns = 0
        self.device = self.opened(model)

    def opened(self, model: str) -> Device:
        """Return the device with the best source that the board answers by now."""
        refusals = []
        for source, raw_unit, note in (
            ("counter", "mJ", note_on_counter(model)),
            ("integrated", "mW", INTEGRATED_NOTE),
        ):
            try:
                # A counter at 0 is one that never moves: the driver answers, but the board does not count.
                if self.raw(source) or source == "integrated":
                    return Device("gpu", self.uuid, model, source, raw_unit, note)
            except NvmlRefused as refused:
                refusals.append(f"{'energy' if source == 'counter' else 'power'}: {refused.reason}")
                if not refused.is_for_good and refused.code != UNKNOWN:
                    break  # a board that is lost or busy has a counter all the same
        return Device("gpu", self.uuid, model, "none", note="; ".join(refusals))

    def handle(self) -> Any:
        """Return the board's handle in the present initialisation of NVML; a new one asks all fields anew.

        Raises
        ------
        NvmlRefused
            If the board is not there.
        """
        if self.generation != self.library.generation:
            self.last_handle = self.library.ask("nvmlDeviceGetHandleByUUID", self.uuid)
            self.generation = self.library.generation
            self.fields = BoardFields(self.library)
            try:
                limits_mw = self.library.ask("nvmlDeviceGetPowerManagementLimitConstraints", self.last_handle)
                self.limit_w = limits_mw[1] / 1e3 or LIMIT_OF_ANY_BOARD_W
            except NvmlRefused:
                self.limit_w = LIMIT_OF_ANY_BOARD_W
        return self.last_handle

    def compute_slices(self) -> int | None:
        """Return how many compute slices the board has, or none where it does not say so."""
        try:
            return compute_slices_of_board(self.library, self.handle())
        except NvmlRefused:
            return None

    def raw(self, source: str) -> int:
        """Return the counter in mJ, or the power in mW where that is integrated."""
        handle = self.handle()
        if source == "counter":
            return int(self.library.ask("nvmlDeviceGetTotalEnergyConsumption", handle))
        return round(usual_power_w(self.library, handle) * 1e3)

    def read(self, mono_ns: int) -> Reading | None:
        """Return the energy since the last read that succeeded; none where the board does not answer."""
        try:
            raw = self.raw(self.device.source)
            handle = self.handle()
        except NvmlRefused as refused:
            self.miss(refused)
            return None
        power_w = raw / 1e3 if self.device.source == "integrated" else self.fields.power.read(handle)
        energy_j, quality, swept_j = self.step(raw, power_w, mono_ns)
        interval_ns = mono_ns - self.last_ns
        mean_w = None if quality == "gap" or self.last_raw is None else mean_power_w(energy_j, interval_ns)
        residual_j = energy_j - swept_j if self.device.source == "counter" and swept_j is not None else None
        self.last_raw, self.last_power_w, self.last_ns = raw, power_w, mono_ns
        self.failure, self.failed_reads, self.driver_was_gone = "", 0, False
        memory = self.fields.memory.read(handle)
        return Reading(
            self.device,
            mono_ns,
            energy_j,
            mean_w,
            quality,
            raw,
            util_pct=self.fields.load.read(handle),
            mem_used_bytes=None if memory is None else int(memory),
            temp_c=self.fields.temperature.read(handle),
            reported_power_w=power_w,
            residual_j=residual_j,
        )

    def miss(self, refused: NvmlRefused) -> None:
        """Note a read that failed, and why."""
        self.failure = refused.reason
        self.failed_reads += 1
        self.driver_was_gone |= refused.code in DRIVER_GONE

    def step(self, raw: int, power_w: float | None, mono_ns: int) -> tuple[float, str, float | None]:
        """Return the energy (J) since the last read, its quality, and the energy by the power sensor (J)."""
        if self.last_raw is None:
            return 0.0, "ok", None
        if self.driver_was_gone:
            # It counts from 0 again, and may by now be beyond where it stood.
            return 0.0, "gap", None
        interval_s = (mono_ns - self.last_ns) / 1e9
        swept_j = None
        if power_w is not None and self.last_power_w is not None:
            swept_j = (power_w + self.last_power_w) / 2 * interval_s
        if self.device.source == "counter":
            step_mj, quality = energy_step_mj(self.last_raw, raw, interval_s, self.limit_w)
            return step_mj / 1e3, quality, None if quality == "gap" else swept_j
        # What was drawn while the board did not answer is not known: no trapezoid over that.
        return (0.0, "gap", None) if self.failed_reads or swept_j is None else (swept_j, "ok", swept_j)
