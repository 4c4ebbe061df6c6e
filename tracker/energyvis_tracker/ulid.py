"""Run identifiers that sort by time of start (https://github.com/ulid/spec)."""

import os
import re
import time

CROCKFORD_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TEXT_LENGTH = 26
RANDOM_BITS = 80
PATTERN = re.compile(f"[0-7][{CROCKFORD_BASE32}]{{25}}")


def new_ulid(time_ms: int | None = None) -> str:
    """Return a fresh identifier of 26 characters: 48 bits of milliseconds, 80 bits of chance.

    Parameters
    ----------
    time_ms
        Unix time in milliseconds; now where not given.
    """
    if time_ms is None:
        time_ms = time.time_ns() // 1_000_000
    return ulid_of(time_ms, os.urandom(RANDOM_BITS // 8))


def ulid_of(time_ms: int, chance: bytes) -> str:
    """Return the identifier of a time and at least ten bytes that stand for chance."""
    number = (time_ms << RANDOM_BITS) | int.from_bytes(chance[: RANDOM_BITS // 8])
    digits = (CROCKFORD_BASE32[(number >> shift) & 31] for shift in range(5 * (TEXT_LENGTH - 1), -1, -5))
    return "".join(digits)
