"""What the tracker writes is what the data dictionary says."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from energyvis_tracker.parquet_files import epochs_schema, samples_schema

SCHEMAS = Path(__file__).parents[2] / "datasets" / "schemas"


def dictionary(table: str) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = json.loads((SCHEMAS / f"{table}.json").read_text())["columns"]
    return columns


@pytest.mark.parametrize(("table", "schema"), [("samples", samples_schema), ("epochs", epochs_schema)])
def test_parquet_schema_is_the_dictionary(table: str, schema: Callable[[], pa.Schema]) -> None:
    declared = [(column["name"], column["type"], column["nullable"]) for column in dictionary(table)]
    assert [(field.name, str(field.type), field.nullable) for field in schema()] == declared


def arrow_type(text: str) -> pa.DataType:
    if match := re.fullmatch(r"list<(.*)>", text):
        return pa.list_(arrow_type(match[1]))
    if match := re.fullmatch(r"struct<(.*)>", text):
        fields = (field.split(": ") for field in match[1].split(", "))
        return pa.struct([(name, arrow_type(kind)) for name, kind in fields])
    if match := re.fullmatch(r"map<string, (.*)>", text):
        return pa.map_(pa.string(), arrow_type(match[1]))
    return pa.string() if text.startswith("timestamp") else pa.type_for_alias(text)


def test_run_record_is_the_dictionary(lake: Any, run_job: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "17")
    monkeypatch.setenv("SLURM_JOB_PARTITION", "gpu")
    run_job(
        "from energyvis_tracker import EnergyTracker\nwith EnergyTracker('x', region='FR', pue=1.2): pass"
    )
    run = lake.run()
    columns = dictionary("run")
    assert list(run) == [column["name"] for column in columns]
    for column in columns:
        value = run[column["name"]]
        assert column["nullable"] or value is not None, column["name"]
        kind = arrow_type(column["type"])
        assert pa.array([list(value.items()) if pa.types.is_map(kind) else value], kind).type == kind
        if column["type"].startswith("timestamp"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value)
        if pa.types.is_struct(kind) and value is not None:
            assert set(value) == {field.name for field in kind}
        if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
            assert all(set(item) == {field.name for field in kind.value_type} for item in value)
    assert run["scheduler"] == {
        "job": "17", "step": None, "array": None, "account": None, "partition": "gpu",
    }  # fmt: skip
