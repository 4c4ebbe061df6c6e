"""One HTTP/1.1 request to an address that was checked, and its answer: nothing followed, all of it bounded.

The client of a library would look the name up again, follow redirects or unpack what is compressed; each of
these gives the server a way to make this process do more than was asked.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from energyvis_panel.data.live_address import LiveAddress, LiveRefusal, LiveTrouble
from energyvis_panel.domain.live_hosts import Address

CONNECT_S = 3.0
HEAD_S = 5.0
BODY_S = 20.0
MOST_HEAD_BYTES = 16 * 1024
MOST_HEADERS = 100
CHUNK_BYTES = 64 * 1024
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)( [^\r\n]*)?")
HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*)")
SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;[^\r\n]*)?\r\n")
REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and headers, names in lower case, of an answer whose body is still to come."""

    status: int
    headers: Mapping[str, str]
    reader: asyncio.StreamReader

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it comes, at most 64 KiB at a time.

        Raises
        ------
        LiveRefusal
            If it is framed as no HTTP server frames it.
        LiveTrouble
            If it ends before it is whole.

        """
        if "transfer-encoding" in self.headers:
            while size := await self._chunk_size():
                async for piece in self._exactly(size):
                    yield piece
                if await self.reader.readexactly(2) != b"\r\n":
                    raise not_http()
        elif "content-length" in self.headers:
            async for piece in self._exactly(content_length(self.headers["content-length"])):
                yield piece
        else:
            while piece := await self.reader.read(CHUNK_BYTES):
                yield piece

    async def whole(self, most_bytes: int) -> bytes:
        """The whole body.

        Raises
        ------
        LiveRefusal
            If it is larger than ``most_bytes``.
        LiveTrouble
            If it ends too early or does not come in time.

        """
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_S):
                async for piece in self.pieces():
                    body += piece
                    if len(body) > most_bytes:
                        raise LiveRefusal(
                            f"The server sends more than {most_bytes:,} bytes, so it is no tracker."
                        )
        except (TimeoutError, asyncio.IncompleteReadError):
            raise LiveTrouble("The server did not send the whole of its answer.") from None
        return bytes(body)

    async def _chunk_size(self) -> int:
        try:
            line = await self.reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError:
            raise not_http() from None
        if not (match := SIZE_LINE.fullmatch(line)):
            raise not_http()
        return int(match[1], 16)

    async def _exactly(self, count: int) -> AsyncIterator[bytes]:
        while count:
            piece = await self.reader.read(min(count, CHUNK_BYTES))
            if not piece:
                raise asyncio.IncompleteReadError(b"", count)
            count -= len(piece)
            yield piece


@asynccontextmanager
async def asked(
    address: LiveAddress,
    addresses: Sequence[Address],
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Answer]:
    """Answer to one request; the connection is closed with the context.

    Parameters
    ----------
    address
        What the URL says; its token goes into a header.
    addresses
        Where the host may be reached, in order; it is not looked up again.
    method, path, headers
        What to ask; the path is ours, not the user's.

    Raises
    ------
    LiveTrouble
        If there is no answer in time.
    LiveRefusal
        If what answers is no tracker.

    """
    reader, writer = await connected(address, addresses)
    try:
        writer.write(request_head(address, method, path, headers or {}))
        yield await answered(reader)
    except (OSError, asyncio.IncompleteReadError):
        raise LiveTrouble(f"{address.place} closed the connection.") from None
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def connected(
    address: LiveAddress, addresses: Sequence[Address]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connection to the first of ``addresses`` that takes one."""
    sentence = ""
    for one in addresses:
        try:
            async with asyncio.timeout(CONNECT_S):
                return await asyncio.open_connection(
                    str(one),
                    address.port,
                    limit=MOST_HEAD_BYTES,
                    ssl=ssl.create_default_context() if address.is_tls else None,
                    server_hostname=address.host if address.is_tls else None,
                )
        except ssl.SSLError:
            sentence = f"{address.place} does not prove that it is {address.host}. Check the URL."
        except TimeoutError:
            sentence = f"{address.place} did not answer within {CONNECT_S:g} s."
        except OSError:
            sentence = f"Nothing answers at {address.place}."
    raise LiveTrouble(sentence)


def request_head(address: LiveAddress, method: str, path: str, headers: Mapping[str, str]) -> bytes:
    """Bytes of the request."""
    query = f"?run={address.run_id}" if address.run_id else ""
    fields = {
        "Host": address.place,
        "Authorization": f"Bearer {address.token}",
        "Accept-Encoding": "identity",
        "User-Agent": "energyvis-panel",
        "Connection": "close",
        **headers,
        **({"Content-Length": "0"} if method == "POST" else {}),
    }
    lines = [f"{method} {path}{query} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def answered(reader: asyncio.StreamReader) -> Answer:
    """Status and headers of what comes, however slowly each byte of it comes."""
    try:
        async with asyncio.timeout(HEAD_S):
            head = await reader.readuntil(b"\r\n\r\n")
    except TimeoutError:
        raise LiveTrouble(f"The server did not answer within {HEAD_S:g} s.") from None
    except asyncio.LimitOverrunError:
        raise not_http() from None
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    match = STATUS_LINE.fullmatch(first)
    if not match or len(lines) > MOST_HEADERS:
        raise not_http()
    fields = [HEADER.fullmatch(line) for line in lines]
    headers = {field[1].decode().lower(): field[2].decode("latin-1").strip() for field in fields if field}
    answer = Answer(int(match[1]), headers, reader)
    if len(headers) < len(lines) and None in fields:
        raise not_http()
    check_encodings(answer)
    return answer


def check_encodings(answer: Answer) -> None:
    """Raise LiveRefusal for an answer that leads elsewhere or has to be unpacked."""
    if answer.status in REDIRECTS:
        raise LiveRefusal(
            "The server sends this app on to another place, where it does not go. Give that place's own URL."
        )
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise LiveRefusal("The server sends compressed data that nobody asked for, so it is no tracker.")
    if answer.headers.get("transfer-encoding", "chunked").lower() != "chunked":
        raise not_http()


def content_length(text: str) -> int:
    """Bytes of the body; more than nine digits are no length."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004 - a gigabyte
        raise not_http()
    return int(text)


def not_http() -> LiveRefusal:
    """Error for what is no answer of an HTTP server."""
    return LiveRefusal("What answers there is no tracker. Check the port.")
