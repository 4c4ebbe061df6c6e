"""The guided tour: every number it tells is recomputed here run by run, and the own brushes come back."""

from math import sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.units import duration_text, three_digits
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.tour.findings import SHORT_S, WINDOWS
from energyvis_panel.state.explore.tour.steps import STEPS
from energyvis_panel.state.explore.tour.told import percent
from energyvis_panel.state.explore.tour.tour import SLOT, Tour

COLUMNS = (
    "is_gpu, dataset::varchar AS dataset, shape::varchar AS shape, size, depth, std_energy_j, "
    "energy_overhead_j, j_per_datum, run_time_s, working_set_bytes"
)
Runs = dict[str, NDArray[Any]]


@pytest.fixture
def tour(butter_e: Gateway) -> Tour:
    return Tour(Exploration(butter_e))


@pytest.fixture(scope="module")
def runs(butter_e: Gateway) -> Runs:
    """The standardised runs, column by column."""
    cursor = butter_e._database.connection.cursor()
    found = cursor.sql(
        f"SELECT {COLUMNS} FROM butter_e_runs WHERE status = 'standardised'"  # noqa: S608 - text of this file
    ).to_arrow_table()
    return {name: found[name].to_numpy() for name in found.column_names}


def told(tour: Tour, number: int) -> tuple[str, dict[str, str]]:
    """What a step tells: its sentence, and the figures that are found by what they are."""
    tour.open(number)
    return tour.told.text, {figure.what: figure.found for figure in tour.told.figures}


def medians(runs: Runs, by: str, value: Any, *, gpu: bool) -> float:
    return float(np.median(runs["j_per_datum"][(runs[by] == value) & (runs["is_gpu"] == gpu)]))


def test_what_choosing_a_node_costs(tour: Tour, runs: Runs) -> None:
    taken: dict[tuple[Any, ...], tuple[list[float], list[float]]] = {}
    keys = zip(runs["dataset"], runs["size"], runs["depth"], runs["shape"], strict=True)
    for key, gpu, energy_j in zip(keys, runs["is_gpu"], runs["std_energy_j"], strict=True):
        taken.setdefault(key, ([], []))[int(gpu)].append(energy_j)
    both = np.array([[np.median(cpu), np.median(gpu)] for cpu, gpu in taken.values() if cpu and gpu])
    least = both.min(axis=1).sum()
    text, found = told(tour, 1)
    assert found == {
        "Settings on both kinds of node": f"{len(both):,} settings",
        "Cheaper on the CPU node": percent((both[:, 0] < both[:, 1]).mean()),
        "Always the CPU node, over the better one": percent(both[:, 0].sum() / least - 1),
        "A random node, over the better one": percent(both.sum() / 2 / least - 1),
    }
    assert text.startswith(f"{len(both):,} settings ran on both kinds of node.")


def test_what_a_run_pays_before_it_learns(tour: Tour, runs: Runs) -> None:
    gpu = runs["is_gpu"]
    short = gpu & (runs["run_time_s"] <= SHORT_S)
    overhead, energy = runs["energy_overhead_j"], runs["std_energy_j"]
    text, found = told(tour, 2)
    assert list(found.values()) == [
        percent(overhead.sum() / energy.sum()),
        f"{three_digits(np.median(overhead[gpu]) / 1000)} kJ",
        percent(overhead[short].sum() / energy[short].sum()),
    ]
    assert f"of {len(energy):,} runs" in text
    assert f"the {short.sum():,} runs of up to 14 minutes" in text


def test_the_size_from_which_the_gpu_takes_less(tour: Tour, runs: Runs) -> None:
    text, found = told(tour, 3)
    sizes = sorted(set(runs["size"].tolist()))
    cheaper = [
        medians(runs, "size", size, gpu=True) < medians(runs, "size", size, gpu=False) for size in sizes
    ]
    first = sizes[len(cheaper) - cheaper[::-1].index(False)]
    assert found["The GPU node takes less from"].startswith(f"{first:,} ")
    assert f"From {first:,} " in text
    for exponent in (5, 18, 24):
        for node in ("CPU", "GPU"):
            here = 1000 * medians(runs, "size", 1 << exponent, gpu=node == "GPU")
            assert found[f"2^{exponent} parameters, {node} node"] == f"{three_digits(here)} mJ/datum"


def test_what_a_datum_costs_within_and_beyond_the_caches(tour: Tour, runs: Runs) -> None:
    text, found = told(tour, 4)
    held = runs["working_set_bytes"]
    here = {}
    for name, gpu, low, high, _published in WINDOWS:
        here[name] = 1000 * np.median(
            runs["j_per_datum"][(runs["is_gpu"] == gpu) & (held >= low) & (held <= high)]
        )
    assert found == {name: f"{three_digits(mj)} mJ/datum" for name, mj in here.items()}
    cpu_first, _, _, cpu_last, gpu_first, gpu_last = here.values()
    assert f"On the GPU node a datum costs {gpu_last / gpu_first:.1f} times as much" in text
    assert f"On the CPU node a datum costs {cpu_last / cpu_first:.1f} times as much" in text


