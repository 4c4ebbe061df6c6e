"""Clients of lab_load.py: each speaks Bokeh's own protocol over a websocket, as a page in a browser does."""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bokeh.document import Document
from bokeh.document.events import MessageSentEvent
from bokeh.events import DocumentReady
from bokeh.protocol import Protocol
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.websocket import WebSocketClientConnection, WebSocketError, websocket_connect

TOKEN = re.compile(r'"token":"([^"]+)"')
BEAT = re.compile(r'"beat", ?(\d+)')
BRUSH = "energy-histogram-brush"
SPOKEN_OF = frozenset({BRUSH, "Contents", "LiveControls"})
NEAR = ("runtime-energy", "parallel-coordinates", "overhead")
"""Views beside the first two that a laptop's window reaches."""
STAYS = (60, 180)
"""How many brushes a visitor makes before leaving: some ten minutes."""
ANSWER_S = 120.0
AWAY = (OSError, WebSocketError, HTTPClientError, TimeoutError, ConnectionError)


class GoneError(ConnectionError):
    """The server closed the connection."""


@dataclass
class Figures:
    """What the clients have seen."""

    brush_s: list[tuple[float, float]] = field(default_factory=list)
    """When a brush was made, and how long its first redraw took."""
    live_s: list[tuple[float, float]] = field(default_factory=list)
    """When a live reading came, and how long after the sampler's own stream had it."""
    opened_s: list[float] = field(default_factory=list)
    returned_s: list[float] = field(default_factory=list)
    """How long after the loss a client had its page again."""
    failures: list[str] = field(default_factory=list)
    opened: int = 0


class Session:
    """One page that is open."""

    def __init__(self, address: str, query: str) -> None:
        self.address = address
        self.query = query
        self.models: dict[str, str] = {}
        """Ids of the models that a client speaks of, by name or class."""
        self._socket: WebSocketClientConnection | None = None
        self._number = 0

    async def open(self) -> None:
        """Fetch the page, connect, and pull its document."""
        answer = await AsyncHTTPClient().fetch(f"{self.address}?{self.query}", request_timeout=ANSWER_S)
        match = TOKEN.search(answer.body.decode())
        if match is None:
            raise GoneError("the page names no session")
        url = f"{self.address.replace('http', 'ws', 1)}/ws?{self.query}"
        self._socket = await websocket_connect(
            url, subprotocols=["bokeh", match[1]], connect_timeout=ANSWER_S
        )
        await self.text()
        await self._send(Protocol().create("PULL-DOC-REQ"))
        while "PULL-DOC-REPLY" not in await self.text():
            pass
        self.note(json.loads(await self.until(lambda text: '"roots"' in text)))
        await self._send(
            Protocol().create("PATCH-DOC", [MessageSentEvent(Document(), "bokeh_event", DocumentReady())])
        )

    async def text(self) -> str:
        """The next fragment of text."""
        assert self._socket is not None
        while isinstance(fragment := await asyncio.wait_for(self._socket.read_message(), ANSWER_S), bytes):
            pass
        if fragment is None:
            raise GoneError("the connection is closed")
        return fragment

    async def until(self, holds: Callable[[str], bool]) -> str:
        """The next fragment that meets a condition."""
        while not holds(text := await self.text()):
            pass
        return text

    async def knows(self, name: str) -> None:
        """Wait until the page has a model of this name or class."""
        while name not in self.models:
            text = await self.text()
            if any(f'"{spoken}"' in text for spoken in SPOKEN_OF):
                self.note(json.loads(text))

    def note(self, part: Any) -> None:
        """Note the models that clients speak of."""
        if isinstance(part, list):
            for one in part:
                self.note(one)
        elif isinstance(part, dict):
            facts = part.get("attributes")
            if isinstance(facts, dict) and "id" in part:
                for name in (facts.get("name"), facts.get("class_name")):
                    if name in SPOKEN_OF:
                        self.models[str(name)] = part["id"]
            for one in part.values():
                if isinstance(one, (dict, list)):
                    self.note(one)

    async def say(self, model: str, data: dict[str, Any]) -> None:
        """Send what a component's ``send_msg`` sends."""
        values = {
            "type": "map",
            "entries": [
                ["model", {"id": self.models[model]}],
                ["data", {"type": "map", "entries": [*data.items()]}],
            ],
        }
        event = {"type": "event", "name": "data_event", "values": values}
        await self.patch([{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}])

    async def patch(self, events: list[dict[str, Any]]) -> None:
        """Send changes as one message."""
        self._number += 1
        message = Protocol().create("PATCH-DOC", [MessageSentEvent(Document(), "bokeh_event", None)])
        await self._send(message, json.dumps({"events": events}))

    async def _send(self, message: Any, content: str = "") -> None:
        assert self._socket is not None
        for part in (message.header_json, message.metadata_json, content or message.content_json):
            await self._socket.write_message(part)

    def close(self) -> None:
        """Go, as a closed tab does."""
        if self._socket is not None:
            self._socket.close()


