"""Two processes side by side, behind a prefix, on one lake and one cache."""

import asyncio
import re
from urllib.parse import urljoin

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.server.conftest import Served, Start, hang_up, is_listening, wait_until

PREFIX = "/energyvis"
SOURCE = re.compile(r'<script nonce="[^"]+"[^>]* src="([^"]+)"')


async def first_message(served: Served, origin: str) -> str | bytes | None:
    """What a process says first to the websocket of a page of its own."""
    request = HTTPRequest(f"ws://localhost:{served.port}{PREFIX}/app/ws", headers={"Origin": origin})
    token = served.token(f"{PREFIX}/app?view=totals")
    socket = await websocket_connect(request, subprotocols=["bokeh", token])
    message = await socket.read_message()
    await hang_up(socket)
    return message


def test_each_serves_its_pages_with_their_scripts_and_websockets(start: Start) -> None:
    settings = {"ORIGINS": "energy.lab.example", "EMBED_ORIGINS": "https://wiki.lab.example"}
    both = [start("--prefix", PREFIX, waits=False, **settings) for _ in range(2)]
    for served in both:
        wait_until(lambda: is_listening(served, PREFIX), "a server did not start")  # noqa: B023 - called at once
        assert served.get(f"{PREFIX}/ready").status == 200
        assert served.get("/health").status == 404
        for path in (f"{PREFIX}/", f"{PREFIX}/app"):
            answer = served.get(f"{path}?view=totals")
            sources = SOURCE.findall(answer.body.decode())
            assert len(sources) >= 5
            for source in sources:
                assert served.get(urljoin(path, source)).status == 200
        for origin in (
            "http://energy.lab.example",
            "https://wiki.lab.example",
            f"http://localhost:{served.port}",
        ):
            assert b"ACK" in str(asyncio.run(first_message(served, origin))).encode()
        assert served.handshake(f"{PREFIX}/app/ws", "https://evil.example") == 403
