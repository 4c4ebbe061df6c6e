"""A real server that answers each live URL with what no tracker would send, by chance and repeatably."""

import json
import random
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from energyvis_panel.data.profile_json import profile_to_json
from tests.attack.damage import TEXTS, VALUES, damaged, deep
from tests.data.test_run_so_far import RUN_ID, epoch, facts, sample
from tests.profiles_fixture import small_profile

LONGEST_S: Final = 5.0
MOST_ENDLESS_BYTES: Final = 64_000_000
"""What an endless answer stops at: a client that takes all of it is to be found out, and no more."""
TOKEN: Final = re.compile(rb"Bearer ([\w-]+)")
PLACES: Final = (
    "http://127.0.0.1:22/", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "//[::1]/",
    "gopher://x", "/api/v1/events", "", "\x00",
)  # fmt: skip
STATUS_LINES: Final = (
    b"HTTP/1.1 200 OK", b"HTTP/1.0 200", b"HTTP/1.1 200  OK", b"HTTP/1.1 099 X", b"HTTP/1.1 1000 X",
    b"HTTP/2 200 OK", b"HTTP/1.1 100 Continue", b"HTTP/1.1 101 Switching Protocols",
    b"HTTP/1.1 204 No Content", b"HTTP/1.1 401 No", b"HTTP/1.1 403 No", b"HTTP/1.1 404 No",
    b"HTTP/1.1 500 X", b"ICY 200 OK", b"220 mail.example ESMTP", b"", b"HTTP/1.1 200 OK\rX: y",
    b"\x16\x03\x01\x02\x00\x01", b"PRI * HTTP/2.0", b"HTTP/1.1 -200 OK",
)  # fmt: skip
HEADERS: Final = (
    b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999", b"Content-Length: 0x10",
    b"Content-Length: 1, 1", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: x", b"Content-Encoding: gzip", b"Content-Encoding: br",
    b"Content-Encoding: identity, gzip", b"X: " + b"y" * 20_000, b"no colon", b": no name", b"X\0: y",
    b"X: \0", b" folded: line", b"Content-Type: text/html", b"Content-Type:",
    b"Set-Cookie: a=b; Domain=.example", b"Refresh: 0; url=http://127.0.0.1:1/", b"Connection: keep-alive",
    b"\xff: \xff",
)  # fmt: skip


def event(name: str, content: object, event_id: str = "") -> bytes:
    """One event as a tracker sends it."""
    line = f"id: {event_id}\n" if event_id else ""
    return f"event: {name}\n{line}data: {json.dumps(content)}\n\n".encode("utf-8", "replace")


def stream(rng: random.Random) -> bytes:
    """Events of a whole run, some of their fields replaced."""
    events = [event("run", spoilt(facts(), rng))]
    events += [
        event("epoch", spoilt(epoch(index), rng), f"{RUN_ID}-{index}") for index in range(rng.randrange(4))
    ]
    events += [event("sample", spoilt(sample(5.0, 24.0, 9.0), rng))]
    events += [
        event(rng.choice(("state", "state", "state", "", "x", "epoch")), spoilt(facts(state="finished"), rng))
    ]
    if rng.random() < 0.05:
        events.append(f"event: run\ndata: {deep(rng)}\n\n".encode())
    if rng.random() < 0.2:
        rng.shuffle(events)
    return b"".join(events)


def spoilt(content: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """An event's content, now and then with a field replaced, renamed or gone."""
    if rng.random() < 0.9:
        return content
    found: dict[str, Any] = json.loads(json.dumps(content))
    key = rng.choice(list(found))
    match rng.randrange(4):
        case 0:
            del found[key]
        case 1:
            found[rng.choice(TEXTS)] = found.pop(key)
        case 2 if isinstance(found[key], dict):
            found[key][rng.choice(("gpu", "cpu", *TEXTS))] = rng.choice(VALUES)
        case _:
            found[key] = rng.choice(VALUES)
    return found


def head(rng: random.Random) -> bytes:
    """Status and headers of an answer, mostly those of a tracker, often with something wrong."""
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: text/event-stream; charset=utf-8"]
    if rng.random() < 0.12:
        lines[0] = rng.choice(STATUS_LINES)
    if rng.random() < 0.12:
        lines += rng.choices(HEADERS, k=rng.choice((1, 2, 150)))
    if rng.random() < 0.05:
        status = rng.choice((b"301", b"302", b"303", b"307", b"308", b"300", b"304"))
        lines = [b"HTTP/1.1 " + status + b" Moved", f"Location: {rng.choice(PLACES)}".encode()]
    return b"\r\n".join(lines) + rng.choice((b"\r\n\r\n",) * 20 + (b"\n\n", b"\r\n", b""))


def chunked(body: bytes, rng: random.Random) -> bytes:
    """The body in chunks, now and then with a size that is none or wrong."""
    found = b""
    while body:
        size = rng.randint(1, max(1, len(body) // 2))
        told = rng.choice(
            (b"%x" % size,) * 60 + (b"%x" % (size + 1), b"zz", b"-1", b"ffffffffff", b"", b"1 1")
        )
        found += (
            told
            + rng.choice((b"", b";ext=1"))
            + b"\r\n"
            + body[:size]
            + rng.choice((b"\r\n",) * 60 + (b"\n", b""))
        )
        body = body[size:]
    return found + rng.choice((b"0\r\n\r\n", b"0\r\n", b""))


def answer(path: str, rng: random.Random) -> bytes:
    """What is sent to one request."""
    if path.startswith("/api/v1/profile"):
        body = damaged(profile_to_json(small_profile(RUN_ID)).encode(), rng)
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body
    body = stream(rng)
    body = damaged(body, rng, 2) if rng.random() < 0.3 else body
    if rng.random() < 0.2:
        opening = head(rng).removesuffix(b"\r\n")
        return opening + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body, rng)
    return head(rng) + body


def attend(client: socket.socket, seed: str) -> None:
    """Answer one connection with what its token stands for, and end it in one of the ways there are."""
    request = b""
    while b"\r\n\r\n" not in request and (piece := client.recv(4096)):
        request += piece
    found = TOKEN.search(request)
    rng = random.Random(f"{seed} {found[1].decode() if found else ''} {request.split(b' ')[0]!r}")  # noqa: S311 - repeatable
    sent = answer(request.split(b" ")[1].decode() if b" " in request else "", rng)
    while sent:
        size = rng.choice((1, 7, 900, 70_000, len(sent)))
        client.sendall(sent[:size])
        sent = sent[size:]
        if size == 1 and len(sent) > 2000:
            client.sendall(sent)
            break
    match rng.randrange(8):
        case 0:
            client.recv(1)  # stays open and says nothing more
        case 1:
            piece = rng.choice((b"x", b"\n", b"data: x\n", b": ping\n\n", b"data: {}\n\n", b"\0")) * 4096
            for _ in range(MOST_ENDLESS_BYTES // len(piece)):
                client.sendall(piece)
        case 2:
            client.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )  # ends with a reset


@contextmanager
def hostile_server(seed: str) -> Iterator[int]:
    """Port of a server that answers each token in a way of its own, the same for the same ``seed``."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    clients: set[socket.socket] = set()

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            attend(client, seed)
        clients.discard(client)

    def listen() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                clients.add(client)
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for client in list(clients):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        thread.join(LONGEST_S)
