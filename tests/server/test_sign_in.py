"""Signing in with a password, over real HTTP and websockets."""

import asyncio
import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import pytest
import requests
from bokeh.protocol import Protocol
from bokeh.util.token import generate_jwt_token, generate_session_id, get_token_payload
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.web import create_signed_value
from tornado.websocket import websocket_connect

from energyvis_panel.server.password_sign_in import MOST_WAITING, PasswordSignIn
from energyvis_panel.server.sign_in import sign_in_options
from energyvis_panel.sign_in_settings import SignInSettings
from tests.sign_in_fixture import (
    HASHES,
    PASSWORDS,
    SECRET,
    password_settings,
    sent,
    signed_in_app,
    users_file,
)

DEEP_LINK = "/?page=explore&brushes=energy_j%3A1e3..2e6&theme=dark"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with signed_in_app(password_settings(tmp_path)) as served:
        yield served


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def sign_in(client: requests.Session, address: str, user: str = "ada") -> None:
    assert sent(client, address, user, PASSWORDS[user]).status_code == 303


def session_token(page: str) -> str:
    found = re.search(r'"token":"([^"]+)"', page)
    assert found is not None
    return found[1]


def pulled(address: str, token: str, cookie: str | None) -> str:
    """What a session shows to a websocket; the status of the handshake where that is refused."""
    headers = {"Cookie": f"user={cookie}"} if cookie else {}

    async def attempt() -> str:
        request = HTTPRequest(f"{address.replace('http', 'ws', 1)}/ws", headers=headers)
        try:
            socket = await websocket_connect(request, subprotocols=["bokeh", token])
        except HTTPClientError as error:
            return str(error.code)

        async def heard(word: str) -> str:
            said = ""
            while word not in said:
                said = str(await asyncio.wait_for(socket.read_message(), timeout=10))
            return said

        await heard('"ACK"')
        wanted = Protocol().create("PULL-DOC-REQ")
        for part in (wanted.header_json, wanted.metadata_json, wanted.content_json):
            await socket.write_message(part)
        said = await heard("user=")
        socket.close()
        while await socket.read_message() is not None:
            pass
        return said

    return asyncio.run(attempt())


def test_without_settings_nobody_is_asked() -> None:
    assert sign_in_options(SignInSettings()) == {}


def test_a_deep_link_is_kept_across_the_sign_in(address: str, client: requests.Session) -> None:
    first = client.get(address + DEEP_LINK, timeout=10)
    assert first.url.startswith(f"{address}/login?next=")
    assert "Sign in" in first.text
    assert 'data-theme="dark"' in first.text
    wanted = re.search(r'name="next" value="([^"]+)"', first.text)
    assert wanted is not None
    assert wanted[1].replace("&amp;", "&") == DEEP_LINK
    answer = sent(client, address, "ada", PASSWORDS["ada"], next=DEEP_LINK)
    assert (answer.status_code, answer.headers["Location"]) == (303, DEEP_LINK)
    page = client.get(address + DEEP_LINK, timeout=10)
    assert page.status_code == 200
    assert page.url == address + DEEP_LINK


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "javascript:0", "x"],
)
def test_no_link_leads_to_another_server(address: str, client: requests.Session, elsewhere: str) -> None:
    answer = sent(client, address, "ada", PASSWORDS["ada"], next=elsewhere)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_wrong_name_and_a_wrong_password_look_the_same(address: str, client: requests.Session) -> None:
    pages = []
    for user, password in (("ada", "wrong"), ("eve", "wrong"), ("ada", "x" * 100), ("eve", "x" * 100)):
        answer = sent(client, address, user, password)
        assert answer.status_code == 401
        assert "do not belong together" in answer.text
        assert "user" not in client.cookies
        pages.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert len(set(pages)) == 1


