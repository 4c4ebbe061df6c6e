"""Every response says what its page may do, and nothing about what serves it."""

import re

import pytest
from tornado.httputil import HTTPHeaders

from energyvis_panel.server.content_policy import content_policy, with_nonce
from energyvis_panel.server.hardened_response import guard_cookies
from tests.server.conftest import Served

SCRIPT = re.compile(rb"<script\b[^>]*>")
WIKI = "https://wiki.lab.example"


@pytest.mark.parametrize(
    "path", ["/health", "/app?view=totals", "/static/js/bokeh.min.js", "/nowhere", "/app/autoload.js", "/"]
)
def test_each_response_has_the_headers(served: Served, path: str) -> None:
    headers = served.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Server"] is None
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == f"'self' {WIKI}"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert "'unsafe-inline'" not in policy["script-src"]


def test_each_page_has_a_nonce_of_its_own_in_all_its_scripts(served: Served) -> None:
    nonces = set()
    for _ in range(2):
        answer = served.get("/app?view=totals")
        found = re.search(r"'nonce-([\w-]{24})'", answer.headers["Content-Security-Policy"])
        assert found is not None
        nonces.add(found[1])
        scripts = SCRIPT.findall(answer.body)
        assert len(scripts) > 5
        assert all(f'nonce="{found[1]}"'.encode() in script for script in scripts)
    assert len(nonces) == 2


def test_the_text_of_an_address_stays_out_of_the_page(served: Served) -> None:
    for text in ("%3Cscript%3Ealert(1)%3C/script%3E", "%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E"):
        for name in ("view", "page", "theme", "brushes", "title", "region"):
            assert b"alert(1)" not in served.get(f"/app?{name}={text}").body


def test_a_script_s_text_is_left_as_it_is() -> None:
    page = b'<script src="a"></script>\n<SCRIPT>var s = "<script>";</SCRIPT><p>x</p>'
    marked = b'<script nonce="n" src="a"></script>\n<script nonce="n">var s = "<script>";</script><p>x</p>'
    assert with_nonce(page, "n") == marked


def test_a_policy_without_a_page_lets_no_inline_script_run() -> None:
    assert "nonce" not in content_policy(None, [])
    assert content_policy(None, []).endswith("frame-ancestors 'self'")


@pytest.mark.parametrize(
    "path", ["/app/autoload.js?bokeh-autoload-element=x", "/static/js/bokeh.min.js", "/health"]
)
def test_only_pages_that_may_embed_views_may_read_responses(served: Served, path: str) -> None:
    headers = served.get(path, Origin=WIKI).headers
    assert headers["Access-Control-Allow-Origin"] == WIKI
    assert headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in headers["Vary"]
    for other in ("https://evil.example", "http://wiki.lab.example", "https://wiki.lab.example.evil.example"):
        headers = served.get(path, Origin=other, Cookie="a=b").headers
        assert headers["Access-Control-Allow-Origin"] is None
        assert headers["Access-Control-Allow-Credentials"] is None


@pytest.mark.parametrize(
    ("cookie", "is_secure", "expected"),
    [
        ("user=x; Path=/", True, "user=x; Path=/; HttpOnly; SameSite=Lax; Secure"),
        ("user=x; Path=/", False, "user=x; Path=/; HttpOnly; SameSite=Lax"),
        ("user=x; httponly; samesite=Strict; Secure", True, "user=x; httponly; samesite=Strict; Secure"),
    ],
)
def test_cookies_are_guarded(cookie: str, *, is_secure: bool, expected: str) -> None:
    headers = HTTPHeaders()
    headers.add("Set-Cookie", cookie)
    headers.add("Set-Cookie", "other=; Path=/")
    guard_cookies(headers, is_secure=is_secure)
    assert headers.get_list("Set-Cookie")[0] == expected
    assert len(headers.get_list("Set-Cookie")) == 2
