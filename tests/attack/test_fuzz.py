"""A few hundred damaged files and hostile answers by chance, the same ones at each run.

The benches ``fuzz_importers.py`` and ``fuzz_live_client.py`` run any number of further ones.
"""

import random
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from energyvis_panel.data.live_client import LiveClient
from energyvis_panel.domain.live_hosts import LOOPBACK
from tests.attack.importer_targets import TARGETS, prepare, run_case
from tests.attack.live_cases import SHORT, errors_logged, follow_cases
from tests.attack.live_server import hostile_server
from tests.live_fixture import wait_for

CHEAP, DEAR = 60, 8
"""Cases a target: a text takes milliseconds; to load runs, or to open a lake, takes tenths of a second."""
LIVE_CASES = 100
MOST_GROWTH_BYTES = 8_000_000


@pytest.fixture(scope="module", autouse=True)
def made(tmp_path_factory: pytest.TempPathFactory) -> None:
    prepare(tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("target", TARGETS)
def test_damaged_files_are_read_or_refused_with_a_sentence(target: str, tmp_path: Path) -> None:
    is_cheap = target.startswith(("profile", "hourly"))
    outcomes = []
    for number in range(CHEAP if is_cheap else DEAR):
        folder = tmp_path / str(number)
        folder.mkdir()
        outcomes.append(run_case(TARGETS[target], random.Random(f"{target} {number}"), folder))  # noqa: S311 - repeatable
    assert any(outcome.sentence for outcome in outcomes)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveClient]:
    """A client of little patience, whose thread has ended when the test has."""
    for module, values in SHORT.items():
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)
    started = LiveClient(LOOPBACK)
    yield started
    assert started.followed == 0
    wait_for(lambda: all(thread.name != "live-client" for thread in threading.enumerate()))


def test_hostile_answers_are_a_reading_or_a_sentence(client: LiveClient) -> None:
    with errors_logged() as errors, hostile_server("suite") as port:
        found, ways = follow_cases(client, port, range(LIVE_CASES))
    assert found == {}
    assert errors == []
    assert sum(ways.values()) == LIVE_CASES
    assert set(ways) >= {"failed", "ended", "lost"}


@pytest.mark.parametrize("number", [927, 1104])
def test_a_server_that_sends_and_names_no_run_is_given_up(client: LiveClient, number: int) -> None:
    """Signs of life alone would keep the app connecting for ever: cases that the bench has found."""
    with hostile_server("bench") as port:
        found, ways = follow_cases(client, port, range(number, number + 1))
    assert (found, ways) == ({}, {"failed": 1})


def test_what_was_refused_is_not_kept(client: LiveClient) -> None:
    with hostile_server("suite") as port:
        follow_cases(client, port, range(16))
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            follow_cases(client, port, range(48))
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert grown < MOST_GROWTH_BYTES