def test_an_unknown_name_is_checked_as_long_as_a_known_one(
    address: str, client: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[bytes] = []
    check = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        costs.append(hashed[:7])
        return check(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    for user, password in (("ada", "wrong"), ("eve", "wrong"), ("eve", "x" * 100)):
        sent(client, address, user, password)
    assert costs == [b"$2b$10$"] * 3


def test_the_form_of_a_foreign_page_is_refused(address: str, client: requests.Session) -> None:
    form = {"username": "ada", "password": PASSWORDS["ada"], "_xsrf": "made up"}
    answer = client.post(f"{address}/login", data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 403
    assert "user" not in client.cookies


def test_a_crowd_of_guesses_is_asked_to_wait(
    address: str, client: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PasswordSignIn, "waiting", MOST_WAITING)
    answer = sent(client, address, "ada", PASSWORDS["ada"])
    assert (answer.status_code, "Try again in a moment" in answer.text) == (503, True)
    monkeypatch.setattr(PasswordSignIn, "waiting", 0)
    sign_in(client, address)
    assert PasswordSignIn.waiting == 0


def test_the_cookie_is_kept_from_scripts_and_other_sites(address: str, client: requests.Session) -> None:
    answer = sent(client, address, "ada", PASSWORDS["ada"])
    assert set(client.cookies.keys()) == {"user", "_xsrf"}
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    with requests.Session() as stranger:
        form = stranger.get(f"{address}/login", timeout=10)
        assert "HttpOnly" in form.headers["Set-Cookie"]


def test_over_tls_the_cookie_stays_there(tmp_path: Path, client: requests.Session) -> None:
    with signed_in_app(password_settings(tmp_path), use_xheaders=True) as address:
        client.headers["X-Forwarded-Proto"] = "https"
        page = client.get(f"{address}/login", timeout=10)
        assert "Secure" in page.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("user", "says"), [("ada", "user=ada imports=True"), ("bob", "user=bob imports=False")]
)
def test_a_session_knows_its_user(address: str, client: requests.Session, user: str, says: str) -> None:
    sign_in(client, address, user)
    client.cookies.set("is_guest", "1")
    token = session_token(client.get(address, timeout=10).text)
    assert says in pulled(address, token, client.cookies["user"])


def test_a_token_of_ones_own_making_gives_no_rights(address: str, client: requests.Session) -> None:
    """Who has signed in may open a session without its page, and forge what the session is told of it."""
    sign_in(client, address, "bob")
    forged = create_signed_value("another secret, as long as it gets", "user", "ada").decode()
    for cookies in ({}, {"is_guest": "1"}, {"user": "ada"}, {"user": forged}):
        payload = {"headers": {}, "cookies": cookies, "arguments": {}}
        token = generate_jwt_token(generate_session_id(), extra_payload=payload)
        assert "user= imports=False" in pulled(address, token, client.cookies["user"])


def test_a_websocket_needs_the_cookie(address: str, client: requests.Session) -> None:
    sign_in(client, address)
    token = session_token(client.get(address, timeout=10).text)
    good = client.cookies["user"] or ""
    two_days_ago = create_signed_value(SECRET, "user", "ada", clock=lambda: time.time() - 2 * 86_400)
    forged = create_signed_value("another secret, as long as it gets", "user", "ada")
    assert "user=ada" in pulled(address, token, good)
    assert pulled(address, token, None) == "403"
    assert pulled(address, token, forged.decode()) == "403"
    assert pulled(address, token, two_days_ago.decode()) == "403"
    assert pulled(address, token, good[:-1] + ("0" if good[-1] != "0" else "1")) == "403"


@pytest.mark.parametrize("cookie", ["", "ada", "2|1:0|10:1|4:user|4:YWRh|0"])
def test_a_page_needs_a_signed_cookie(address: str, client: requests.Session, cookie: str) -> None:
    client.cookies.set("user", cookie)
    assert client.get(address, timeout=10).url.startswith(f"{address}/login")


def test_the_page_is_told_of_no_other_cookie_and_no_password(address: str, client: requests.Session) -> None:
    sign_in(client, address)
    client.cookies.set("of_another_app", "private")
    headers = {"Authorization": "Bearer private", "X-Forwarded-Access-Token": "private"}
    page = client.get(address, headers=headers, timeout=10).text
    payload = get_token_payload(session_token(page))
    assert set(payload["cookies"]) == {"user"}
    assert "private" not in str(payload)


def test_a_user_who_is_struck_off_is_out(tmp_path: Path, client: requests.Session) -> None:
    with signed_in_app(password_settings(tmp_path)) as address:
        sign_in(client, address, "bob")
        assert client.get(address, timeout=10).url == f"{address}/"
        users_file(tmp_path, ada=HASHES["ada"])
        assert client.get(address, timeout=10).url.startswith(f"{address}/login")
        assert sent(client, address, "bob", PASSWORDS["bob"]).status_code == 401


def test_who_may_not_come_in_is_told_no_more_than_a_stranger(
    tmp_path: Path, client: requests.Session
) -> None:
    with signed_in_app(password_settings(tmp_path, ENERGYVIS_VIEWERS="carol")) as address:
        sign_in(client, address, "ada")
        client.cookies.clear()
        answer = sent(client, address, "bob", PASSWORDS["bob"])
        assert answer.status_code == 401
        assert "do not belong together" in answer.text


def test_signing_out_forgets_the_user(address: str, client: requests.Session) -> None:
    sign_in(client, address)
    page = client.get(f"{address}/logout", timeout=10)
    assert "You are signed out" in page.text
    assert "user" not in client.cookies
    assert client.get(address, timeout=10).url.startswith(f"{address}/login")


def test_who_has_signed_in_is_not_asked_again(address: str, client: requests.Session) -> None:
    sign_in(client, address)
    answer = client.get(f"{address}/login", params={"next": "/?a=1"}, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?a=1")


def test_behind_a_prefix_all_of_it_stays_there(tmp_path: Path, client: requests.Session) -> None:
    with signed_in_app(password_settings(tmp_path), prefix="/energy") as address:
        page = client.get(f"{address}/?a=1", timeout=10)
        assert page.url == f"{address}/login?next=%2Fenergy%2F%3Fa%3D1"
        assert 'action="/energy/login"' in page.text
        answer = sent(client, address, "ada", PASSWORDS["ada"], next="nonsense")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/energy/")
        assert "Path=/energy" in answer.headers["Set-Cookie"]
        assert client.get(f"{address}/", timeout=10).url == f"{address}/"
        client.get(f"{address}/logout", timeout=10)
        assert "user" not in client.cookies


@pytest.mark.parametrize(
    ("site", "says", "link"),
    [
        ("same-site", "in a tab of its own", '/login?here=1&amp;next=%2F%3Fview%3Dtotals"'),
        ("cross-site", "browsers do not pass on", 'href="/?view=totals" target="_blank"'),
    ],
)
def test_within_another_page_a_sentence_stands_and_no_form(
    address: str, client: requests.Session, site: str, says: str, link: str
) -> None:
    headers = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": site}
    page = client.get(f"{address}/?view=totals", headers=headers, timeout=10)
    assert says in page.text
    assert link in page.text
    assert "<form" not in page.text


def test_an_old_browser_is_judged_by_what_it_asks_for(address: str, client: requests.Session) -> None:
    assert "<form" not in client.get(f"{address}/?view=totals", timeout=10).text
    there = {"here": "1", "next": "/?view=totals"}
    assert "<form" in client.get(f"{address}/login", params=there, timeout=10).text


def test_where_a_script_was_asked_for_a_script_says_so(address: str, client: requests.Session) -> None:
    place = 'x"</script><b>\u2028'
    answer = client.get(f"{address}/autoload.js", params={"bokeh-autoload-element": place}, timeout=10)
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "This view needs a sign-in." in answer.text
    assert f"getElementById({json.dumps(place)})" in answer.text
    assert f'link.href = "{address}/"' in answer.text


def test_what_is_typed_is_text(address: str, client: requests.Session) -> None:
    answer = sent(client, address, '"><script>alert(1)</script>', "wrong", next='/?"><script>')
    assert "<script" not in answer.text


def test_the_log_names_no_user_and_no_password(
    address: str, client: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sent(client, address, "mallory", "open sesame")
    sent(client, address, "ada", "open sesame")
    sign_in(client, address)
    client.get(address, timeout=10)
    for private in ("mallory", "ada", "open sesame", *PASSWORDS.values()):
        assert private not in re.sub(r"/[^ ]*|ada\w+", "", caplog.text), private
