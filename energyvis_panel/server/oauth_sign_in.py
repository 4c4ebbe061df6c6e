"""Signing in at another server: Panel's OAuth login, with only the user's name kept of what it learns."""

import logging
from typing import Any, Final

import panel as pn
from panel.auth import AUTH_PROVIDERS
from panel.util import decode_token
from tornado.web import HTTPError

from energyvis_panel.server.sign_in_pages import SIGN_IN, SignInPages

log = logging.getLogger(__name__)

LONGEST_USER: Final = 200
SENTENCES: Final = {
    "access_denied": "The sign-in was not allowed there. Try again, or ask {contact}.",
    "state mismatch": "This sign-in was begun elsewhere or too long ago. Try again.",
    "not allowed": "You are signed in there, but may not come in here. Ask {contact}.",
    "not verified": "Your e-mail address is not verified there. Verify it, then try again.",
}
FAILED: Final = "The sign-in did not work. Try again; if it stays so, ask {contact}, whose log says why."


class OAuthPages(SignInPages):
    """What is ours of an OAuth login; Panel's handler of the provider comes after it."""

    _user: str | None = None

    @property
    def _redirect_uri(self) -> str:
        """Where the provider sends people back to: not to a page, whose address would show the code."""
        named: str | None = pn.config.oauth_redirect_uri
        own = f"{self.request.protocol}://{self.request.host}{self.home.rstrip('/')}{SIGN_IN}"
        return named or own

    async def get(self) -> None:
        """Send people to the provider, and take them back from there."""
        is_back = any(self.get_argument(name, "") for name in ("code", "error"))
        if not is_back and self.show_elsewhere():
            return
        if not is_back and self.provider.user_of(self):
            self.redirect(self.next_path())
            return
        await super().get()  # type: ignore[misc] # of the handler that comes after this one

    def get_state_cookie(self) -> str:
        """State of the sign-in that this browser began; who comes back with another is refused.

        Panel would take none for none, so that a link signs its reader in as somebody else, and would log
        states that differ, which hold the address that was asked for.
        """
        begun: str = super().get_state_cookie()  # type: ignore[misc] # of the handler that comes after this one
        if self.get_argument("code", "") and (not begun or self.get_argument("state", "") != begun):
            raise HTTPError(401, reason="state mismatch")
        return begun

    def set_secure_cookie(self, name: str, value: str | bytes, *args: Any, **kwargs: Any) -> None:
        """Set a signed cookie; the user's only once the claims that came with the name are looked at."""
        if name == "user":
            self._user = str(value)
        elif name == "id_token" and self._user is not None:
            self._check(self._user, decode_token(str(value)))
            super().set_secure_cookie("user", self._user, *args, **kwargs)
        else:
            super().set_secure_cookie(name, value, *args, **kwargs)

    def _check(self, user: str, claims: dict[str, Any]) -> None:
        """Refuse a user who may not come in, or whose name is an address that nobody has verified."""
        if "@" in user and claims.get("email") == user and claims.get("email_verified") in {False, "false"}:
            raise HTTPError(403, reason="not verified")
        is_named = 0 < len(user) <= LONGEST_USER and user.isprintable()
        if not is_named or not self.provider.settings.may_enter(user):
            raise HTTPError(403, reason="not allowed")

    def _raise_error(self, response: Any, _body: object = None, status: int = 400) -> None:
        """End a sign-in that the provider refused. Panel would log its answer, which may hold tokens."""
        told = getattr(response, "code", "none")
        log.warning("The sign-in server %r did not sign in: its status was %s", self._name, told)
        raise HTTPError(status)

    @property
    def _name(self) -> str:
        oauth = self.provider.settings.oauth
        return oauth.provider if oauth else ""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say why there is no sign-in, never in the words of the address, which anybody may have written."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        reason = error.reason if isinstance(error, HTTPError) else None
        sentence = SENTENCES.get(reason or "", FAILED)
        self.set_status(status_code)
        self.show("failed.html", message=sentence.format(contact=self.provider.settings.contact))


def oauth_handler(provider: str) -> type[OAuthPages]:
    """Handler of the sign-in at a provider, by Panel's name of it."""
    return type("OAuthSignIn", (OAuthPages, AUTH_PROVIDERS[provider]), {})
