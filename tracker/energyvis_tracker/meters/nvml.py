"""NVIDIA GPUs through NVML: the boards that the jobs here use, each read once for all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.cuda_devices import CudaBoard, Refusal, Selection, visible_devices
from energyvis_tracker.meters.meter import Device, Reading
from energyvis_tracker.meters.mig import slice_device
from energyvis_tracker.meters.nvml_board import NvmlBoard
from energyvis_tracker.meters.nvml_library import NvmlLibrary, NvmlRefused, load_pynvml
from energyvis_tracker.meters.nvml_topology import boards_here, driver_major

RESTART_INTERVAL_NS = 30_000_000_000
NO_BOARD = (
    "the NVIDIA driver shows no GPU to this process: see nvidia-smi -L; in a container start it with "
    "--gpus all, under SLURM ask for GPUs (--gres=gpu:1)"
)


class NvmlMeter:
    """The boards that were selected.

    Parameters
    ----------
    nvml
        The module pynvml, or one that answers like it.
    monotonic_ns
        The clock of the readings.

    Raises
    ------
    DeviceUnavailable
        If NVML cannot be initialised; the message is the reason with the remedy.
    """

    def __init__(self, nvml: Any, monotonic_ns: Callable[[], int]) -> None:
        self.monotonic_ns = monotonic_ns
        self.boards: dict[str, NvmlBoard] = {}
        self.restarted_ns: int | None = None
        try:
            self.library = NvmlLibrary(nvml)
        except NvmlRefused as refused:
            raise DeviceUnavailable(refused.reason) from refused

    @classmethod
    def from_environment(cls, monotonic_ns: Callable[[], int], environ: Mapping[str, str]) -> Self:
        """Return the meter, with the library that `ENERGYVIS_NVML_LIBRARY` may name.

        Raises
        ------
        DeviceUnavailable
            If there is no driver, or it does not answer; the message is the reason with the remedy.
        """
        return cls(load_pynvml(environ), monotonic_ns)

    def select(self, visible: str | None, order: str | None) -> list[Device]:
        """Return what a process uses, in CUDA's order, and read its boards from now on.

        What cannot be measured stands in the list with the source `none` and the reason.

        Parameters
        ----------
        visible, order
            CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER of the process; none where they are not set.
        """
        try:
            self.library.initialise_after_fork()
            boards = boards_here(self.library)
        except NvmlRefused as refused:
            return [Device("gpu", "gpu", "", "none", note=refused.reason)]
        selection = visible_devices(boards, visible, order, driver_major(self.library))
        refusals = selection.refusals if boards else (Refusal("", NO_BOARD),)
        return [*self.devices_of(selection), *map(device_of_refusal, refusals)]

    @property
    def measured(self) -> Sequence[Device]:
        """Return the boards that `read` reports."""
        return [board.device for board in list(self.boards.values())]

    @property
    def failures(self) -> Mapping[str, str]:
        """Return why a board does not answer at present, by its id; empty when all do."""
        return {board.uuid: board.failure for board in list(self.boards.values()) if board.failure}

    def read(self) -> list[Reading]:
        """Return a reading of every board that answers."""
        try:
            self.library.initialise_after_fork()
            self.restart_if_due()
        except NvmlRefused as refused:
            for board in list(self.boards.values()):
                board.miss(refused)
            return []
        readings = (board.read(self.monotonic_ns()) for board in list(self.boards.values()))
        return [reading for reading in readings if reading is not None]

    def restart_if_due(self) -> None:
        """Initialise NVML anew where a board has failed twice in a row, at most every 30 s.

        Raises
        ------
        NvmlRefused
            If that is refused.
        """
        if all(board.failed_reads < 2 for board in list(self.boards.values())):  # noqa: PLR2004 - one miss may be chance
            return
        now_ns = self.monotonic_ns()
        if self.restarted_ns is None or now_ns - self.restarted_ns >= RESTART_INTERVAL_NS:
            self.restarted_ns = now_ns
            self.library.restart()

    def devices_of(self, selection: Selection) -> list[Device]:
        """Return a device for each choice, and take its board in."""
        devices = []
        for choice in selection.choices:
            board = self.board_of(choice.board)
            if board is None:
                devices.append(Device("gpu", choice.uuid, "", "none", note=choice.board.fault))
                continue
            slices = None if choice.mig_slice is None else board.compute_slices()
            devices.append(with_doubt(slice_device(choice, board.device, slices), selection.doubt))
        return devices

    def board_of(self, found: CudaBoard) -> NvmlBoard | None:
        """Return the board that is read for one that was found; none where that did not answer at all."""
        if found.fault:
            return None
        board = self.boards.get(found.uuid) or NvmlBoard(self.library, found.uuid, found.model)
        if board.device.source != "none":
            self.boards[board.uuid] = board
        return board


def with_doubt(device: Device, doubt: str) -> Device:
    """Return the device with what is uncertain about its choice added to its note."""
    return replace(device, note="; ".join(filter(None, (device.note, doubt)))) if doubt else device


def device_of_refusal(refusal: Refusal) -> Device:
    """Return a device without a source for what a process cannot use."""
    identity = refusal.entry if refusal.entry.startswith(("GPU-", "MIG-")) else f"gpu {refusal.entry}".strip()
    return Device("gpu", identity, "", "none", note=refusal.reason)
