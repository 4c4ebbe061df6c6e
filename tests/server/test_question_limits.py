"""A question that takes too long or too much is stopped, and says so."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import QueryCancelled, QueryError
from tests.server.conftest import wait_until


@pytest.fixture
def limited(questions: Path) -> Iterator[Gateway]:
    with Gateway(questions, threads=1, question_limit_s=0.3) as opened:
        yield opened


def test_a_question_that_takes_too_long_is_stopped(limited: Gateway) -> None:
    begun_s = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.3 s, the most that this server allows") as stopped:
        limited.ask("x/endless")
    assert time.monotonic() - begun_s < 5
    assert not isinstance(stopped.value, QueryCancelled)
    assert limited.running == 0
    assert limited.ask("x/large", n=3).to_pylist() == [{"runs": 3}]


def test_a_question_that_is_withdrawn_first_says_so(questions: Path) -> None:
    with Gateway(questions, threads=1, question_limit_s=60) as gateway:
        told: list[Exception] = []

        def ask() -> None:
            try:
                gateway.ask("x/endless", token=1)
            except QueryError as error:
                told.append(error)

        asker = threading.Thread(target=ask)
        asker.start()
        wait_until(lambda: gateway.running == 1, "the question did not begin")
        while asker.is_alive():
            gateway.cancel(1)
            asker.join(0.05)
    assert [type(error) for error in told] == [QueryCancelled]


def test_a_question_that_needs_too_much_memory_and_disk_says_so(questions: Path, tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    with Gateway(questions, threads=1, memory_limit="50MB", spill=spill, spill_limit="5MB") as gateway:
        with pytest.raises(QueryError, match="more memory or disk than this server allows"):
            gateway.ask("x/large", n=4_000_000)
        assert gateway.ask("x/large", n=3).to_pylist() == [{"runs": 3}]
    assert not list(spill.glob("*"))
