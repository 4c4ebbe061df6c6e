"""No text in a CSV that we write is a formula to a spreadsheet; numbers stay numbers (CWE-1236)."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from energyvis_panel.data.profile_export import export_profile
from energyvis_panel.domain.profile import EnergyByKind, Epoch, Provenance
from energyvis_panel.state.runs_export import csv_file
from energyvis_panel.views.chart_export import csv_text
from tests.profiles_fixture import small_profile

FORMULAS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    '=HYPERLINK("http://127.0.0.1:9/?leak="&A1,"more")',
    "\uff1d1+1",
    "\ufeff=1+1",
    '";=1+1',
    "a\r\n=1+1",
    "a\r=1+1",
    "\u00a0=1+1",
]


def written_by_a_profile(text: str) -> bytes:
    profile = replace(
        small_profile(epochs=1),
        id=text,
        name=text,
        region_id=text,
        provenance=Provenance(text, "counter"),
        epochs=(Epoch(0, -0.0, EnergyByKind(gpu=1.0), units=1.0, unit=text, metrics={text: -1.5}),),
    )
    return export_profile(profile, "csv")[1]


def written_by_the_runs(text: str) -> bytes:
    frame = pd.DataFrame({"run_id": [text], "name": [text], "energy_kwh": [-1.5]})
    return csv_file(frame.astype({"run_id": "str", "name": "str"})).getvalue()


def written_by_a_chart(text: str) -> bytes:
    return csv_text(["epoch", text], [[text, -1.5]], note=text).encode()


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("write", [written_by_a_profile, written_by_the_runs, written_by_a_chart])
def test_no_cell_of_a_csv_is_a_formula(write: Callable[[str], bytes], text: str) -> None:
    written = write(text).decode()
    cells = [cell for row in csv.reader(io.StringIO(written, newline="")) for cell in row]
    assert "-1.5" in cells, "a negative number is no formula"
    for cell in cells:
        plain = cell.lstrip().lstrip("\ufeff").lstrip()
        assert cell == "-1.5" or not plain.startswith(("=", "+", "-", "@", "\uff1d")), repr(cell)
