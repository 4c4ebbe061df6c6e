"""The reader of requests: every cut, every limit, and ten thousand malformed ones."""

import random
import socket
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.live.http_request import RefusedRequest, Request, RequestReader
from tests.tracker.live.conftest import RUN_ID, TOKEN, LiveSite

WHOLE = (
    b"POST /api/v1/stop?run=a%20b&token=x&token=y HTTP/1.1\r\n"
    b"Host: localhost:1\r\nAccept: a\r\naccept: \t b \r\nContent-Length: 3\r\n\r\nabc"
)
FUZZ_SEED, FUZZ_REQUESTS = 20261122, 10_000


def read(content: bytes) -> Request | None:
    return RequestReader().add(content)


def refused(content: bytes) -> int:
    with pytest.raises(RefusedRequest) as raised:
        read(content)
    return raised.value.status


@given(st.lists(st.integers(1, len(WHOLE) - 1), max_size=6))
def test_a_request_is_the_same_however_it_arrives(cuts: list[int]) -> None:
    reader = RequestReader()
    ends = [0, *sorted(set(cuts)), len(WHOLE)]
    requests = [reader.add(WHOLE[low:high]) for low, high in pairwise(ends)]
    assert requests[:-1] == [None] * (len(requests) - 1)
    assert requests[-1] == Request(
        "POST",
        "/api/v1/stop",
        {"run": "a b", "token": "x"},
        {"host": "localhost:1", "accept": "a, b", "content-length": "3"},
    )


def test_http_1_0_is_told_apart() -> None:
    request = read(b"GET / HTTP/1.0\r\n\r\n")
    assert request is not None
    assert not request.is_http_1_1


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /", 400),
        (b"GET  / HTTP/1.1", 400),
        (b"GET / HTTP/1.1 ", 400),
        (b"GET /\x00 HTTP/1.1", 400),
        (b"GET /\xc3\xa9 HTTP/1.1", 400),
        (b"get http://localhost/ HTTP/1.1", 400),
        (b"OPTIONS * HTTP/1.1", 400),
        (b"GET / HTTP/2.0", 505),
        (b"GET / http/1.1", 400),
        (b"\x16\x03\x01\x02\x00", 400),
        (b"GET / HTTP/1.1\r\nHost", 400),
        (b"GET / HTTP/1.1\r\nHost : localhost", 400),
        (b"GET / HTTP/1.1\r\nA: b\r\n c", 400),
        (b"GET / HTTP/1.1\r\nA: b\nB: c", 400),
        (b"GET / HTTP/1.1\r\nA: b\x00", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1e2", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: ", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked", 411),
        (b"GET / HTTP/1.1\r\nContent-Length: 1025", 413),
        (b"GET / HTTP/1.1\r\nContent-Length: " + b"9" * 9000, 413),
        (b"GET /?" + b"&".join([b"a=b"] * 9) + b" HTTP/1.1", 400),
        (b"GET / HTTP/1.1" + b"\r\nA: b" * 101, 431),
    ],
)
def test_what_is_malformed_is_refused(head: bytes, status: int) -> None:
    assert refused(head + b"\r\n\r\n") == status


def test_the_limits_stand_where_they_are_said_to() -> None:
    line = b"GET /" + b"a" * (8192 - 14) + b" HTTP/1.1"
    assert len(line) == 8192
    assert read(line + b"\r\n\r\n") is not None
    assert refused(b"GET /a" + line[5:] + b"\r\n\r\n") == 414
    assert refused(b"x" * 8194) == 414
    assert read(b"x" * 8193) is None
    header = b"A: " + b"b" * (16384 - 5)
    assert read(b"GET / HTTP/1.1\r\n" + header + b"\r\n\r\n") is not None
    assert refused(b"GET / HTTP/1.1\r\nb" + header + b"\r\n\r\n") == 431
    assert refused(b"GET / HTTP/1.1\r\nA: " + b"b" * 16384) == 431
    assert read(b"GET / HTTP/1.1\r\nContent-Length: 1024\r\n\r\n" + b"x" * 1024) is not None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(RefusedRequest):  # nothing else may come out
        read(content + b"\r\n\r\n")


def mutated(source: random.Random) -> bytes:
    """Return a request with some of its bytes changed, lost, doubled or cut off."""
    host = f"Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    content = bytearray(
        source.choice(
            [
                f"GET /?token={TOKEN} HTTP/1.1\r\n{host}\r\n",
                f"GET /api/v1/run HTTP/1.1\r\n{host}\r\n",
                f"POST /api/v1/stop HTTP/1.1\r\n{host}Content-Length: 2\r\n\r\n{{}}",
                f"OPTIONS /metrics HTTP/1.1\r\n{host}Origin: http://a\r\n\r\n",
                "\r\n" * 20,
            ]
        ).encode()
    )
    for _ in range(source.randint(1, 6)):
        place = source.randrange(len(content))
        match source.randrange(5):
            case 0:
                content[place] = source.randrange(256)
            case 1:
                del content[place : place + source.randint(1, 9)]
            case 2:
                content[place:place] = content[place : place + source.randint(1, 40)] * source.randint(1, 50)
            case 3:
                content[place:place] = source.randbytes(source.randint(1, 20))
            case _:
                del content[max(1, place) :]
        content = content or bytearray(b"\x00")
    return bytes(content)


def test_ten_thousand_malformed_requests_leave_it_serving(site: LiveSite) -> None:
    source = random.Random(FUZZ_SEED)  # noqa: S311 - a test that can be repeated
    answered = 0
    for _ in range(FUZZ_REQUESTS):
        with socket.create_connection(("127.0.0.1", site.server.port), timeout=10) as client:
            client.sendall(mutated(source))
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(65536)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
        answered += bool(answer)
    assert answered > FUZZ_REQUESTS / 2
    assert site.get("/api/v1/run").json()["run_id"] == RUN_ID
    assert site.server.failures == 0
