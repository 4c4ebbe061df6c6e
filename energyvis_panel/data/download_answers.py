"""Answers that bring no part of the file that was asked for, each told in a sentence."""

import http.client
from io import FileIO
from typing import Final, NoReturn

from energyvis_panel.data.checked_http import DownloadTrouble
from energyvis_panel.data.download_part import Part
from energyvis_panel.errors import DatasetError

OK, PARTIAL, UNCHANGED, RANGE_REFUSED = 200, 206, 304, 416
GONE: Final = frozenset({404, 410})
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class NotThere(DatasetError):  # noqa: N818 - a server may lack a file that is not required
    """The server has no such file."""


def refuse(answer: http.client.HTTPResponse, url: str, part: Part) -> NoReturn:
    """Raise what follows from a status that is no success.

    Raises
    ------
    DownloadTrouble
        If the next attempt may succeed.
    NotThere
        If the server has no such file.
    DatasetError
        If nothing will come of it.

    """
    status = f"{answer.status} {answer.reason}".strip()
    if answer.status == RANGE_REFUSED:
        part.discard()
        raise DownloadTrouble("the server has no such part of the file")
    if answer.status in PASSING:
        wait = answer.headers.get("Retry-After", "")
        raise DownloadTrouble(f"the server answers {status}", float(wait) if is_number(wait) else 0.0)
    if answer.status in GONE:
        raise NotThere(f"{url} is not there ({status}). Check the address.")
    raise DatasetError(f"{url} cannot be fetched: the server answers {status}.")


def check_kind(answer: http.client.HTTPResponse, url: str, name: str) -> None:
    """Raise DatasetError for a web page, and for what would have to be unpacked."""
    if answer.headers.get_content_type() == "text/html":
        raise DatasetError(
            f"{url} answers with a web page, not with {name}. Check the address, and whether this network "
            "asks for a sign-in first."
        )
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise DatasetError(f"{url} sends compressed data that nobody asked for. Check the address.")


def content_length(answer: http.client.HTTPResponse) -> int | None:
    """Bytes that the server says will come; None where it does not say."""
    length = answer.headers.get("Content-Length", "")
    return int(length) if is_number(length) else None


def is_number(text: str) -> bool:
    """Whether a header is a whole number of at most 15 digits."""
    return text.isascii() and text.isdecimal() and len(text) <= 15  # noqa: PLR2004 - a petabyte


def write_whole(file: FileIO, piece: bytes) -> None:
    """Write all of ``piece``: an unbuffered file may take less at a time.

    Raises
    ------
    DatasetError
        If there is no room for it, or it may not be written.

    """
    rest = memoryview(piece)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise DatasetError(
            f"{file.name} cannot be written: {error.strerror}. What is there is kept."
        ) from error
