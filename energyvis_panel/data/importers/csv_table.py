"""A table in a text file: commas, semicolons or tabs, quoted or not, looked up by column name."""

import csv
import io
import math
from dataclasses import dataclass

from energyvis_panel.errors import ProfileError

DELIMITERS = (",", ";", "\t")
MOST_COLUMNS = 1000
LONGEST_QUOTE = 60
MOST_NUMBER = 1e15
"""No column that is read holds more: seconds, watts, kWh, joules, counts."""
NOTHING = frozenset({"", "n/a", "n\\a", "none", "null"})


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Rows of text with the place of each column; ``name`` is what to call the file in an error."""

    name: str
    columns: dict[str, int]
    rows: list[list[str]]
    delimiter: str

    @property
    def unusable(self) -> str:
        """How a sentence about a cell begins."""
        return f"{self.name} is not usable:"

    def has(self, column: str) -> bool:
        """Whether there is such a column."""
        return column in self.columns

    def text(self, row: int, column: str) -> str:
        """Cell without surrounding blanks; empty where there is none, or it says that there is nothing."""
        place = self.columns.get(column)
        if place is None:
            return ""
        cell = self.rows[row][place].strip()
        return "" if cell.casefold() in NOTHING else cell

    def number(self, row: int, column: str) -> float | None:
        """Finite number in a cell; None where the column is missing or the cell empty.

        Raises
        ------
        ProfileError
            If the cell holds anything else.

        """
        cell = self.text(row, column)
        if not cell:
            return None
        value = parsed_number(cell, decimal_comma=self.delimiter != ",")
        if value is None or not math.isfinite(value):
            raise ProfileError(
                f"{self.unusable} {column[:LONGEST_QUOTE]} in row {row + 1:,} is {shortened(cell)}, not a "
                "finite number. Correct it."
            )
        if abs(value) > MOST_NUMBER:
            raise ProfileError(
                f"{self.unusable} {column[:LONGEST_QUOTE]} in row {row + 1:,} is {value:.3g}, but at most "
                f"{MOST_NUMBER:.0e} is possible. Correct it."
            )
        return value

    def amount(self, row: int, column: str) -> float | None:
        """Finite number from 0 in a cell; None where there is none.

        Raises
        ------
        ProfileError
            If the cell holds anything else.

        """
        value = self.number(row, column)
        if value is not None and value < 0:
            raise ProfileError(
                f"{self.unusable} {column[:LONGEST_QUOTE]} in row {row + 1:,} is {value:g}, but cannot be "
                "negative. Correct it."
            )
        return value


def read_table(text: str, name: str) -> CsvTable:
    """Table in ``text``, whose first line names the columns.

    Raises
    ------
    ProfileError
        If it is no table: columns that stand twice, quotes that do not close, a row that is too short.

    """
    delimiter = likely_delimiter(text)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row
        ]
    except csv.Error as error:
        raise ProfileError(f"{name} is not a whole table: {error}. Correct it, or export it again.") from None
    header = [column.strip() for column in rows[0]]
    check_header(header, name)
    body = rows[1:]
    if not body:
        raise ProfileError(f"{name} has a heading but no row. Choose a file with at least one row.")
    for place, row in enumerate(body):
        if len(row) != len(header):
            raise ProfileError(wrong_length(name, place, len(row), len(header), last=place == len(body) - 1))
    return CsvTable(name, {column: place for place, column in enumerate(header)}, body, delimiter)


def likely_delimiter(text: str) -> str:
    """What separates the columns: whichever the first line holds most of."""
    first = text.split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def header_of(text: str) -> tuple[str, ...]:
    """Names in the first line, as far as they can be told before the table is read."""
    first = text.split("\n", 1)[0].strip()
    return tuple(part.strip().strip('"') for part in first.split(likely_delimiter(text))[:MOST_COLUMNS])


def check_header(header: list[str], name: str) -> None:
    """Raise ProfileError for a heading that does not name each column once."""
    if len(header) > MOST_COLUMNS:
        raise ProfileError(
            f"{name} has {len(header):,} columns, more than {MOST_COLUMNS:,}. Choose another file."
        )
    seen: set[str] = set()
    for column in header:
        if column and column in seen:
            raise ProfileError(
                f"{name} is not usable: the column {shortened(column)} stands twice. Rename or remove one."
            )
        seen.add(column)


def wrong_length(name: str, place: int, cells: int, columns: int, *, last: bool) -> str:
    """Sentence about a row whose cells do not match the heading."""
    if last and cells < columns:
        return (
            f"{name} ends in the middle of row {place + 1:,}: {cells} of {columns} cells are there. "
            "Complete or remove the row."
        )
    return (
        f"{name} is not usable: row {place + 1:,} has {cells} cells for {columns} columns. Correct the row."
    )


def parsed_number(cell: str, *, decimal_comma: bool = False) -> float | None:
    """Number in ``cell``, infinite and NaN included; None where it is none.

    ``decimal_comma`` admits 1,5 for 1.5, as tables with semicolons have it.
    """
    if decimal_comma and "," in cell and "." not in cell:
        cell = cell.replace(",", ".")
    # Python admits 1_000, which no table means.
    if "_" in cell:
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def shortened(cell: str) -> str:
    """A cell, quoted, short enough to stand in a sentence."""
    text = cell if len(cell) <= LONGEST_QUOTE else f"{cell[:LONGEST_QUOTE]}..."
    return repr(text)
