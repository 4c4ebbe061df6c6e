"""The users whom an administrator has written into a file, with the bcrypt hashes of their passwords."""

import json
import logging
import re
import stat
from pathlib import Path
from typing import Final

import bcrypt

from energyvis_panel.errors import SettingsError

log = logging.getLogger(__name__)

HASH: Final = re.compile(r"\$2[aby]\$(?P<cost>\d\d)\$[./A-Za-z0-9]{53}")
LEAST_COST: Final = 10
LONGEST_PASSWORD_BYTES: Final = 72
"""What bcrypt looks at; it refuses more."""
LONGEST_NAME: Final = 200
MOST_FILE_BYTES: Final = 10_000_000
HOW_TO_HASH: Final = "`htpasswd -nBC 12 NAME` makes one."


class Users:
    """The users of a file, read again when it changes.

    Parameters
    ----------
    path
        JSON object of user names and bcrypt hashes.

    Raises
    ------
    SettingsError
        If the file cannot be used as it is now.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = stamp(path)
        self._hashes = read_users(path)
        warn_of_readers(path)

    def knows(self, user: str) -> bool:
        """Whether the file has a user of this name now."""
        return user in self._current()

    def fits(self, user: str, password: str) -> bool:
        """Whether a user has this password; takes as long for a user whom the file does not have."""
        hashes = self._current()
        known = hashes.get(user)
        spelled = password.encode("utf-8", "replace")
        is_short = len(spelled) <= LONGEST_PASSWORD_BYTES
        fits = bcrypt.checkpw(spelled if is_short else b"", (known or dearest(hashes)).encode("ascii"))
        return fits and is_short and known is not None

    def _current(self) -> dict[str, str]:
        """Users as the file has them now; as it had them, while it cannot be read."""
        try:
            if (now := stamp(self.path)) != self._stamp:
                self._stamp = now
                self._hashes = read_users(self.path)
        except SettingsError as error:
            log.warning("The users are those of before: %s", error)
        return self._hashes


def stamp(path: Path) -> tuple[int, int, int]:
    """What changes when a file is written or replaced; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def read_users(path: Path) -> dict[str, str]:
    """Hashes by user name.

    Raises
    ------
    SettingsError
        If the file cannot be read, others may write it, or it holds anything but names and bcrypt hashes.

    """
    try:
        if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise SettingsError(f"Others may write {path}, which says who may come in. Run chmod 600 on it.")
        content = path.read_bytes()[: MOST_FILE_BYTES + 1]
        users = json.loads(content)
    except OSError as error:
        raise SettingsError(
            f"ENERGYVIS_BASIC_AUTH is {path}, which cannot be read: {error.strerror}."
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is no JSON. Write names and hashes as one JSON object.") from error
    if not isinstance(users, dict) or not users:
        raise SettingsError(f"{path} names no users. Write names and hashes as one JSON object.")
    for name, hashed in users.items():
        check_user(path, name, hashed)
    return users


def check_user(path: Path, name: str, hashed: object) -> None:
    """Refuse a name or a hash that could not be used; no hash stands in the sentence."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or "," in name:
        raise SettingsError(
            f"{path} has the user {name[:60]!r}. A name has 1 to {LONGEST_NAME} characters, and no comma."
        )
    found = HASH.fullmatch(hashed) if isinstance(hashed, str) else None
    if found is None:
        raise SettingsError(f"The password of {name!r} in {path} is no bcrypt hash. {HOW_TO_HASH}")
    if int(found["cost"]) < LEAST_COST:
        raise SettingsError(
            f"The hash of {name!r} in {path} is of cost {found['cost']}, which is guessed too fast. "
            f"Take a cost of {LEAST_COST} or more: {HOW_TO_HASH}"
        )


def dearest(hashes: dict[str, str]) -> str:
    """The hash that takes longest to check."""
    return max(hashes.values(), key=lambda hashed: hashed[4:6])


def warn_of_readers(path: Path) -> None:
    """Say in the log that others may read the file."""
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        log.warning("Others may read %s, which holds the hashes of passwords. Run chmod 600 on it.", path)
