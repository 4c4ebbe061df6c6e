"""Who may come in, and who may change things: settings of the sign-in, checked before anything starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from energyvis_panel.errors import SettingsError

EVERYBODY: Final = "*"
PROVIDERS: Final = (
    "auth0", "azure", "azurev2", "bitbucket", "generic", "github", "gitlab", "google", "okta",
)  # fmt: skip
"""Panel's OAuth providers, by Panel's names."""
OPEN_TO_ANYONE: Final = frozenset({"auth0", "azure", "azurev2", "bitbucket", "github", "gitlab", "google"})
"""Providers with which anybody can have an account."""
EXTRA: Final = {
    "ENERGYVIS_OAUTH_AUTHORIZE_URL": "AUTHORIZE_URL",
    "ENERGYVIS_OAUTH_TOKEN_URL": "TOKEN_URL",
    "ENERGYVIS_OAUTH_USER_URL": "USER_URL",
    "ENERGYVIS_OAUTH_LOGOUT_URL": "LOGOUT_URL",
    "ENERGYVIS_OAUTH_USER_KEY": "USER_KEY",
    "ENERGYVIS_OAUTH_TENANT": "tenant",
    "ENERGYVIS_OAUTH_SUBDOMAIN": "subdomain",
    "ENERGYVIS_OAUTH_HOST": "url",
}
"""What a provider is told beside its key, by variable, with Panel's name for it."""
NEEDED: Final = {
    "generic": ("ENERGYVIS_OAUTH_AUTHORIZE_URL", "ENERGYVIS_OAUTH_TOKEN_URL"),
    "auth0": ("ENERGYVIS_OAUTH_SUBDOMAIN",),
    "azure": ("ENERGYVIS_OAUTH_TENANT",),
    "azurev2": ("ENERGYVIS_OAUTH_TENANT",),
    "okta": ("ENERGYVIS_OAUTH_HOST",),
}
SHORTEST_SECRET: Final = 32
DAYS: Final = 1.0
MOST_DAYS: Final = 31
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
WHOM_TO_ASK: Final = "whoever runs this server"


@dataclass(frozen=True, slots=True)
class OAuth:
    """A sign-in that another server does.

    Parameters
    ----------
    provider
        Panel's name of the provider (``ENERGYVIS_OAUTH_PROVIDER``).
    key, secret
        What the provider knows this server by (``ENERGYVIS_OAUTH_KEY``, ``ENERGYVIS_OAUTH_SECRET``).
    redirect_uri
        Where the provider sends people back to (``ENERGYVIS_OAUTH_REDIRECT_URI``); None = our own /login.
    extra
        Addresses and names by Panel's keys, see ``EXTRA``.
    scope
        What the provider is asked for (``ENERGYVIS_OAUTH_SCOPE``, by spaces); empty = what the name needs.

    """

    provider: str
    key: str
    secret: str = field(repr=False)
    redirect_uri: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """Whether people sign in, how, and what they may do then.

    Parameters
    ----------
    users_file
        JSON file of user names and bcrypt hashes (``ENERGYVIS_BASIC_AUTH``).
    oauth
        Sign-in at another server; None = not so. With neither, nobody signs in and everybody is an editor.
    editors
        Who may import files and control runs (``ENERGYVIS_EDITORS``, by commas; ``*`` = everybody).
    viewers
        Who else may come in (``ENERGYVIS_VIEWERS``: names, ``@lab.example`` for a domain, or ``*``);
        empty = everybody who can sign in.
    cookie_secret
        Signs the cookie by which a browser is known (``ENERGYVIS_COOKIE_SECRET``).
    days
        How long a sign-in lasts (``ENERGYVIS_SIGN_IN_DAYS``).
    contact
        Whom a viewer asks for more (``ENERGYVIS_CONTACT``).

    """

    users_file: Path | None = None
    oauth: OAuth | None = None
    editors: frozenset[str] = frozenset()
    viewers: frozenset[str] = frozenset()
    cookie_secret: str | None = field(default=None, repr=False)
    days: float = DAYS
    contact: str = WHOM_TO_ASK

    @property
    def is_needed(self) -> bool:
        """Whether people have to sign in."""
        return self.users_file is not None or self.oauth is not None

    def is_editor(self, user: str) -> bool:
        """Whether a user who has signed in may import files and control runs."""
        return bool({user, EVERYBODY} & self.editors)

    def may_enter(self, user: str) -> bool:
        """Whether a user whom the sign-in vouches for may come in."""
        domain = f"@{user.rpartition('@')[2]}" if "@" in user else ""
        known = {user, EVERYBODY, domain} - {""}
        return not self.viewers or self.is_editor(user) or bool(known & self.viewers)


