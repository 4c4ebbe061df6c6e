"""Times as people write them, in seconds of UTC: with a zone, or in the clock of a place."""

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
import pandas as pd

from energyvis_panel.errors import DatasetError

__all__ = ["seconds_utc"]

Seconds = npt.NDArray[np.int64]

ZONED: Final = r":\d{2}(?:[.,]\d+)?\s*(?:Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"


def seconds_utc(
    texts: pd.Series, name: str, first_line: int, is_utc: bool, zone: str, assumptions: list[str]
) -> Seconds:
    """Seconds since 1970 in UTC of each text.

    Parameters
    ----------
    texts
        ISO 8601, with or without a zone; the index counts the rows below the header from 0.
    name, first_line
        What to call the file, and the line of its header, in an error.
    is_utc
        Whether the column says that it is in UTC.
    zone
        IANA name of the zone that holds where neither says one.
    assumptions
        Gets a sentence for each thing that was assumed.

    Raises
    ------
    DatasetError
        If a text is no time, only some name a zone, or there is no such zone.

    """
    plain = texts.str.strip()
    zoned = plain.str.contains(ZONED, regex=True)
    if zoned.any() and not zoned.all():
        place = int(np.flatnonzero(zoned.to_numpy() != bool(zoned.iloc[0]))[0])
        raise DatasetError(
            f"{name}: some times name a zone and others do not, first at line "
            f"{_line(texts, place, first_line)}. Write all of them alike."
        )
    if plain.str.endswith(("UTC", "GMT", "z")).any():
        plain = plain.str.replace(r"\s*(?:UTC|GMT|z)$", "Z", regex=True)
    plain = plain.str.replace("/", "-", regex=False)
    times = pd.to_datetime(plain, format="ISO8601", errors="coerce", utc=True)
    unread = times.isna().to_numpy()
    if unread.any():
        place = int(np.flatnonzero(unread)[0])
        raise DatasetError(
            f"{name}, line {_line(texts, place, first_line)}: {texts.iloc[place][:40]!r} is no time. "
            "Write it as 2024-03-14 09:00, or with a zone as 2024-03-14T09:00Z."
        )
    if not zoned.any() and not is_utc:
        assumptions.append(f"The times name no zone; they are read as {zone}.")
        times = _from_clock(times.dt.tz_localize(None), zone, assumptions)
    seconds: Seconds = times.dt.tz_convert("UTC").to_numpy(dtype="datetime64[s]").astype(np.int64)
    return seconds


def _from_clock(clock: pd.Series, zone: str, assumptions: list[str]) -> pd.Series:
    """Moments of the times that a clock of a zone showed."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DatasetError(
            f"There is no time zone {zone[:60]!r}. Give a name such as Europe/Berlin."
        ) from None
    # The hour that a clock shows twice in autumn is summer time first, or last where the file runs backwards.
    seen_before = clock.groupby(clock).cumcount() > 0
    summer = seen_before if clock.iloc[0] > clock.iloc[-1] else ~seen_before
    times = clock.dt.tz_localize(place, ambiguous=summer.to_numpy(), nonexistent="NaT")
    skipped = int(times.isna().sum())
    if skipped:
        assumptions.append(
            f"{skipped:,} times did not exist in {zone}, where clocks were put forward; "
            "they count an hour later."
        )
        times = clock.dt.tz_localize(place, ambiguous=summer.to_numpy(), nonexistent=pd.Timedelta(hours=1))
    put_back = int((clock.duplicated() & ~times.duplicated()).sum())
    if put_back:
        assumptions.append(
            f"{put_back:,} times stand there twice, where clocks were put back; the first is summer time."
        )
    moments: pd.Series = times
    return moments


def _line(texts: pd.Series, place: int, first_line: int) -> str:
    return f"{int(texts.index[place]) + first_line + 1:,}"
