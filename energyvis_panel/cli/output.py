"""How the commands print."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from energyvis_panel.data.durable_file import appearing_file


def print_text(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{text}\n")


def print_json(value: object) -> None:
    """Write a value as JSON; a number that is not known is null, never NaN."""
    print_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def print_table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Write rows in aligned columns, the first row as heading; columns in ``right`` end at the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print_text("  ".join(cells).rstrip())


def counted(number: int, noun: str) -> str:
    """A number with its noun, e.g. ``"1 run"`` or ``"2 runs"``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def write_file(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    with appearing_file(path) as target:
        target.write_bytes(content)
