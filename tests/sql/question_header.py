"""The header comment of a question: what it says of its parameters and columns."""

import re
from dataclasses import dataclass
from pathlib import Path

NAME = re.compile(r"\$(\w+) \(([A-Z][A-Z0-9_ ]*(?:\[\])*)")


@dataclass(frozen=True, slots=True)
class Header:
    """Question sentence, DuckDB type of each parameter, declared columns, and what a statement makes."""

    question: str
    parameters: dict[str, str]
    columns: tuple[str, ...] | None
    makes: str | None


def read_header(path: Path) -> Header:
    """Header of the file."""
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--")
        if text.startswith("   ") and lines:  # a continued entry is indented
            lines[-1] += " " + text.strip()
        else:
            lines.append(text.strip())
    entries = {name: entry(lines, name) for name in ("Parameters", "Columns", "Makes")}
    parameters = entries["Parameters"]
    assert parameters is not None, f"{path} has no line '-- Parameters:'"
    columns, makes = entries["Columns"], entries["Makes"]
    return Header(
        question=lines[0],
        parameters=dict(NAME.findall(parameters)),
        columns=tuple(split_columns(columns)) if columns is not None else None,
        makes=re.match(r"\w+", makes)[0] if makes else None,  # type: ignore[index] # a name begins the entry
    )


def entry(lines: list[str], name: str) -> str | None:
    """Text after ``name:``, None where there is no such line."""
    return next(
        (line.removeprefix(f"{name}:").strip() for line in lines if line.startswith(f"{name}:")), None
    )


def split_columns(text: str) -> list[str]:
    """Declared columns, split at the commas outside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip().rstrip(".") for part in parts]
