"""Published against found: what counts as the same, and which figures are compared."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.butter_e_acceptance import (
    acceptance,
    check,
    group_checks,
    quantile_checks,
    size_checks,
    tolerance_of,
)
from energyvis_panel.data.butter_e_figures import COUNTS, GROUPS, IDLE, OVERHEADS, QUANTILES, STAGES
from energyvis_panel.data.butter_e_manifest import SourceFile
from energyvis_panel.data.gateway import Gateway

RUNS = 37_055


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=1) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "tolerance"),
    [("37055", 0.5), ("0", 0.5), ("1057974", 0.5), ("22157110", 5.0), ("216888.8", 0.05), ("9.072", 0.0005)],
)
def test_a_figure_is_known_to_half_its_last_digit(text: str, tolerance: float) -> None:
    assert tolerance_of(text) == pytest.approx(tolerance, rel=1e-6)


def test_a_figure_printed_in_full_allows_for_the_order_of_a_sum() -> None:
    assert tolerance_of("271560.2400475498") == pytest.approx(271560.2400475498e-9)


def test_verdicts() -> None:
    assert check("k", "w", "216888.8", 216888.84, "s").verdict == "ok"
    assert check("k", "w", "216888.8", 216888.86, "s").verdict == "differs"
    assert check("k", "w", "37055", 37054, "s").difference == -1
    assert check("k", "w", "37055", 37054, "s").verdict == "differs"
    assert check("k", "w", "0", 0, "s").verdict == "ok"
    nothing = check("k", "w", "1", None, "s")
    assert (nothing.verdict, nothing.difference) == ("differs", None)


def test_the_published_figures_agree_with_each_other() -> None:
    count = {key: int(text) for key, _, _, text, _ in (*STAGES, *COUNTS) if text.isdecimal()}
    assert count["stage_all"] - count["stage_optimizer"] == count["stage_queued"]
    errors = sum(count[f"stage_{name}"] for name in ("zero_watts", "missing_all", "no_file", "missing_some"))
    assert count["stage_queued"] - errors == count["stage_joined"]
    rejected = sum(count[f"stage_{name}"] for name in ("run_time", "energy", "outlier"))
    assert count["stage_joined"] - rejected == count["stage_kept"]
    assert count["stage_kept"] - count["stage_removed"] == count["runs_standardised"] == RUNS
    assert count["runs_cpu"] + count["runs_gpu"] == RUNS
    for names in GROUPS.values():
        assert sum(names.values()) == RUNS
    for _, *texts in QUANTILES.values():
        quantiles = [float(text) for text in texts[1:]]
        assert quantiles == sorted(quantiles)
        assert quantiles[0] < float(texts[0]) < quantiles[-1]


def with_summary(quantiles: list[float], mean: float) -> NDArray[np.float64]:
    """37,055 sorted values that have exactly these quantiles, and this mean."""
    edges = np.array([0.0, 0.25, 0.5, 0.75, 1.0]) * (RUNS - 1)
    values = np.empty(RUNS)
    free: list[tuple[int, float]] = []
    for low, high, place, end in zip(quantiles, quantiles[1:], edges, edges[1:], strict=False):
        begin, last = int(np.ceil(place)), int(np.floor(end))
        values[begin : last + 1] = low
        # Interpolated quantiles fall between two rows, so both rows beside an edge have its value.
        values[[last, min(last + 1, RUNS - 1)]] = high
        free += [(row, high) for row in range(begin + 1, last - 1)]
    missing = mean * RUNS - values.sum()
    for row, high in free:
        step = min(high - values[row], missing)
        values[row] += step
        missing -= step
    assert missing == pytest.approx(0, abs=1e-3)
    return np.sort(values)


def test_a_table_with_the_published_summary_passes(gateway: Gateway, tmp_path: Path) -> None:
    columns = {
        quantity: with_summary([float(text) for text in texts[1:]], float(texts[0]))
        for quantity, (_, *texts) in QUANTILES.items()
    }
    file = tmp_path / "runs.parquet"
    pq.write_table(pa.table(columns | {"status": ["standardised"] * RUNS}), file)
    checks = list(quantile_checks(gateway, file))
    assert len(checks) == 48
    assert [one for one in checks if not one.is_ok] == []
    columns["power_w"] += 0.001
    pq.write_table(pa.table(columns | {"status": ["standardised"] * RUNS}), file)
    assert {one.key for one in quantile_checks(gateway, file) if not one.is_ok} == {
        f"power_w_{name}" for name in ("mean", "least", "25_percent", "median", "75_percent", "greatest")
    }


def test_a_table_with_the_published_groups_passes(gateway: Gateway, tmp_path: Path) -> None:
    columns = {
        kind: [name for name, runs in names.items() for _ in range(runs)] for kind, names in GROUPS.items()
    }
    file = tmp_path / "runs.parquet"
    pq.write_table(pa.table(columns | {"status": ["standardised"] * RUNS}), file)
    checks = list(group_checks(gateway, file))
    assert (len(checks), [one for one in checks if not one.is_ok]) == (20, [])
    columns["dataset"][0] = "505_tecator"
    pq.write_table(pa.table(columns | {"status": ["standardised"] * RUNS}), file)
    wrong = [one for one in group_checks(gateway, file) if not one.is_ok]
    assert [(one.key, one.published, one.difference) for one in wrong] == [
        ("dataset_529_pollen", 3502, -1),
        ("dataset_505_tecator", 0, 1),
    ]


def test_sizes_of_files_that_are_known() -> None:
    def source(name: str, size_bytes: int, unpacked_bytes: int | None) -> SourceFile:
        return SourceFile(name, f"/x/{name}", None, size_bytes, "", "", unpacked_bytes)

    checks = list(
        size_checks(
            [
                source("runs_with_standardized_energy.csv", 5_800_000, 17_109_394),
                source("node_power_dist.csv", 1_752_745, None),
                source("node_sinfo.csv", 92_194, None),
                source("butter_e_energy", 1, None),
            ]
        )
    )
    assert [(one.key, one.verdict) for one in checks] == [
        ("bytes_runs_with_standardized_energy.csv", "ok"),
        ("bytes_node_power_dist.csv", "ok"),
        ("bytes_node_sinfo.csv", "differs"),
    ]


def test_stages_and_idle_power_are_those_of_the_raw_set_alone(gateway: Gateway) -> None:
    def keys(*, is_raw: bool, figures: dict[str, float]) -> dict[str, str]:
        found = acceptance(gateway, standin_path(), is_raw=is_raw, figures=figures, sources=[])
        assert len({one.key for one in found}) == len(found)
        return {one.key: one.verdict for one in found}

    raw = keys(
        is_raw=True, figures={"cpu1_idle_w": 220.0, "cpu2_idle_w": 231.0, "cpu_overhead_s": 52.8839136}
    )
    assert raw.keys() >= {key for key, *_ in (*STAGES, *COUNTS, *OVERHEADS, *IDLE)}
    assert (raw["idle_cpu1"], raw["idle_cpu2"], raw["idle_cpu3"]) == ("ok", "differs", "differs")
    assert (raw["overhead_time_cpu"], raw["overhead_time_gpu"]) == ("ok", "differs")
    assert (raw["stage_kept"], raw["stage_all"]) == ("ok", "differs")
    table = keys(is_raw=False, figures={"gpu_overhead_s": 656.3736757})
    assert not any(key.startswith(("stage", "idle")) for key in table)
    assert table["overhead_time_gpu"] == "ok"
    assert "overhead_time_cpu" not in table
    assert table["runs_cpu"] == "ok"
