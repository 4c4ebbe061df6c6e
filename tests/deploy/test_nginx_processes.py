"""nginx before two real processes of the app: TLS, websockets, and which process serves whom."""

import asyncio
import gzip
import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from tornado.httpclient import HTTPClientError

from tests.deploy.bokeh_session import pulled, received, token_of, websocket
from tests.deploy.nginx_fixture import Answer, Front, front, needs_nginx
from tests.deploy.served_processes import Processes

pytestmark = needs_nginx
PAGE = "/energyvis/app?view=totals"
MOST_MESSAGE_BYTES = 20_000_000
ONCE = ("content-security-policy", "x-content-type-options", "referrer-policy", "strict-transport-security")


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Return two processes that are ready."""
    both = Processes(tmp_path_factory.mktemp("processes"))
    try:
        both.start(*both.ports)
        yield both
    finally:
        both.end_all()


@pytest.fixture(scope="module")
def lab(processes: Processes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Return the nginx before the two processes."""
    with front(tmp_path_factory.mktemp("nginx"), processes.ports) as running:
        yield running


def browsed(lab: Front, cookie: str = "") -> tuple[Answer, str]:
    """The page as a browser loads it, with the cookie that it has from then on."""
    page = lab.ask(PAGE, sec_fetch_dest="document", cookie=cookie)
    given = [value.partition(";")[0] for value in page.all("set-cookie") if "energyvis_route=" in value]
    return page, "".join(given) or cookie


def serving(lab: Front, path: str) -> list[str]:
    """Which processes have served a path, in the order of the log."""
    return [line["process"] for line in lab.served(path)]


def port_of(process: str) -> int:
    return int(process.rpartition(":")[2])


async def session(lab: Front, token: str, cookie: str = "") -> str:
    """Type of the message that holds the document of a page; its websocket is closed again."""
    async with websocket(lab, token, cookie=cookie) as socket:
        assert (await received(socket)).msgtype == "ACK"
        return str((await pulled(socket)).msgtype)


