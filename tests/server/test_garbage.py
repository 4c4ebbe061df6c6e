"""Closed pages are collected, and not one by one."""

import asyncio
import gc
from typing import Any

import pytest
from panel.io import document

from energyvis_panel.server.garbage import Collecting, collect_seldom


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the whole process was looked through, by the loop's clock."""
    times: list[float] = []
    monkeypatch.setattr(gc, "collect", lambda: times.append(asyncio.get_running_loop().time()))
    return times


def test_many_pages_that_close_are_collected_at_once_and_then_again_later(collected: list[float]) -> None:
    async def pages_close() -> None:
        collecting = Collecting(least_between_s=0.3)
        for _ in range(5):
            collecting.ask()
        await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.sleep(0.05)
            collecting.ask()
        await asyncio.sleep(0.6)

    asyncio.run(pages_close())
    first, second = collected
    assert second - first >= 0.3


def test_panel_asks_it_and_what_was_there_before_is_never_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(document, "_garbage_collect", document._garbage_collect)
    before = gc.get_freeze_count()
    try:
        collect_seldom()
        assert gc.get_freeze_count() > before
        asked: Any = document._garbage_collect
        assert isinstance(asked.__self__, Collecting)
    finally:
        gc.unfreeze()
