"""What a process that was killed has spilled to disk goes with the next start, and nothing else does."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from energyvis_panel.data.workspace import remove_left_spills


def test_only_what_processes_of_this_host_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "node")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    kept = [f"node-{os.getpid()}", f"node-1-{ended.pid}", f"other-{ended.pid}", "node-", "node-notes"]
    for name in [f"node-{ended.pid}", *kept]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "duckdb_temp_storage").write_bytes(b"spilled")
    remove_left_spills(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(kept)
    remove_left_spills(tmp_path / "never made")
