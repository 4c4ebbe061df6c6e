"""Servers that a test starts in its own process, and their end."""

import asyncio
import time
from typing import Any

import panel as pn

LONGEST_WORK_S = 5.0
LONGEST_END_S = 20.0
LOOK_EVERY_S = 0.01
REPEATS = "PeriodicCallback._async_repeat"
"""The task of a callback that Panel repeats, which rests most of the time and never ends."""


def end_servers() -> None:
    """End the servers of this process, each when it has nothing under way.

    Panel cancels what a server is about: a message on its way to a page that closes would be reported
    in the midst of a later test, as never awaited.
    """
    for name, (server, *_pages) in list(pn.state._servers.items()):
        thread: Any = pn.state._threads.get(name)
        if thread is not None and thread.is_alive():
            server.unlisten()
            thread.asyncio_loop.call_soon_threadsafe(end_when_idle, thread, time.monotonic() + LONGEST_WORK_S)
            thread.join(LONGEST_END_S)
    pn.state.kill_all_servers()


def end_when_idle(thread: Any, latest: float) -> None:
    """Have Panel end the thread's loop if that is about nothing or has been for too long; else look again."""
    tasks: list[Any] = [task.get_coro() for task in asyncio.all_tasks(thread.asyncio_loop)]
    if all(task.__qualname__ == REPEATS for task in tasks) or time.monotonic() > latest:
        thread.stop()
    else:
        thread.asyncio_loop.call_later(LOOK_EVERY_S, end_when_idle, thread, latest)