def test_what_depth_costs(tour: Tour, runs: Runs) -> None:
    text, found = told(tour, 5)
    depths = sorted(set(runs["depth"].tolist()))
    cpu, gpu = ({depth: medians(runs, "depth", depth, gpu=on) for depth in depths} for on in (False, True))
    cheaper = [gpu[depth] < cpu[depth] for depth in depths]
    first = depths[len(cheaper) - cheaper[::-1].index(False)]
    assert found["The GPU node takes less from"] == f"{first} layers"
    dip = cpu[6] / sqrt(cpu[5] * cpu[7]) - 1
    assert found["Six layers against five and seven, CPU node"] == percent(dip)
    assert f"lie {percent(-dip)} below their neighbours" in text
    assert found["20 layers, GPU node"] == f"{three_digits(1000 * gpu[20])} mJ/datum"


def test_which_networks_are_the_dearest(tour: Tour, runs: Runs) -> None:
    text, found = told(tour, 6)
    largest = ~runs["is_gpu"] & (runs["size"] == 1 << 24)
    by_depth = {depth: largest & (runs["depth"] == depth) for depth in sorted(set(runs["depth"][largest]))}
    here = {depth: float(np.median(runs["j_per_datum"][mine])) for depth, mine in by_depth.items()}
    dearest = max(here, key=lambda depth: here[depth])
    assert f"those of {dearest} layers are the dearest, at {three_digits(1000 * here[dearest])} mJ" in text
    assert duration_text(runs["run_time_s"][by_depth[dearest]].max()) in text
    assert found["2^24 parameters, 8 layers"] == f"{three_digits(1000 * here[8])} mJ/datum"


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_found_lies_near_published_in_the_stand_in(tour: Tour, number: int) -> None:
    # Within 10 %, or 5 percentage points: the stand-in is made to agree, so this shows what a step compares.
    tour.open(number)
    assert tour.told.figures
    for figure in tour.told.figures:
        size, _, unit = figure.difference.partition(" ")
        if unit:
            assert abs(float(size)) < {"%": 10, "points": 5}[unit], figure
        else:
            assert figure.found == figure.published


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_an_empty_selection_is_said_and_compares_nothing(tour: Tour, number: int) -> None:
    tour.open(number)
    tour._state.brush_range("started_s", 0, 1)
    assert tour.is_changed
    assert tour.told.text.startswith(("No selected", "The selection has no"))
    assert {figure.found for figure in tour.told.figures} <= {"-"}


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_one_run_is_told_without_a_fault(tour: Tour, butter_e: Gateway, number: int) -> None:
    rows = butter_e._database.connection.cursor().sql(
        "SELECT run_id FROM butter_e_runs WHERE status = 'standardised' LIMIT 1"
    )
    tour.open(number)
    tour._state.link = ""
    tour._state.brush_set("run_id", (rows.fetchall()[0][0],))
    assert tour._state.run_count == 1
    assert tour._state.refusal == ""
    assert tour.told.text


def test_the_visitors_brushes_come_back_in_one_step(tour: Tour) -> None:
    state = tour._state
    state.brush_range("depth", 2, 4)
    own = state.brushes
    for _ in STEPS:
        tour.next() if tour.number else tour.open(1)
        step = tour.step
        assert step is not None
        assert state.brushes == step.brushes
        assert not tour.is_changed
    tour.next()
    assert (tour.number, state.brushes) == (0, own)
    assert SLOT not in state.posed
    state.undo()
    assert state.brushes == STEPS[-1].brushes


def test_numbers_follow_a_brush_by_hand_until_the_step_is_brushed_again(tour: Tour) -> None:
    tour.open(3)
    before = tour.told
    tour._state.brush_set("dataset", ("mnist",))
    assert tour.is_changed
    assert tour.told != before
    tour.again()
    assert (tour.is_changed, tour.told) == (False, before)


@pytest.mark.parametrize(("asked", "opened"), [(-3, 1), (0, 1), (4, 4), (99, 6)])
def test_a_number_beyond_the_steps_opens_the_nearest(tour: Tour, asked: int, opened: int) -> None:
    tour.open(asked)
    assert tour.number == opened


def test_steps_ask_nothing_when_the_tour_is_not_taken(butter_e: Gateway) -> None:
    state = Exploration(butter_e)
    tour = Tour(state)
    state.brush_range("depth", 2, 4)
    assert SLOT not in state.posed
    tour.leave()
    assert state.brushes == Brushes().with_range("depth", 2, 4)
