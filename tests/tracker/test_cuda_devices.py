"""CUDA_VISIBLE_DEVICES: each form names what the CUDA runtime uses; what is left out has a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.meters.cuda_devices import Choice, CudaBoard, MigSlice, Selection, visible_devices

A100 = "NVIDIA A100-SXM4-40GB"
BOARDS = [
    CudaBoard(0, "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", A100),
    CudaBoard(1, "GPU-8932ffff-0aa1-1ebd-627f-af3f1a0d4e1f", A100),
    CudaBoard(2, "GPU-08279800-1cbe-a71d-f3e6-8f67e15ae54a", A100),
]
FIRST = MigSlice("MIG-c788539f-c1ea-5a36-8b4d-9b07d024b1bb", 1, 0)
SECOND = MigSlice("MIG-405bbda1-6b05-535f-9702-f95e8cd170ce", 1, 1)
OTHER = MigSlice("MIG-b4b2228d-6933-5839-bc0e-41ab9edb61c6", 2, 0)
CUT = CudaBoard(0, "GPU-c08d91cb-e324-655c-71ba-7570956445bc", A100, True, (FIRST, SECOND, OTHER))
EMPTY = CudaBoard(1, "GPU-e324655c-71ba-7570-9564-45bc00000000", A100, True)
WHOLE = CudaBoard(2, "GPU-08279800-1cbe-a71d-f3e6-8f67e15ae54a", A100)
MIXED = [CUT, EMPTY, WHOLE]
NEW, OLD = 570, 535


def select(boards: list[CudaBoard], visible: str | None, driver: int | None = NEW) -> Selection:
    return visible_devices(boards, visible, "PCI_BUS_ID", driver)


def indices(visible: str | None) -> list[int]:
    return [choice.board.index for choice in select(BOARDS, visible).choices]


@pytest.mark.parametrize(
    ("visible", "used"),
    [
        (None, [0, 1, 2]),
        ("0", [0]),
        ("2,1", [2, 1]),
        (" 2 , 0 ", [2, 0]),
        ("+1", [1]),
        ("1gpu2,2ampere", [1, 2]),
        (BOARDS[2].uuid, [2]),
        (f"{BOARDS[1].uuid},{BOARDS[0].uuid}", [1, 0]),
        ("GPU-0", [2]),
        ("GPU-8932f9,GPU-8932ff", [0, 1]),
    ],
)
def test_numbers_and_uuids_name_boards_in_the_order_of_the_list(visible: str | None, used: list[int]) -> None:
    assert indices(visible) == used
    assert select(BOARDS, visible).refusals == ()


@pytest.mark.parametrize(
    ("visible", "used", "entry", "reason"),
    [
        ("", [], "", "is empty: this process uses no GPU"),
        ("  ", [], "", "is empty: this process uses no GPU"),
        ("-1", [], "-1", "the list ends at -1"),
        ("0,2,-1,1", [0, 2], "-1", "the list ends at -1, so the entries after it do not count either"),
        ("NoDevFiles", [], "NoDevFiles", "neither a number nor the UUID"),
        ("0,3,1", [0], "3", "there is no GPU 3 among the 3 here, so the entries after"),
        ("0,,1", [0], "", "'' is no number"),
        ("0,GPU-0", [0], "GPU-0", "numbers and UUIDs do not mix"),
        ("GPU-0,0", [2], "0", "'0' is neither a number nor"),
        ("GPU-8932f", [], "GPU-8932f", "fits 2 GPUs"),
        ("GPU-0,GPU-77", [2], "GPU-77", "no GPU here has the UUID GPU-77"),
        ("0,1,0", [], "0", "is there twice, and then CUDA shows no GPU at all"),
        (f"GPU-0,{BOARDS[2].uuid}", [], BOARDS[2].uuid, "is there twice"),
        ("MIG-405bbda1", [], "MIG-405bbda1", "no GPU here has the UUID"),
    ],
)
def test_the_list_ends_where_it_names_nothing_and_says_so(
    visible: str, used: list[int], entry: str, reason: str
) -> None:
    selection = select(BOARDS, visible)
    assert [choice.board.index for choice in selection.choices] == used
    (refusal,) = selection.refusals
    assert refusal.entry == entry
    assert reason in refusal.reason
    assert "CUDA_VISIBLE_DEVICES" in refusal.reason


@pytest.mark.parametrize(
    ("visible", "driver", "used"),
    [
        (None, OLD, [FIRST.uuid]),
        ("0", OLD, [FIRST.uuid]),
        ("2", OLD, [WHOLE.uuid]),
        ("1,2", OLD, [WHOLE.uuid]),
        (f"{OTHER.uuid},{FIRST.uuid}", OLD, [OTHER.uuid]),
        (f"{WHOLE.uuid},{OTHER.uuid}", OLD, [OTHER.uuid]),
        (None, NEW, [FIRST.uuid, OTHER.uuid, WHOLE.uuid]),
        (None, None, [FIRST.uuid, OTHER.uuid, WHOLE.uuid]),
        ("2,0", NEW, [WHOLE.uuid, FIRST.uuid, OTHER.uuid]),
        (f"{SECOND.uuid},{FIRST.uuid},{OTHER.uuid}", NEW, [SECOND.uuid, OTHER.uuid]),
        (f"{WHOLE.uuid},{OTHER.uuid}", NEW, [WHOLE.uuid, OTHER.uuid]),
        ("MIG-b4b2", NEW, [OTHER.uuid]),
        (f"MIG-{CUT.uuid}/1/1", NEW, [SECOND.uuid]),
        ("MIG-GPU-c08d/2/0", NEW, [OTHER.uuid]),
        (CUT.uuid, NEW, [FIRST.uuid, OTHER.uuid]),
        ("MIG-GPU-c08d/2/1", NEW, []),
    ],
)
def test_slices_are_used_as_the_guide_says_for_the_driver(
    visible: str | None, driver: int | None, used: list[str]
) -> None:
    assert [choice.uuid for choice in select(MIXED, visible, driver).choices] == used


@pytest.mark.parametrize(
    ("visible", "driver", "refused"),
    [
        (None, NEW, [(EMPTY.uuid, "MIG mode and has no slice")]),
        (None, OLD, [(EMPTY.uuid, "no slice"), (WHOLE.uuid, f"nothing beside it, here {FIRST.uuid}")]),
        (f"{SECOND.uuid},{FIRST.uuid}", NEW, [(FIRST.uuid, f"of a GPU instance, here {SECOND.uuid}")]),
        (f"{CUT.uuid},{FIRST.uuid}", NEW, []),
        (f"{FIRST.uuid},{OTHER.uuid}", OLD, [(OTHER.uuid, "one MIG slice")]),
    ],
)  # fmt: skip
def test_what_a_slice_leaves_out_has_a_reason(
    visible: str | None, driver: int, refused: list[tuple[str, str]]
) -> None:
    refusals = select(MIXED, visible, driver).refusals
    assert [refusal.entry for refusal in refusals] == [entry for entry, _ in refused]
    assert all(words in refusal.reason for refusal, (_, words) in zip(refusals, refused, strict=True))


def test_an_old_name_of_a_slice_names_its_board_too() -> None:
    twin = CudaBoard(1, "GPU-77777777-0aa1-1ebd-627f-af3f1a0d4e1f", A100, True, (MigSlice("MIG-7", 1, 0),))
    assert [choice.uuid for choice in select([CUT, twin], "MIG-GPU-7777/1/0").choices] == ["MIG-7"]


@pytest.mark.parametrize(
    ("visible", "order", "models", "is_certain"),
    [
        ("0", None, [A100, "NVIDIA T400"], False),
        ("0", "FASTEST_FIRST", [A100, "NVIDIA T400"], False),
        ("0", "PCI_BUS_ID", [A100, "NVIDIA T400"], True),
        ("0", None, [A100, A100], True),
        (None, None, [A100, "NVIDIA T400"], True),
        ("GPU-0", None, [A100, "NVIDIA T400"], True),
    ],
)
def test_numbers_are_in_doubt_where_cuda_may_count_otherwise(
    visible: str | None, order: str | None, models: list[str], *, is_certain: bool
) -> None:
    boards = [CudaBoard(index, f"GPU-{index}", model) for index, model in enumerate(models)]
    doubt = visible_devices(boards, visible, order, NEW).doubt
    assert ("CUDA_DEVICE_ORDER=PCI_BUS_ID" in doubt) is not is_certain


@st.composite
def machines(draw: st.DrawFn) -> list[CudaBoard]:
    boards = []
    for index in range(draw(st.integers(0, 4))):
        in_mig_mode = draw(st.booleans())
        instances = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 1)), unique=True, max_size=4))
        slices = tuple(MigSlice(f"MIG-{index}{gi}{ci}", gi, ci) for gi, ci in instances if in_mig_mode)
        boards.append(CudaBoard(index, f"GPU-{index}a", draw(st.sampled_from("AB")), in_mig_mode, slices))
    return boards


ENTRIES = st.one_of(
    st.integers(-1, 5).map(str),
    st.sampled_from(["GPU-0a", "GPU-1", "GPU-", "MIG-", "MIG-010", "MIG-GPU-0a/1/0", "", " 1", "x", "0x1"]),
    st.text(max_size=6),
)
LISTS = st.none() | st.lists(ENTRIES, max_size=5).map(",".join)
DRIVERS = st.sampled_from([None, 470, 535, 570, 610])


@given(machines(), LISTS, st.sampled_from([None, "PCI_BUS_ID", "x"]), DRIVERS)
def test_whatever_the_list_says_each_choice_is_here_and_none_is_silent(
    boards: list[CudaBoard], visible: str | None, order: str | None, driver: int | None
) -> None:
    selection = visible_devices(boards, visible, order, driver)
    uuids = [choice.uuid for choice in selection.choices]
    assert len(uuids) == len(set(uuids))
    everything = [*map(Choice, boards), *(Choice(board, part) for board in boards for part in board.slices)]
    assert all(choice in everything for choice in selection.choices)
    assert all((choice.mig_slice is not None) == choice.board.in_mig_mode for choice in selection.choices)
    instances = [
        (choice.board.uuid, choice.mig_slice.gpu_instance) for choice in selection.choices if choice.mig_slice
    ]
    assert len(instances) == len(set(instances))
    if driver is not None and driver < NEW and instances:
        assert len(selection.choices) == 1
    assert selection.choices or selection.refusals or not boards


@given(machines(), st.lists(st.integers(0, 3), unique=True, max_size=4), DRIVERS)
def test_numbers_and_full_uuids_mean_the_same(
    boards: list[CudaBoard], numbers: list[int], driver: int | None
) -> None:
    present = [number for number in numbers if number < len(boards)]
    by_number = visible_devices(boards, ",".join(map(str, present)), None, driver)
    by_uuid = visible_devices(boards, ",".join(boards[number].uuid for number in present), None, driver)
    assert by_number.choices == by_uuid.choices
    assert by_number.refusals == by_uuid.refusals
