"""A real HTTP server in a thread, with the faults that servers of files have."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RANGE = re.compile(r"bytes=(\d+)-")


@dataclass
class ServedFile:
    """One file, and how it is served.

    Parameters
    ----------
    cuts
        After so many bytes of the body the connection breaks, once for each entry.
    statuses
        Answered in the place of the file, once for each entry.
    said_bytes
        Length that is said where it is not the true one.
    retry_after
        Seconds for which a server that answers one of ``statuses`` asks to be left alone.
    held
        Where set, the body stops after its first half, or ``held_after_bytes``, until the event is set.
    half_sent
        Set when that first piece is on its way.

    """

    data: bytes
    etag: str | None = '"one"'
    last_modified: str | None = "Wed, 01 Nov 2023 10:00:00 GMT"
    kind: str = "application/zip"
    has_ranges: bool = True
    honours_if_range: bool = True
    is_chunked: bool = False
    said_bytes: int | None = None
    encoding: str | None = None
    location: str | None = None
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    retry_after: int | None = None
    held: threading.Event | None = None
    held_after_bytes: int | None = None
    half_sent: threading.Event = field(default_factory=threading.Event)


@dataclass
class FileServer:
    """The server's address, its files by path, and the requests that came: path, range, condition."""

    port: int
    files: dict[str, ServedFile] = field(default_factory=dict)
    requests: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/files/5991/"

    def serve(self, name: str, file: ServedFile) -> ServedFile:
        self.files[f"/files/5991/{name}"] = file
        return file


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: FileServer

    def log_message(self, *_arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        condition = self.headers.get("If-Range") or self.headers.get("If-None-Match")
        self.served.requests.append((self.path, wanted, condition))
        file = self.served.files.get(self.path)
        if file is None:
            self.answer(404, {"Content-Length": "0"})
        elif file.statuses:
            wait = {"Retry-After": str(file.retry_after)} if file.retry_after else {}
            self.answer(file.statuses.pop(0), wait | {"Content-Length": "0"})
        elif file.location:
            self.answer(302, {"Location": file.location, "Content-Length": "0"})
        elif file.etag and self.headers.get("If-None-Match") == file.etag:
            self.answer(304, {"ETag": file.etag})
        else:
            self.send_file(file, wanted)

    def send_file(self, file: ServedFile, wanted: str | None) -> None:
        start, status = 0, 200
        headers = {"Content-Type": file.kind}
        if file.etag:
            headers["ETag"] = file.etag
        if file.last_modified:
            headers["Last-Modified"] = file.last_modified
        if file.encoding:
            headers["Content-Encoding"] = file.encoding
        is_same = self.headers.get("If-Range") in {file.etag, file.last_modified}
        match = RANGE.fullmatch(wanted or "")
        if match and file.has_ranges and (is_same or not file.honours_if_range):
            start, status = int(match[1]), 206
            if start >= len(file.data):
                self.answer(416, {"Content-Range": f"bytes */{len(file.data)}", "Content-Length": "0"})
                return
            headers["Content-Range"] = f"bytes {start}-{len(file.data) - 1}/{len(file.data)}"
        body = file.data[start:]
        if file.is_chunked:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Content-Length"] = str(file.said_bytes or len(body))
        self.answer(status, headers)
        self.send_body(file, body)

    def send_body(self, file: ServedFile, body: bytes) -> None:
        sent = body[: file.cuts.pop(0)] if file.cuts else body
        half = file.held_after_bytes or len(sent) // 2
        for piece in (sent[:half], sent[half:]):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if file.is_chunked and piece else piece)
            file.half_sent.set()
            if file.held:
                file.held.wait(30)
        if len(sent) < len(body) or (file.said_bytes or 0) > len(body):
            self.close_connection = True
        elif file.is_chunked:
            self.wfile.write(b"0\r\n\r\n")

    def answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def running_file_server() -> Iterator[FileServer]:
    """A server on a free port of this machine, stopped at the end of the block."""
    handler = type("OwnHandler", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        handler.served = FileServer(server.server_address[1])  # type: ignore[attr-defined] # set for this one
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield handler.served  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
