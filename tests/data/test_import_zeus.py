"""Zeus's windows: what lies in another counts once, epochs are found by name, wraps are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.importers.findings import Findings
from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.importers.windows import Window, outermost, parts_of_run
from energyvis_panel.domain.profile import EnergyByKind
from energyvis_panel.errors import ProfileError
from tests.data.importer_case import only, said, sample


def test_only_the_outermost_windows_count() -> None:
    found = only("zeus_nested.csv")
    assert [epoch.energy.gpu for epoch in found.profile.epochs] == [30_000.0, 32_000.0]
    assert found.profile.energy().gpu == 69_000.0
    assert found.profile.duration_s() == 230.0
    assert found.profile.division == "epoch"
    assert "3 of 4 windows lie in another" in said(found.assumptions)
    assert found.defects == ()


def test_names_with_commas_are_whole() -> None:
    text = sample("zeus_nested.csv").replace(b"eval, fast", b"late, epoch 3")
    (found,) = read_import(text, "zeus.csv")
    # The window that is now named as an epoch lies in the second epoch's time and so counts with that.
    assert [epoch.duration_s for epoch in found.profile.epochs] == [100.0, 100.0]
    text = text.replace(b"1790000115.0", b"1790000215.0")
    (found,) = read_import(text, "zeus.csv")
    assert [epoch.energy.gpu for epoch in found.profile.epochs] == [30_000.0, 32_000.0, 500.0]


def test_windows_that_follow_each_other_are_intervals() -> None:
    text = b"start_time,window_name,elapsed_time,gpu0_energy\n10,a,5,100\n15,b,5,200\n"
    (found,) = read_import(text, "zeus.csv")
    assert found.profile.division == "interval"
    assert [epoch.energy.gpu for epoch in found.profile.epochs] == [100.0, 200.0]
    assert found.profile.created_at == "1970-01-01T00:00:10+00:00"


def test_a_wrap_and_a_window_too_short_are_named() -> None:
    found = only("zeus_wrapped.csv")
    assert [epoch.energy.gpu for epoch in found.profile.epochs] == [2000.0, None, 0.0]
    assert "Negative energy in 1 window (first in row 2)" in said(found.defects)
    assert "0 J of a GPU in 1 window (first in row 3)" in said(found.defects)


def test_windows_that_overlap_in_part_are_named() -> None:
    text = b"start_time,window_name,elapsed_time,gpu0_energy\n10,a,5,100\n12,b,5,200\n"
    (found,) = read_import(text, "zeus.csv")
    assert "counts twice" in said(found.defects)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (b"10,a,5", "ends in the middle of row 1: 3 of 4 cells"),
        (b"10,a,5,x", "gpu0_energy in row 1 is 'x'"),
        (b",a,5,1", "no start_time"),
        (b"10,a,-5,1", "elapsed_time in row 1 is -5"),
        (b"1e14,a,5,1", "no start_time in Unix seconds"),
        (b"10,a,0.001,1e6", "mean power of 1,000,000 kW"),
    ],
)
def test_bad_rows_get_a_sentence(row: bytes, sentence: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_import(b"start_time,window_name,elapsed_time,gpu0_energy\n" + row, "zeus.csv")
    assert sentence in str(caught.value)


@st.composite
def nested(draw: st.DrawFn) -> list[Window]:
    """Outer windows one after the other, each with windows in it that follow each other."""
    windows = []
    at = 0.0
    for outer in range(draw(st.integers(1, 5))):
        parts = draw(st.lists(st.integers(1, 50), max_size=4))
        rest = draw(st.integers(0, 20))
        total = float(sum(parts) + rest + 1)
        windows.append(Window(f"run {outer}", at, total, EnergyByKind(gpu=10 * total)))
        inner = at
        for part in parts:
            windows.append(
                Window(draw(st.sampled_from(["epoch 1", "step"])), inner, part, EnergyByKind(gpu=10.0 * part))
            )
            inner += part
        at += total
    return list(draw(st.permutations(windows)))


@given(nested())
def test_no_joule_is_lost_or_counted_twice(windows: list[Window]) -> None:
    _, epochs, outside = parts_of_run(windows, Findings())
    total = sum(window.energy.total_j() for window in windows if window.name.startswith("run"))
    found = sum(epoch.energy.total_j() for epoch in epochs) + (outside.energy.total_j() if outside else 0.0)
    assert found == pytest.approx(total)
    assert {window.name[:3] for window in outermost(windows)} == {"run"}