async def brush_for_ever(address: str, figures: Figures, rng: random.Random, think_s: float) -> None:
    """One visitor of Explore: brushes, leaves and opens it again now and then; comes back when lost."""
    lost_s: float | None = None
    while True:
        session = Session(address, "page=explore")
        try:
            began_s = time.monotonic()
            await session.open()
            await _explored(session)
            figures.opened += 1
            figures.opened_s.append(time.monotonic() - began_s)
            if lost_s is not None:
                figures.returned_s.append(time.monotonic() - lost_s)
                lost_s = None
            if rng.random() < 0.1:
                continue  # closed while its views are being built
            for _ in range(rng.randint(*STAYS)):
                await _idle(session, rng.expovariate(1 / think_s))
                figures.brush_s.append((time.monotonic(), await _brushed(session, rng)))
        except AWAY as error:
            lost_s = lost_s or time.monotonic()
            figures.failures.append(f"{type(error).__name__}: {error}"[:120])
            await asyncio.sleep(1 + rng.random() * 2)
        finally:
            session.close()


async def _explored(session: Session) -> None:
    """Wait for the first views, and ask for the others that the window reaches."""
    await session.knows(BRUSH)
    if "Contents" in session.models:
        for name in NEAR:
            await session.say("Contents", {"action": "near", "name": name})


async def _idle(session: Session, seconds: float) -> None:
    """Read away what comes for a while."""
    end_s = time.monotonic() + seconds
    with suppress(TimeoutError):
        while (left_s := end_s - time.monotonic()) > 0:
            async with asyncio.timeout(left_s):
                await session.text()


async def _brushed(session: Session, rng: random.Random) -> float:
    """Brush a range of energy; seconds until the first redraw came."""
    low = 10 ** rng.uniform(0.8, 2.5)
    sides = {"visible": True, "left": low, "right": low * 10 ** rng.uniform(0.3, 1.2)}
    brush = {"id": session.models[BRUSH]}
    began_s = time.monotonic()
    await session.patch(
        [{"kind": "ModelChanged", "model": brush, "attr": name, "new": new} for name, new in sides.items()]
    )
    await session.until(lambda text: '"revision"' in text)
    return time.monotonic() - began_s


async def watch_for_ever(
    address: str, live_url: str, figures: Figures, heard_s: dict[int, float], rng: random.Random
) -> None:
    """One visitor of Study who follows a live run; comes back when lost."""
    lost_s: float | None = None
    while True:
        session = Session(address, "page=study")
        try:
            began_s = time.monotonic()
            await session.open()
            await session.knows("LiveControls")
            await session.say("LiveControls", {"action": "follow", "text": live_url})
            await session.until(lambda text: BEAT.search(text) is not None)
            figures.opened += 1
            figures.opened_s.append(time.monotonic() - began_s)
            if lost_s is not None:
                figures.returned_s.append(time.monotonic() - lost_s)
                lost_s = None
            while True:
                beat = BEAT.search(await session.until(lambda text: BEAT.search(text) is not None))
                now_s = time.monotonic()
                if beat and int(beat[1]) in heard_s:
                    figures.live_s.append((now_s, now_s - heard_s[int(beat[1])]))
        except AWAY as error:
            lost_s = lost_s or time.monotonic()
            figures.failures.append(f"{type(error).__name__}: {error}"[:120])
            await asyncio.sleep(1 + rng.random() * 2)
        finally:
            session.close()


async def hear(live_url: str, heard_s: dict[int, float]) -> None:
    """Note when the sampler's own stream has each count of samples."""
    address, _, token = live_url.removeprefix("http://").partition("/?token=")
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(f"GET /api/v1/events?token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        while line := await reader.readline():
            if line.startswith(b"data: ") and b'"samples"' in line:
                samples = json.loads(line[6:]).get("samples")
                if isinstance(samples, int):
                    heard_s.setdefault(samples, time.monotonic())
    finally:
        writer.close()
