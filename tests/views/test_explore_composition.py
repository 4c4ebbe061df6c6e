"""The composition without a browser: places, fills, labels, list, click, choices, table."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bokeh.events import Tap

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.composition.composition_parts import shares
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.composition.composition import Composition
from energyvis_panel.views.explore.composition.composition_columns import CONTEXT, MOST_LABELS
from energyvis_panel.views.explore.composition.composition_figure import INK
from energyvis_panel.views.explore.composition.composition_forms import COLUMNS, FORMS, RADII, angle
from tests.views.conftest import send

WHOLE = 63_527


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return Composition(state)


def choose(view: Any, **chosen: str) -> None:
    """What the choices above the figure send."""
    view.choices.chosen = view.choices.chosen | chosen


def tap(view: Any, x: float, y: float) -> None:
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def middle(view: Any, path: tuple[Any, ...]) -> tuple[float, float]:
    """The middle of a part."""
    parts, (starts, ends) = view.shown.parts, view.shown.spans
    at = parts.paths.index(path)
    share = (starts[at] + ends[at]) / 2
    if view.shown.form == "icicle":
        return float(COLUMNS[len(path) - 1].mean()), 0.99 - 1.98 * share
    radius, turned = float(RADII[len(path) - 1].mean()), angle(share)
    return radius * math.cos(turned), radius * math.sin(turned)


def outer(view: Any) -> Any:
    return view.shown.parts.level == 0


def test_wedges_turn_clockwise_by_their_share_of_all_runs(view: Any) -> None:
    data, parts = view.composition.parts.data, view.shown.parts
    turns = (data["low"] - data["high"]) / (2 * np.pi)
    assert turns[outer(view)].sum() == pytest.approx(1, abs=0.03)  # less the gaps
    assert turns[outer(view)] == pytest.approx(view.shown.of.runs[outer(view)] / WHOLE, abs=0.006)
    assert data["low"][0] == pytest.approx(np.pi / 2, abs=0.02)
    assert (np.diff(data["low"][outer(view)]) < 0).all()
    assert data["runs"][outer(view)].sum() == data["of_runs"][outer(view)].sum() == WHOLE
    assert (data["to"] == data["far"]).all()
    assert len(data["name"]) == len(parts) == len(set(data["name"]))


def test_a_fill_covers_the_selected_share_of_a_wedge_and_the_wedges_stay(
    view: Any, state: Exploration
) -> None:
    source = view.composition.parts
    before = {name: source.data[name] for name in ("low", "high", "near", "far", "fill", "name")}
    state.brush_range("energy_j", 1e5, 5e5)
    data = source.data
    assert all(data[name] is values for name, values in before.items())
    area = (data["to"] ** 2 - data["near"] ** 2) / (data["far"] ** 2 - data["near"] ** 2)
    assert area == pytest.approx(view.shown.selected.runs / view.shown.of.runs, abs=1e-4)
    assert data["runs"][outer(view)].sum() == state.run_count
    assert data["share"][outer(view)].sum() == pytest.approx(100)
    assert (data["beyond_to"] == data["to"]).all()


def test_what_only_its_own_brushes_leave_out_is_paler(view: Any, state: Exploration) -> None:
    state.brush_range("energy_j", 1e5, 5e5)
    reached = view.composition.parts.data["to"]
    view.go((1, "trapezoid"))
    data, paths = view.composition.parts.data, view.shown.parts.paths
    inside = np.array([path[:2] in {(1,), (1, "trapezoid")} for path in paths])
    assert data["beyond_to"] == pytest.approx(reached)
    assert (data["to"][~inside] == data["near"][~inside]).all()
    whole = np.array([path[:2] == (1, "trapezoid") for path in paths])
    assert (data["to"][whole] == data["beyond_to"][whole]).all()


def test_by_energy_the_area_is_energy(view: Any) -> None:
    choose(view, measure="energy")
    data = view.composition.parts.data
    energy = view.shown.of.energy_j[outer(view)]
    turns = (data["low"] - data["high"])[outer(view)] / (2 * np.pi)
    assert turns == pytest.approx(energy / energy.sum(), abs=0.006)
    assert view.composition.centre.data["text"][:2] == ["19.9", "MWh"]
    assert view.answer.startswith("Of 19.9 MWh, most went into ")


def test_the_selection_as_the_whole_fills_the_circle(view: Any, state: Exploration) -> None:
    choose(view, whole="selection", first="hardware")
    state.brush_set("dataset", ("mnist",))
    data = view.composition.parts.data
    turns = (data["low"] - data["high"]) / (2 * np.pi)
    runs = view.shown.selected.runs
    assert turns[outer(view)] == pytest.approx(runs[outer(view)] / runs[outer(view)].sum(), abs=0.006)
    seen = runs > 0
    assert (data["to"] == np.where(seen, data["far"], data["near"])).all()
    assert not turns[~seen].any()
    assert {text for text in view.composition.labels.data["text"] if text} >= {"CPU", "GPU", "mnist"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", [(2,), (0, "trapezoid"), (3, "rectangle", "537_houses")])
def test_a_click_selects_a_part_in_one_step(
    view: Any, state: Exploration, form: str, path: tuple[Any, ...]
) -> None:
    choose(view, form=form)
    tap(view, *middle(view, path))
    assert view.path == path
    at = view.shown.parts.paths.index(path)
    assert state.run_count == view.shown.of.runs[at] > 0
    state.undo()
    assert not state.brushes
    state.redo()
    tap(view, *middle(view, path))
    assert view.path == path[:-1]


@pytest.mark.parametrize(("form", "root"), [("sunburst", (0.0, 0.05)), ("icicle", (-0.95, 0.5))])
def test_a_click_on_the_whole_goes_up(
    view: Any, state: Exploration, form: str, root: tuple[float, float]
) -> None:
    choose(view, form=form)
    view.go((1, "trapezoid", "mnist"))
    for left in ((1, "trapezoid"), (1,), (), ()):
        tap(view, *root)
        assert view.path == left
    assert not state.brushes


@pytest.mark.parametrize(("form", "place"), [("sunburst", (0.9, 0.9)), ("icicle", (0.999, 0.0))])
def test_a_click_beside_the_parts_selects_nothing(
    view: Any, state: Exploration, form: str, place: tuple[float, float]
) -> None:
    choose(view, form=form)
    tap(view, *place)
    assert not state.brushes


def test_one_form_is_shown(view: Any) -> None:
    figure = view.composition
    for form, wedges in (("icicle", False), ("sunburst", True)):
        choose(view, form=form)
        assert {renderer.visible for renderer in figure._wedges} == {wedges}
        assert {renderer.visible for renderer in figure._boxes} == {not wedges}


def test_boxes_are_as_high_as_their_share_and_filled_from_the_left(view: Any, state: Exploration) -> None:
    choose(view, form="icicle")
    state.brush_range("energy_j", 1e5, 5e5)
    data = view.composition.parts.data
    heights = (data["low"] - data["high"]) / 1.98
    assert heights[outer(view)] == pytest.approx(view.shown.of.runs[outer(view)] / WHOLE, abs=0.007)
    filled = (data["to"] - data["near"]) / (data["far"] - data["near"])
    assert filled == pytest.approx(shares(view.shown.selected.runs, view.shown.of.runs), abs=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_labels_have_room_from_the_size_on_that_they_need(view: Any, form: str) -> None:
    choose(view, form=form)
    data = view.composition.labels.data
    assert len(data["text"]) == MOST_LABELS
    on_a_phone = {text for text, need in zip(data["text"], data["need"], strict=True) if need <= 170}
    assert on_a_phone >= {"under 1 k", "1 k to 32 k", "32 k to 1 M", "1 M up", "rectangle"}
    assert data["need"] == sorted(data["need"])
    level, start, end = 0, 0.0, 0.25
    assert FORMS[form].fit(level, start, end, "a" * 8)[3] < FORMS[form].fit(level, start, end, "a" * 20)[3]


@pytest.mark.parametrize("whole", ["all", "selection"])
def test_the_sources_keep_their_number_of_rows(view: Any, state: Exploration, whole: str) -> None:
    choose(view, whole=whole)
    figure = view.composition
    before = [len(source.data["x"]) for source in (figure.labels, figure.centre)]
    rows = len(figure.parts.data["to"])
    for ranges in ((1e5, 5e5), (3.36e5, 3.37e5), (1.0, 2.0)):
        state.brush_range("energy_j", *ranges)
        assert [len(source.data["x"]) for source in (figure.labels, figure.centre)] == before
        assert {len(values) for values in figure.parts.data.values()} == {rows}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("first", ["size", "hardware"])
def test_the_ink_of_the_labels_is_legible_on_every_fill(view: Any, first: str) -> None:
    choose(view, first=first)
    data = view.composition.parts.data
    for colour in {*data["fill"], *data["pale"], CONTEXT}:
        assert (luminance(colour) + 0.05) / (luminance(INK) + 0.05) >= 4.5


def test_the_list_shows_the_parts_and_goes_in_and_up(view: Any, state: Exploration) -> None:
    listed = view.listed
    assert listed.path == ["All"]
    assert [row[0] for row in listed.parts] == [grade.text for grade in view.ring.grades]
    assert listed.parts[0][2] == f"{view.shown.of.runs[0]:,.0f} runs"
    send(listed, {"kind": "into", "value": 1})
    assert view.path == (1,)
    assert listed.path == ["All", "1,024 to 32,767 parameters"]
    assert listed.title == "Parts of 1,024 to 32,767 parameters"
    assert [row[0] for row in listed.parts][-4:] == [f"wide_first_{times}x" for times in (2, 4, 8, 16)]
    send(listed, {"kind": "into", "value": 1})
    send(listed, {"kind": "into", "value": 3})
    assert view.path == (1, "rectangle", "mnist")
    assert listed.chosen == 3
    assert len(listed.parts) == 13
    assert all(row[4] == 1 for row in listed.parts)
    send(listed, {"kind": "into", "value": 0})
    assert view.path == (1, "rectangle", "adult")
    send(listed, {"kind": "up", "value": 1})
    assert view.path == (1,)
    send(listed, {"kind": "up", "value": 0})
    assert not state.brushes


def test_the_list_opens_the_runs_of_the_part(view: Any, state: Exploration) -> None:
    send(view.listed, {"kind": "look", "value": 0})
    assert (state.mark, state.mark_title) == (Brushes(), "All that is selected")
    view.go((1, "trapezoid"))
    send(view.listed, {"kind": "look", "value": 0})
    assert state.mark == Brushes({"size": (1024, 32767)}, {"shape": ("trapezoid",)})
    assert state.mark_title == "1,024 to 32,767 parameters, trapezoid"


@pytest.mark.parametrize(
    "message",
    [{}, "up", {"kind": "into", "value": 99}, {"kind": "into", "value": "0"}, {"kind": "into", "value": -1},
     {"kind": "into", "value": True}, {"kind": "up", "value": 5}, {"kind": "fly", "value": 0}],
)  # fmt: skip
def test_a_message_that_makes_no_sense_changes_nothing(view: Any, state: Exploration, message: Any) -> None:
    send(view.listed, message)
    assert not state.brushes
    assert state.mark is None


def test_another_ring_asks_and_draws_anew(view: Any, state: Exploration) -> None:
    choose(view, first="hardware")
    assert [row[0] for row in view.listed.parts] == ["CPU node", "GPU node"]
    assert set(view.composition.parts.data["of_runs"][outer(view)]) == {47_669, 15_858}
    tap(view, *middle(view, (1,)))
    assert state.brushes.sets == {"hardware": ("GPU node",)}
    choose(view, first="depth")
    assert view.path == ()
    assert view.shown.selected.runs[outer(view)].sum() == 15_858
    assert state._posed["composition"].values["first"] == "depth"


def test_an_answer_about_the_ring_before_is_not_drawn(view: Any, state: Exploration) -> None:
    choose(view, first="hardware")
    drawn = view.shown
    late = state.asked_ahead(Composition.questions)
    state.publish({place: answer for place, answer in late.items() if "@" not in place})
    assert view.shown is drawn
    assert view.answer


def test_nothing_selected_is_drawn_as_grey(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 2.1, 2.2)
    data = view.composition.parts.data
    assert (data["to"] == data["near"]).all()
    assert (data["beyond_to"] == data["near"]).all()
    assert not data["share"].any()
    assert view.composition.centre.data["text"][:2] == ["0", "runs"]
    assert {row[2] for row in view.listed.parts} == {"0 runs"}
    choose(view, whole="selection")
    anew = view.composition.parts.data
    assert (anew["low"] == anew["high"]).all()
    assert view.answer == "No run matches all brushes. Clear one."


def test_the_table_has_each_part_with_its_numbers(view: Any, state: Exploration) -> None:
    state.brush_set("dataset", ("mnist",))
    table = view.table()
    assert len(table.header) == len(table.rows[0])
    inner = [row for row in table.rows if row[0] == 1]
    assert sum(row[4] for row in inner) == state.run_count
    assert sum(row[5] for row in inner) == WHOLE
    assert sum(row[6] for row in inner) == pytest.approx(100)
    raw = pq.read_table(standin_path(), columns=["dataset", "energy_j"])
    energy = raw["energy_j"].to_numpy().astype(float)
    mine = np.array(raw["dataset"].to_pylist()) == "mnist"
    assert sum(row[7] for row in inner) == pytest.approx(energy[mine].sum() / 3.6e6, rel=1e-6)
    assert sum(row[8] for row in inner) == pytest.approx(energy.sum() / 3.6e6, rel=1e-6)
    assert {row[9] for row in table.rows} == {0}


@pytest.fixture
def one_run(tmp_path: Path) -> Iterator[Exploration]:
    """A data set of a single run."""
    pq.write_table(pq.read_table(standin_path()).slice(0, 1), tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        yield Exploration(gateway)


def test_a_part_without_a_value_is_listed_and_cannot_be_selected(tmp_path: Path) -> None:
    table = pq.read_table(standin_path()).slice(0, 2)
    at = table.column_names.index("size")
    sizes = pa.array([64, None], table.schema.field("size").type)
    pq.write_table(table.set_column(at, "size", sizes), tmp_path / "two.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "two.parquet")
        state = Exploration(gateway)
        view: Any = Composition(state)
        assert [(row[0], row[6]) for row in view.listed.parts] == [
            ("up to 1,023 parameters", True),
            ("not recorded", False),
        ]
        send(view.listed, {"kind": "into", "value": 1})
        tap(view, *middle(view, (None,)))
        assert not state.brushes


@pytest.mark.parametrize("form", FORMS)
def test_a_single_run_is_the_whole(one_run: Exploration, form: str) -> None:
    view: Any = Composition(one_run)
    choose(view, form=form)
    assert len(view.shown.parts) == 3
    assert view.composition.centre.data["text"][0].split()[0] == "1"
    assert view.answer.startswith("The only run: ")
    tap(view, *middle(view, view.shown.parts.paths[-1]))
    assert view.path == view.shown.parts.paths[-1]
    assert view.listed.chosen == 0
