"""Answers over HTTPS, redirects followed by hand so that none leads where the first address might not.

Plain HTTP is spoken with this machine alone.
"""

import http.client
import ipaddress
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from energyvis_panel import __version__
from energyvis_panel.errors import DatasetError, SettingsError

TIMEOUT_S: Final = 30.0
MOST_REDIRECTS: Final = 5
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class DownloadTrouble(Exception):  # noqa: N818 - it may pass: the next attempt may succeed
    """The connection failed, or the server is overloaded; ``wait_s`` is how long it asks to be left alone."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class EveryAnswer(urllib.request.HTTPErrorProcessor):
    """Hands over each answer as it is: neither errors nor redirects are dealt with behind our back."""

    def http_response(
        self, request: urllib.request.Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        """The answer itself."""
        del request
        return response

    https_response = http_response


def checked_url(url: str) -> str:
    """``url`` itself, if something may be fetched from it.

    Raises
    ------
    SettingsError
        If it is neither HTTPS nor on this machine, or carries a name or password.

    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"{url!r} is no address. Give one that begins with https://.") from None
    if parts.username or parts.password:
        raise SettingsError(f"The address of {host} carries a name or password. Leave it out.")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host))):
        raise SettingsError(f"{url!r} cannot be fetched: give an address that begins with https://.")
    return url


def is_this_machine(host: str) -> bool:
    """Whether ``host`` names the loopback interface."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def opened(url: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
    """Answer to a GET request after at most five redirects; the caller closes it.

    Raises
    ------
    DownloadTrouble
        If the connection fails.
    DatasetError
        If the server does not prove its name, or leads in a circle or away from HTTPS.

    """
    for _ in range(MOST_REDIRECTS + 1):
        answer = answered(url, headers)
        if answer.status not in REDIRECTS:
            return answer
        answer.close()
        target = urljoin(url, answer.headers.get("Location", ""))
        try:
            url = checked_url(target)
        except SettingsError as error:
            raise DatasetError(f"{url} leads to another place, where nothing is fetched: {error}") from None
    raise DatasetError(f"{url} leads on more than {MOST_REDIRECTS} times. Check the address.")


def answered(url: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
    """Answer to one request."""
    fields = {"User-Agent": f"energyvis/{__version__}", "Accept-Encoding": "identity", **headers}
    request = urllib.request.Request(url, headers=fields)  # noqa: S310 - checked_url admits https only
    # A proxy cannot reach this machine's own loopback interface.
    direct = [urllib.request.ProxyHandler({})] if is_this_machine(urlsplit(url).hostname or "") else []
    try:
        answer: http.client.HTTPResponse = urllib.request.build_opener(EveryAnswer, *direct).open(
            request, timeout=TIMEOUT_S
        )
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            host = urlsplit(url).hostname
            raise DatasetError(
                f"{host} does not prove that it is {host}: {error.reason.verify_message}. "
                "Check the address, and the certificates of this machine."
            ) from None
        raise DownloadTrouble(str(getattr(error.reason, "strerror", None) or error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise DownloadTrouble(reason_of(error)) from error
    return answer


def read_piece(answer: http.client.HTTPResponse, most_bytes: int) -> bytes:
    """Next bytes of an answer, none at its end.

    Raises
    ------
    DownloadTrouble
        If the connection breaks.

    """
    try:
        # Not read(), which would hold back what came until there is so much of it.
        return answer.read1(most_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        # http.client raises ValueError for the size of a chunk that is no number.
        raise DownloadTrouble(reason_of(error)) from error


def reason_of(error: Exception) -> str:
    """What broke, in few words."""
    if isinstance(error, TimeoutError):
        return f"nothing came for {TIMEOUT_S:g} s"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "the connection closed too early"
