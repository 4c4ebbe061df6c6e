"""Valid files made invalid in every way that we know: bytes, texts, tables and JSON, each by chance."""

import json
import random
import re
from collections.abc import Callable
from typing import Any, Final

NUMBERS: Final = (
    "nan", "NaN", "inf", "-inf", "Infinity", "-1", "-0.0", "0", "1e308", "1e999", "-1e308", "5e-324",
    "1_000", "9" * 400, "9" * 5000, "0x1F", "1,5", "1.5.5", "1e", "٣", "\uff11\uff12", "two", "", "null",
    "None", "N/A", "true", "4294967296", "9223372036854775808", "1e15", "1000000000000001", "253402300800",
)  # fmt: skip
"""What may stand in the place of a number."""
TEXTS: Final = (
    "", " ", "<script>alert(1)</script>", "=1+1", "@SUM(A1)", '"', "'", "'; DROP TABLE runs; --",
    "../../etc/passwd", "..\\..\\x", "\u202e", "\ufeff", "\u2028", "\x1b[31m", "é", "日本", "🦄" * 50,
    "a" * 3000, "{", "[", "%s%n", "${7*7}", "{{7*7}}", "con", "nul",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "2026-13-40",
    "9999-12-31T23:59:59+23:59", "0001-01-01", "1969-12-31T23:59:59Z", "epoch 3", "[1 2]",
)  # fmt: skip
"""What may stand in the place of a text."""
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
LONG_LINE_BYTES: Final = 10_000_000
LONG_LINES_ONE_IN: Final = 400
DEEPEST: Final = 120_000

Rng = random.Random
Damage = Callable[[bytes, Rng], bytes]


def damaged(content: bytes, rng: Rng, most: int = 4) -> bytes:
    """``content`` with one to ``most`` things wrong with it; the same for the same state of ``rng``."""
    for _ in range(rng.randint(1, most)):
        content = rng.choice(DAMAGES)(content, rng)
    if not rng.randrange(LONG_LINES_ONE_IN):
        at = rng.randint(0, len(content))
        content = content[:at] + rng.choice((b"x", b",", b'"', b"1", b"[")) * LONG_LINE_BYTES + content[at:]
    return content


# -- bytes -------------------------------------------------------------------------------------------------


def flipped(content: bytes, rng: Rng) -> bytes:
    """Some bits turned."""
    found = bytearray(content)
    for _ in range(rng.randint(1, 20) if found else 0):
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def cut(content: bytes, rng: Rng) -> bytes:
    """A piece taken out, often the end."""
    begin, end = sorted((rng.randint(0, len(content)), rng.randint(0, len(content))))
    return content[:begin] if rng.random() < 0.5 else content[:begin] + content[end:]


