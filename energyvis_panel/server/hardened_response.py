"""Headers of every response: what the page may do, who may read it, and nothing about what serves it."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Final

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

from energyvis_panel.server.content_policy import content_policy, new_nonce, with_nonce
from energyvis_panel.server.gate import Gate

ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
CROSS_ORIGIN: Final = (
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Credentials",
)


class HardenedResponse(OutputTransform):
    """Goes over each response before it is sent.

    Parameters
    ----------
    request
        What is answered.
    embed_origins
        Origins whose pages may frame the server's, and read its scripts.
    gate
        Knows whether the server is being stopped, when no connection is kept for another request.

    """

    def __init__(self, request: HTTPServerRequest, *, embed_origins: Collection[str], gate: Gate) -> None:
        self._request = request
        self._embed_origins = embed_origins
        self._gate = gate

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Response with its headers, and with the nonce in its scripts."""
        nonce = None
        if status_code == HTTPStatus.OK and finishing and is_page(headers):
            nonce = new_nonce()
            chunk = with_nonce(chunk, nonce)
            headers["Content-Length"] = str(len(chunk))
        headers.update(ALWAYS)
        headers["Content-Security-Policy"] = content_policy(nonce, self._embed_origins)
        headers.pop("Server", None)
        self._share(headers)
        guard_cookies(headers, is_secure=self._request.protocol == "https")
        if self._gate.is_stopping and status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            headers["Connection"] = "close"
        return status_code, headers, chunk

    def _share(self, headers: HTTPHeaders) -> None:
        """Let pages of the origins that may embed views read the response, and no others."""
        for name in CROSS_ORIGIN:
            headers.pop(name, None)
        if not self._embed_origins:
            return
        headers.add("Vary", "Origin")
        origin = self._request.headers.get("Origin", "")
        if origin in self._embed_origins:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Allow-Credentials"] = "true"


def is_page(headers: HTTPHeaders) -> bool:
    """Whether a response is a web page."""
    return headers.get("Content-Type", "").startswith("text/html")


def guard_cookies(headers: HTTPHeaders, *, is_secure: bool) -> None:
    """Keep cookies from scripts, from requests of other sites and, over TLS, from plain HTTP."""
    cookies = headers.get_list("Set-Cookie")
    if not cookies:
        return
    del headers["Set-Cookie"]
    for cookie in cookies:
        has = {part.strip().partition("=")[0].lower() for part in cookie.split(";")[1:]}
        wanted = {"httponly": "HttpOnly", "samesite": "SameSite=Lax"} | (
            {"secure": "Secure"} if is_secure else {}
        )
        added = [text for name, text in wanted.items() if name not in has]
        headers.add("Set-Cookie", "; ".join((cookie, *added)))
