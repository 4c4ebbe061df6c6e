"""Turning a closed journal into a segment, exactly once, whoever does it and however often it is tried."""

import re
from pathlib import Path
from typing import Any

from energyvis_tracker.journal import JournalContent, read_journal
from energyvis_tracker.lake import file_number, segment_path, spans_path, sync_folder
from energyvis_tracker.parquet_files import rows_not_in, write_samples, write_spans

SEGMENT_NAME = re.compile(r"samples-\d+\.parquet")


def segments_of(folder: Path) -> list[Path]:
    """Return a writer's segments in the order of their numbers."""
    return sorted(path for path in folder.iterdir() if SEGMENT_NAME.fullmatch(path.name))


def close_journal(path: Path, content: JournalContent | None = None) -> int:
    """Move a journal's samples and spans into segments of its number; return how many samples there were.

    A crash between writing the segment and removing the journal leaves both; then the rows are told
    apart by `seq`, and only those that are missing are written. The journal goes last.

    Raises
    ------
    OSError
        If the folder cannot be written; the journal is then still whole.
    """
    if content is None:
        content = read_journal(path)
    folder, samples = path.parent, content.samples
    target = segment_path(folder, file_number(path))
    if target.exists():
        samples = rows_not_in(content, segments_of(folder))
        target = segment_path(folder, 1 + max(file_number(segment) for segment in segments_of(folder)))
    if content.spans:
        write_spans(spans_path(folder, file_number(path)), header_of(content), content.spans)
    if samples:
        write_samples(target, header_of(content), samples)
    path.unlink()
    sync_folder(folder)
    return len(samples)


def header_of(content: JournalContent) -> dict[str, Any]:
    """Return the header, which always comes before the first record of a journal."""
    if content.header is None:
        raise ValueError("A journal holds records but no header.")
    return content.header
