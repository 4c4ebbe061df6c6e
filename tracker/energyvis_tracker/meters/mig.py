"""MIG: the slices of a board, and the device that stands for one.

A slice has no power and no energy of its own. Its board is measured, and the slice is taken to draw the part
that its compute slices are of the board's. Facts: NVML API reference, "Multi Instance GPU management":
nvmlDeviceGetAttributes_v2 answers for slices only, so the board's count comes from the largest GPU instance
profile that it offers, else from the highest number of slices that it can hold.
"""

from typing import Any

from energyvis_tracker.meters.cuda_devices import Choice, MigSlice
from energyvis_tracker.meters.meter import Device
from energyvis_tracker.meters.nvml_library import NvmlLibrary, NvmlRefused


def is_in_mig_mode(library: NvmlLibrary, handle: Any) -> bool:
    """Return whether a board is cut into slices at present."""
    try:
        current, _pending = library.ask("nvmlDeviceGetMigMode", handle)
    except NvmlRefused:
        return False  # boards before Ampere do not know the question
    return bool(current == library.module.NVML_DEVICE_MIG_ENABLE)


def slices_of_board(library: NvmlLibrary, handle: Any) -> tuple[MigSlice, ...]:
    """Return the slices of a board that this process may see, in the order of NVML."""
    try:
        most = library.ask("nvmlDeviceGetMaxMigDeviceCount", handle)
    except NvmlRefused:
        return ()
    slices = []
    for index in range(most):
        try:
            slice_handle = library.ask("nvmlDeviceGetMigDeviceHandleByIndex", handle, index)
            slices.append(
                MigSlice(
                    library.ask("nvmlDeviceGetUUID", slice_handle),
                    library.ask("nvmlDeviceGetGpuInstanceId", slice_handle),
                    library.ask("nvmlDeviceGetComputeInstanceId", slice_handle),
                    model_of_slice(library, slice_handle),
                    compute_slices_of(library, slice_handle),
                )
            )
        except NvmlRefused:
            continue  # places between slices are empty, and some belong to other containers
    return tuple(slices)


def model_of_slice(library: NvmlLibrary, slice_handle: Any) -> str:
    """Return the board's model with the profile of the slice, e.g. `NVIDIA A100-SXM4-40GB MIG 1g.5gb`."""
    try:
        return str(library.ask("nvmlDeviceGetName", slice_handle))
    except NvmlRefused:
        return ""


def compute_slices_of(library: NvmlLibrary, slice_handle: Any) -> int | None:
    """Return `computeInstanceSliceCount` of a slice."""
    try:
        return int(library.ask("nvmlDeviceGetAttributes_v2", slice_handle).computeInstanceSliceCount) or None
    except NvmlRefused:
        return None


def compute_slices_of_board(library: NvmlLibrary, handle: Any) -> int | None:
    """Return how many compute slices the whole board has: 7 on A100 and H100, 4 on A30."""
    counts = []
    for profile in range(library.module.NVML_GPU_INSTANCE_PROFILE_COUNT):
        try:
            counts.append(library.ask("nvmlDeviceGetGpuInstanceProfileInfo", handle, profile).sliceCount)
        except NvmlRefused:
            continue  # every board offers some of the profiles only
    if counts:
        return int(max(counts))
    try:
        return int(library.ask("nvmlDeviceGetMaxMigDeviceCount", handle)) or None
    except NvmlRefused:
        return None


def slice_device(choice: Choice, board: Device, board_slices: int | None) -> Device:
    """Return the device of a chosen slice of `board`, or one without a source where its part is not known."""
    mig_slice = choice.mig_slice
    if mig_slice is None:
        return board
    model = mig_slice.model or board.model
    if board.source == "none":
        return Device("gpu", mig_slice.uuid, model, "none", note=f"a slice of {board.id}: {board.note}")
    mine = mig_slice.compute_slices
    if mine is None or board_slices is None:
        note = f"a slice of {board.id}, which does not say how large a part of it that is"
        return Device("gpu", mig_slice.uuid, model, "none", note=note)
    share = min(1.0, mine / board_slices)
    way = "its counter" if board.source == "counter" else "its power"
    note = (
        f"board measured by {way}; {mine} of {board_slices} compute slices, so {share:.1%} of it: an estimate"
    )
    return Device("gpu", mig_slice.uuid, model, "estimate", board.raw_unit, note, "", board.id, share)
