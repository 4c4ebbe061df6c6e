"""The part of a download that is there already, and what tells whether the server still has the same file."""

import json
import re
from dataclasses import asdict, dataclass
from email.message import Message
from io import FileIO
from pathlib import Path
from typing import Self

from energyvis_panel.data.durable_file import appearing_file

CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")


@dataclass(frozen=True, slots=True)
class Version:
    """What a server says of a file's version, and its whole length in bytes; None = it does not say."""

    url: str
    etag: str | None
    last_modified: str | None
    total_bytes: int | None

    @classmethod
    def of(cls, url: str, headers: Message, total_bytes: int | None) -> Self:
        """The version that an answer's headers tell of."""
        return cls(url, headers.get("ETag"), headers.get("Last-Modified"), total_bytes)

    @property
    def condition(self) -> str | None:
        """Value for ``If-Range``; a weak ETag must not stand there (RFC 9110, 13.1.5)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    def contradicts(self, other: "Version") -> bool:
        """Whether both say something, and not the same."""
        pairs = (
            (self.etag, other.etag),
            (self.last_modified, other.last_modified),
            (self.total_bytes, other.total_bytes),
        )
        return any(mine is not None and theirs is not None and mine != theirs for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Part:
    """``NAME.part`` beside the target, and ``NAME.part.json`` with the version that it is a part of."""

    target: Path

    @property
    def path(self) -> Path:
        """Where the bytes are."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def size_bytes(self) -> int:
        """Bytes that are there."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    @property
    def version(self) -> Version | None:
        """Version that the bytes belong to; None where there are none, or that is not known."""
        if not self.size_bytes:
            return None
        try:
            found = json.loads(self._version_path.read_bytes())
            return Version(**{name: found[name] for name in Version.__dataclass_fields__})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, version: Version) -> FileIO:
        """An empty file to write to."""
        # In this order, a kill at any point leaves no bytes beside a version that they are not of.
        self.path.unlink(missing_ok=True)
        with appearing_file(self._version_path) as target:
            target.write_text(json.dumps(asdict(version), indent=2), encoding="utf-8")
        # Unbuffered: what has come survives a kill of the process.
        return self.path.open("wb", buffering=0)

    def go_on(self) -> FileIO:
        """The file, to be written to from its end."""
        return self.path.open("ab", buffering=0)

    def discard(self) -> None:
        """Forget what is there."""
        self.path.unlink(missing_ok=True)
        self._version_path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Make the part the target."""
        self.path.replace(self.target)
        self._version_path.unlink(missing_ok=True)

    @property
    def _version_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")


def content_range(text: str | None) -> tuple[int, int | None] | None:
    """First byte and whole length of a ``Content-Range``; None where it says neither."""
    match = CONTENT_RANGE.fullmatch(text or "")
    if not match:
        return None
    return int(match[1]), None if match[3] == "*" else int(match[3])
