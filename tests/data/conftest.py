"""Fixtures of the data layer's tests."""

import threading
from collections.abc import Iterator

import pytest

from energyvis_panel.data.live_client import LiveClient
from energyvis_panel.domain.live_hosts import LOOPBACK
from tests.live_fixture import wait_for


@pytest.fixture
def client() -> Iterator[LiveClient]:
    """A client whose thread has ended when the test has."""
    started = LiveClient(LOOPBACK)
    yield started
    assert started.followed == 0
    wait_for(lambda: all(thread.name != "live-client" for thread in threading.enumerate()))
