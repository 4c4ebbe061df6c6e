"""A file fetched over HTTP that goes on where it was cut off, even after the process was killed."""

import http.client
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Final

from energyvis_panel.data.checked_http import DownloadTrouble, checked_url, opened, read_piece
from energyvis_panel.data.download_answers import (
    OK,
    PARTIAL,
    UNCHANGED,
    check_kind,
    content_length,
    refuse,
    write_whole,
)
from energyvis_panel.data.download_part import Part, Version, content_range
from energyvis_panel.data.download_record import (
    DownloadRecord,
    intact_record,
    read_record,
    sha256_of,
    write_record,
)
from energyvis_panel.errors import DatasetError

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that are there, and those that it has; None = not known."""
PIECE_BYTES: Final = 1 << 16
ATTEMPTS: Final = 5
"""Attempts in a row that bring nothing new before it is given up."""
LONGEST_WAIT_S: Final = 30.0


class Download:
    """One file on its way from ``url`` to ``target``, where it appears once it is whole.

    Parameters
    ----------
    url
        Where from: HTTPS, or this machine.
    target
        Where to.
    most_bytes
        The most that is taken.
    check
        Called with the path of the whole file before it appears; raises DatasetError to refuse it.
    progress
        Called at the start and after each piece.
    pause
        Waits for so many seconds between attempts.

    """

    def __init__(
        self,
        url: str,
        target: Path,
        most_bytes: int,
        *,
        check: Callable[[Path], None],
        progress: Progress,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = checked_url(url)
        self.target = target
        self.most_bytes = most_bytes
        self.check = check
        self.progress = progress
        self.pause = pause
        self.part = Part(target)
        self.notes: list[str] = []

    def fetched(self) -> DownloadRecord:
        """Record of the file once it is there, as the server has it now.

        Raises
        ------
        NotThere
            If the server has no such file.
        DatasetError
            If it cannot be had, or is not what it should be. What has come stays for the next time.

        """
        self.target.parent.mkdir(parents=True, exist_ok=True)
        kept = intact_record(self.target)
        kept = kept if kept and kept.url == self.url else None
        furthest, failures = self.part.size_bytes, 0
        while True:
            try:
                return self._attempt(kept)
            except DownloadTrouble as trouble:
                # Only what goes beyond all before counts, so that starting over and over comes to an end.
                if self.part.size_bytes >= furthest + PIECE_BYTES:
                    furthest, failures = self.part.size_bytes, 0
                failures += 1
                if failures == ATTEMPTS and kept:
                    self.notes.append(
                        f"{self.url} cannot be reached ({trouble}); the copy that is here is taken."
                    )
                    return kept
                if failures == ATTEMPTS:
                    raise DatasetError(self._given_up(str(trouble))) from trouble
                self.pause(min(LONGEST_WAIT_S, max(2.0 ** (failures - 1), trouble.wait_s)))

    def _attempt(self, kept: DownloadRecord | None) -> DownloadRecord:
        version = self.part.version
        if not version or version.url != self.url:
            self.part.discard()
            version = None
        if not version or version.total_bytes != self.part.size_bytes:
            with closing(opened(self.url, self._conditions(version, kept))) as answer:
                if answer.status == UNCHANGED and kept:
                    self.progress(self.target.name, kept.bytes, kept.bytes)
                    return kept
                self._receive(answer, version)
        return self._settled()

    def _conditions(self, version: Version | None, kept: DownloadRecord | None) -> dict[str, str]:
        """Headers that ask for the rest of a part, or for a file only if it is another than the one kept."""
        if version and version.condition:
            return {"Range": f"bytes={self.part.size_bytes}-", "If-Range": version.condition}
        if version or not kept:
            return {}
        known = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
        return {name: value for name, value in known.items() if value}

    def _receive(self, answer: http.client.HTTPResponse, version: Version | None) -> None:
        if answer.status == PARTIAL and version:
            total_bytes = self._total_of_rest(answer, version)
            with self.part.go_on() as file:
                self._take(answer, file, total_bytes)
        elif answer.status == OK:
            check_kind(answer, self.url, self.target.name)
            total_bytes = content_length(answer)
            with self.part.begin(Version.of(self.url, answer.headers, total_bytes)) as file:
                self._take(answer, file, total_bytes)
        else:
            refuse(answer, self.url, self.part)

    def _total_of_rest(self, answer: http.client.HTTPResponse, version: Version) -> int | None:
        """Whole length of the file; the part is forgotten if the rest does not belong to it."""
        found = content_range(answer.headers.get("Content-Range"))
        total_bytes = found[1] if found else None
        theirs = Version.of(self.url, answer.headers, total_bytes)
        if not found or found[0] != self.part.size_bytes or version.contradicts(theirs):
            self.part.discard()
            raise DownloadTrouble("the file changed on the server meanwhile")
        return version.total_bytes if total_bytes is None else total_bytes

    def _take(self, answer: http.client.HTTPResponse, file: FileIO, total_bytes: int | None) -> None:
        """Write what comes; DownloadTrouble if it ends too early."""
        size_bytes = self.part.size_bytes
        if total_bytes is not None and total_bytes > self.most_bytes:
            raise DatasetError(self._too_large(total_bytes))
        self.progress(self.target.name, size_bytes, total_bytes)
        while piece := read_piece(answer, PIECE_BYTES):
            size_bytes += len(piece)
            if size_bytes > self.most_bytes:
                self.part.discard()
                raise DatasetError(self._too_large(size_bytes))
            write_whole(file, piece)
            self.progress(self.target.name, size_bytes, total_bytes)
        if total_bytes is not None and size_bytes < total_bytes:
            raise DownloadTrouble(f"it ended after {size_bytes:,} of {total_bytes:,} bytes")

    def _settled(self) -> DownloadRecord:
        """Check the whole file, put it in its place, and remember its checksum."""
        version = self.part.version
        try:
            self.check(self.part.path)
        except DatasetError:
            self.part.discard()
            raise
        sha256, earlier = sha256_of(self.part.path), read_record(self.target)
        first_seen_at = datetime.now(UTC).isoformat(timespec="seconds")
        if earlier and earlier.sha256 == sha256:
            first_seen_at = earlier.first_seen_at
        elif earlier and earlier.url == self.url:
            self.notes.append(
                f"{self.target.name} is not the one first seen at {earlier.first_seen_at}: its checksum was "
                f"{earlier.sha256[:12]}…, and is {sha256[:12]}…"
            )
        record = DownloadRecord(
            url=self.url,
            bytes=self.part.size_bytes,
            sha256=sha256,
            first_seen_at=first_seen_at,
            etag=version.etag if version else None,
            last_modified=version.last_modified if version else None,
        )
        self.part.finish()
        write_record(self.target, record)
        return record

    def _given_up(self, reason: str) -> str:
        kept = self.part.size_bytes
        rest = (
            f"{kept:,} bytes are kept: the same command goes on from there."
            if kept
            else "Check the connection, or fetch it elsewhere and load it from the file."
        )
        return f"{self.url} cannot be fetched: {reason}. {ATTEMPTS} attempts brought nothing new. {rest}"

    def _too_large(self, size_bytes: int) -> str:
        return (
            f"{self.url} sends {size_bytes:,} bytes or more, but {self.target.name} has at most "
            f"{self.most_bytes:,}. Check the address."
        )
