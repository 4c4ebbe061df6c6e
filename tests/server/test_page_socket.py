"""A page is gone while its messages wait: nothing of it is an error; and no page sees a traceback."""

import asyncio
import gc
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import panel as pn
import pytest
from bokeh.models.widgets import Div
from bokeh.protocol import Protocol
from bokeh.server.server import Server
from panel.io.server import get_server
from tornado.httpclient import AsyncHTTPClient
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from energyvis_panel.server.page_socket import NOT_HANDLED, pass_over_closed, use_page_sockets

TOKEN = re.compile(r'"token":"([^"]+)"')
PATIENCE_S = 30.0


async def connected(port: int) -> WebSocketClientConnection:
    """A page's connection."""
    page = await AsyncHTTPClient().fetch(f"http://localhost:{port}/app")
    token = TOKEN.search(page.body.decode())
    assert token is not None
    address = f"ws://localhost:{port}/app/ws"
    connection = await websocket_connect(address, subprotocols=["bokeh", token[1]])
    await connection.read_message()
    return connection


async def leave_with_messages_unread(server: Server) -> None:
    """Leave, and have the server read what came before, as Tornado does when a connection breaks off."""
    assert server.port is not None
    connection = await connected(server.port)
    clients = server._tornado._clients
    handler: Any = next(iter(clients))._socket
    connection.close()
    async with asyncio.timeout(PATIENCE_S):
        while clients:  # noqa: ASYNC110 - Bokeh tells nobody
            await asyncio.sleep(0.01)
    message = Protocol().create("PULL-DOC-REQ")
    for part in (message.header_json, message.metadata_json, message.content_json):
        await handler.on_message(part)
    handler.on_close()


async def answer_to_nonsense(server: Server) -> str:
    """What a page is told that sends a change of what is not there."""
    assert server.port is not None
    connection = await connected(server.port)
    message = Protocol().create("PULL-DOC-REQ")
    nonsense = {"kind": "ModelChanged", "model": {"id": "p999999"}, "attr": "value", "new": 1}
    header = message.header_json.replace("PULL-DOC-REQ", "PATCH-DOC")
    for part in (header, "{}", json.dumps({"events": [nonsense]})):
        await connection.write_message(part)
    parts = [""]
    async with asyncio.timeout(PATIENCE_S):
        while '"ERROR"' not in parts[-3:][0]:
            parts.append(str(await connection.read_message()))
    connection.close()
    return "".join(parts)


ARRAYS = 400


def page() -> pn.viewable.Viewable:
    return pn.Column("shown", pn.pane.Bokeh(Div(tags=[np.arange(1000.0) + n for n in range(ARRAYS)])))


def read_document(port: int) -> list[bytes]:
    """All arrays of the document, as a page reads them."""

    async def read() -> list[bytes]:
        connection = await connected(port)
        message = Protocol().create("PULL-DOC-REQ")
        for part in (message.header_json, message.metadata_json, message.content_json):
            await connection.write_message(part)
        found: list[bytes] = []
        while len(found) < ARRAYS:
            fragment = await connection.read_message()
            assert fragment is not None
            if isinstance(fragment, bytes):
                found.append(fragment)
        connection.close()
        return found

    return asyncio.run(read())


async def rounds_of_a_busy_loop(server: Server) -> int:
    """How many rounds of its loop, with other work in each, a server takes to send many arrays."""
    rounds = 0
    is_over = False

    def work() -> None:
        nonlocal rounds
        rounds += 1
        time.sleep(0.005)
        if not is_over:
            asyncio.get_running_loop().call_soon(work)

    asyncio.get_running_loop().call_soon(work)
    assert server.port is not None
    arrays = await asyncio.to_thread(read_document, server.port)
    is_over = True
    assert [len(array) for array in arrays] == [8000] * ARRAYS
    return rounds


async def served(visit: Callable[[Server], Awaitable[Any]]) -> Any:
    """What a visit of a server brings."""
    use_page_sockets()
    server = get_server({"/app": page}, port=0, start=False)
    server.start()
    try:
        return await visit(server)
    finally:
        server.stop()
        await server._http.close_all_connections()


def test_messages_of_a_page_that_is_gone_are_no_errors(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        asyncio.run(served(leave_with_messages_unread))
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_message_that_fails_is_answered_without_the_inside_of_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = asyncio.run(served(answer_to_nonsense))
    assert '"ERROR"' in told
    assert NOT_HANDLED in told
    assert not re.search("Traceback|p999999|site-packages|Error\\(", told)
    assert "p999999" in caplog.text


@pytest.mark.parametrize(
    ("error", "logged"),
    [(WebSocketClosedError(), 0), (StreamClosedError(), 0), (ValueError("ours"), 1)],
)
def test_a_page_that_closes_while_it_is_sent_something_is_no_error(
    caplog: pytest.LogCaptureFixture, error: Exception, logged: int
) -> None:
    async def send() -> None:
        raise error

    async def serve() -> None:
        asyncio.get_running_loop().set_exception_handler(pass_over_closed)
        sending = asyncio.create_task(send())
        await asyncio.sleep(0)
        del sending
        gc.collect()

    asyncio.run(serve())
    assert len(caplog.records) == logged


def test_a_message_of_many_parts_takes_few_rounds_of_a_busy_loop() -> None:
    # Each part of a message is two frames, and Bokeh waits a round for each.
    assert asyncio.run(served(rounds_of_a_busy_loop)) < ARRAYS
