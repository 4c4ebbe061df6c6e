"""A page is gone while its messages wait: nothing of it is an error."""

import asyncio
import logging
import re
from typing import Any

import panel as pn
import pytest
from bokeh.protocol import Protocol
from bokeh.server.server import Server
from panel.io.server import get_server
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

from energyvis_panel.server.late_messages import hear_no_late_messages

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


def test_messages_of_a_page_that_is_gone_are_no_errors(caplog: pytest.LogCaptureFixture) -> None:
    hear_no_late_messages()

    async def serve() -> None:
        server = get_server({"/app": lambda: pn.Column("shown")}, port=0, start=False)
        server.start()
        try:
            await leave_with_messages_unread(server)
        finally:
            server.stop()
            await server._http.close_all_connections()

    with caplog.at_level(logging.ERROR):
        asyncio.run(serve())
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