def repeated(content: bytes, rng: Rng) -> bytes:
    """A piece, or all of it, many times."""
    begin, end = sorted((rng.randint(0, len(content)), rng.randint(0, len(content))))
    piece = content if rng.random() < 0.3 else content[begin:end]
    times = min(rng.choice((1, 2, 10, 200)), 200_000 // max(len(piece), 1) + 1)
    return content[:end] + piece * times + content[end:]


def inserted(content: bytes, rng: Rng) -> bytes:
    """Strange bytes somewhere."""
    at = rng.randint(0, len(content))
    strange = rng.choice(
        (b"\0", b"\xff\xfe", b"\xc3(", b"\r", b"\n\n", b'"', b"PAR1", b"PK\x03\x04", rng.randbytes(9))
    )
    return content[:at] + strange + content[at:]


def encoded(content: bytes, rng: Rng) -> bytes:
    """The text in another encoding, or with other ends of lines."""
    text = content.decode("utf-8", "replace")
    name = rng.choice(
        ("utf-8-sig", "utf-16", "utf-16-be", "utf-32", "latin-1", "cp037", "utf-7", "crlf", "cr")
    )
    if name in {"crlf", "cr"}:
        return text.replace("\n", "\r\n" if name == "crlf" else "\r").encode()
    return text.encode(name, "replace")


# -- texts and tables --------------------------------------------------------------------------------------


def renumbered(content: bytes, rng: Rng) -> bytes:
    """One number, or each, replaced by what is hardly one."""
    text = content.decode("utf-8", "replace")
    places = list(NUMBER.finditer(text))
    if not places:
        return content
    strange = rng.choice(NUMBERS)
    if rng.random() < 0.15:
        return NUMBER.sub(lambda _match: strange, text[:20_000]).encode("utf-8", "replace")
    place = rng.choice(places)
    return f"{text[: place.start()]}{strange}{text[place.end() :]}".encode("utf-8", "replace")


def retold(content: bytes, rng: Rng) -> bytes:
    """One word replaced by a strange text."""
    text = content.decode("utf-8", "replace")
    places = list(re.finditer(r"[^\W\d]\w*", text))
    if not places:
        return content
    place = rng.choice(places)
    return f"{text[: place.start()]}{rng.choice(TEXTS)}{text[place.end() :]}".encode("utf-8", "replace")


def retabled(content: bytes, rng: Rng) -> bytes:
    """A table with a column renamed, dropped, doubled or moved, a row lost or doubled, or resaved."""
    text = content.decode("utf-8", "replace")
    separator = max(",;\t", key=text.count)
    rows = [line.split(separator) for line in text.splitlines()]
    if not rows:
        return content
    column, row = rng.randrange(max(map(len, rows))), rng.randrange(len(rows))
    match rng.randrange(7):
        case 0:
            rows[0][min(column, len(rows[0]) - 1)] = rng.choice(TEXTS)
        case 1:
            rows = [[*cells[:column], *cells[column + 1 :]] for cells in rows]
        case 2:
            rows = [
                [*cells[:column], *cells[column : column + 1] * 2, *cells[column + 1 :]] for cells in rows
            ]
        case 3:
            rows = [cells[::-1] for cells in rows]
        case 4:
            rows.insert(rng.randrange(len(rows) + 1), rows[row] * rng.choice((1, 1, 2, 400)))
        case 5:
            del rows[row]
        case _:
            cells = rows[row]
            cells[rng.randrange(len(cells))] = rng.choice(NUMBERS + TEXTS)
    if rng.random() < 0.1:
        separator = rng.choice((";", "\t", "|", " "))
    return "\n".join(separator.join(cells) for cells in rows).encode("utf-8", "replace")


# -- JSON --------------------------------------------------------------------------------------------------


def rejsoned(content: bytes, rng: Rng) -> bytes:
    """JSON with a part replaced, taken out, renamed, made deep, or standing twice; another text as it is."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return content
    places = list(parts_of(value))
    if not places:
        return content
    holder, key = rng.choice(places)
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[rng.choice(TEXTS)] = holder.pop(key)
        case 2:
            return json.dumps(value).replace(json.dumps(holder[key]), deep(rng), 1).encode()
        case 3 if isinstance(holder, list):
            holder[key:key] = [holder[key]] * rng.choice((1, 3, 3000))
        case _:
            holder[key] = rng.choice(VALUES)
    return json.dumps(value).encode("utf-8", "replace")


def deep(rng: Rng) -> str:
    """JSON within JSON, deeper than any parser likes."""
    depth = rng.choice((20, 900, DEEPEST))
    opening, closing = rng.choice((("[", "]"), ('{"a":', "}")))
    return opening * depth + "1" + closing * depth


def parts_of(value: Any) -> list[tuple[Any, Any]]:
    """Each part of a JSON value by what holds it and by its key or place, at most 400."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < 400:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            keys = list(holder) if isinstance(holder, dict) else range(len(holder))
            found += [(holder, key) for key in keys]
            waiting += [holder[key] for key in keys]
    return found


VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1.5, 1e308, -1e308, float("nan"), float("inf"), 10**30, 2**63, 10**4000,
    "", [], {}, [[]], {"": None}, [None], *TEXTS, *NUMBERS,
)  # fmt: skip
DAMAGES: Final[tuple[Damage, ...]] = (
    flipped, cut, repeated, inserted, encoded, renumbered, renumbered, renumbered, retold, retold, retabled,
    retabled, retabled, rejsoned, rejsoned, rejsoned,
)  # fmt: skip
"""What gets past the first check finds more, so tables and JSON are damaged more often than bytes."""