def load_sign_in_settings(environ: Mapping[str, str] | None = None) -> SignInSettings:
    """Settings of the sign-in from the environment, the process's own by default.

    Raises
    ------
    SettingsError
        If a variable holds something that cannot be used, or one that is needed is missing.

    """
    environ = os.environ if environ is None else environ
    oauth = oauth_settings(environ)
    settings = SignInSettings(
        users_file=Path(named).expanduser().absolute()
        if (named := environ.get("ENERGYVIS_BASIC_AUTH"))
        else None,
        oauth=oauth,
        editors=names(environ.get("ENERGYVIS_EDITORS")),
        viewers=names(environ.get("ENERGYVIS_VIEWERS")),
        cookie_secret=environ.get("ENERGYVIS_COOKIE_SECRET") or None,
        days=days(environ.get("ENERGYVIS_SIGN_IN_DAYS")),
        contact=environ.get("ENERGYVIS_CONTACT", "").strip() or WHOM_TO_ASK,
    )
    check(settings)
    return settings


def check(settings: SignInSettings) -> None:
    """Refuse settings that do not go together."""
    if settings.users_file and settings.oauth:
        raise SettingsError(
            "Both ENERGYVIS_BASIC_AUTH and ENERGYVIS_OAUTH_PROVIDER are set. Leave one of them out."
        )
    if not settings.is_needed:
        for variable, value in {"EDITORS": settings.editors, "VIEWERS": settings.viewers}.items():
            if value:
                raise SettingsError(
                    f"ENERGYVIS_{variable} names people, but nobody can sign in. Set ENERGYVIS_BASIC_AUTH or "
                    f"ENERGYVIS_OAUTH_PROVIDER, or leave ENERGYVIS_{variable} out."
                )
        return
    if len(settings.cookie_secret or "") < SHORTEST_SECRET:
        found = "too short" if settings.cookie_secret else "missing"
        raise SettingsError(
            f"ENERGYVIS_COOKIE_SECRET is {found}: signing in needs {SHORTEST_SECRET} characters or more that "
            "nobody can guess. `openssl rand -hex 32` makes some."
        )
    if settings.oauth and settings.oauth.provider in OPEN_TO_ANYONE and not settings.viewers:
        raise SettingsError(
            f"Anybody can have an account at {settings.oauth.provider!r}. Name who may come in in "
            "ENERGYVIS_VIEWERS, e.g. @lab.example, or * for everybody."
        )


def oauth_settings(environ: Mapping[str, str]) -> OAuth | None:
    """Settings of a sign-in at another server; None where none is named."""
    provider = environ.get("ENERGYVIS_OAUTH_PROVIDER")
    if not provider:
        return None
    if provider not in PROVIDERS:
        raise SettingsError(f"ENERGYVIS_OAUTH_PROVIDER is {provider!r}. Name one of {', '.join(PROVIDERS)}.")
    needed = ("ENERGYVIS_OAUTH_KEY", "ENERGYVIS_OAUTH_SECRET", *NEEDED.get(provider, ()))
    if missing := [variable for variable in needed if not environ.get(variable)]:
        raise SettingsError(f"{', '.join(missing)} must be set for the OAuth provider {provider!r}.")
    for variable in (*EXTRA, "ENERGYVIS_OAUTH_REDIRECT_URI"):
        if variable.endswith(("_URL", "_URI")) and environ.get(variable):
            web_address(variable, environ[variable])
    return OAuth(
        provider=provider,
        key=environ["ENERGYVIS_OAUTH_KEY"],
        secret=environ["ENERGYVIS_OAUTH_SECRET"],
        redirect_uri=environ.get("ENERGYVIS_OAUTH_REDIRECT_URI") or None,
        extra={key: environ[variable] for variable, key in EXTRA.items() if environ.get(variable)},
        scope=tuple(environ.get("ENERGYVIS_OAUTH_SCOPE", "").split()),
    )


def web_address(variable: str, text: str) -> None:
    """Refuse an address that is none, or over which secrets would travel in the clear."""
    try:
        parts = urlsplit(text)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        is_safe = False
    if not is_safe:
        raise SettingsError(f"{variable} is {text!r}. Give an address that begins with https://.")


def names(text: str | None) -> frozenset[str]:
    """Names of people, by commas."""
    return frozenset(name for part in (text or "").split(",") if (name := part.strip()))


def days(text: str | None) -> float:
    """How many days a sign-in lasts."""
    if not text:
        return DAYS
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= MOST_DAYS:
        raise SettingsError(
            f"ENERGYVIS_SIGN_IN_DAYS is {text!r}. Give a number of days above 0, at most {MOST_DAYS}."
        )
    return value
