"""The live URL that a user pastes is taken apart strictly, and its token gets into no text."""

import asyncio
import socket
from typing import Any

import pytest

from energyvis_panel.data.live_address import (
    LiveAddress,
    LiveRefusal,
    LiveTrouble,
    allowed_addresses,
    live_address,
)
from energyvis_panel.domain.live_hosts import LOOPBACK, host_rules
from energyvis_panel.errors import SettingsError
from energyvis_panel.settings import load_settings

SECRET = "kE9v-secret_token"  # noqa: S105 - opens nothing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"http://127.0.0.1:43210/?token={SECRET}", (False, "127.0.0.1", 43210, "")),
        (f"  http://localhost:43210?token={SECRET}\n", (False, "localhost", 43210, "")),
        (f"https://Node17.lab.example/?run=01JBQ&token={SECRET}", (True, "node17.lab.example", 443, "01JBQ")),
        (f"http://[::1]:5000/?token={SECRET}", (False, "::1", 5000, "")),
        (
            f"energyvis: run 'x' (01J); GPU: counter; live at http://10.0.0.1:80/?token={SECRET}",
            (False, "10.0.0.1", 80, ""),
        ),
    ],
)
def test_a_url_is_taken_apart(text: str, expected: tuple[bool, str, int, str]) -> None:
    address = live_address(text)
    assert (address.is_tls, address.host, address.port, address.run_id) == expected
    assert address.token == SECRET


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        f"ftp://127.0.0.1/?token={SECRET}",
        f"file:///etc/passwd?token={SECRET}",
        "http://127.0.0.1:43210/",
        "http://127.0.0.1:43210/?token=",
        f"http://127.0.0.1:43210/?token={SECRET}%0d%0aX:y",
        f"http://user:{SECRET}@127.0.0.1:43210/?token={SECRET}",
        f"http://@127.0.0.1:43210/?token={SECRET}",
        f"http://127.0.0.1:99999/?token={SECRET}",
        f"http://127.0.0.1:0/?token={SECRET}",
        f"http://127.0.0.1:x/?token={SECRET}",
        f"http:///?token={SECRET}",
        f"http://127.0.0.1:43210/admin?token={SECRET}",
        f"http://127.0.0.1:43210/?token={SECRET}#x",
        f"http://127.0.0.1:43210/?token={SECRET}&run=../../x",
        f"http://a_b!c:43210/?token={SECRET}",
        f"http://[::1:43210/?token={SECRET}",
        f"http://127.0.0.1:1/?token={SECRET} http://127.0.0.1:2/?token={SECRET}",
        f"http://127.0.0.1:43210/?token={SECRET}" + "x" * 4000,
        "http://127.0.0.1:43210/?" + "&".join(f"a{n}=1" for n in range(20)),
    ],
)
def test_what_is_no_live_url_gets_a_sentence_without_the_token(text: str) -> None:
    with pytest.raises(SettingsError) as raised:
        live_address(text)
    assert SECRET not in str(raised.value)
    assert "127.0.0.1:43210/?token=…" in str(raised.value)


def test_the_token_shows_in_no_text_of_an_address() -> None:
    address = live_address(f"http://127.0.0.1:43210/?token={SECRET}")
    assert SECRET not in repr(address)
    assert SECRET not in str(address.with_run("01J"))


def resolved(address: LiveAddress, *found: str, rules: Any = LOOPBACK) -> list[str]:
    """Allowed addresses where the name leads to ``found``."""

    async def ask() -> list[str]:
        loop = asyncio.get_running_loop()

        async def getaddrinfo(*_: Any, **__: Any) -> Any:
            if not found:
                raise socket.gaierror
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, address.port)) for one in found]

        loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign] # stands for a name server
        return [str(one) for one in await allowed_addresses(address, rules)]

    return asyncio.run(ask())


def test_only_allowed_addresses_of_a_name_are_asked() -> None:
    address = live_address(f"http://node17.example:9477/?token={SECRET}")
    assert resolved(address, "10.0.0.1", "127.0.0.1") == ["127.0.0.1"]
    assert resolved(address, "10.0.0.1", rules=host_rules("node17.example")) == ["10.0.0.1"]
    with pytest.raises(LiveRefusal, match=r"ENERGYVIS_LIVE_HOSTS=node17\.example:9477"):
        resolved(address, "10.0.0.1", "192.168.0.7")
    with pytest.raises(LiveRefusal):
        resolved(address, "169.254.169.254", rules=host_rules("node17.example"))
    with pytest.raises(LiveTrouble, match="no host"):
        resolved(address)


def test_the_hosts_come_from_the_settings() -> None:
    assert load_settings({}).live_hosts == LOOPBACK
    assert load_settings({"ENERGYVIS_LIVE_HOSTS": "node17:9477"}).live_hosts == host_rules("node17:9477")
    with pytest.raises(SettingsError, match="ENERGYVIS_LIVE_HOSTS holds 'no/de'"):
        load_settings({"ENERGYVIS_LIVE_HOSTS": "127.0.0.1 no/de"})


def test_figures_in_disguise_lead_to_what_they_mean() -> None:
    """0x7f.1 is 127.0.0.1 to the resolver, and is judged as that."""
    address = live_address(f"http://2130706433:9477/?token={SECRET}")
    assert [str(one) for one in asyncio.run(allowed_addresses(address, LOOPBACK))] == ["127.0.0.1"]
