"""Signing in at another server, a real one on this machine, over real HTTP."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from energyvis_panel.server.sign_in import sign_in_options
from energyvis_panel.sign_in_settings import load_sign_in_settings
from tests.oidc_fixture import CLIENT_SECRET, KEY, Provider, provider_served
from tests.sign_in_fixture import SECRET, signed_in_app

DEEP_LINK = "/?page=explore&brushes=energy_j%3A1e3..2e6"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_served() as served:
        yield served


@pytest.fixture
def address(provider: Provider) -> Iterator[str]:
    with signed_in_app(load_sign_in_settings(provider.environment(ENERGYVIS_CONTACT="Ada (4711)"))) as served:
        yield served


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def begun(
    client: requests.Session, address: str, provider: Provider, link: str = DEEP_LINK
) -> dict[str, str]:
    """Query with which the provider was asked, after a page was opened."""
    page = client.get(address + link, timeout=10)
    assert "Lab identity" in page.text
    return provider.asked[-1]


def allowed(client: requests.Session, address: str, provider: Provider) -> requests.Response:
    """What the browser ends at, once the person has allowed the sign-in."""
    asked = begun(client, address, provider)
    query = {"redirect_uri": asked["redirect_uri"], "state": asked["state"]}
    return client.get(f"{provider.address}/allow", params=query, timeout=10)


def test_a_deep_link_is_kept_across_the_sign_in(
    address: str, client: requests.Session, provider: Provider
) -> None:
    asked = begun(client, address, provider)
    assert (asked["client_id"], asked["response_type"]) == (KEY, "code")
    assert asked["redirect_uri"] == f"{address}/login"
    assert asked["scope"] == "openid email profile"
    assert "client_secret" not in asked
    page = allowed(client, address, provider)
    assert (page.status_code, page.url) == (200, address + DEEP_LINK)


def test_the_browser_keeps_the_name_and_no_token(
    address: str, client: requests.Session, provider: Provider
) -> None:
    page = allowed(client, address, provider)
    ours = {cookie.name for cookie in client.cookies if cookie.value}
    assert ours == {"user"}
    assert provider.access_token not in page.text
    assert "refresh-private" not in page.text


def test_without_an_id_token_the_provider_is_asked_for_the_name(
    address: str, client: requests.Session, provider: Provider
) -> None:
    provider.has_id_token = False
    assert allowed(client, address, provider).url == address + DEEP_LINK


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"token_status": 401}, 401, "The sign-in did not work"),
        ({"token_status": 500}, 401, "The sign-in did not work"),
        ({"claims": {"name": "nobody"}}, 401, "The sign-in did not work"),
        ({"claims": {"email": "ada@lab.example", "email_verified": False}}, 403, "is not verified there"),
        ({"claims": {"email": "eve@evil.example"}}, 403, "may not come in here. Ask Ada (4711)."),
        ({"claims": {"email": f"{'x' * 300}@lab.example"}}, 403, "may not come in here"),
        ({"claims": {"email": ""}}, 403, "may not come in here"),
    ],
)
def test_a_sign_in_that_fails_is_told_in_one_sentence(
    provider: Provider, client: requests.Session, changes: dict[str, object], status: int, says: str
) -> None:
    for name, value in changes.items():
        setattr(provider, name, value)
    environment = provider.environment(ENERGYVIS_VIEWERS="@lab.example", ENERGYVIS_CONTACT="Ada (4711)")
    for has_id_token in (True, False):
        provider.has_id_token = has_id_token
        with signed_in_app(load_sign_in_settings(environment)) as address:
            page = allowed(client, address, provider)
            assert page.status_code == status
            assert says in page.text
            assert not client.cookies.get("user")
            assert client.get(address, timeout=10).url.startswith(provider.address)


def test_who_refuses_is_told_so_in_our_words(
    address: str, client: requests.Session, provider: Provider
) -> None:
    asked = begun(client, address, provider)
    query = {"redirect_uri": asked["redirect_uri"], "state": asked["state"]}
    page = client.get(f"{provider.address}/refuse", params=query, timeout=10)
    assert page.status_code == 401
    assert "was not allowed there" in page.text
    assert "555-0100" not in page.text


@pytest.mark.parametrize("knows_state", [True, False])
def test_a_sign_in_that_another_browser_began_is_refused(
    address: str, client: requests.Session, provider: Provider, caplog: pytest.LogCaptureFixture, *,
    knows_state: bool,
) -> None:  # fmt: skip
    asked = begun(client, address, provider)
    code = provider.new_code(asked["redirect_uri"])
    with requests.Session() as other:
        query = {"code": code, "state": asked["state"] if knows_state else ""}
        page = other.get(asked["redirect_uri"], params=query, timeout=10)
    assert page.status_code == 401
    assert "was begun elsewhere" in page.text
    assert code in provider.codes
    assert asked["state"] not in caplog.text


def test_a_provider_that_is_gone_is_told_and_no_code_is_logged(
    client: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    with provider_served() as provider:
        settings = load_sign_in_settings(provider.environment())
        with signed_in_app(settings) as address:
            asked = begun(client, address, provider)
            code = provider.new_code(asked["redirect_uri"])
            provider.close()
            page = client.get(f"{address}/login", params={"code": code, "state": asked["state"]}, timeout=10)
    assert page.status_code == 500
    assert "The sign-in did not work" in page.text
    assert "GET /login" in caplog.text
    assert code not in caplog.text


def test_within_another_page_the_provider_is_not_shown(
    address: str, client: requests.Session, provider: Provider
) -> None:
    headers = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-site"}
    page = client.get(f"{address}/?view=totals", headers=headers, timeout=10)
    assert "needs a sign-in" in page.text
    assert provider.asked == []


def test_signing_out_offers_to_do_so_there_too(
    address: str, client: requests.Session, provider: Provider
) -> None:
    allowed(client, address, provider)
    page = client.get(f"{address}/logout", timeout=10)
    assert f'href="{provider.address}/end"' in page.text
    assert not client.cookies.get("user")


def test_the_log_holds_no_code_and_no_token(
    address: str, client: requests.Session, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="panel")
    caplog.set_level(logging.DEBUG, logger="energyvis_panel")
    caplog.set_level(logging.INFO, logger="tornado.general")
    caplog.set_level(logging.INFO, logger="tornado.application")
    allowed(client, address, provider)
    codes = []
    failures: list[dict[str, Any]] = [
        {"has_id_token": False, "has_userinfo": False},
        {"claims": {}},
        {"token_status": 401},
    ]
    for changes in failures:
        for name, value in changes.items():
            setattr(provider, name, value)
        client.cookies.clear()
        page = allowed(client, address, provider)
        assert page.status_code == 401
        codes.append(parse_qs(urlsplit(page.url).query)["code"][0])
    assert "The sign-in server 'generic' did not sign in: its status was 401" in caplog.text
    for private in (
        *codes,
        provider.access_token,
        "refresh-private",
        CLIENT_SECRET,
        SECRET,
        "ada@lab.example",
    ):
        assert private not in caplog.text, private


@pytest.mark.parametrize(
    ("name", "more", "scope"),
    [
        ("github", {}, ["read:user"]),
        ("gitlab", {"ENERGYVIS_OAUTH_HOST": "git.lab.example"}, ["read_user"]),
        ("google", {}, ["openid", "email", "profile"]),
        ("azurev2", {"ENERGYVIS_OAUTH_TENANT": "lab"}, ["openid", "email", "profile"]),
        ("okta", {"ENERGYVIS_OAUTH_HOST": "lab.okta.example"}, ["openid", "email", "profile"]),
        ("auth0", {"ENERGYVIS_OAUTH_SUBDOMAIN": "lab"}, ["openid", "email", "profile"]),
        ("bitbucket", {}, ["account"]),
    ],
)
def test_each_provider_of_panel_can_be_named(name: str, more: dict[str, str], scope: list[str]) -> None:
    environment = {
        "ENERGYVIS_OAUTH_PROVIDER": name,
        "ENERGYVIS_OAUTH_KEY": KEY,
        "ENERGYVIS_OAUTH_SECRET": CLIENT_SECRET,
        "ENERGYVIS_COOKIE_SECRET": SECRET,
        "ENERGYVIS_VIEWERS": "*",
        **more,
    }
    settings = load_sign_in_settings(environment)
    assert sign_in_options(settings)["oauth_extra_params"]["scope"] == scope
    with signed_in_app(settings) as address:
        page = requests.get(f"{address}/login", allow_redirects=False, timeout=10)
        asked = parse_qs(urlsplit(page.headers["Location"]).query)
        assert page.status_code == 302
        assert page.headers["Location"].startswith("https://")
        assert asked["scope"] == [" ".join(scope)]
        assert asked["redirect_uri"] == [f"{address}/login"]
        assert all(value.rpartition(".")[2] != "None" for value in more.values())
