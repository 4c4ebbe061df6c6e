"""Exports: ours reads back exactly, EnergyVis's loses nothing that it knew, tables carry units and origin."""

import csv
import io

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.profile_export import export_profile, stem
from energyvis_panel.data.profile_json import MOST_INDENTED, profile_to_json
from energyvis_panel.domain.profile import (
    EnergyByKind,
    EnergyProfile,
    Epoch,
    HardwareItem,
    Outside,
    Provenance,
)
from energyvis_panel.errors import ProfileError
from tests.data.importer_case import NAMES, read_sample, sample
from tests.data.profile_strategy import profiles
from tests.profiles_fixture import small_profile

SHEET = EnergyProfile(
    id="=cmd()",
    name="@evil",
    epochs=(
        Epoch(0, 10.5, EnergyByKind(gpu=3.6e6, cpu=0.1), units=32.0, unit="-1+2", metrics={"loss": -0.25}),
        Epoch(1, None, EnergyByKind(gpu=1 / 3)),
    ),
    hardware=(HardwareItem("gpu", "NVIDIA A40", 2),),
    provenance=Provenance("+tool", "counter"),
    region_id="US-GA",
    pue=1.2,
    outside=Outside(5.0, EnergyByKind(dram=2.0)),
)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@given(profiles())
@settings(max_examples=60, deadline=None)
def test_every_format_can_be_written(profile: EnergyProfile) -> None:
    name, content = export_profile(profile, "energyvis-profile")
    (again,) = read_import(content, name)
    assert again.profile == profile
    assert len(rows_of(export_profile(profile, "csv")[1])) == len(profile.epochs) + bool(profile.outside)
    table = pq.read_table(io.BytesIO(export_profile(profile, "parquet")[1]))
    assert table["energy_gpu_j"].to_pylist()[: len(profile.epochs)] == [e.energy.gpu for e in profile.epochs]


def test_energyvis_and_back_loses_nothing() -> None:
    (original,) = read_sample("energyvis.json")
    name, content = export_profile(original.profile, "energyvis")
    assert name == "Transformer.json"
    (again,) = read_import(content, name)
    for field in ("name", "author", "epochs", "hardware", "region_id", "pue"):
        assert getattr(again.profile, field) == getattr(original.profile, field)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_imported_reads_back_exactly(name: str) -> None:
    for imported in read_sample(name):
        (again,) = read_import(export_profile(imported.profile, "energyvis-profile")[1], name)
        assert again.profile == imported.profile


def test_a_country_keeps_its_place_in_energyvis() -> None:
    (again,) = read_import(export_profile(small_profile(region_id="FR"), "energyvis")[1], "x")
    assert again.profile.region_id == "FR"


def test_a_profile_without_cpu_and_gpu_has_no_place_in_energyvis() -> None:
    (imported, _) = read_import(sample("codecarbon_1_0.csv"), "x")
    with pytest.raises(ProfileError, match="neither CPU nor GPU energy"):
        export_profile(imported.profile, "energyvis")


def test_csv_has_units_source_and_no_formula() -> None:
    name, content = export_profile(SHEET, "csv")
    first, second, outside = rows_of(content)
    assert name == "evil.csv"
    assert (first["profile_id"], first["profile_name"], first["tool"]) == ("'=cmd()", "'@evil", "'+tool")
    assert first["unit"] == "'-1+2"
    assert (first["part"], first["index"], first["duration_s"]) == ("epoch", "0", "10.5")
    assert (first["energy_gpu_j"], first["energy_dram_j"], first["metric_loss"]) == ("3600000", "", "-0.25")
    assert (first["source"], first["pue"], first["region_id"]) == ("counter", "1.2", "US-GA")
    assert float(second["energy_gpu_j"]) == 1 / 3
    assert (outside["part"], outside["index"], outside["energy_dram_j"]) == ("outside", "", "2")


def test_parquet_has_types_and_the_facts_of_the_profile() -> None:
    table = pq.read_table(io.BytesIO(export_profile(SHEET, "parquet")[1]))
    assert table["index"].to_pylist() == [0, 1, None]
    assert str(table.schema.field("energy_gpu_j").type) == "double"
    assert b"NVIDIA A40" in table.schema.metadata[b"energyvis_profile"]
    assert table["profile_id"][0].as_py() == "=cmd()"


def test_a_long_profile_is_written_short_and_reads_back() -> None:
    profile = small_profile(epochs=MOST_INDENTED + 1)
    text = profile_to_json(profile)
    assert text.count("\n") == 1
    assert '"units"' not in text
    (again,) = read_import(text.encode(), "x")
    assert again.profile == profile


def test_names_become_names_of_files() -> None:
    assert stem("a/b\\c: d\0") == "a-b-c-d"
    assert stem("../..") == "profile"
    assert stem("Étude 3") == "Étude-3"
    with pytest.raises(ValueError, match="no format"):
        export_profile(SHEET, "xlsx")
