"""What a step of the tour tells: sentences, and published figures beside those found in the loaded runs."""

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from energyvis_panel.domain.units import three_digits

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a finding.

    Attributes
    ----------
    what
        What it is the value of.
    published, found
        As texts with their unit; ``"-"`` for a figure that the loaded runs do not give.
    difference
        How far the found one lies from the published one; empty where there is nothing to compare.

    """

    what: str
    published: str
    found: str
    difference: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a step tells of the present selection."""

    text: str
    figures: tuple[Figure, ...] = ()


NOT_HERE: Final = "-"
MJ: Final = "mJ/datum"


def rows_of(answer: pa.Table) -> list[Row]:
    """The rows of an answer."""
    found: list[Row] = answer.to_pylist()
    return found


def factor_figure(what: str, published: float, found: float | None, unit: str) -> Figure:
    """A figure whose difference is told in percent of the published one."""
    shown = f"{number_text(published)} {unit}"
    if found is None:
        return Figure(what, shown, NOT_HERE)
    return Figure(what, shown, f"{number_text(found)} {unit}", f"{signed(100 * (found / published - 1))} %")


def share_figure(what: str, published: float, found: float | None) -> Figure:
    """A share, whose difference is told in percentage points."""
    if found is None:
        return Figure(what, percent(published), NOT_HERE)
    return Figure(what, percent(published), percent(found), f"{signed(100 * (found - published))} points")


def number_text(value: float) -> str:
    """A whole number in full, any other with three digits."""
    return f"{value:,}" if isinstance(value, int) else three_digits(value)


def signed(value: float) -> str:
    """A difference with its sign; none where it rounds to nothing."""
    rounded = round(value, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def percent(share: float) -> str:
    """A share as text."""
    return f"{100 * share:.1f} %"


def power_of_two(size: int) -> str:
    """A number of parameters as text, with the power of two that it is."""
    exponent = size.bit_length() - 1
    return f"{size:,} (2^{exponent})" if size == 1 << exponent else f"{size:,}"


def mj_text(energy_j: float) -> str:
    """An energy in mJ, with its unit."""
    return f"{three_digits(1000 * energy_j)} mJ"


def first_cheaper(rows: list[Row], by: str) -> int | None:
    """The least value of ``by`` from which on the GPU node takes less at each."""
    first = None
    for row in reversed(rows):
        if row["gpu_j"] >= row["cpu_j"]:
            break
        first = int(row[by])
    return first
