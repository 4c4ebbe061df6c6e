"""The live URL leads to the hosts that are allowed and nowhere else, however it is written."""

import asyncio
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest

from energyvis_panel.data import checked_http
from energyvis_panel.data.checked_http import checked_url, opened
from energyvis_panel.data.live_address import LiveTrouble, allowed_addresses, live_address
from energyvis_panel.data.live_client import LiveClient
from energyvis_panel.domain.live_hosts import LOOPBACK, host_rules
from energyvis_panel.errors import DatasetError, SettingsError
from tests.data.test_run_so_far import facts
from tests.live_fixture import Readings, false_tracker

ANY = "0.0.0.0"  # noqa: S104 - asked for, never bound
NAMED = host_rules("node17.lab.example")
FIGURES = [
    "169.254.169.254", "2852039166", "0xA9FEA9FE", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376",
    "169.16689662", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::169.254.169.254]", "[2002:a9fe:a9fe::]", "[2001:0:a9fe:a9fe:0:0:0:0]", "[::a9fe:a9fe]",
    "[fe80::1]", "[fe80::1%25lo]", "[fd00:ec2::254]", "[::]", ANY, "0", "[::ffff:0.0.0.0]",
    "255.255.255.255", "224.0.0.1", "[ff02::1]", "10.0.0.1", "192.168.0.1", "172.16.0.1", "100.100.100.200",
    "100.64.0.1", "198.18.0.1", "240.0.0.1", "192.0.0.192", "1.1.1.1", "[2606:4700:4700::1111]",
    "169.254.169.254.", "127.0.0.1.169.254.169.254.nip.example",
]  # fmt: skip
"""Places inside and outside that are no loopback address, each in a way that some programs take for one."""
WRITTEN = [
    "http://127.0.0.1:9477@169.254.169.254/?token=t",
    "http://127.0.0.1:9477%40169.254.169.254/?token=t",
    "http://127.0.0.1:9477\\@169.254.169.254/?token=t",
    "http://169.254.169.254\\.127.0.0.1:9477/?token=t",
    "http://127.0.0.1:9477#@169.254.169.254/?token=t",
    "http://127.0.0.1:9477/?token=t#http://169.254.169.254",
    "http://127.0.0.1:9477/?token=t&run=../../../../latest",
    "http://127.0.0.1:9477/?token=t%0d%0aHost:%20169.254.169.254",
    "http://127.0.0.1:9477/latest/meta-data/?token=t",
    "http://127.0.0.1:9477//169.254.169.254/?token=t",
    "http://127.0.0.1:22/?token=t",
    "http://127.0.0.1:6379/?token=t",
    "http://127.0.0.1:/?token=t",
    "http://127.0.0.1:009477x/?token=t",
    "http://①②⑦.⓪.⓪.①:9477/?token=t",
    "http://\uff11\uff12\uff17.0.0.1:9477/?token=t",
    "http://127。0。0。1:9477/?token=t",
    "http://localhost%00.example:9477/?token=t",
    "http://ⓛocalhost:9477/?token=t",
    "http:///127.0.0.1:9477/?token=t",
    "http:127.0.0.1:9477/?token=t",
    "https:\\\\169.254.169.254/?token=t",
    "file:///etc/passwd?token=t",
    "gopher://127.0.0.1:9477/?token=t",
    "ftp://127.0.0.1:9477/?token=t",
    "dict://127.0.0.1:9477/?token=t",
    "unix:///run/x.sock?token=t",
    "jar:http://127.0.0.1:9477/?token=t",
    "javascript:alert(1)//http?token=t",
    "data:text/html,http?token=t",
]


def asked(text: str, rules: Any = LOOPBACK) -> list[str]:
    """Addresses that would be connected to for a live URL, as the system's own resolver reads the host."""
    address = live_address(text)
    return [str(one) for one in asyncio.run(allowed_addresses(address, rules))]


