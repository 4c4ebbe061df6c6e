"""The published findings of BUTTER-E come out of the loaded table, within the tolerance a test states.

They are asked of the stand-in, and of the real table where ENERGYVIS_BUTTER_E_REAL names its Parquet file.
Published values: BUTTER-E (Tripp et al. 2024, arXiv 2403.08151, doi 10.25984/2329316), its supplementary
notebooks and the vector paths of their figures; whole-run costs: JoulePoint, computed from the same table.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import sqrt
from typing import Any

import pytest

from energyvis_panel.resources import resource_path
from tests.butter_e_table_fixture import TABLES, Ask, loaded_table


@pytest.fixture(scope="module", params=TABLES)
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    with loaded_table(request.param) as answer:
        yield answer


def medians(ask: Ask, by: str, hardware: str, where: str = "true") -> dict[Any, float]:
    """Median J per datum of a kind of node by a column."""
    return dict(
        ask(
            f"SELECT {by}, median(j_per_datum) FROM published "  # noqa: S608 - texts of this file
            f"WHERE hardware = '{hardware}' AND {where} GROUP BY {by} ORDER BY {by}"
        )
    )


def pairs(ask: Ask, columns: str) -> tuple[Any, ...]:
    """Aggregates over settings measured on both: median whole-run energies cpu_j, gpu_j and least_j."""
    (row,) = ask(
        f"""
        WITH settings AS (
            SELECT dataset, size, depth, shape, is_gpu, median(std_energy_j) AS run_j
            FROM published
            GROUP BY ALL
        ),
        both_nodes AS (
            SELECT cpu.run_j AS cpu_j, gpu.run_j AS gpu_j, least(cpu_j, gpu_j) AS least_j
            FROM settings AS cpu
            JOIN settings AS gpu USING (dataset, size, depth, shape)
            WHERE NOT cpu.is_gpu AND gpu.is_gpu
        )
        SELECT {columns} FROM both_nodes
        """  # noqa: S608 - texts of this file
    )
    return row


def test_gpu_nodes_win_from_two_to_the_eighteen_parameters(ask: Ask) -> None:
    cpu, gpu = (medians(ask, "exponent", hardware) for hardware in ("CPU node", "GPU node"))
    assert [exponent for exponent in cpu if gpu[exponent] < cpu[exponent]] == list(range(18, 25))


def test_gpu_nodes_win_from_fourteen_layers(ask: Ask) -> None:
    cpu, gpu = (medians(ask, "depth", hardware) for hardware in ("CPU node", "GPU node"))
    assert [depth for depth in cpu if gpu[depth] < cpu[depth]] == [14, 16, 18, 20]


@pytest.mark.parametrize(("depth", "last_exponent"), [(2, 19), (4, 22), (16, 14)])
def test_cpu_nodes_win_longer_where_networks_are_shallow(ask: Ask, depth: int, last_exponent: int) -> None:
    cpu = medians(ask, "exponent", "CPU node", f"depth = {depth}")
    gpu = medians(ask, "exponent", "GPU node")
    assert cpu[last_exponent] < gpu[last_exponent]
    assert cpu[last_exponent + 1] > gpu[last_exponent + 1]


def test_settings_measured_on_both_nodes(ask: Ask) -> None:
    # 13,121 of them and 34,585 settings by hardware; within 1 %.
    assert pairs(ask, "count(*)")[0] == pytest.approx(13_121, rel=0.01)
    ((settings,),) = ask(
        "SELECT count(*) FROM (SELECT DISTINCT dataset, size, depth, shape, is_gpu FROM published)"
    )
    assert settings == pytest.approx(34_585, rel=0.01)


def test_whole_runs_favour_the_cpu(ask: Ask) -> None:
    # 89 %, 13.3 % and about 35 %; each within 2 percentage points.
    cheaper, always_cpu, random = pairs(
        ask,
        "avg((cpu_j < gpu_j)::int), sum(cpu_j) / sum(least_j) - 1, sum(cpu_j + gpu_j) / 2 / sum(least_j) - 1",
    )
    assert cheaper == pytest.approx(0.89, abs=0.02)
    assert always_cpu == pytest.approx(0.133, abs=0.02)
    assert random == pytest.approx(0.35, abs=0.02)


def test_overhead_takes_eleven_percent_of_all_energy(ask: Ask) -> None:
    ((share,),) = ask("SELECT avg(energy_overhead_j) / avg(std_energy_j) FROM published")
    assert share == pytest.approx(0.110, abs=0.003)


def test_gpu_is_flat_until_its_second_cache_spills(ask: Ask) -> None:
    # 11 mJ per datum within 15 % up to 6.4 MB of forward working set, then rising to 35 mJ at 64 MB (15 %).
    by_doubling = medians(ask, "floor(log2(working_set_bytes))", "GPU node", "working_set_level <> 'HBM'")
    assert list(by_doubling.values()) == pytest.approx([0.011] * len(by_doubling), rel=0.15)
    edges = (6_406_144, 18e6, 30e6, 60e6, 90e6)
    beyond = [
        medians(ask, "hardware", "GPU node", f"working_set_bytes BETWEEN {low} AND {high}")["GPU node"]
        for low, high in pairwise(edges)
    ]
    assert beyond == sorted(beyond)
    assert beyond[-1] == pytest.approx(0.035, rel=0.15)


def test_a_batch_costs_the_gpu_the_same_whatever_the_data_set(ask: Ask) -> None:
    # About 2.9 J; within 10 %.
    rows = ask(
        "SELECT dataset, median(j_per_batch) FROM published "
        "WHERE is_gpu AND working_set_level <> 'HBM' GROUP BY dataset"
    )
    assert [batch_j for _, batch_j in rows] == pytest.approx([2.9] * 12, rel=0.10)


@pytest.mark.parametrize(
    ("low", "high", "mj"),
    [(0, 32_768, 4.5), (0.54e6, 2.2e6, 11.5), (13.5e6, 67e6, 26.0), (67e6, 1e12, 48.0)],
    ids=["in L1", "about the end of L2", "about the end of L3", "beyond"],
)
def test_cpu_energy_steps_up_with_the_caches(ask: Ask, low: float, high: float, mj: float) -> None:
    # Read off a figure; within 15 %. A window about the end of a level holds the nearest sizes on either
    # side; what does not fit into L3 occupies 27 MB of it besides.
    found = medians(ask, "hardware", "CPU node", f"working_set_bytes BETWEEN {low} AND {high}")["CPU node"]
    assert 1000 * found == pytest.approx(mj, rel=0.15)


def test_depth_six_dips_on_cpu_at_every_size(ask: Ask) -> None:
    # 33 % below the geometric mean of five and seven layers, within 3 points; at each size 15 % or more.
    cpu, gpu = (medians(ask, "depth", hardware) for hardware in ("CPU node", "GPU node"))
    assert cpu[6] / sqrt(cpu[5] * cpu[7]) == pytest.approx(0.668, abs=0.03)
    assert gpu[6] / sqrt(gpu[5] * gpu[7]) == pytest.approx(0.986, abs=0.03)
    five, six, seven = (medians(ask, "exponent", "CPU node", f"depth = {depth}") for depth in (5, 6, 7))
    assert [e for e in range(5, 25) if six[e] > 0.85 * sqrt(five[e] * seven[e])] == []


def test_the_largest_networks_of_two_layers_are_the_dearest_on_cpu(ask: Ask) -> None:
    for exponent in (22, 23, 24):
        by_depth = medians(ask, "depth", "CPU node", f"exponent = {exponent}")
        assert max(by_depth, key=lambda depth: by_depth[depth]) == 2
    assert by_depth[2] == pytest.approx(0.1197, rel=0.10)


def test_few_inputs_make_a_wide_layer_dear(ask: Ask) -> None:
    # banana, 2^24 parameters, two layers, CPU: 31,971 s; within 15 %.
    rows = ask(
        "SELECT median(run_time_s) FROM published "
        "WHERE dataset = 'banana' AND exponent = 24 AND depth = 2 AND NOT is_gpu"
    )
    assert rows[0][0] == pytest.approx(31_971, rel=0.15)


SLOPES = {
    "mJ per epoch and observation": (
        "1e3 * regr_slope(j_per_epoch, observations)", "size, depth, shape", "true", (6.2, 9.5)
    ),
    "nJ per datum and parameter": (
        "1e9 * regr_slope(j_per_datum, size)", "dataset, depth, shape", "exponent >= 21", (2.11, 1.49)
    ),
    "mJ per datum and layer": (
        "1e3 * regr_slope(j_per_datum, depth)", "dataset, size, shape", "true", (0.37, 0.20)
    ),
}  # fmt: skip
"""Least-squares slope, the settings held, the runs meant, and the published medians on CPU and GPU."""


@pytest.mark.parametrize("name", SLOPES)
def test_marginal_slopes(ask: Ask, name: str) -> None:
    # Medians over all settings; within 15 %.
    slope, held, meant, published = SLOPES[name]
    data_sets = resource_path("datasets/butter_e/data_sets.csv")
    rows = ask(
        f"""
        WITH slopes AS (
            SELECT is_gpu, {slope} AS slope
            FROM published
            JOIN (SELECT dataset, observations FROM read_csv('{data_sets}')) USING (dataset)
            WHERE {meant}
            GROUP BY is_gpu, {held}
        )
        SELECT median(slope) FROM slopes GROUP BY is_gpu ORDER BY is_gpu
        """  # noqa: S608 - texts of this file
    )
    assert [row[0] for row in rows] == pytest.approx(published, rel=0.15)
