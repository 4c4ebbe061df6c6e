"""The pages around the sign-in: what they share, and the one that signs out."""

import json
import logging
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader
from tornado.web import HTTPError, RequestHandler

from energyvis_panel.views import theme

log = logging.getLogger(__name__)

SIGN_IN: Final = "/login"
SIGN_OUT: Final = "/logout"
OWN_PATH: Final = re.compile(r"/(?!/)[\x21-\x5b\x5d-\x7e]*")
"""A path of this server: neither // nor a backslash, which browsers read as the start of another host."""
KEPT_COOKIES: Final = frozenset({"user", "_xsrf", "panel-oauth-state"})
FRAMES: Final = frozenset({"iframe", "frame", "object", "embed"})
FILES: Final = FileSystemLoader(Path(__file__).parent / "pages")
PAGES: Final = Environment(loader=FILES, autoescape=True)
SCRIPTS: Final = Environment(loader=FILES, autoescape=False)  # noqa: S701 - all that is filled in is JSON


class SignInPages(RequestHandler):
    """What the pages for signing in and out share."""

    @property
    def provider(self) -> Any:
        """Who Bokeh asks about each request; it holds the settings."""
        return self.application.auth_provider  # type: ignore[attr-defined] # Bokeh's application

    @property
    def home(self) -> str:
        """Path of the app's first page, behind a prefix too."""
        return f"{self.application.prefix}/"  # type: ignore[attr-defined] # Bokeh's application

    def set_cookie(self, name: str, value: str | bytes, *args: Any, **kwargs: Any) -> None:
        """Set a cookie that no script and no page of another site gets; the provider's tokens are let go."""
        if name not in KEPT_COOKIES and value:
            return
        kwargs |= {
            "httponly": True,
            "samesite": "Lax",
            "secure": self.request.protocol == "https",
            "path": self.home.rstrip("/") or "/",
        }
        super().set_cookie(name, value, *args, **kwargs)

    def next_path(self) -> str:
        """Path that was asked for before the sign-in; the first page where that is none of this server."""
        wanted = self.get_argument("next", "")
        return wanted if OWN_PATH.fullmatch(wanted) else self.home

    def is_framed(self) -> bool:
        """Whether the page is shown within another one; an old browser is judged by what it asked for."""
        shown_in = self.request.headers.get("Sec-Fetch-Dest")
        if shown_in:
            return shown_in in FRAMES
        return "view" in self.wanted() and not self.get_argument("here", "")

    def wanted(self) -> dict[str, list[str]]:
        """Query of the page that was asked for."""
        return parse_qs(urlsplit(self.next_path()).query)

    def show(self, page: str, **words: Any) -> None:
        """Write a page in the colours of the one that was asked for."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "same-origin")
        asked_theme = self.wanted().get("theme", [""])[0]
        words |= {
            "theme": asked_theme if asked_theme in {"light", "dark"} else "auto",
            "palettes": {ground: palette(ground) for ground in ("light", "dark")},
            "font": theme.FONT,
            "next": self.next_path(),
            "sign_in": self.home.rstrip("/") + SIGN_IN,
        }
        self.write(PAGES.get_template(page).render(words))

    def show_elsewhere(self) -> bool:
        """Say within another page that its view needs a sign-in; whether it is such a page that asks."""
        is_script = urlsplit(self.next_path()).path.endswith("/autoload.js")
        if is_script:
            self.show_embedded()
        elif self.is_framed():
            self.show_framed()
        else:
            return False
        return True

    def show_embedded(self) -> None:
        """Say it by the script that was asked for."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        address = f"{self.request.protocol}://{self.request.host}{self.home}"
        words = {
            "place": json.dumps(self.wanted().get("bokeh-autoload-element", [""])[0]),
            "address": json.dumps(address),
        }
        self.write(SCRIPTS.get_template("embedded.js").render(words))

    def show_framed(self) -> None:
        """Say it in the frame, with a link to a tab: no password is asked for within another page."""
        is_foreign = self.request.headers.get("Sec-Fetch-Site") == "cross-site"
        query = urlencode({"here": "1", "next": self.next_path()})
        self.show("framed.html", is_foreign=is_foreign, query=query)

    def _request_summary(self) -> str:
        # What the log says of a request: the query may hold the code of a sign-in.
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Log what went wrong without the request's query."""
        if isinstance(error, HTTPError):
            super().log_exception(kind, error, trace)
        else:
            log.error("%s failed", self._request_summary(), exc_info=(kind, error, trace))


class SignOut(SignInPages):
    """Forgets the sign-in of a browser."""

    def get(self) -> None:
        """Take the cookie back and say so."""
        self.clear_cookie("user")
        oauth = self.provider.settings.oauth
        self.show(
            "signed_out.html",
            elsewhere=oauth.provider if oauth else "",
            elsewhere_out=oauth.extra.get("LOGOUT_URL", "") if oauth else "",
        )


def palette(ground: str) -> dict[str, str]:
    """Colours of the pages on a light or dark ground, by the names that the app gives them."""
    colours = theme.THEME_CONFIG[ground]["palette"]
    return {
        "baseline": colours["baseline"]["main"],
        "error": colours["error"]["main"],
        "ground": colours["background"]["default"],
        "paper": colours["background"]["paper"],
        "text": colours["text"]["primary"],
        "muted": colours["text"]["secondary"],
        "line": colours["divider"],
    }
