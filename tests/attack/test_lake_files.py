"""A lake in which somebody has put what is no file of a lake: the runs of the others are shown as ever."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.errors import EnergyVisError
from tests.lake_fixture import RUN, LakeWriter, readings

OTHER = "01JBQ0000000000000000000ZZ"
ENERGY_J = 8400.0


def empty_room(path: Path) -> None:
    """A file of 50 GB that takes no room."""
    path.touch()
    os.truncate(path, 50 << 30)


TRAPS: dict[str, Callable[[Path], object]] = {
    "a pipe, which never ends": os.mkfifo,
    "a device without an end": lambda path: path.symlink_to("/dev/zero"),
    "50 GB of nothing": empty_room,
    "JSON within JSON": lambda path: path.write_text("[" * 200_000),
    "a number of 6,000 digits": lambda path: path.write_text("9" * 6000),
    "a folder": Path.mkdir,
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to what holds secrets": lambda path: path.symlink_to("/etc/passwd"),
}


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    found = LakeWriter(tmp_path / "lake")
    found.plain_run(RUN)
    return found


@pytest.fixture
def lake(writer: LakeWriter) -> Iterator[Lake]:
    with Gateway(threads=1) as gateway:
        yield Lake(gateway, writer.path)


def energies(lake: Lake) -> dict[str, float]:
    """Energy of each run in J."""
    return {row["run_id"]: row["energy_j"] for row in lake.all_runs(datetime.now(UTC)).to_pylist()}


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("name", ["run.json", "node1-10/samples-000000.parquet", "node1-10/epochs.parquet"])
def test_a_trap_in_the_place_of_a_file_is_named_and_nothing_else_suffers(
    lake: Lake, writer: LakeWriter, name: str, trap: str
) -> None:
    if name != "run.json":
        writer.facts(OTHER)
    place = writer.path / "live" / OTHER / name
    place.parent.mkdir(parents=True, exist_ok=True)
    TRAPS[trap](place)
    assert energies(lake)[RUN] == ENERGY_J
    damaged = lake.status(datetime.now(UTC)).damaged
    if trap != "a folder" or name == "run.json":  # a folder in a writer's folder is nothing that is looked at
        assert [found.path for found in damaged] == [place]
        assert "root:" not in damaged[0].reason


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if trap != "50 GB of nothing"])
def test_a_trap_in_the_place_of_the_marker_is_named(lake: Lake, writer: LakeWriter, trap: str) -> None:
    marker = writer.path / "lake.json"
    marker.unlink()
    TRAPS[trap](marker)
    assert energies(lake) == {}
    (found,) = lake.status(datetime.now(UTC)).damaged
    assert found.path == marker


@pytest.mark.parametrize(
    "run_id", ["*", "?" * 26, "[0-9A-Z]*", "**", "x' OR 1=1 --", "<img src=x onerror=hit=1>", "é"]
)
def test_no_name_of_a_folder_makes_readings_of_another_run_count(
    lake: Lake, writer: LakeWriter, run_id: str
) -> None:
    """DuckDB takes ``*`` in a path for any name: a run that is called so would hold the readings of all."""
    writer.facts(run_id)
    writer.segment(run_id, 0, readings(run_id, [0.0, 1.0]))
    assert energies(lake) == {RUN: ENERGY_J}
    (found,) = lake.status(datetime.now(UTC)).damaged
    assert "is no id of a run" in found.reason


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "*",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        "' OR '1'='1",
        "%",
        "_" * 26,
        "\0",
        "x" * 100_000,
        "🦄",
        RUN[:-2] + "*A",
    ],
)
def test_what_is_asked_for_is_an_id_and_never_a_path_or_a_pattern(lake: Lake, asked: str) -> None:
    with pytest.raises(EnergyVisError):
        ProfileStore(lake).from_run(asked)


def test_a_link_out_of_the_lake_shows_no_other_file(lake: Lake, writer: LakeWriter, tmp_path: Path) -> None:
    """Readings count only for the run that they name, however they got into its folder."""
    elsewhere = LakeWriter(tmp_path / "elsewhere")
    elsewhere.plain_run("01JBQ0000000000000000000SE", name="secret")
    writer.facts(OTHER)
    (writer.path / "live" / OTHER / "node1-10").symlink_to(
        elsewhere.path / "live" / "01JBQ0000000000000000000SE" / "node1-10"
    )
    (writer.path / "live" / "01JBQ0000000000000000000SE").mkdir()
    assert energies(lake) == {RUN: ENERGY_J, OTHER: None}
    assert all("holds rows of the run" in found.reason for found in lake.status(datetime.now(UTC)).damaged)
