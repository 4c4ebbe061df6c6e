"""Settings come from the environment and are refused with a sentence where they cannot be used."""

import subprocess
import sys
from pathlib import Path

import pytest

from energyvis_panel.errors import SettingsError
from energyvis_panel.settings import load_settings


@pytest.mark.parametrize(
    "names",
    [
        {"ENERGYVIS_LAKE": "/srv/lake"},
        {"ENERGYVIS_LAKE": "~/lake"},
        {"ENERGYVIS_LAKE": "lake"},
        {"XDG_DATA_HOME": "/srv/data"},
        {"XDG_DATA_HOME": "relative"},
        {"ENERGYVIS_LAKE": "", "XDG_DATA_HOME": ""},
    ],
)
def test_lake_lies_where_the_tracker_puts_it(names: dict[str, str], tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), **names}
    rule = "from energyvis_tracker.lake import default_lake as place; print(place().absolute())"
    own = "from energyvis_panel.settings import load_settings; print(load_settings().lake)"
    places = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for code in (rule, own)
    ]
    assert places[0] == places[1]


def test_cache_follows_the_same_pattern(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert load_settings(home).cache == tmp_path / ".cache/energyvis"
    assert load_settings(home | {"XDG_CACHE_HOME": "/srv/c"}).cache == Path("/srv/c/energyvis")
    assert load_settings(home | {"XDG_CACHE_HOME": "relative"}).cache == tmp_path / ".cache/energyvis"
    assert load_settings(home | {"ENERGYVIS_CACHE": "/srv/d"}).cache == Path("/srv/d")


def test_limits_are_read(tmp_path: Path) -> None:
    file = tmp_path / "runs.parquet"
    file.write_bytes(b"")
    found = load_settings(
        {"ENERGYVIS_THREADS": "2", "ENERGYVIS_MEMORY_LIMIT": "1.5GB", "ENERGYVIS_BUTTER_E": str(file)}
    )
    assert (found.threads, found.memory_limit, found.butter_e) == (2, "1.5GB", file)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENERGYVIS_THREADS", "many"),
        ("ENERGYVIS_THREADS", "0"),
        ("ENERGYVIS_THREADS", "-1"),
        ("ENERGYVIS_MEMORY_LIMIT", "lots"),
        ("ENERGYVIS_MEMORY_LIMIT", "0GB"),
        ("ENERGYVIS_BUTTER_E", "/nowhere/x.parquet"),
        ("ENERGYVIS_LAKE", __file__),
        ("ENERGYVIS_LAKE", f"{__file__}/lake"),
        ("ENERGYVIS_CACHE", __file__),
    ],
)
def test_unusable_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value})
