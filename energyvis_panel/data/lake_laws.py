"""What must hold between the rows of a run, wherever they lie; each broken law is a sentence."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import table_files
from energyvis_panel.data.lake_listing import RunFiles

BALANCE_SHARE = 1e-6
BALANCE_J = 1e-3
"""How far sums of the same joules in another order may be apart."""


def missing_rows(gateway: Gateway, samples: Sequence[Path]) -> dict[str, list[str]]:
    """Gaps in the numbers of a run's readings, by writer.

    Raises
    ------
    QueryError
        If a file vanished.

    """
    gaps: dict[str, list[str]] = {}
    for row in gateway.ask("lake/missing_rows", samples=table_files("samples", samples)).to_pylist():
        verb = "is" if row["first_seq"] == row["last_seq"] else "are"
        rows = numbers(row["first_seq"], row["last_seq"])
        gaps.setdefault(row["writer"], []).append(f"{rows} of writer {row['writer']} {verb} missing")
    return gaps


def repeated_rows(gateway: Gateway, samples: Sequence[Path]) -> list[str]:
    """Readings that stand in a run more than once.

    Raises
    ------
    QueryError
        If a file vanished.

    """
    found = gateway.ask("lake/repeated_rows", samples=table_files("samples", samples)).to_pylist()
    return [
        f"writer {row['writer']} repeats row numbers: {row['numbers']:,} in all, "
        f"{row['differing']:,} with different content; the first is row {row['first_seq']}"
        for row in found
    ]


def rows_not_compacted(gateway: Gateway, live: Sequence[Path], samples: Sequence[Path]) -> list[str]:
    """Readings of a live copy that the compacted file of the run lacks.

    Raises
    ------
    QueryError
        If a file vanished.

    """
    found = gateway.ask(
        "lake/rows_not_compacted", live=table_files("samples", live), samples=table_files("samples", samples)
    )
    return [
        f"the compacted file lacks rows of writer {row['writer']} that the live copy has: {row['numbers']:,} "
        f"in all, of {numbers(row['first_seq'], row['last_seq'])}"
        for row in found.to_pylist()
    ]


def spans_outside(gateway: Gateway, run: RunFiles, now: datetime) -> list[str]:
    """Spans that lie outside the time of their run.

    Raises
    ------
    QueryError
        If a file vanished.

    """
    if not run.spans:
        return []
    found = gateway.ask(
        "lake/spans_outside_run",
        spans=table_files("spans", run.spans),
        samples=table_files("samples", run.samples),
        started_at=run.facts.started_at,
        ended_at=run.facts.ended_at or now,
    ).to_pylist()
    return [
        f"span {row['span_id']} {row['name']!r} of writer {row['writer']} lies outside the run: "
        f"{row['started_at']:%Y-%m-%d %H:%M:%S} to {row['ended_at']:%Y-%m-%d %H:%M:%S}"
        for row in found
    ]


def unbalanced(gateway: Gateway, run: RunFiles) -> list[str]:
    """Whether the epochs and what lies outside them fail to add up to the run.

    Raises
    ------
    QueryError
        If a file vanished.

    """
    samples, epochs = table_files("samples", run.samples), table_files("epochs", run.epochs)
    parts_j = sum(
        row[f"energy_{kind}_j"] or 0.0
        for question in ("runs/epochs_of_run", "runs/outside_of_run")
        for row in gateway.ask(question, samples=samples, epochs=epochs).to_pylist()
        for kind in ("gpu", "cpu", "dram", "other")
    )
    sources = gateway.ask("runs/sources_of_run", samples=samples).to_pylist()
    total_j = sum(row["energy_j"] for row in sources)
    if abs(parts_j - total_j) <= max(BALANCE_J, BALANCE_SHARE * abs(total_j)):
        return []
    return [f"its epochs and the time outside them hold {parts_j:.3f} J, but the run holds {total_j:.3f} J"]


def numbers(first: int, last: int) -> str:
    """A stretch of row numbers."""
    return f"row {first}" if first == last else f"rows {first} to {last}"
