"""A real server with a lake that holds a run, for whoever attacks it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.free_port import free_port
from tests.lake_fixture import LakeWriter
from tests.server.conftest import Served, end, is_listening, started, wait_until


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`energyvis serve` on the loopback address; a test module has one, which must outlive its attacks."""
    folder = tmp_path_factory.mktemp("attacked")
    LakeWriter(folder / "lake").plain_run()
    begun = started(folder, port=free_port(), SESSIONS="100")
    try:
        wait_until(lambda: is_listening(begun), "the server did not start")
        yield begun
        assert is_listening(begun)
    finally:
        end(begun)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium from ENERGYVIS_CHROMIUM, which calls nobody by itself."""
    named = os.environ.get("ENERGYVIS_CHROMIUM")
    flags = ("no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update")
    return {
        **browser_type_launch_args,
        **({"executable_path": named} if named else {}),
        "args": [f"--{flag}" for flag in flags],
    }
