"""What a page may load and run, and where it may be framed: its ``Content-Security-Policy``."""

import re
import secrets
from collections.abc import Iterable
from typing import Final

SCRIPT: Final = re.compile(
    rb"<script\b(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE
)
DIRECTIVES: Final = {
    "default-src": "'self'",
    # Bokeh makes functions of CustomJS by `new Function`, and Panel's loader of modules evaluates text.
    "script-src": "'self' 'unsafe-eval'",
    "script-src-attr": "'none'",
    # Bokeh, Panel and Material write style elements, which hold no secrets and reach no other server.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "media-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def new_nonce() -> str:
    """A word that nobody can guess, for one page."""
    return secrets.token_urlsafe(18)


def content_policy(nonce: str | None, ancestors: Iterable[str]) -> str:
    """Value of the header.

    Parameters
    ----------
    nonce
        Word of the page's own scripts; None where there are none.
    ancestors
        Origins beside the server's own whose pages may frame it.

    """
    values = dict(DIRECTIVES)
    if nonce is not None:
        values["script-src"] += f" 'nonce-{nonce}'"
    values["frame-ancestors"] = " ".join(("'self'", *ancestors))
    return "; ".join(f"{name} {value}" for name, value in values.items())


def with_nonce(page: bytes, nonce: str) -> bytes:
    """Page whose script elements bear the nonce; what only looks like one within a script stays as it is.

    A page holds no text of users or files: those come later, over the websocket.
    """
    mark = f' nonce="{nonce}"'.encode()
    return SCRIPT.sub(rb"<script" + mark.replace(b"\\", rb"\\") + rb"\g<attributes>>\g<text></script>", page)
