"""Sixty-four processes write to one lake at once, and every row is there exactly once."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_check import check_lake
from energyvis_panel.data.lake_compaction import compact_lake
from tests.data.lake_writers import ENERGY_J, SPANS, SWEEPS
from tests.lake_fixture import LakeWriter, run_facts

PROGRAM = Path(__file__).with_name("lake_writers.py")
WRITERS = 64
RUNS = [f"01JBQ00000000000000000{number:04d}" for number in range(8)]
ROWS = 2 * SWEEPS
LONGEST_S = 60


def put_facts(lake: Path, state: str) -> None:
    """Write the facts of all runs, each in one step."""
    now = datetime.now(UTC).isoformat()
    ended_at = now if state == "finished" else None
    for run_id in RUNS:
        path = lake / "live" / run_id / "run.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        started_at = json.loads(path.read_text())["started_at"] if path.exists() else now
        facts = run_facts(run_id, state=state, started_at=started_at, ended_at=ended_at, heartbeat_at=now)
        part = path.with_name(".run.json.tmp")
        part.write_text(json.dumps(facts))
        part.replace(path)


def watch(lake: Lake, process: "subprocess.Popen[bytes]") -> int:
    """Number of answers while the writers live; in none of them is a row there twice, missing or unread."""
    answers, before = 0, 0
    while process.poll() is None:
        rows = lake.all_runs(datetime.now(UTC)).to_pylist()
        samples = sum(row["samples"] for row in rows)
        assert len(rows) == len(RUNS)
        assert samples >= before
        assert sum(row["energy_j"] or 0.0 for row in rows) == samples * ENERGY_J
        for question in ("lake/repeated_rows", "lake/missing_rows"):
            assert not lake.ask(question, run_id=RUNS[answers % len(RUNS)]).num_rows
        assert not lake.status(datetime.now(UTC)).damaged
        before = samples
        answers += 1
    return answers


def test_every_row_of_sixty_four_writers_is_there_exactly_once(tmp_path: Path) -> None:
    path = tmp_path / "lake"
    LakeWriter(path).marker()
    put_facts(path, "running")
    with Gateway(threads=1) as gateway:
        lake = Lake(gateway, path)
        process = subprocess.Popen([sys.executable, PROGRAM, path, str(WRITERS), *RUNS])
        try:
            assert watch(lake, process) > 1
        finally:
            process.kill()
            status = process.wait(LONGEST_S)
        assert status == 0
        put_facts(path, "finished")
        assert sorted(compact_lake(lake).compacted) == RUNS
        check = check_lake(lake, datetime.now(UTC))
        assert (check.is_fine, check.rows, check.notes) == (True, WRITERS * ROWS, [])
    seen: Counter[tuple[str, int]] = Counter()
    spans = 0
    for run_id in RUNS:
        (compacted,) = path.glob(f"runs/*/{run_id}.samples.parquet")
        table = pq.read_table(compacted)
        seen.update(zip(table["writer"].to_pylist(), table["seq"].to_pylist(), strict=True))
        spans += pq.read_metadata(next(path.glob(f"runs/*/{run_id}.spans.parquet"))).num_rows
    assert set(seen.values()) == {1}
    assert len({writer for writer, _ in seen}) == WRITERS
    assert {seq for _, seq in seen} == set(range(ROWS))
    assert len(seen) == WRITERS * ROWS
    assert spans == WRITERS * SPANS
