"""Settings of the server, from the environment variables ``ENERGYVIS_*``, checked before anything starts."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from energyvis_panel.errors import SettingsError
from energyvis_panel.settings import seconds

HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:\d{1,5})?", re.IGNORECASE)
MEGABYTES: Final = re.compile(r"([1-9]\d{0,3})\s?MB")
SWITCHES: Final = {"": False, "0": False, "1": True}
LOGS: Final = ("text", "json")
SMALLEST_MESSAGE_MB: Final = 4
"""An upload comes in parts of 2 MB, which a message carries with room for its frame."""
MOST_SESSIONS: Final = 10_000


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Who may reach the server, and how much of it.

    Parameters
    ----------
    origins
        Host names, with or without a port, under which browsers reach the server (``ENERGYVIS_ORIGINS``).
    embed_origins
        Origins whose pages may show views, e.g. ``https://wiki.lab.example`` (``ENERGYVIS_EMBED_ORIGINS``).
    is_behind_proxy
        Whether a web server stands before this one and says who asks, and by which scheme
        (``ENERGYVIS_PROXY``, 1 or 0).
    grace_s
        Longest time from the signal to stop until the process has ended (``ENERGYVIS_GRACE``).
    most_sessions
        Most sessions at a time (``ENERGYVIS_SESSIONS``); each open page is one.
    linger_s
        How long a session is kept whose page is gone (``ENERGYVIS_SESSION_LINGER``).
    message_bytes
        Largest message of a page (``ENERGYVIS_MESSAGE_LIMIT``, e.g. 20MB).
    log
        ``text`` or ``json``, one line an event in both (``ENERGYVIS_LOG``).

    """

    origins: tuple[str, ...] = ()
    embed_origins: tuple[str, ...] = ()
    is_behind_proxy: bool = False
    grace_s: float = 10.0
    most_sessions: int = 100
    linger_s: float = 15.0
    message_bytes: int = 20_000_000
    log: str = "text"


DEFAULTS: Final = ServerSettings()


def load_server_settings(environ: Mapping[str, str] | None = None) -> ServerSettings:
    """Settings of the server from the environment, the process's own by default.

    Raises
    ------
    SettingsError
        If a variable holds something that cannot be used.

    """
    environ = os.environ if environ is None else environ
    return ServerSettings(
        origins=tuple(checked_host(host, "ENERGYVIS_ORIGINS") for host in listed(environ, "ORIGINS")),
        embed_origins=tuple(embed_origin(text) for text in listed(environ, "EMBED_ORIGINS")),
        is_behind_proxy=switch(environ, "ENERGYVIS_PROXY"),
        grace_s=seconds(environ, "ENERGYVIS_GRACE", DEFAULTS.grace_s),
        most_sessions=session_count(environ.get("ENERGYVIS_SESSIONS")),
        linger_s=linger(environ),
        message_bytes=message_size(environ.get("ENERGYVIS_MESSAGE_LIMIT")),
        log=log_style(environ.get("ENERGYVIS_LOG")),
    )


def listed(environ: Mapping[str, str], variable: str) -> list[str]:
    """What ``ENERGYVIS_variable`` lists, by commas."""
    return [part.strip() for part in environ.get(f"ENERGYVIS_{variable}", "").split(",") if part.strip()]


def checked_host(text: str, named_in: str) -> str:
    """A host name with or without a port, in small letters."""
    if not HOST.fullmatch(text):
        raise SettingsError(
            f"{named_in} has {text!r}. Give host names, with a port where it is not the usual one, "
            "e.g. energy.lab.example or localhost:8080."
        )
    return text.lower()


def embed_origin(text: str) -> str:
    """An origin as browsers write it: scheme, host and, where it is not the usual one, port."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    is_plain = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not is_plain or not HOST.fullmatch(parts.hostname or ""):
        raise SettingsError(
            f"ENERGYVIS_EMBED_ORIGINS has {text!r}. Give origins with their scheme and nothing after the "
            "host, e.g. https://wiki.lab.example."
        )
    is_usual = port in {None, {"http": 80, "https": 443}[parts.scheme]}
    return f"{parts.scheme}://{parts.hostname}" + ("" if is_usual else f":{port}")


def switch(environ: Mapping[str, str], variable: str) -> bool:
    """A setting that is 1 or 0."""
    text = environ.get(variable, "")
    if text not in SWITCHES:
        raise SettingsError(f"{variable} is {text!r}. Give 1 or 0.")
    return SWITCHES[text]


def session_count(text: str | None) -> int:
    """A number of sessions."""
    if not text:
        return DEFAULTS.most_sessions
    if not text.isdecimal() or not 1 <= int(text) <= MOST_SESSIONS:
        raise SettingsError(f"ENERGYVIS_SESSIONS is {text!r}. Give a whole number from 1 to {MOST_SESSIONS}.")
    return int(text)


def linger(environ: Mapping[str, str]) -> float:
    """How long a session without a page is kept; some time always, or no page could connect to its own."""
    linger_s = seconds(environ, "ENERGYVIS_SESSION_LINGER", DEFAULTS.linger_s)
    if linger_s < 1:
        raise SettingsError(f"ENERGYVIS_SESSION_LINGER is {linger_s:g} s. Give 1 or more.")
    return linger_s


def message_size(text: str | None) -> int:
    """Size of a message in bytes."""
    if not text:
        return DEFAULTS.message_bytes
    found = MEGABYTES.fullmatch(text)
    if found is None or int(found[1]) < SMALLEST_MESSAGE_MB:
        raise SettingsError(
            f"ENERGYVIS_MESSAGE_LIMIT is {text!r}. Give {SMALLEST_MESSAGE_MB}MB or more, e.g. 20MB."
        )
    return int(found[1]) * 1_000_000


def log_style(text: str | None) -> str:
    """A form of the log."""
    if not text:
        return DEFAULTS.log
    if text not in LOGS:
        raise SettingsError(f"ENERGYVIS_LOG is {text!r}. Give text or json.")
    return text
