"""What is too much is refused with a sentence, and what is let go makes room."""

import asyncio
import contextlib
import urllib.error
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.routing import Rule
from tornado.web import Application
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from energyvis_panel.server.chosen_session import SENTENCE
from energyvis_panel.server.gate import FULL, STOPPING, Gate, OneTooMany, Refused
from tests.server.conftest import Served, Start, hang_up, wait_until


async def connected(served: Served, token: str) -> WebSocketClientConnection:
    request = HTTPRequest(
        f"ws://localhost:{served.port}/app/ws", headers={"Origin": f"http://localhost:{served.port}"}
    )
    socket = await websocket_connect(request, subprotocols=["bokeh", token])
    assert await socket.read_message() is not None
    return socket


def test_one_session_too_many_waits_for_room(start: Start) -> None:
    served = start(SESSIONS="1", SESSION_LINGER="5", MESSAGE_LIMIT="4MB")
    token = served.token()

    async def use() -> None:
        socket = await connected(served, token)
        refused = await asyncio.to_thread(served.get, "/app?view=totals")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "15")
        assert FULL.encode() in refused.body
        assert b'http-equiv="refresh" content="15"' in refused.body
        script = await asyncio.to_thread(served.get, "/app/autoload.js?bokeh-autoload-element=x")
        assert (script.status, script.body.decode()) == (503, FULL)
        # A page whose connection broke comes back to its own session, and no other gets in beside it.
        await hang_up(socket)
        socket = await connected(served, token)
        origin = f"http://localhost:{served.port}"
        assert await asyncio.to_thread(served.handshake, "/app/ws", origin) == 503
        with contextlib.suppress(WebSocketClosedError):
            await socket.write_message(bytes(4_000_001), binary=True)
        while await socket.read_message() is not None:
            pass
        socket.close()

    asyncio.run(use())
    # It was hung up on for the size: nobody read it.
    assert "bokeh.server.views.ws" not in served.log.read_text()
    wait_until(lambda: served.get("/app?view=totals").status == 200, "the session was not let go")


def test_a_large_body_is_refused(served: Served) -> None:
    try:
        status = served.get("/health", bytes(1_000_001)).status
    except (urllib.error.URLError, ConnectionError):
        status = 400  # the server hangs up while it is still being told
    assert status in {400, 413}
    assert served.get("/health", bytes(999_999)).status == 405


def test_nobody_is_led_into_a_session_that_another_chose(served: Served) -> None:
    named: dict[str, dict[str, Any]] = {
        "/app?bokeh-session-id=mine": {},
        "/app?bokeh-token=mine": {},
        "/": {"Bokeh-Session-Id": "mine"},
    }
    for path, headers in named.items():
        answer = served.get(path, **headers)
        assert (answer.status, answer.body.decode()) == (403, SENTENCE)


def test_a_page_that_comes_while_the_server_stops_comes_back_by_itself() -> None:
    gate = Gate(1)
    gate.is_stopping = True
    application = Application([Rule(OneTooMany(gate, ["/at/app"]), Refused, {"gate": gate})])

    async def asked(path: str) -> HTTPResponse:
        server = HTTPServer(application)
        (listening,) = bind_sockets(0, "127.0.0.1")
        server.add_sockets([listening])
        address = f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
        try:
            return await AsyncHTTPClient().fetch(address, raise_error=False)
        finally:
            server.stop()

    page = asyncio.run(asked("/at/app?page=runs"))
    assert (page.code, page.headers["Retry-After"]) == (503, "3")
    assert STOPPING.encode() in page.body
    assert b'http-equiv="refresh" content="3"' in page.body
    assert asyncio.run(asked("/at/app/metadata")).code == 404
