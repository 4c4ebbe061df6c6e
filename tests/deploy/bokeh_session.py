"""A session of Bokeh as a browser has it, through nginx: a page's token, its websocket, the document."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from bokeh.protocol import Protocol
from bokeh.protocol.receiver import Receiver
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from tests.deploy.nginx_fixture import PATIENCE_S, SITE, Answer, Front


def token_of(page: Answer, text: str) -> str:
    """The token that a page opens its websocket with."""
    assert page.status == 200, text
    (token,) = set(re.findall(r'"token":"([^"]+)"', text))
    return str(token)


@asynccontextmanager
async def websocket(
    front: Front, token: str, *, origin: str = f"https://{SITE}", cookie: str = ""
) -> AsyncIterator[WebSocketClientConnection]:
    """The websocket of a page, open until the block ends."""
    front.asked["/energyvis/app/ws"] += 1
    request = HTTPRequest(
        f"wss://127.0.0.1:{front.https_port}/energyvis/app/ws",
        headers={"Host": SITE, "Origin": origin, "Cookie": cookie},
        ca_certs=str(front.certificate),
    )
    socket = await websocket_connect(request, subprotocols=["bokeh", token], max_message_size=2**28)
    assert socket.protocol is not None
    stream = socket.protocol.stream
    try:
        yield socket
    finally:
        socket.close()
        async with asyncio.timeout(PATIENCE_S):
            while stream is not None and not stream.closed():  # noqa: ASYNC110 - nothing tells when the server has closed too
                await asyncio.sleep(0.01)


async def received(socket: WebSocketClientConnection) -> Any:
    """The next message of Bokeh's protocol; None where the server has closed."""
    receiver = Receiver(Protocol())
    message = None
    while message is None:
        part = await asyncio.wait_for(socket.read_message(), PATIENCE_S)
        if part is None:
            return None
        message = await receiver.consume(part)
    return message


async def pulled(socket: WebSocketClientConnection, padding_bytes: int = 0) -> Any:
    """What the server answers to a request for the document that is so many bytes longer than needed."""
    request = Protocol().create("PULL-DOC-REQ", padding="x" * padding_bytes)
    with suppress(WebSocketClosedError):  # a server that takes no more closes before it has all
        for part in (request.header_json, request.metadata_json, request.content_json):
            await socket.write_message(part)
    return await received(socket)
