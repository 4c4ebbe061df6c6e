"""Which boards and MIG slices a process uses, as the CUDA runtime reads its environment.

Facts: CUDA programming guide, "CUDA environment variables" (indices, UUIDs and their beginnings, an invalid
entry ends the list); MIG user guide, "CUDA device enumeration" (one slice a process before driver R570, one a
GPU instance since); PyTorch, `torch.cuda._parse_visible_devices`, checked there against the runtime
(numbers end at their first other character, a repeated GPU leaves none, numbers and UUIDs do not mix).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NUMBER = re.compile(r"[+-]?\d+")
OLD_SLICE_NAME = re.compile(r"MIG-(GPU-[^/]*)/(\d+)/(\d+)")
# From this driver on a process may use one slice of each GPU instance, and whole boards beside them.
FIRST_DRIVER_OF_MANY_SLICES = 570
PCI_ORDER = "PCI_BUS_ID"
WITHOUT_SLICES = "the board is in MIG mode and has no slice that this process may use (nvidia-smi -L)"


@dataclass(frozen=True, slots=True)
class MigSlice:
    """One compute instance of a GPU instance; `compute_slices` is none where the driver does not say."""

    uuid: str
    gpu_instance: int
    compute_instance: int
    model: str = ""
    compute_slices: int | None = None


@dataclass(frozen=True, slots=True)
class CudaBoard:
    """A board as NVML counts it, in the order of the PCI bus; `fault` says why one does not answer."""

    index: int
    uuid: str
    model: str
    in_mig_mode: bool = False
    slices: tuple[MigSlice, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A board that the process uses, or one slice of it."""

    board: CudaBoard
    mig_slice: MigSlice | None = None

    @property
    def uuid(self) -> str:
        """Return the UUID of what is used."""
        return self.board.uuid if self.mig_slice is None else self.mig_slice.uuid


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry of the list, or a board, that the process cannot use, and why."""

    entry: str
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What a process uses, in CUDA's order; what it named in vain; what is uncertain, or an empty text."""

    choices: tuple[Choice, ...]
    refusals: tuple[Refusal, ...] = ()
    doubt: str = ""


def visible_devices(
    boards: Sequence[CudaBoard], visible: str | None, order: str | None, driver_major: int | None
) -> Selection:
    """Return what a process with this environment uses.

    Parameters
    ----------
    boards
        All boards in the order of NVML.
    visible
        CUDA_VISIBLE_DEVICES; none where it is not set.
    order
        CUDA_DEVICE_ORDER; none where it is not set.
    driver_major
        The first number of the driver's version; none, where it is not known, counts as a new one.
    """
    named, refusals = named_devices(boards, visible)
    many = driver_major is None or driver_major >= FIRST_DRIVER_OF_MANY_SLICES
    chosen, unused = one_slice_an_instance(named) if many else one_slice_at_all(named)
    by_number = visible is not None and NUMBER.match(visible.strip()) is not None
    doubt = doubt_of_order(boards, order) if by_number and chosen else ""
    return Selection(tuple(chosen), (*refusals, *unused), doubt)


def named_devices(boards: Sequence[CudaBoard], visible: str | None) -> tuple[list[Choice], list[Refusal]]:
    """Return what the entries of a list name, up to the first that names nothing, and why it ended there."""
    if visible is None:
        return [Choice(board) for board in boards], []
    if not visible.strip():
        return [], [Refusal("", "CUDA_VISIBLE_DEVICES is empty: this process uses no GPU")]
    entries = [entry.strip() for entry in visible.split(",")]
    by_number = NUMBER.match(entries[0]) is not None
    named: list[Choice] = []
    for place, entry in enumerate(entries):
        found = choice_by_number(boards, entry) if by_number else choice_by_uuid(boards, entry)
        if isinstance(found, str):
            rest = ", so the entries after it do not count either" if place + 1 < len(entries) else ""
            return named, [Refusal(entry, f"CUDA_VISIBLE_DEVICES={visible}: {found}{rest}")]
        if found in named:
            reason = (
                f"CUDA_VISIBLE_DEVICES={visible}: {entry} is there twice, and then CUDA shows no GPU at all"
            )
            return [], [Refusal(entry, reason)]
        named.append(found)
    return named, []


