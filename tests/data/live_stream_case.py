"""What a false tracker sends: the head of its stream, and events."""

import json
import socket
from collections.abc import Callable

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
Serve = Callable[[socket.socket, bytes], object]


def event(name: str, content: object, event_id: str = "") -> bytes:
    line = f"id: {event_id}\n" if event_id else ""
    return f"event: {name}\n{line}data: {json.dumps(content)}\n\n".encode()


def path_of(request: bytes) -> str:
    return request.split(b" ")[1].decode()
