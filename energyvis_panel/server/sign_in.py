"""Sign-in: what Panel's server has to be told so that only people who have signed in come in."""

from typing import Any, Final

import panel as pn
from bokeh.server.auth_provider import AuthProvider
from tornado.web import RequestHandler

from energyvis_panel.server.oauth_sign_in import oauth_handler
from energyvis_panel.server.password_sign_in import PasswordSignIn
from energyvis_panel.server.sign_in_pages import SIGN_IN, SIGN_OUT, SignOut
from energyvis_panel.server.users import Users
from energyvis_panel.sign_in_settings import OAuth, SignInSettings

SCOPES: Final = {
    "bitbucket": ("account",),
    "github": ("read:user",),
    "gitlab": ("read_user",),
}
"""What a provider has to be asked for so that it tells the user's name, where that is not OpenID's own."""
OPENID_SCOPES: Final = ("openid", "email", "profile")
PRIVATE_HEADERS: Final = ["Authorization", "Cookie", "Proxy-Authorization", "X-Forwarded-Access-Token"]


class SignInProvider(AuthProvider):
    """Tells Bokeh's server who a request comes from, and where people sign in and out.

    Parameters
    ----------
    settings
        Who may come in.
    users
        The users of the file; None where another server signs people in.

    """

    def __init__(self, settings: SignInSettings, users: Users | None) -> None:
        self.settings = settings
        self.users = users
        # The name of a type is fixed once: Bokeh asks for the handlers again and again.
        self._handler = PasswordSignIn if users else oauth_handler(named(settings.oauth).provider)
        super().__init__()

    def user_of(self, handler: RequestHandler) -> str | None:
        """User whom the cookie of a request names and who may still come in; None = sign in first."""
        cookie = handler.get_signed_cookie("user", max_age_days=self.settings.days)
        user = cookie.decode("utf-8", "replace") if cookie else ""
        is_known = bool(user) and (self.users is None or self.users.knows(user))
        return user if is_known and self.settings.may_enter(user) else None

    @property
    def get_user(self) -> Any:
        """Function that Bokeh asks about each request."""
        return self.user_of

    @property
    def login_url(self) -> str:
        """Where people sign in."""
        return SIGN_IN

    @property
    def login_handler(self) -> type[RequestHandler]:
        """What answers there."""
        return self._handler

    @property
    def logout_url(self) -> str:
        """Where people sign out."""
        return SIGN_OUT

    @property
    def logout_handler(self) -> type[RequestHandler]:
        """What answers there."""
        return SignOut


def sign_in_options(settings: SignInSettings) -> dict[str, Any]:
    """Keyword arguments of ``panel.io.server.get_server``; none where nobody signs in.

    Panel's configuration, which is the process's, learns how long a sign-in lasts.

    Raises
    ------
    SettingsError
        If the file of users cannot be used.

    """
    if not settings.is_needed:
        return {}
    users = Users(settings.users_file) if settings.users_file else None
    pn.config.oauth_expiry = settings.days  # type: ignore[misc] # Panel sets its own options like this
    return {
        "auth_provider": SignInProvider(settings, users),
        "cookie_secret": settings.cookie_secret,
        # A page holds what its session is told of the request: the user, and nothing else that is private.
        "include_cookies": ["user"],
        "exclude_headers": PRIVATE_HEADERS,
        **(oauth_options(settings.oauth) if settings.oauth else {}),
    }


def oauth_options(oauth: OAuth) -> dict[str, Any]:
    """Keyword arguments for a sign-in at another server."""
    scope = oauth.scope or SCOPES.get(oauth.provider, OPENID_SCOPES)
    return {
        "oauth_key": oauth.key,
        "oauth_secret": oauth.secret,
        "oauth_redirect_uri": oauth.redirect_uri,
        "oauth_extra_params": {**oauth.extra, "scope": list(scope)},
        "oauth_jwt_user": oauth.extra.get("USER_KEY"),
    }


def named(oauth: OAuth | None) -> OAuth:
    """The sign-in at another server, which is there where there is no file of users."""
    if oauth is None:
        raise ValueError("neither a file of users nor an OAuth provider is named")
    return oauth
