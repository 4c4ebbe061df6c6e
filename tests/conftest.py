"""What all tests share: no test sees the developer's own lake, cache or settings."""

import os
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ui", action="store_true", help="run the tests that need a Chromium")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--ui"):
        return
    left_out = [item for item in items if item.get_closest_marker("ui")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("ui")]


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings from the environment are cleared; lake and cache lie in the test's own folder."""
    for name in list(os.environ):
        if name.startswith("ENERGYVIS_") and name != "ENERGYVIS_CHROMIUM":
            monkeypatch.delenv(name)
    monkeypatch.setenv("ENERGYVIS_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("ENERGYVIS_CACHE", str(tmp_path / "cache"))
