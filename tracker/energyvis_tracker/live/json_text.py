"""JSON that any reader takes: one line, plain ASCII, no NaN."""

import json
import math
from collections.abc import Mapping
from typing import Any


def json_bytes(value: Any) -> bytes:
    """Return `value` as JSON without line breaks; numbers that JSON does not know become null."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False, default=str).encode()
    except ValueError:
        return json.dumps(finite(value), separators=(",", ":"), allow_nan=False, default=str).encode()


def finite(value: Any) -> Any:
    """Return `value` with none in place of every NaN and infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return value