def choice_by_number(boards: Sequence[CudaBoard], entry: str) -> Choice | str:
    """Return the board of this number, or why there is none."""
    number = NUMBER.match(entry)
    if number is None:
        return f"{entry!r} is no number, and numbers and UUIDs do not mix"
    index = int(number[0])
    if index < 0:
        return f"the list ends at {entry}"
    if index >= len(boards):
        return f"there is no GPU {index} among the {len(boards)} here"
    return Choice(boards[index])


def choice_by_uuid(boards: Sequence[CudaBoard], entry: str) -> Choice | str:
    """Return the board or slice that alone has a UUID with this beginning, or why there is none."""
    if not entry.startswith(("GPU-", "MIG-")):
        return f"{entry!r} is neither a number nor the UUID of a GPU"
    if old := OLD_SLICE_NAME.fullmatch(entry):
        prefix, instances = old[1], (int(old[2]), int(old[3]))
        found = [
            choice
            for choice in every_slice(boards)
            if choice.board.uuid.startswith(prefix) and instances_of(choice) == instances
        ]
    else:
        everything = [*map(Choice, boards), *every_slice(boards)]
        found = [choice for choice in everything if choice.uuid.startswith(entry)]
    if len(found) == 1:
        return found[0]
    return f"{entry} fits {len(found)} GPUs" if found else f"no GPU here has the UUID {entry} (nvidia-smi -L)"


def every_slice(boards: Iterable[CudaBoard]) -> Iterable[Choice]:
    """Return the slices of all boards."""
    return (Choice(board, mig_slice) for board in boards for mig_slice in board.slices)


def instances_of(choice: Choice) -> tuple[int, int] | None:
    """Return the GPU instance and the compute instance of a slice, or none for a board."""
    mig_slice = choice.mig_slice
    return None if mig_slice is None else (mig_slice.gpu_instance, mig_slice.compute_instance)


def one_slice_an_instance(named: Iterable[Choice]) -> tuple[list[Choice], list[Refusal]]:
    """Return what drivers since R570 make of it: a board in MIG mode is the first slice of each instance."""
    chosen: dict[tuple[str, int | None], Choice] = {}
    unused: list[Refusal] = []
    for choice in named:
        for part in parts_of(choice):
            instance = None if part.mig_slice is None else part.mig_slice.gpu_instance
            first = chosen.setdefault((part.board.uuid, instance), part)
            if first != part and part is choice:
                reason = f"CUDA uses one compute instance of a GPU instance, here {first.uuid}"
                unused.append(Refusal(part.uuid, reason))
        if not parts_of(choice):
            unused.append(Refusal(choice.uuid, WITHOUT_SLICES))
    return list(chosen.values()), unused


def one_slice_at_all(named: Sequence[Choice]) -> tuple[list[Choice], list[Refusal]]:
    """Return what drivers before R570 make of it: the first slice alone, or boards where none has any."""
    unused = [Refusal(choice.uuid, WITHOUT_SLICES) for choice in named if not parts_of(choice)]
    slices = [choice for choice in named if choice.mig_slice is not None] or [
        part for choice in named for part in parts_of(choice) if part.mig_slice is not None
    ]
    if not slices:
        return [choice for choice in named if parts_of(choice)], unused
    only = slices[0]
    origin = only if only in named else Choice(only.board)
    reason = f"this driver lets a process use one MIG slice and nothing beside it, here {only.uuid}"
    left_out = [choice for choice in named if choice != origin and parts_of(choice)]
    return [only], [*unused, *(Refusal(choice.uuid, reason) for choice in left_out)]


def parts_of(choice: Choice) -> list[Choice]:
    """Return what a choice stands for: itself, or the slices of a board in MIG mode, which may be none."""
    if choice.mig_slice is not None or not choice.board.in_mig_mode:
        return [choice]
    return [Choice(choice.board, mig_slice) for mig_slice in choice.board.slices]


def doubt_of_order(boards: Iterable[CudaBoard], order: str | None) -> str:
    """Return what is uncertain about numbers: CUDA counts the fastest GPU first unless told otherwise."""
    models = {board.model for board in boards}
    if order == PCI_ORDER or len(models) < 2:  # noqa: PLR2004 - one model has only one order
        return ""
    return (
        "GPUs of several models are counted here in the order of the PCI bus, but CUDA counts the fastest "
        "one first: set CUDA_DEVICE_ORDER=PCI_BUS_ID to make sure that both mean the same"
    )