@pytest.mark.parametrize("host", FIGURES)
def test_no_spelling_of_a_foreign_address_is_let_through(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    own = socket.getaddrinfo

    def figures_only(name: Any, port: Any, family: int, kind: int, protocol: int, flags: int) -> Any:
        # No name server is asked: what is no figures leads nowhere.
        return own(name, port, family, kind, protocol, flags | socket.AI_NUMERICHOST)

    monkeypatch.setattr(socket, "getaddrinfo", figures_only)
    with pytest.raises((SettingsError, LiveTrouble)):
        asked(f"http://{host}:9477/?token=t")


@pytest.mark.parametrize("text", WRITTEN)
def test_no_way_of_writing_leads_past_the_rules(text: str) -> None:
    try:
        found = asked(text)
    except (SettingsError, LiveTrouble):
        return
    address = live_address(text)
    assert all(ip_address(one).is_loopback for one in found)
    assert address.port >= 1024
    assert "\r" not in address.token + address.host


PECULIAR = [
    "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::1", "::a9fe:a9fe", "fe80::1", "fd00:ec2::254", "100.100.100.200", ANY, "::",
    "224.0.0.1", "ff02::1", "240.0.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.mark.parametrize("found", PECULIAR)
def test_an_allowed_name_leads_to_no_peculiar_address(found: str) -> None:
    """Cloud metadata, multicast and the like, straight or dressed as another kind of address."""
    address = live_address("http://node17.lab.example:9477/?token=t")

    async def ask() -> Any:
        loop = asyncio.get_running_loop()

        async def getaddrinfo(*_: Any, **__: Any) -> Any:
            return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (found, 9477))]

        loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign] # stands for a name server
        return await allowed_addresses(address, NAMED)

    with pytest.raises(LiveTrouble):
        asyncio.run(ask())


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Port of a server that must not be reached, and what reached it."""
    reached: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    stop = threading.Event()

    def listen() -> None:
        while not stop.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            with client:
                reached.append(client.recv(4096))

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield listener.getsockname()[1], reached
    finally:
        stop.set()
        thread.join()
        listener.close()


def test_a_name_is_looked_up_once_and_what_was_found_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a name server could answer with an allowed address first and with another one then."""
    looked_up: list[str] = []
    own = asyncio.BaseEventLoop.getaddrinfo

    async def getaddrinfo(loop: Any, host: Any, port: Any, **options: Any) -> Any:
        if host != "localhost":
            return await own(loop, host, port, **options)
        looked_up.append(host)
        place = "127.0.0.1" if len(looked_up) % 2 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    client = LiveClient(LOOPBACK)

    def serve(peer: socket.socket, _request: bytes) -> None:
        peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")

    with false_tracker(serve) as url:
        readings = Readings()
        followed = client.follow(url.replace("127.0.0.1", "localhost"), readings)
        reading = readings.until(lambda r: r.connection == "failed")
        followed.close()
    assert reading.sentence.startswith("localhost:")
    assert looked_up == ["localhost"]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
def test_a_tracker_that_sends_the_app_on_is_not_followed(status: int) -> None:
    client = LiveClient(LOOPBACK)
    with listening() as (port, reached):

        def serve(peer: socket.socket, _request: bytes) -> None:
            place = f"http://127.0.0.1:{port}/?token=stolen"
            headers = f"Location: {place}\r\nContent-Location: {place}\r\nRefresh: 0; url={place}"
            peer.sendall(f"HTTP/1.1 {status} Moved\r\n{headers}\r\nContent-Length: 0\r\n\r\n".encode())

        with false_tracker(serve) as url:
            readings = Readings()
            followed = client.follow(url, readings)
            readings.until(lambda r: r.connection == "failed")
            followed.close()
    assert reached == []


def test_nothing_that_a_run_says_of_itself_is_fetched() -> None:
    """Facts may hold addresses; they are text and no more."""
    client = LiveClient(LOOPBACK)
    with listening() as (port, reached):
        place = f"http://127.0.0.1:{port}/x.png"
        told = facts(
            name=place, project=place, notes=f"![]({place})", user=f"<img src={place}>", region_id=place
        )

        def serve(peer: socket.socket, _request: bytes) -> None:
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            peer.sendall(
                f"event: run\ndata: {json.dumps(told)}\n\nevent: state\ndata: {json.dumps(told)}\n\n".encode()
            )
            peer.recv(1)

        with false_tracker(serve) as url:
            readings = Readings()
            followed = client.follow(url, readings)
            reading = readings.until(lambda r: r.run is not None)
            followed.close()
    assert reading.run is not None
    assert reading.run.name == place
    assert reached == []


# -- downloads ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "http://data.example/x", "http://169.254.169.254/", "ftp://data.example/x",
        "//data.example/x", "https://user:secret@data.example/x", "https://@/x", "https:///x", "https://[::1/x",
        "https://data.example:x/", "http://localhost.data.example/", "http://127.0.0.1.data.example/",
        "http://2130706433/", "javascript:1", "", "x", "http://127.0.0.1:80@data.example/", "HTTP://data.example",
    ],
)  # fmt: skip
def test_nothing_is_downloaded_from_such_an_address(url: str) -> None:
    with pytest.raises(SettingsError):
        checked_url(url)


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "http://data.example/",
        "ftp://data.example/x",
        "https://a:b@data.example/",
        "gopher://x/",
        "/again",
    ],
)
def test_a_download_is_sent_on_to_no_such_address(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    asked: list[str] = []

    class SendsOn(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    monkeypatch.setattr(checked_http, "TIMEOUT_S", 5.0)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), SendsOn) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.raises(DatasetError):
                opened(f"http://127.0.0.1:{server.server_address[1]}/first", {})
        finally:
            server.shutdown()
            thread.join()
    assert len(asked) <= 6
