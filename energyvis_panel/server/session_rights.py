"""What the user of the session that is being built may do."""

import panel as pn
from tornado.web import decode_signed_value

from energyvis_panel.sign_in_settings import SignInSettings
from energyvis_panel.state.rights import Rights, rights_of


def session_rights(settings: SignInSettings) -> Rights:
    """Rights of the user of the current session."""
    return rights_of(session_user(settings), settings)


def session_user(settings: SignInSettings) -> str | None:
    """User whom the session's own cookie names, None where there is none that is signed and still good.

    ``pn.state.user`` would take anybody for a guest who sends a cookie that says so.
    """
    cookie = pn.state.cookies.get("user")
    secret = pn.config.cookie_secret
    if not settings.is_needed or not cookie or not secret:
        return None
    user = decode_signed_value(secret, "user", cookie, max_age_days=settings.days)
    return user.decode("utf-8", "replace") if user else None
