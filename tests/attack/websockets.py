"""Bokeh's websocket as a browser uses it, and as no browser would."""

import asyncio
import contextlib
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from tests.attack.damage import DEEPEST, VALUES
from tests.server.conftest import Served

CLOSING_S: Final = 5.0

Frames = Sequence[str | bytes]


def message(kind: str, content: Any, *buffers: bytes, **header: Any) -> list[str | bytes]:
    """Frames of one message."""
    told = {"msgid": "1", "msgtype": kind, **({"num_buffers": len(buffers)} if buffers else {}), **header}
    frames: list[str | bytes] = [json.dumps(told), "{}", json.dumps(content)]
    for place, buffer in enumerate(buffers):
        frames += [json.dumps({"id": f"b{place}"}), buffer]
    return frames


def patch(*events: Any) -> list[str | bytes]:
    """Frames of a change to the document."""
    return message("PATCH-DOC", {"events": list(events)})


def changed(model_id: str, attribute: str, value: Any) -> dict[str, Any]:
    """Event of a model's attribute that the browser has changed."""
    return {"kind": "ModelChanged", "model": {"id": model_id}, "attr": attribute, "new": value}


class Page:
    """The connection of one page."""

    def __init__(self, served: Served, token: str) -> None:
        self._served = served
        self._token = token
        self._socket: WebSocketClientConnection | None = None
        self._is_over = False

    async def _read(self) -> str | bytes | None:
        """The next frame; None once the server has hung up, which it says only once."""
        assert self._socket is not None
        frame = None if self._is_over else await self._socket.read_message()
        self._is_over = frame is None
        return frame

    async def open(self) -> None:
        """Connect, and wait for the server's word that the session is there."""
        address = f"ws://localhost:{self._served.port}/app/ws"
        request = HTTPRequest(address, headers={"Origin": f"http://localhost:{self._served.port}"})
        self._socket = await websocket_connect(request, subprotocols=["bokeh", self._token])
        for _ in range(3):
            if await self._read() is None:
                await self.close()
                raise ConnectionError("The server hung up.")

    async def send(self, frames: Frames) -> bool:
        """Send frames as they are; whether the connection is still there."""
        assert self._socket is not None
        try:
            for frame in frames:
                await self._socket.write_message(frame, binary=isinstance(frame, bytes))
        except WebSocketClosedError:
            return False
        return True

    async def document(self) -> dict[str, Any] | None:
        """The session's document as the server has it, past all answers before; None where it hung up."""
        if not await self.send(message("PULL-DOC-REQ", {}, msgid="pull")):
            return None
        while (frame := await self._read()) is not None:
            if isinstance(frame, str) and '"reqid":"pull"' in frame.replace(" ", ""):
                await self._read()
                content = await self._read()
                assert content is not None
                found: dict[str, Any] = json.loads(content)
                return found
        return None

    async def close(self) -> None:
        """Hang up, and wait until the server has too."""
        if self._socket is None:
            return
        self._socket.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                while await self._read() is not None:
                    pass


def models_of(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Id and attributes of each model in a document."""
    if isinstance(value, dict):
        if "id" in value and isinstance(value.get("attributes"), dict):
            yield value["id"], value["attributes"]
        for part in value.values():
            yield from models_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from models_of(part)


def wrong_changes(document: dict[str, Any], count: int, seed: str) -> Iterator[list[str | bytes]]:
    """Changes of models that are there to values of any other type."""
    rng = random.Random(seed)  # noqa: S311 - repeatable
    models = [(model_id, attributes) for model_id, attributes in models_of(document) if attributes]
    for _ in range(count):
        model_id, attributes = rng.choice(models)
        yield patch(changed(model_id, rng.choice(list(attributes)), rng.choice(VALUES)))


SOURCE: Final = {"model": {"id": "p1001"}, "attr": "data"}
HUGE_ARRAY: Final = {
    "type": "ndarray",
    "array": {"type": "bytes", "data": "!"},
    "shape": [10**9],
    "dtype": "float64",
    "order": "little",
}


def told(**content: Any) -> list[str | bytes]:
    """Frames of an event of the page itself."""
    return patch({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": content})


MALFORMED: Final[dict[str, Frames]] = {
    "nothing": [""],
    "text": ["x"],
    "half an object": ["{"],
    "a list": ["[]"],
    "null": ["null"],
    "bytes for text": [b"\x00\xff"],
    "an empty header": ["{}", "{}", "{}"],
    "a header of wrong types": ['{"msgid": 1, "msgtype": []}', "{}", "{}"],
    "an unknown kind": message("NOPE", {}),
    "a kind of the server's own": message("ACK", {}),
    "an error": message("ERROR", {"text": "x", "traceback": "y"}),
    "wrong number of buffers": message("PATCH-DOC", {"events": []}, num_buffers="many"),
    "fewer than no buffers": message("PATCH-DOC", {"events": []}, num_buffers=-1),
    "deep header": ["[" * DEEPEST],
    "deep content": ['{"msgid": "1", "msgtype": "PATCH-DOC"}', "{}", '{"a":' * DEEPEST],
    "numbers without end": ['{"msgid": "1", "msgtype": "PATCH-DOC"}', "{}", "9" * 6000],
    "content that is a list": message("PATCH-DOC", []),
    "events that are a number": message("PATCH-DOC", {"events": 5}),
    "an event that is a number": patch(5),
    "an event of no kind": patch({}),
    "an event of an unknown kind": patch({"kind": "Nope"}),
    "a model that is not there": patch(changed("p999999", "value", 1)),
    "an attribute of Python's": patch(changed("p1001", "__class__", "x")),
    "no model": patch({"kind": "ModelChanged", "model": 5, "attr": [], "new": {"id": "p999999"}}),
    "an unknown type": patch(changed("p1001", "tags", {"type": "object", "name": "os.system", "id": "p1"})),
    "an array of no bytes": patch(changed("p1001", "tags", HUGE_ARRAY)),
    "a column of no source": patch({"kind": "ColumnDataChanged", **SOURCE, "data": 5, "cols": 5}),
    "rows of no source": patch({"kind": "ColumnsStreamed", **SOURCE, "data": {}, "rollover": -1}),
    "cells of no source": patch({"kind": "ColumnsPatched", **SOURCE, "patches": 5}),
    "an unknown root": patch({"kind": "RootAdded", "model": {"type": "object", "name": "No", "id": "p1"}}),
    "no root": patch({"kind": "RootRemoved", "model": {"id": "p999999"}}),
    "a title that is a number": patch({"kind": "TitleChanged", "title": 5}),
    "an event that there is none": told(event_name="nope", event_values={}),
    "an event with wrong values": told(type="event", name="button_click", values=5),
    "a message of an unknown kind": patch({"kind": "MessageSent", "msg_type": "nope", "msg_data": None}),
    "another document": message("PUSH-DOC", {"doc": {}}),
    "another document of wrong types": message("PUSH-DOC", {"doc": 5}),
}
