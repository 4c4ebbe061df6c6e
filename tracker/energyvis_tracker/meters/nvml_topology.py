"""Which boards there are: what NVML counts, in its order, with the MIG slices of each."""

from typing import Any

from energyvis_tracker.meters.cuda_devices import CudaBoard
from energyvis_tracker.meters.mig import is_in_mig_mode, slices_of_board
from energyvis_tracker.meters.nvml_library import NvmlLibrary, NvmlRefused


def boards_here(library: NvmlLibrary) -> list[CudaBoard]:
    """Return all boards that this process may see, in the order of NVML, which is the PCI bus's.

    Raises
    ------
    NvmlRefused
        If they cannot be counted.
    """
    return [board_at(library, index) for index in range(library.ask("nvmlDeviceGetCount"))]


def board_at(library: NvmlLibrary, index: int) -> CudaBoard:
    """Return the board at a place of the order, which counts even where the board does not answer."""
    try:
        handle = library.ask("nvmlDeviceGetHandleByIndex", index)
        uuid = str(library.ask("nvmlDeviceGetUUID", handle))
    except NvmlRefused as refused:
        return CudaBoard(index, f"gpu-{index}", "", fault=refused.reason)
    in_mig_mode = is_in_mig_mode(library, handle)
    slices = slices_of_board(library, handle) if in_mig_mode else ()
    return CudaBoard(index, uuid, model_of(library, handle), in_mig_mode, slices)


def model_of(library: NvmlLibrary, handle: Any) -> str:
    """Return the name of a board's model, or an empty text where the driver does not say it."""
    try:
        return str(library.ask("nvmlDeviceGetName", handle))
    except NvmlRefused:
        return ""


def driver_major(library: NvmlLibrary) -> int | None:
    """Return the first number of the driver's version, or none where it is not said."""
    try:
        return int(str(library.ask("nvmlSystemGetDriverVersion")).partition(".")[0])
    except (NvmlRefused, ValueError):
        return None
