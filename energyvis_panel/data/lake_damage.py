"""What damage of a file is, as far as reading shows it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from energyvis_panel.data.renewed_database import trouble_reading
from energyvis_panel.errors import DatasetError

CALENDAR = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""First and last time that is a date in every time zone."""
UNITS_PER_S = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def reason_against(check: Callable[[], None]) -> str | None:
    """The reason that ``check`` raises, or None."""
    try:
        check()
    except FileNotFoundError:
        raise
    except DatasetError as error:
        return str(error)
    except UnicodeDecodeError:
        return "it cannot be read (a name in it is not UTF-8)"
    except (OSError, OverflowError, pa.ArrowException) as error:
        return f"it cannot be read ({str(error).splitlines()[0]})"
    return None


def deep_damage(path: Path) -> str | None:
    """Why a Parquet file cannot be read through, by Arrow or by DuckDB; None where it can.

    Raises
    ------
    FileNotFoundError
        If the file is gone.

    """
    return reason_against(lambda: check_pages(path)) or trouble_reading(path)


def check_pages(path: Path) -> None:
    """Raise what Arrow raises if a page cannot be decoded; one row group is in memory at a time."""
    with pq.ParquetFile(path) as parquet:
        for group in range(parquet.metadata.num_row_groups):
            for name in beyond_calendar(parquet.read_row_group(group)):
                raise DatasetError(f"its column {name!r} holds a time outside of the calendar")


def beyond_calendar(rows: pa.Table) -> list[str]:
    """Names of columns with a time that is before the year 1 or after the year 9999."""
    found = []
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        if not pa.types.is_timestamp(column.type):
            continue
        ends, per_s = pc.min_max(column.cast("int64")), UNITS_PER_S[column.type.unit]
        first, last = (int(end.timestamp()) * per_s for end in CALENDAR)
        if ends["min"].is_valid and not first <= ends["min"].as_py() <= ends["max"].as_py() <= last:
            found.append(name)
    return found
