"""Who may ask the live server: its settings, tokens, and what `Host` and `Origin` must say."""

import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from energyvis_tracker.errors import ConfigurationError
from energyvis_tracker.live.feed import LiveFeed

DEFAULT_ADDRESS = "127.0.0.1"
TOKEN_BYTES = 24
HIGHEST_PORT = 65535
FIXED_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,200}")
ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?")
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/=-]+)")


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """How the live URL is served; with no `token` each run gets one of its own."""

    is_on: bool = True
    address: str = DEFAULT_ADDRESS
    port: int = 0
    token: str | None = None
    origins: tuple[str, ...] = ()


def live_settings(environ: Mapping[str, str]) -> LiveSettings:
    """Return what the `ENERGYVIS_LIVE` settings say; an empty one counts as not set.

    Raises
    ------
    ConfigurationError
        If one cannot be meant.
    """
    address = environ.get("ENERGYVIS_LIVE_ADDRESS") or DEFAULT_ADDRESS
    if address == "localhost":
        address = DEFAULT_ADDRESS
    if ip_or_none(address) is None:
        raise ConfigurationError(f"ENERGYVIS_LIVE_ADDRESS must be an IP address; it is {address!r}.")
    port = environ.get("ENERGYVIS_LIVE_PORT") or "0"
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > HIGHEST_PORT:
        raise ConfigurationError(f"ENERGYVIS_LIVE_PORT must be a port, 0 for any free one; it is {port!r}.")
    token = environ.get("ENERGYVIS_LIVE_TOKEN") or None
    if token is not None and not FIXED_TOKEN.fullmatch(token):
        raise ConfigurationError(
            "ENERGYVIS_LIVE_TOKEN must be 16 to 200 letters, digits and any of '._~-'; "
            f"it has {len(token)} characters."  # the token itself belongs in no message
        )
    switch = environ.get("ENERGYVIS_LIVE") or "1"
    if switch not in {"0", "1"}:
        raise ConfigurationError(f"ENERGYVIS_LIVE must be 1 or 0; it is {switch!r}.")
    return LiveSettings(switch == "1", address, int(port), token, origins_setting(environ))


def origins_setting(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the origins of pages that may ask from another site (`ENERGYVIS_LIVE_ORIGINS`)."""
    origins = tuple(re.split(r"[,\s]+", environ.get("ENERGYVIS_LIVE_ORIGINS", "").strip(", \t\n").lower()))
    for origin in origins:
        if origin and not ORIGIN.fullmatch(origin):
            raise ConfigurationError(
                "ENERGYVIS_LIVE_ORIGINS must be origins such as 'https://energy.lab.example', "
                f"separated by commas; one is {origin!r}."
            )
    return tuple(filter(None, origins))


def new_token() -> str:
    """Return 32 random characters (192 bits) that need no escaping in a URL."""
    # secrets.token_urlsafe does the same, but loads OpenSSL, 4 MB that the sampler has no other use for.
    return urlsafe_b64encode(os.urandom(TOKEN_BYTES)).decode("ascii")


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the token in `Authorization: Bearer`: none without the header, "" where it holds no token."""
    text = headers.get("authorization")
    if text is None:
        return None
    match = BEARER.fullmatch(text)
    return match[1] if match else ""


def opened_feeds(token: str, feeds: Sequence[LiveFeed]) -> list[LiveFeed]:
    """Return the feeds that a token opens; how long that takes says nothing about the tokens."""
    from hmac import compare_digest  # noqa: PLC0415 - loads OpenSSL, 4 MB, which waits for the first client

    given = token.encode()
    matches = [compare_digest(given, feed.token.encode()) for feed in feeds]
    return [feed for feed, is_opened in zip(feeds, matches, strict=True) if is_opened]


def is_own_host(host: str, address: str) -> bool:
    """Say whether a `Host` header names this server, and not a name that an attacker lets point to it.

    A page of another site reaches a loopback server by having its own name resolve to 127.0.0.1 (DNS
    rebinding); the browser then sends that name. So a name counts only if it is ours. Where every address
    is served, any address in figures counts as well: an attacker's page has a name.
    """
    match = HOST.fullmatch(host)
    if match is None:
        return False
    name = match[1].strip("[]").lower().removesuffix(".")
    if name in {"localhost", address.lower()}:
        return True
    own, named = ip_or_none(address), ip_or_none(name)
    if named is not None:
        return named.is_loopback or own == named or (own is not None and own.is_unspecified)
    return own is not None and not own.is_loopback and name in own_names()


def own_names() -> set[str]:
    """Return what this machine calls itself."""
    name = os.uname().nodename.lower() if hasattr(os, "uname") else ""
    return {name, name.partition(".")[0]} - {""}


def ip_or_none(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that `text` writes in figures."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_own_origin(origin: str, host: str, origins: Sequence[str]) -> bool:
    """Say whether a page of `origin` may ask: this server's own page, or one that the settings name."""
    return origin.lower() == f"http://{host.lower()}" or origin.lower() in origins
