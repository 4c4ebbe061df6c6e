"""Carbon intensity over time from a CSV file that a user offers."""

import csv
import datetime as dt
import io
import re
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from energyvis_panel.data.hourly_columns import HourlyColumns, find_columns
from energyvis_panel.data.hourly_steps import filled, in_order, on_steps
from energyvis_panel.data.hourly_times import seconds_utc
from energyvis_panel.data.text_file import offered_text
from energyvis_panel.domain.carbon import MOST_G_PER_KWH
from energyvis_panel.domain.hourly import MOST_STEPS, HourlyIntensity
from energyvis_panel.errors import DatasetError

__all__ = ["hourly_from_csv"]

Array = npt.NDArray[np.float64]

NOTHING: Final = {"", "nan", "null", "none", "na", "n/a", "-", "--"}
SMALL_G_PER_KWH: Final = 3.0
"""Values that never exceed it, without a unit, are more likely kg/kWh than a grid without emissions."""


def hourly_from_csv(
    content: bytes, filename: str, *, zone: str = "UTC", scope: str = "lifecycle"
) -> HourlyIntensity:
    """Series of intensities in a file, with what had to be assumed.

    Parameters
    ----------
    content, filename
        The file; lines may lie in any order.
    zone
        Time zone of times that name none, an IANA name such as ``Europe/Berlin``.
    scope
        Which column to take where a file has ``direct`` and ``lifecycle`` values.

    Raises
    ------
    ProfileError
        If the file is too large, or no text.
    DatasetError
        If a column is missing, a time or value cannot be read, the times have no common step, more than half
        of them are missing, or the file covers more than ten years.

    """
    name = filename[:100] or "The file"
    text = offered_text(content, name)
    header, first_line, separator = _header(text, name)
    columns = find_columns(header, name, scope)
    table = _table(text, name, columns, header, first_line, separator)
    assumptions: list[str] = []
    values = _values(table, columns, header, name, first_line, separator, assumptions)
    if not columns.unit and (highest := float(np.nanmax(values))) < SMALL_G_PER_KWH:
        raise DatasetError(
            f"{name}: no value exceeds {highest:g} and the column {header[columns.value]!r} names no unit, "
            "so it may be kg/kWh. Write the unit into its name, e.g. kg/kWh."
        )
    seconds = seconds_utc(table["time"], name, first_line, columns.is_utc, zone, assumptions)
    seconds, values = in_order(seconds, values, assumptions)
    start, step_s, series = on_steps(seconds, values, name)
    series = filled(series, step_s, assumptions)
    place = _place(table, name)
    return HourlyIntensity(
        dt.datetime.fromtimestamp(start, tz=dt.UTC),
        step_s,
        series,
        f"{place} ({name})" if place else name,
        columns.scope,
        tuple(assumptions),
    )


def _header(text: str, name: str) -> tuple[list[str], int, str]:
    """Titles of the columns, number of the line that holds them from 1, and what separates them."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            separator = max(",;\t", key=line.count)
            try:
                titles = next(csv.reader([line], delimiter=separator))
            except csv.Error as error:
                raise DatasetError(f"{name} cannot be read: line {number}: {error}.") from error
            if len(titles) < 2:  # noqa: PLR2004 - a time and a value
                break
            return [title.strip() for title in titles], number, separator
    raise DatasetError(f"{name} has no columns: a time and a value are needed, with a comma between them.")


def _table(
    text: str, name: str, columns: HourlyColumns, header: list[str], first_line: int, separator: str
) -> pd.DataFrame:
    """Texts of the columns in use: time, value, and fallback and zone where there are any."""
    wanted = {
        place: title
        for title, place in (
            ("time", columns.time),
            ("value", columns.value),
            ("fallback", columns.fallback),
            ("zone", columns.zone),
        )
        if place is not None
    }
    try:
        table = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            skiprows=first_line,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            comment=None,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        what = "holds no rows" if isinstance(error, pd.errors.EmptyDataError) else "is not a regular table"
        raise DatasetError(f"{name} {what}: {str(error).strip()[:120]}. Correct it.") from None
    if table.shape[1] != len(header):
        raise DatasetError(
            f"{name}: its rows have {table.shape[1]} columns, its header {len(header)}. "
            "Correct it; a decimal comma needs semicolons between the columns."
        )
    table = table.rename(columns=wanted)[list(wanted.values())].fillna("")
    table = table[table["time"].str.strip() != ""]
    if len(table) < 2 or len(table) > MOST_STEPS:  # noqa: PLR2004 - one value has no step
        raise DatasetError(f"{name} has {len(table):,} rows. Give from 2 to {MOST_STEPS:,}.")
    return table


def _values(
    table: pd.DataFrame,
    columns: HourlyColumns,
    header: list[str],
    name: str,
    first_line: int,
    separator: str,
    assumptions: list[str],
) -> Array:
    """Values in g/kWh; NaN where the file has none."""
    texts = table["value"].str.strip()
    if columns.fallback is not None:
        absent = texts.str.lower().isin(NOTHING)
        texts = texts.where(~absent, table["fallback"].str.strip())
        if absent.any():
            assumptions.append(f"{int(absent.sum()):,} steps have no actual value; their forecast is taken.")
    if separator == ";":
        texts = texts.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.isnan(numbers) & ~texts.str.lower().isin(NOTHING).to_numpy()
    values: Array = numbers * columns.factor
    wrong |= np.isinf(values) | (values < 0) | (values > MOST_G_PER_KWH)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        unit = columns.unit or "g/kWh"
        more = f" and {int(wrong.sum()) - 1:,} more" if wrong.sum() > 1 else ""
        raise DatasetError(
            f"{name}, line {_line(table, place, first_line)}{more}: {texts.iloc[place][:40]!r} is no "
            f"intensity from 0 to {MOST_G_PER_KWH / columns.factor:,.4g} {unit}. Correct it, or the unit in "
            "the name of the column."
        )
    if np.isnan(values).all():
        raise DatasetError(
            f"{name}: the column {header[columns.value]!r} holds no value. Choose another file."
        )
    if not columns.unit:
        assumptions.append(f"The column {header[columns.value]!r} names no unit, so g/kWh is taken.")
    elif columns.factor != 1.0:
        assumptions.append(f"{columns.unit} became g/kWh: times {columns.factor:.6g}.")
    if columns.other_scope:
        assumptions.append(f"The file has direct and lifecycle values; the {columns.scope} ones are taken.")
    return values


def _line(table: pd.DataFrame, place: int, first_line: int) -> str:
    return f"{int(table.index[place]) + first_line + 1:,}"


def _place(table: pd.DataFrame, name: str) -> str:
    """The zone that the file names, '' where it names none."""
    if "zone" not in table:
        return ""
    found = [place for place in table["zone"].str.strip().unique() if place]
    if len(found) > 1:
        shown = ", ".join(repr(re.sub(r"\s+", " ", place)[:40]) for place in found[:4])
        raise DatasetError(f"{name} holds {len(found)} zones ({shown}). Keep the rows of one of them.")
    return found[0][:60] if found else ""
