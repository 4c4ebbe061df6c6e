"""The sign-in at the whole server, started as an administrator starts it."""

import re
import signal

import pytest
import requests

from energyvis_panel.cli.main import main
from tests.oidc_fixture import provider_served
from tests.server.conftest import Start


def test_the_whole_server_signs_in_and_a_sign_in_outlives_it(start: Start) -> None:
    with provider_served() as provider, requests.Session() as client:
        client.headers["Sec-Fetch-Dest"] = "document"
        settings = {name.removeprefix("ENERGYVIS_"): value for name, value in provider.environment().items()}
        served = start(**settings)
        address = f"http://localhost:{served.port}/app?view=totals"
        assert "Lab identity" in client.get(address, timeout=20).text
        query = {name: provider.asked[-1][name] for name in ("redirect_uri", "state")}
        page = client.get(f"{provider.address}/allow", params=query, timeout=20)
        assert (page.status_code, page.url) == (200, address)
        for probe in ("health", "ready"):
            assert requests.get(f"http://localhost:{served.port}/{probe}", timeout=20).status_code == 200
        page = client.get(f"http://localhost:{served.port}/logout", timeout=20)
        assert "form-action 'self'" in page.headers["Content-Security-Policy"]
        cookie = provider_cookie(client, address, provider.address)
        assert served.stop(signal.SIGTERM) == 0
        log = served.log.read_text(encoding="utf-8")
        assert "/login" in log
        assert not re.search(r"code-|access-|refresh-|ada@", log)
        again = start(**settings)
        address = f"http://localhost:{again.port}/app?view=totals"
        assert requests.get(address, cookies={"user": cookie}, timeout=20).url == address


def provider_cookie(client: requests.Session, address: str, provider: str) -> str:
    """The cookie of a new sign-in at the provider."""
    asked = client.get(address, timeout=20)
    fields = dict(re.findall(r'name="(redirect_uri|state)" value="([^"]+)"', asked.text))
    client.get(f"{provider}/allow", params=fields, timeout=20)
    return str(client.cookies["user"])


def test_without_what_it_needs_the_server_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENERGYVIS_BASIC_AUTH", "users.json")
    assert main(["serve"]) == 2
    assert capsys.readouterr().err.startswith("energyvis: ENERGYVIS_COOKIE_SECRET is missing")
