"""Requests that mean harm: no address leads to a file or runs a program, none takes the server down."""

import socket
from contextlib import suppress

import pytest

from tests.server.conftest import Served, is_listening

UP = "../" * 12
PATHS = [
    f"/static/{UP}etc/passwd",
    f"/static/js/{UP}etc/passwd",
    "/static//etc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
    "/static/%252e%252e/%252e%252e/etc/passwd",
    "/static/..%5c..%5cetc%5cpasswd",
    f"/static/extensions/panel/{UP}etc/passwd",
    f"/static/extensions/panel_material_ui/{UP}etc/passwd",
    "/static/extensions/panel//etc/passwd",
    "/static/extensions/nothing/x",
    "/static/js/%00",
    "/static",
    "/static/",
    f"/app/static/{UP}etc/passwd",
    f"/app/{UP}etc/passwd",
    f"/{UP}etc/passwd",
    "//etc/passwd",
    "/etc/passwd",
    "/app.py",
    "/.env",
    "/.git/config",
    "/admin",
    "/rest/",
    "/components/",
    "/components/os/path/_css/x",
    "/components/os/x/__class__/x",
    "/components/sys/modules/_css/x",
    f"/components/panel.layout/Row/_css/{UP}etc/passwd",
    "/components/energyvis_panel.views.study.equations.equations/Equations/_stylesheets//etc/passwd",
]
PROGRAMS = [
    "/components/unittest.__main__/a/_css/b",
    "/components/unittest%2E__main__/a/_css/b",
    "/components/%75nittest.__main__/a/_css/b",
    "/components/this/a/_css/b",
    "/components/..os/a/_css/b",
    "/components//a/_css/b",
    "/components/__main__/a/_css/b",
    "/components/energyvis_panel.views.__main__/a/_css/b",
]
QUERIES = [
    "view=%ff%fe%c0%80",
    "view=%00",
    "view=__class__",
    "view=../../etc/passwd",
    "view=totals&view=runs&view=",
    "view=totals&" + "&".join(f"a{number}={number}" for number in range(900)),
    "view=totals&profile=" + "x" * 30_000,
    "view=energy-histogram&brushes=" + "energy_j:1..2;" * 2000,
    "view=energy-histogram&brushes=started_s:1e300..&own=../..,*&data=nothing&axes=%3Cscript%3E",
    "view=runs&sort=name:asc;DROP&q=%27%20OR%201=1&from=0000-00-00&group=%00",
    "page=explore&bench=%3Cscript%3E,anomalies:9&tour=" + "9" * 5000,
    "view=%E2%80%AE&theme=%0d%0aSet-Cookie:%20a=b",
]
ASKED = b"GET /app/ws HTTP/1.1\r\nHost: x\r\n"
UPGRADE = ASKED + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: a\r\n"
GARBAGE: list[bytes] = [
    b"",
    b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET / HTTP/1.1\r\nHost: \r\nContent-Length: -5\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
    b"POST /app HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"GET /app?" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /app?view=totals" + b"".join(b"&a=1" for _ in range(9000)) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 20_000 + b"\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Y: \x00\r\n\r\n",
    b"PROPFIND / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n",
    b"GET http://169.254.169.254/ HTTP/1.1\r\nHost: x\r\n\r\n",
    UPGRADE + b"\r\n",
    UPGRADE + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: bokeh, x\r\n\r\n\xff\xff",
]


def sent_as_it_is(served: Served, request: bytes, *, is_all: bool = False) -> bytes:
    """What a server answers to bytes as they are; where that ``is_all``, no more can follow."""
    found = b""
    with (
        socket.create_connection(("localhost", served.port), timeout=20) as connection,
        suppress(ConnectionError),
    ):
        connection.sendall(request)
        if is_all:
            connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65_536):
            found += piece
    return found


def status_of(answer: bytes) -> int:
    """Status of an answer, 0 where the server hung up without one."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize("path", PATHS)
def test_no_address_leads_to_a_file_that_is_not_meant_for_browsers(attacked: Served, path: str) -> None:
    answer = sent_as_it_is(
        attacked, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    # Tornado has no better status for a path with a zero byte.
    assert status_of(answer) in {302, 400, 403, 404} | ({500} if "%00" in path else set())
    assert b"root:" not in answer
    assert b"import " not in answer
    assert b"Traceback" not in answer


@pytest.mark.parametrize("path", PROGRAMS)
def test_no_address_runs_a_program(attacked: Served, path: str) -> None:
    """Panel imports the module that the address of a component names; what is imported is run."""
    assert attacked.get(path).status == 404
    assert is_listening(attacked)
    assert "The Zen of Python" not in attacked.log.read_text()


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_any_query_gets_a_page(attacked: Served, query: str) -> None:
    answer = attacked.get(f"/app?{query}")
    assert answer.status == 200
    assert b"Traceback" not in answer.body
    assert "a=b" not in str(answer.headers)


@pytest.mark.parametrize("request_", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_or_hung_up_on(attacked: Served, request_: bytes) -> None:
    answer = sent_as_it_is(attacked, request_, is_all=True)
    assert status_of(answer) in {0, 101, 302, 400, 403, 404, 405, 426, 431, 501}
    assert b"Traceback" not in answer
    assert is_listening(attacked)


def test_the_log_of_all_this_holds_no_line_that_a_request_made_up(attacked: Served) -> None:
    attacked.get("/nothing%0a2026-01-01T00:00:00Z%20INFO%20forged:%20line")
    request = b"GET /app?view=totals&x=%0aforged:%20line HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    sent_as_it_is(attacked, request + b"User-Agent: forged: line\x1b[2J\r\n\r\n")
    assert not [line for line in attacked.log.read_text().splitlines() if line.startswith("forged")]