def test_a_page_comes_compressed_with_each_header_once_and_a_cookie_of_its_own(lab: Front) -> None:
    page = lab.ask(PAGE, sec_fetch_dest="document", accept_encoding="gzip")
    assert (page.status, page.one("content-encoding"), page.one("server")) == (200, "gzip", "nginx")
    for name in ONCE:
        assert page.one(name)
    (cookie,) = [value for value in page.all("set-cookie") if value.startswith("energyvis_route=")]
    assert {"Path=/energyvis/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert b"static/js/bokeh.min.js?v=" in gzip.decompress(page.body)


def test_files_come_compressed_whole_and_are_kept_by_their_version(lab: Front) -> None:
    page, _ = browsed(lab)
    (address,) = re.findall(r"static/js/bokeh\.min\.js\?v=\w+", page.body.decode())
    path = f"/energyvis/{address}"
    first, second, plain = (lab.ask(path, accept_encoding=way) for way in ("gzip", "gzip", "identity"))
    assert first.one("content-encoding") == "gzip"
    assert len(first.body) < len(plain.body) / 2
    assert gzip.decompress(first.body) == gzip.decompress(second.body) == plain.body
    assert int(re.findall(r"max-age=(\d+)", first.one("cache-control"))[0]) > 30 * 86400
    assert re.findall(r"max-age=(\d+)", lab.ask(path.partition("?")[0]).one("cache-control")) == ["600"]
    asked = serving(lab, path.partition("?")[0])
    assert [process != "" for process in asked] == [True, False, False, True], "nginx has kept the file"


def test_page_and_websocket_of_a_browser_meet_in_one_process(lab: Front) -> None:
    for _ in range(6):
        page, cookie = browsed(lab)
        token = token_of(page, page.body.decode())
        assert asyncio.run(session(lab, token, cookie)) == "PULL-DOC-REPLY"
    pages, sockets = serving(lab, "/energyvis/app")[-6:], serving(lab, "/energyvis/app/ws")[-6:]
    assert pages == sockets
    assert {line["status"] for line in lab.served("/energyvis/app/ws")} == {101}


def test_browsers_spread_over_the_processes(lab: Front) -> None:
    for last in range(24):  # by chance: once in eight million times all would be on one
        lab.ask("/energyvis/new", visitor=f"127.0.1.{last + 1}", sec_fetch_dest="document")
    assert len(set(serving(lab, "/energyvis/new"))) == 2


def test_who_has_a_cookie_keeps_it_and_stays(lab: Front) -> None:
    _, cookie = browsed(lab)
    for _ in range(3):
        assert browsed(lab, cookie)[0].all("set-cookie") == []
    assert len(set(serving(lab, "/energyvis/app")[-4:])) == 1


def test_a_frame_of_another_site_has_no_cookie_and_stays_by_its_address(lab: Front) -> None:
    chosen = set()
    for visitor in (f"127.0.2.{last}" for last in range(1, 25)):
        for _ in range(2):
            assert lab.ask("/energyvis/x", visitor=visitor, sec_fetch_dest="iframe").all("set-cookie") == []
        pair = serving(lab, "/energyvis/x")[-2:]
        assert len(set(pair)) == 1
        chosen.add(pair[0])
    assert len(chosen) == 2


def test_a_websocket_from_a_page_of_a_stranger_is_refused(lab: Front) -> None:
    page, cookie = browsed(lab)

    async def strange() -> None:
        token = token_of(page, page.body.decode())
        async with websocket(lab, token, origin="https://evil.example", cookie=cookie):
            pass

    with pytest.raises(HTTPClientError, match="403"):
        asyncio.run(strange())


def test_a_large_message_passes_and_one_too_large_ends_only_its_own_session(lab: Front) -> None:
    page, cookie = browsed(lab)
    token = token_of(page, page.body.decode())

    async def sizes() -> tuple[str, object]:
        async with websocket(lab, token, cookie=cookie) as socket:
            await received(socket)
            passed = (await pulled(socket, MOST_MESSAGE_BYTES - 1000)).msgtype
            return passed, await pulled(socket, MOST_MESSAGE_BYTES + 1000)

    assert asyncio.run(sizes()) == ("PULL-DOC-REPLY", None)
    assert browsed(lab, cookie)[0].status == 200


def test_a_restart_of_a_process_refuses_nobody_and_gives_it_its_visitors_back(
    lab: Front, processes: Processes
) -> None:
    _, cookie = browsed(lab)
    port = port_of(serving(lab, "/energyvis/app")[-1])
    ended = threading.Event()
    statuses: Counter[int] = Counter()

    def visit(cookie: str) -> None:
        while not ended.wait(0.5):  # nginx lets one address open five pages a second
            statuses[browsed(lab, cookie)[0].status] += 1

    visitors = [threading.Thread(target=visit, args=(each,)) for each in (cookie, "")]
    for visitor in visitors:
        visitor.start()
    try:
        assert processes.end(port, signal.SIGTERM) == 0
        processes.start(port)
    finally:
        ended.set()
        for visitor in visitors:
            visitor.join()
    assert statuses.keys() == {200}
    away = [process for process in serving(lab, "/energyvis/app") if "," in process]
    assert away, "somebody was to be served by the other process meanwhile"
    browsed(lab, cookie)
    assert port_of(serving(lab, "/energyvis/app")[-1]) == port, "its visitor does not come back to it"


def test_where_a_process_is_killed_its_pages_notice_and_the_other_serves(
    lab: Front, processes: Processes
) -> None:
    page, cookie = browsed(lab)
    first = serving(lab, "/energyvis/app")[-1]
    token = token_of(page, page.body.decode())

    async def lost() -> object:
        async with websocket(lab, token, cookie=cookie) as socket:
            await received(socket)
            await asyncio.to_thread(processes.end, port_of(first))
            return await received(socket)

    assert asyncio.run(lost()) is None
    page, _ = browsed(lab, cookie)
    assert asyncio.run(session(lab, token_of(page, page.body.decode()), cookie)) == "PULL-DOC-REPLY"
    for path in ("/energyvis/app", "/energyvis/app/ws"):
        tried = serving(lab, path)[-1].split(", ")
        assert tried[0] == first
        assert tried[1] != first
