"""The line on standard error that tells how far a download is."""

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

REDRAW_S: Final = 0.2
BYTES_PER_MB: Final = 1_000_000


class TransferLine:
    """Bytes and rate of each file: one line that changes on a terminal, else one line for each file.

    Parameters
    ----------
    stream
        Where to write; nothing is written where it is None.
    clock
        Seconds that only grow.

    """

    def __init__(self, stream: TextIO | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream is not None and stream.isatty()
        self._name = ""
        self._begun_at = self._drawn_at = 0.0
        self._first_bytes = self._bytes = 0
        self._total_bytes: int | None = None
        self._is_open = False

    def __call__(self, name: str, size_bytes: int, total_bytes: int | None) -> None:
        """Tell that so many bytes of a file are there."""
        now = self._clock()
        if name != self._name or size_bytes < self._bytes:
            self.end()
            self._name, self._begun_at, self._first_bytes = name, now, size_bytes
        self._bytes, self._total_bytes = size_bytes, total_bytes
        self._is_open = True
        if self._is_terminal and now - self._drawn_at >= REDRAW_S:
            self._drawn_at = now
            self._write(f"\r\033[K{self._text()}")

    def step(self, words: str) -> None:
        """Tell in a line of its own what is done next."""
        self.end()
        self._write(f"{words}\n")

    def end(self) -> None:
        """End the line of the last file."""
        if self._is_open:
            start = "\r\033[K" if self._is_terminal else ""
            self._write(f"{start}{self._text()}\n")
        self._is_open = False
        self._name, self._bytes = "", 0

    def _text(self) -> str:
        size = megabytes(self._bytes)
        if self._total_bytes is not None and self._total_bytes != self._bytes:
            size = f"{megabytes(self._bytes)} of {megabytes(self._total_bytes)}"
        came, took_s = self._bytes - self._first_bytes, self._clock() - self._begun_at
        if not came and self._bytes:
            return f"{self._name}: {size}, already here"
        rate = f", {megabytes(came / took_s)}/s" if took_s > 0 else ""
        return f"{self._name}: {size}{rate}"

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()


def transfer_line(*, quiet: bool) -> TransferLine:
    """The line on standard error, or one that says nothing."""
    return TransferLine(None if quiet else sys.stderr)


def megabytes(size_bytes: float) -> str:
    """Bytes for people, in decimal megabytes, e.g. ``"5.8 MB"``."""
    if size_bytes < BYTES_PER_MB / 10:
        return f"{size_bytes / 1000:,.1f} kB"
    return f"{size_bytes / BYTES_PER_MB:,.1f} MB"
