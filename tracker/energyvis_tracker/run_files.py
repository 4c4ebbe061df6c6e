"""Writing run.json: by one writer alone, or by writers on several hosts that know nothing of each other."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from energyvis_tracker.lake import RUN_FILE, as_json, replace_file
from energyvis_tracker.run_record import merged_record

MOST_ROUNDS = 5


def write_run_file(
    folder: Path, record: Mapping[str, Any], *, is_shared: bool, is_durable: bool = True
) -> None:
    """Write the run's facts into the folder above the writer's.

    Parameters
    ----------
    folder
        The writer's own folder.
    record
        The facts as this writer knows them.
    is_shared
        Other hosts write to the same run. Then each keeps its own facts in its own folder, and run.json is
        made of all of them. Who writes it last may not have read the newest of another, so each looks again
        after writing: the last look of all sees everything.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    if not is_shared:
        replace_file(folder.parent / RUN_FILE, as_json(record), is_durable=is_durable)
        return
    replace_file(folder / RUN_FILE, as_json(record), is_durable=is_durable)
    written = None
    for _ in range(MOST_ROUNDS):
        merged = as_json(merged_record(parts_of(folder.parent)))
        if merged == written:
            return
        replace_file(folder.parent / RUN_FILE, merged, is_durable=is_durable)
        written = merged


def parts_of(run_folder: Path) -> list[dict[str, Any]]:
    """Return the facts that the writers of a run keep, by the names of their folders."""
    return [json.loads(path.read_bytes()) for path in sorted(run_folder.glob(f"*/{RUN_FILE}"))]
