"""A made-up shape of carbon intensity over day and season, to try the question when to run. Not measured.

It has what many grids have: less at noon when the sun shines, most in summer; more in the evening and in
winter. Each factor is to be multiplied by the annual mean of a region; the mean over a year of 365 days is 1.
"""

import calendar
import math
from pathlib import Path

from table_file import Column, Row, Table

MONTHS, HOURS = 12, 24
A_YEAR = 2023
"""Any year of 365 days."""
WINTER = 0.12
NOON_MEAN, NOON_SEASON, NOON_HOURS = 0.30, 0.12, 3.2
EVENING, EVENING_HOURS = 0.22, 2.2
NOON_AT, EVENING_AT = 12.5, 19.0

TABLE = Table(
    file="example_intensity_shape.csv",
    columns=(
        Column("month", "integer", low=1, high=12),
        Column("hour", "integer", low=0, high=23),
        Column("factor", "number", low=0.2, high=2),
        Column("source"),
        Column("licence"),
    ),
    key=("month", "hour"),
    min_rows=MONTHS * HOURS,
    source="made by example_intensity_shape.py: synthetic, not measured",
    licence="MIT",
)


def rows(_cache: Path) -> list[Row]:
    """Rows of the table."""
    raw = {(month, hour): shape(month, hour) for month in range(1, MONTHS + 1) for hour in range(HOURS)}
    days = {month: calendar.monthrange(A_YEAR, month)[1] for month in range(1, MONTHS + 1)}
    mean = sum(value * days[month] for (month, _), value in raw.items()) / (HOURS * sum(days.values()))
    return [
        {"month": month, "hour": hour, "factor": value / mean, "source": "synthetic", "licence": "MIT"}
        for (month, hour), value in raw.items()
    ]


def shape(month: int, hour: int) -> float:
    """Relative intensity in an hour of a day of a month, before the mean is made 1."""
    winter = math.cos(2 * math.pi * (month - 1) / MONTHS)
    middle = hour + 0.5
    noon = (NOON_MEAN - NOON_SEASON * winter) * bump(middle, NOON_AT, NOON_HOURS)
    return 1 + WINTER * winter - noon + EVENING * bump(middle, EVENING_AT, EVENING_HOURS)


def bump(hour: float, at: float, width: float) -> float:
    """Bell of height 1 around an hour of the day."""
    return math.exp(-0.5 * ((hour - at) / width) ** 2)
