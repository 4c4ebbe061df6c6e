"""The composition: every number against a loop over the raw table, paths and brushes, spans, sentences."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brush_link import link_text
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.composition.composition import BEYOND, RINGS, SELECTED, can_be_brushed
from energyvis_panel.state.explore.composition.composition_answer import composition_answer
from energyvis_panel.state.explore.composition.composition_parts import Parts, Sums, path_order, shares
from energyvis_panel.state.explore.exploration import Exploration

EDGES = {"size": (1024, 32768, 1048576), "depth": (3, 7, 11)}


def posed(gateway: Gateway, ring: str = "size") -> Exploration:
    state = Exploration(gateway)
    state.pose(RINGS[ring].questions())
    return state


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return posed(butter_e)


def held(state: Exploration, slot: str = SELECTED) -> tuple[Parts, Sums]:
    parts = Parts(state.context(BEYOND))
    return parts, parts.sums(state.answer(slot))


def said(state: Exploration, ring: str = "size", measure: str = "runs") -> str:
    return composition_answer(state, RINGS[ring], *held(state), measure)


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    table = pq.read_table(standin_path())
    names = ("size", "depth", "hardware", "shape", "dataset", "energy_j", "run_time_s")
    return {name: np.array(table[name].to_pylist()) for name in names}


def grades_of(raw: dict[str, Any], ring: str) -> np.ndarray[Any, Any]:
    if ring == "hardware":
        return np.asarray(raw["hardware"] == "GPU node", int)
    return np.asarray(np.searchsorted(EDGES[ring], raw[ring], side="right"))


@pytest.mark.parametrize("ring", RINGS)
def test_every_part_holds_what_a_loop_over_the_runs_counts(
    butter_e: Gateway, raw: dict[str, Any], ring: str
) -> None:
    state = posed(butter_e, ring)
    state.brush_range("run_time_s", 500, 2000)
    passing = (raw["run_time_s"] >= 500) & (raw["run_time_s"] <= 2000)
    parts, sums = held(state)
    grades = grades_of(raw, ring)
    everything = parts.sums(state.context(BEYOND))
    assert everything.runs[parts.level == 0].sum() == 63_527
    for at, path in enumerate(parts.paths):
        mine = passing.copy()
        for values, value in zip((grades, raw["shape"], raw["dataset"]), path, strict=False):
            mine &= values == value
        assert sums.runs[at] == sums.measured[at] == mine.sum()
        assert sums.energy_j[at] == pytest.approx(raw["energy_j"][mine].astype(float).sum(), rel=1e-6)


@pytest.mark.parametrize("ring", RINGS)
def test_the_brushes_of_a_part_select_its_runs_and_name_it(butter_e: Gateway, ring: str) -> None:
    state = posed(butter_e, ring)
    parts, of = held(state)
    alone = Exploration(butter_e)
    for at in range(0, len(parts), 7):
        path = parts.paths[at]
        brushes = RINGS[ring].brushed(Brushes(), path)
        assert RINGS[ring].path(brushes) == path
        alone.link = link_text(brushes)
        assert (alone.brushes, alone.refusal) == (brushes, "")
        assert alone.run_count == of.runs[at] > 0


def test_a_part_replaces_the_brushes_of_the_one_before() -> None:
    ring = RINGS["size"]
    before = Brushes().with_set("dataset", ("mnist", "adult")).turned("dataset").with_range("energy_j", 1, 2)
    found = ring.brushed(before, (1, "trapezoid"))
    assert found == Brushes({"energy_j": (1, 2), "size": (1024, 32767)}, {"shape": ("trapezoid",)})
    assert ring.brushed(found, ()) == Brushes({"energy_j": (1, 2)})


def test_a_path_ends_where_the_brushes_no_longer_single_out() -> None:
    ring, hardware = RINGS["size"], RINGS["hardware"]
    assert ring.path(Brushes()) == ()
    assert ring.path(Brushes().with_range("size", 100, 1000)) == ()
    assert ring.path(Brushes().with_set("shape", ("trapezoid",))) == ()
    two = Brushes().with_range("size", 1024, 32767).with_set("shape", ("trapezoid", "rectangle"))
    assert ring.path(two) == (1,)
    assert hardware.path(Brushes().with_set("hardware", ("GPU node",))) == (1,)
    assert hardware.path(Brushes().with_set("hardware", ("GPU node",)).turned("hardware")) == ()


def test_own_brushes_leave_what_lies_beyond_them(state: Exploration) -> None:
    beyond = state.answer(BEYOND)
    state.brush_range("size", 1024, 32767)
    state.brush_set("dataset", ("mnist",))
    assert state.answer(BEYOND) is beyond
    parts, sums = held(state)
    assert sums.runs[parts.level == 0].sum() == state.run_count < 63_527
    assert held(state, BEYOND)[1].runs[parts.level == 0].sum() == 63_527


def test_the_parts_of_a_ring_fill_the_whole_and_lie_within_their_parents(state: Exploration) -> None:
    parts, sums = held(state)
    for measure in ("runs", "energy"):
        starts, ends = parts.spans(sums.of(measure))
        share = sums.of(measure) / sums.of(measure)[parts.level == 0].sum()
        assert ends - starts == pytest.approx(share, abs=1e-12)
        place = {path: at for at, path in enumerate(parts.paths)}
        for at, path in enumerate(parts.paths):
            if len(path) > 1:
                parent = place[path[:-1]]
                assert starts[parent] - 1e-12 <= starts[at] <= ends[at] <= ends[parent] + 1e-12
        for level in range(3):
            assert ends[parts.level == level][-1] == pytest.approx(1)
            assert starts[parts.level == level][1:] == pytest.approx(ends[parts.level == level][:-1])


def test_names_are_ordered_by_the_numbers_in_them_and_what_is_missing_comes_last() -> None:
    paths = [(None,), (1,), (0,), (1, "wide_first_16x"), (1, "wide_first_2x"), (1, None), (1, "trapezoid")]
    assert sorted(paths, key=path_order) == [
        (0,), (1,), (1, "trapezoid"), (1, "wide_first_2x"), (1, "wide_first_16x"), (1, None), (None,),
    ]  # fmt: skip


def test_shares_of_nothing_are_nothing() -> None:
    assert shares(np.array([0.0, 1.0, 2.0]), np.array([0.0, 4.0, 2.0])).tolist() == [0, 0.25, 1]


def test_the_sentence_names_the_largest_part_of_each_ring(state: Exploration, raw: dict[str, Any]) -> None:
    grades = grades_of(raw, "size")
    grade = int(np.bincount(grades).argmax())
    most = [grade, "rectangle", "banana"]
    percents = [
        100 * (values == value).mean()
        for values, value in zip((grades, raw["shape"], raw["dataset"]), most, strict=True)
    ]
    assert said(state) == (
        f"The most frequent among the selected: {RINGS['size'].grades[grade].said} ({percents[0]:.1f} %), "
        f"the shape rectangle ({percents[1]:.1f} %) and the data set banana ({percents[2]:.2f} %) "
        "(63,527 of 63,527 runs)."
    )
    energy = raw["energy_j"].astype(float)
    by_grade = np.bincount(grades, energy)
    assert said(state, measure="energy").startswith(
        f"Of {energy.sum() / 3.6e9:.1f} MWh, most went into networks of 1,048,576 parameters and more "
        f"({100 * by_grade[3] / energy.sum():.1f} %), the shape "
    )


def test_the_sentence_passes_over_what_is_brushed(butter_e: Gateway) -> None:
    state = posed(butter_e, "hardware")
    state.brush_set("hardware", ("GPU node",))
    assert said(state, "hardware").startswith("The most frequent among the selected: the shape rectangle (")
    state.brush_set("shape", ("trapezoid",))
    state.brush_set("dataset", ("mnist",))
    assert "runs on GPU nodes (100 %), the shape trapezoid (100 %) and the data set mnist (100 %) (" in said(
        state, "hardware"
    )


def test_no_run(state: Exploration) -> None:
    state.brush_range("depth", 2.1, 2.2)
    assert said(state) == said(state, measure="energy") == "No run matches all brushes. Clear one."
    parts, sums = held(state)
    starts, ends = parts.spans(sums.runs)
    assert not starts.any()
    assert not ends.any()


@pytest.fixture
def few_runs(tmp_path: Path) -> Iterator[Any]:
    """Loads rows of the stand-in, some columns replaced, and gives an exploration of them."""
    opened: list[Gateway] = []

    def load(count: int, **columns: list[Any]) -> Exploration:
        table = pq.read_table(standin_path()).slice(0, count)
        for name, values in columns.items():
            at = table.column_names.index(name)
            table = table.set_column(at, name, pa.array(values, table.schema.field(name).type))
        pq.write_table(table, tmp_path / "few.parquet")
        opened.append(Gateway())
        load_butter_e(opened[-1], tmp_path / "few.parquet")
        return posed(opened[-1])

    yield load
    for gateway in opened:
        gateway.close()


def test_a_single_run_is_said_whole(few_runs: Any) -> None:
    state = few_runs(1, size=[64], shape=["trapezoid"], dataset=["adult"], depth=[4], energy_j=[7200.0])
    assert said(state) == (
        "The only run: up to 1,023 parameters, trapezoid, adult; it took 2.00 Wh (1 of 1 runs)."
    )


def test_runs_without_energy_are_told(few_runs: Any) -> None:
    names = {"shape": ["trapezoid"] * 3, "dataset": ["adult"] * 3, "depth": [4] * 3}
    state = few_runs(3, size=[64, 2048, None], energy_j=[7200.0, None, None], **names)
    assert said(state, measure="energy").endswith("(3 of 3 runs, 2 of them without a recorded energy).")
    parts, sums = held(state)
    assert parts.paths[-3:] == ((None,), (None, "trapezoid"), (None, "trapezoid", "adult"))
    assert not can_be_brushed(parts.paths[-1])
    assert sums.measured.tolist() == [1, 1, 1, 0, 0, 0, 0, 0, 0]
    state.brush_range("size", 1024, 32767)
    assert said(state, measure="energy") == ("None of the selected runs has a recorded energy (1 of 3 runs).")
