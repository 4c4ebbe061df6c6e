"""``energyvis lake rollup``."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from energyvis_panel.cli.open import open_lake
from energyvis_panel.cli.output import counted, print_json, print_text
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_layout import MARKER_FILE, marker_reason
from energyvis_panel.data.lake_rollup import RollupProgress, RollupReport, RunSums, roll_up
from energyvis_panel.data.lake_rollup_due import Days
from energyvis_panel.errors import DatasetError, SettingsError

LEFT_OUT = 1


def rollup(options: argparse.Namespace) -> int:
    """Sum what is new and print what was done; 0, or 1 where a run was left out."""
    days = chosen_days(options)
    with open_lake() as lake:
        if (reason := marker_reason(lake.path)) is not None:
            raise DatasetError(f"{lake.path / MARKER_FILE}: {reason}. Name another lake in ENERGYVIS_LAKE.")
        with engine(lake, options) as sums:
            told = no_progress if options.quiet else tell
            report = roll_up(lake, days=days, sums=sums, told=told)
    if not report.is_alone:
        raise DatasetError(
            f"The lake {lake.path} is being rolled up by another process, or its file system has no locks. "
            "Try again when that has ended."
        )
    if options.json:
        print_json(report_object(lake.path, report))
    else:
        print_report(report)
    return LEFT_OUT if report.left else 0


def chosen_days(options: argparse.Namespace) -> Days:
    """Days on which a run must have started."""
    if options.day:
        only = given_day("--day", options.day)
        return Days(only, only)
    return Days(given_day("--since", options.since)) if options.since else Days()


def given_day(option: str, text: str) -> date:
    """A day as somebody writes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{option} is {text!r}. Give a day such as 2026-11-03.") from None


@contextlib.contextmanager
def engine(lake: Lake, options: argparse.Namespace) -> Iterator[RunSums | None]:
    """What sums the readings; None = DuckDB."""
    if options.engine != "spark":
        if options.master or options.spark_lake:
            raise SettingsError(
                "--master and --spark-lake are for Spark. Add --engine spark, or leave them out."
            )
        yield None
        return
    from energyvis_panel.data.lake_rollup_spark import spark_sums  # noqa: PLC0415 - for Spark alone

    with spark_sums(lake.path, master=options.master, url=options.spark_lake) as sums:
        yield sums


def tell(progress: RollupProgress) -> None:
    """Write to standard error how far the work is."""
    sys.stderr.write(
        f"{progress.month}: {progress.runs:,} of {counted(progress.all_runs, 'run')}, "
        f"{progress.samples:,} of {counted(progress.all_samples, 'reading')}\n"
    )


def no_progress(_progress: RollupProgress) -> None:
    """Say nothing."""


def report_object(lake: Path, report: RollupReport) -> dict[str, object]:
    """What was done, as programs read it."""
    return {"path": str(lake), "added": report.added, "samples": report.samples, "left": report.left}


def print_report(report: RollupReport) -> None:
    """Print what was done, and a line for each run that was left out."""
    print_text(
        f"{counted(len(report.added), 'run')} and {counted(report.samples, 'reading')} added to the rollups"
    )
    for run_id, reason in report.left.items():
        print_text(f"Left out: {run_id}: {reason}")
