"""What all tests share: no test sees the developer's own lake, cache or settings."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ui", action="store_true", help="run the tests that need a Chromium")


def pytest_configure() -> None:
    # What a shell starts in the background ignores Ctrl+C, and so do the programs that the tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--ui"):
        # Last, since Playwright leaves an event loop running in the thread until the end.
        items.sort(key=lambda item: bool(item.get_closest_marker("ui")))
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


@pytest.fixture(scope="session")
def butter_e() -> Iterator[Gateway]:
    """A gateway with the stand-in's runs loaded; tests only ask it."""
    with Gateway() as opened:
        load_butter_e(opened)
        yield opened


@pytest.fixture
def first_runs(tmp_path: Path) -> Iterator[Any]:
    """Loads the first runs of the stand-in, some columns replaced, and gives the gateway."""
    opened: list[Gateway] = []

    def load(count: int, **columns: list[Any]) -> Gateway:
        table = pq.read_table(standin_path()).slice(0, count)
        for name, values in columns.items():
            at = table.column_names.index(name)
            table = table.set_column(at, name, pa.array(values, table.schema.field(name).type))
        pq.write_table(table, tmp_path / "runs.parquet")
        opened.append(Gateway())
        load_butter_e(opened[-1], tmp_path / "runs.parquet")
        return opened[-1]

    yield load
    for gateway in opened:
        gateway.close()
