"""The two files of a month's rollup: what its runs took, and who ran them."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from energyvis_panel.data.data_dictionary import table_schema
from energyvis_panel.data.durable_file import appearing_file
from energyvis_panel.data.lake_layout import ROLLUPS, entries
from energyvis_panel.data.regular_file import check_regular
from energyvis_panel.data.run_facts import RunFacts, read_run_facts
from energyvis_panel.errors import DatasetError

log = logging.getLogger(__name__)

TOTALS: Final = "run_totals"
FACTS: Final = "run_facts"
ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    TOTALS: ("run_id", "device_kind", "source"),
    FACTS: ("run_id",),
}


@dataclass(frozen=True, slots=True)
class MonthRollup:
    """Rows of ``run_totals`` and ``run_facts`` of one month, each in its order."""

    totals: pa.Table
    facts: pa.Table


def rollup_path(lake: Path, table: str, month: str) -> Path:
    """Where a table of a month's rollup lies; ``month`` is the name of the month's folder."""
    return lake / ROLLUPS / table / f"{month}.parquet"


def read_rollup(lake: Path, month: str) -> MonthRollup:
    """A month's rollup; without rows where there is none, or where it cannot be read."""
    return MonthRollup(
        read_part(rollup_path(lake, TOTALS, month), TOTALS), read_part(rollup_path(lake, FACTS, month), FACTS)
    )


def read_part(path: Path, table: str) -> pa.Table:
    """Rows of one file; none where there is no such file, or where it is no such table."""
    schema = table_schema(table)
    try:
        check_regular(path)
        return pq.ParquetFile(path).read(columns=schema.names).cast(schema)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, DatasetError, pa.ArrowException) as error:
        log.warning("The rollup %s cannot be read, so it is made again: %s", path, error)
    return schema.empty_table()


def add_runs(
    rollup: MonthRollup, added: MonthRollup, run_ids: Iterable[str], present: Collection[str]
) -> MonthRollup:
    """The rollup with the rows of ``added`` for ``run_ids``, and without runs that are not present."""
    replaced = set(run_ids)
    kept = [run_id for run_id in present if run_id not in replaced]
    return MonthRollup(
        joined(rollup.totals, added.totals, kept, TOTALS), joined(rollup.facts, added.facts, kept, FACTS)
    )


def joined(known: pa.Table, added: pa.Table, kept: list[str], table: str) -> pa.Table:
    """Rows of the runs to keep and the added ones, in the table's order."""
    of_kept = known.filter(pc.is_in(known["run_id"], value_set=pa.array(kept, pa.string())))
    rows = pa.concat_tables([of_kept, added.cast(table_schema(table))])
    return rows.sort_by([(column, "ascending") for column in ORDER[table]]).combine_chunks()


def write_rollup(lake: Path, month: str, rollup: MonthRollup) -> None:
    """Put a month's rollup in place, the facts last: only they say that a run's readings are summed.

    Raises
    ------
    OSError
        If the lake cannot be written; each file is then as it was, or whole.

    """
    for table, rows in ((TOTALS, rollup.totals), (FACTS, rollup.facts)):
        with appearing_file(rollup_path(lake, table, month)) as target:
            pq.write_table(rows, target, compression="zstd")


def remove_unfinished(lake: Path) -> None:
    """Remove what was being written when a rollup was killed; only for who holds the lock."""
    for table in (TOTALS, FACTS):
        for file in entries(lake / ROLLUPS / table):
            if file.name.startswith(".month=") and file.name.endswith(".tmp"):
                file.unlink(missing_ok=True)


def facts_rows(runs: Iterable[tuple[RunFacts, int, int]]) -> pa.Table:
    """Rows of ``run_facts``: of each run its facts, the number of its readings, the size of their file."""
    rows = [
        {
            "run_id": facts.run_id,
            "started_at": facts.started_at,
            "user": facts.user,
            "project": facts.project,
            "region_id": facts.region_id,
            "pue": facts.pue,
            "samples": samples,
            "samples_bytes": samples_bytes,
            "text": facts.model_dump_json(),
        }
        for facts, samples, samples_bytes in runs
    ]
    return pa.Table.from_pylist(rows, schema=table_schema(FACTS))


def described_runs(facts: pa.Table) -> dict[str, RunFacts]:
    """Facts by run; a run whose text cannot be used is left out, for its run.json is there to read."""
    found: dict[str, RunFacts] = {}
    for run_id, text in zip(facts["run_id"].to_pylist(), facts["text"].to_pylist(), strict=True):
        try:
            found[run_id] = read_run_facts(text.encode(), run_id)
        except DatasetError as error:
            log.warning("The rollup's facts of the run %s are passed over: %s", run_id, error)
    return found
