"""Settings, hosts, origins."""

from collections.abc import Callable

import pytest

from energyvis_tracker.errors import ConfigurationError
from energyvis_tracker.live.access import LiveSettings, is_own_host, live_settings, new_token, own_names
from tests.tracker.live.conftest import TOKEN, LiveSite

FRIEND = "https://energy.lab.example"


def test_without_settings_the_url_is_served_on_loopback() -> None:
    assert live_settings({}) == LiveSettings(True, "127.0.0.1", 0, None, ())


def test_settings_are_read() -> None:
    settings = live_settings(
        {
            "ENERGYVIS_LIVE": "0",
            "ENERGYVIS_LIVE_ADDRESS": "::",
            "ENERGYVIS_LIVE_PORT": "8123",
            "ENERGYVIS_LIVE_TOKEN": TOKEN,
            "ENERGYVIS_LIVE_ORIGINS": f"{FRIEND}, HTTP://localhost:5006",
        }
    )
    assert settings == LiveSettings(False, "::", 8123, TOKEN, (FRIEND, "http://localhost:5006"))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ENERGYVIS_LIVE", "yes"),
        ("ENERGYVIS_LIVE_ADDRESS", "example.com"),
        ("ENERGYVIS_LIVE_ADDRESS", "127.0.0.1:80"),
        ("ENERGYVIS_LIVE_PORT", "65536"),
        ("ENERGYVIS_LIVE_PORT", "-1"),
        ("ENERGYVIS_LIVE_PORT", "http"),
        ("ENERGYVIS_LIVE_TOKEN", "too-short"),
        ("ENERGYVIS_LIVE_TOKEN", "a token with blanks"),
        ("ENERGYVIS_LIVE_TOKEN", "x" * 201),
        ("ENERGYVIS_LIVE_ORIGINS", "*"),
        ("ENERGYVIS_LIVE_ORIGINS", "energy.lab.example"),
        ("ENERGYVIS_LIVE_ORIGINS", f"{FRIEND}/path"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(setting: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=setting) as raised:
        live_settings({setting: value})
    assert setting != "ENERGYVIS_LIVE_TOKEN" or value not in str(raised.value)


def test_tokens_differ_and_need_no_escaping() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 32 and token.replace("-", "a").replace("_", "a").isalnum() for token in tokens)


@pytest.mark.parametrize(
    ("host", "address", "is_own"),
    [
        ("localhost", "127.0.0.1", True),
        ("LOCALHOST:80", "127.0.0.1", True),
        ("localhost.", "127.0.0.1", True),
        ("127.0.0.1:4711", "127.0.0.1", True),
        ("127.1.2.3", "127.0.0.1", True),
        ("[::1]:4711", "::1", True),
        ("[::1]", "127.0.0.1", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:80", "0.0.0.0", True),  # noqa: S104 - compared, not bound
        ("[2001:db8::1]", "::", True),
        ("10.1.2.3", "127.0.0.1", False),
        ("10.1.2.4", "10.1.2.3", False),
        ("evil.example", "127.0.0.1", False),
        ("evil.example", "0.0.0.0", False),  # noqa: S104 - compared, not bound
        ("localhost.evil.example", "127.0.0.1", False),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("user@localhost", "127.0.0.1", False),
        ("localhost:80:80", "127.0.0.1", False),
        ("localhost, evil.example", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("[::1", "::1", False),
    ],
)
def test_own_hosts(host: str, address: str, *, is_own: bool) -> None:
    assert is_own_host(host, address) is is_own


def test_the_machines_name_counts_where_more_than_loopback_is_served() -> None:
    for name in own_names() - {"localhost"}:
        assert is_own_host(name, "0.0.0.0")  # noqa: S104 - compared, not bound
        assert not is_own_host(name, "127.0.0.1")


def test_a_name_that_an_attacker_lets_point_here_is_refused(site: LiveSite) -> None:
    for path in ["/", "/api/v1/run", "/api/v1/profile", "/metrics"]:
        assert site.get(path, Host="evil.example").status == 421
    assert site.post("/api/v1/stop", Host="evil.example").status == 421
    assert site.feeds[0].take_requests() == []


def test_a_request_without_host_or_with_two_is_refused(site: LiveSite) -> None:
    assert site.raw(f"GET /?token={TOKEN} HTTP/1.1\r\n\r\n".encode()).startswith(b"HTTP/1.1 400 ")
    two = f"GET /?token={TOKEN} HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"
    assert site.raw(two.encode()).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost", FRIEND])
def test_foreign_pages_may_not_ask(site: LiveSite, origin: str) -> None:
    for reply in [site.get("/api/v1/run", Origin=origin), site.post("/api/v1/stop", Origin=origin)]:
        assert reply.status == 403
        assert "access-control-allow-origin" not in reply.headers
    preflight = {"Origin": origin, "Access_Control_Request_Method": "POST"}
    assert site.ask("OPTIONS", "/api/v1/stop", None, **preflight).status == 403
    assert site.feeds[0].take_requests() == []


def test_the_own_page_may_ask(site: LiveSite) -> None:
    assert site.post("/api/v1/stop", Origin=f"http://{site.host}").status == 202


def test_pages_of_the_settings_may_ask_and_read(make_site: Callable[..., LiveSite]) -> None:
    site = make_site(origins=[FRIEND])
    feed = site.add_run()
    preflight = site.ask("OPTIONS", "/api/v1/stop", None, Origin=FRIEND, Access_Control_Request_Method="POST")
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] == FRIEND
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    reply = site.post("/api/v1/stop", Origin=FRIEND)
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (202, FRIEND)
    assert reply.headers["vary"] == "Origin"
    assert feed.take_requests() == ["stop"]
    assert site.get("/api/v1/run", None, Origin=FRIEND).status == 401
    assert site.get("/api/v1/run", Origin="https://evil.example").status == 403
    assert site.get("/api/v1/run").headers["vary"] == "Origin"
