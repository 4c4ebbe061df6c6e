"""The live URL that a user pastes: taken apart, and its host resolved to addresses that may be asked."""

import asyncio
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from energyvis_panel.data.run_facts import RUN_ID
from energyvis_panel.domain.live_hosts import (
    HIGHEST_PORT,
    NAME,
    Address,
    HostRule,
    is_allowed,
    plain_address,
)
from energyvis_panel.errors import SettingsError

LONGEST_TEXT = 4000
MOST_FIELDS = 8
URL = re.compile(r"https?://\S+", re.IGNORECASE)
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,200}")
DEFAULT_PORTS = {"http": 80, "https": 443}
LOOKS_LIKE = "A live URL looks like http://127.0.0.1:43210/?token=…, as the tracker prints it at its start."


class LiveTrouble(Exception):  # noqa: N818 - carries the sentence that a reading shows; it is never raised to users
    """The connection cannot be had or has broken, for a reason that may pass; the text is one sentence."""


class LiveRefusal(LiveTrouble):
    """The same for a reason that will not pass by itself, so that it is not tried again."""


@dataclass(frozen=True, slots=True)
class LiveAddress:
    """A live URL in its parts. The token stands in no text that is made of it."""

    is_tls: bool
    host: str
    port: int
    token: str = field(repr=False)
    run_id: str = ""

    @property
    def place(self) -> str:
        """Host and port for people."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def with_run(self, run_id: str) -> "LiveAddress":
        """The same with the run named, so that a connection made later finds the same run."""
        return LiveAddress(self.is_tls, self.host, self.port, self.token, run_id)


def live_address(text: str) -> LiveAddress:
    """Parts of the one live URL in ``text``, which may be the whole line that the tracker printed.

    Raises
    ------
    SettingsError
        If there is none, or it cannot be one; the text of the error never repeats the URL.

    """
    if len(text) > LONGEST_TEXT:
        raise SettingsError(f"That is too long for a live URL. {LOOKS_LIKE}")
    found = URL.findall(text)
    if len(found) != 1:
        what = "There is more than one URL in what was pasted." if found else "That is no live URL."
        raise SettingsError(f"{what} {LOOKS_LIKE}")
    try:
        parts = urlsplit(found[0])
        port = parts.port if parts.port is not None else DEFAULT_PORTS[parts.scheme]
        query = dict(reversed(parse_qsl(parts.query, max_num_fields=MOST_FIELDS)))
    except ValueError:
        raise SettingsError(f"That is no URL. {LOOKS_LIKE}") from None
    if parts.username is not None or parts.password is not None:
        raise SettingsError(f"A live URL has no user name in it. {LOOKS_LIKE}")
    if parts.path not in {"", "/"} or parts.fragment:
        raise SettingsError(f"A live URL has nothing between the port and '?token='. {LOOKS_LIKE}")
    if not 1 <= port <= HIGHEST_PORT:
        raise SettingsError(f"The port must be from 1 to {HIGHEST_PORT}. {LOOKS_LIKE}")
    host = (parts.hostname or "").removesuffix(".")
    if not is_host(host):
        raise SettingsError(f"The URL names no host. {LOOKS_LIKE}")
    if not TOKEN.fullmatch(query.get("token", "")):
        raise SettingsError(f"The URL has no token. Copy the whole of it. {LOOKS_LIKE}")
    if not RUN_ID.fullmatch(query.get("run", "x")):
        raise SettingsError(f"The URL names a run by what is no id of a run. {LOOKS_LIKE}")
    return LiveAddress(parts.scheme == "https", host, port, query["token"], query.get("run", ""))


def is_host(text: str) -> bool:
    """Whether ``text`` is a host's name or address."""
    try:
        plain_address(text)
    except ValueError:
        return bool(NAME.fullmatch(text))
    return True


async def allowed_addresses(address: LiveAddress, rules: Sequence[HostRule]) -> tuple[Address, ...]:
    """Addresses that the host has now and that may be asked, at least one.

    Whoever connects must connect to one of these and not look the name up again, which could then lead
    elsewhere.

    Raises
    ------
    LiveTrouble
        If the name leads nowhere.
    LiveRefusal
        If none of the addresses is allowed.

    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise LiveTrouble(f"There is no host {address.host}. Check the URL.") from None
    addresses = dict.fromkeys(plain_address(str(info[4][0])) for info in found)
    allowed = tuple(one for one in addresses if is_allowed(rules, address.host, one, address.port))
    if not allowed:
        raise LiveRefusal(
            f"This app may not follow runs at {address.place}. Whoever runs it can allow that with "
            f"ENERGYVIS_LIVE_HOSTS={address.place}, or make a tunnel to the port: "
            f"ssh -L {address.port}:127.0.0.1:{address.port} {address.host}"
        )
    return allowed
