"""`/health` tells that the process answers, `/ready` that it can serve pages."""

import asyncio
import json
import shutil
import threading
from pathlib import Path

import pytest

from energyvis_panel import __version__
from energyvis_panel.data.workspace import workspace
from energyvis_panel.server import probes
from energyvis_panel.server.gate import Gate
from energyvis_panel.server.probes import Readiness, look_at
from energyvis_panel.settings import load_settings
from tests.server.conftest import Served


def test_a_fresh_server_is_healthy_and_ready(served: Served) -> None:
    assert json.loads(served.get("/health").body) == {"status": "ok", "version": __version__}
    answer = served.get("/ready")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_panel_s_own_address_answers_and_builds_no_page_for_strangers(served: Served) -> None:
    assert served.get("/liveness?endpoint=/app").body == served.get("/health").body


def test_a_lake_that_cannot_be_listed_is_told_without_its_place(served: Served) -> None:
    lake = served.folder / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    lake.write_text("")
    try:
        answer = served.get("/ready")
    finally:
        lake.unlink()
    assert answer.status == 503
    assert json.loads(answer.body) == {
        "status": "not ready",
        "reason": "The lake cannot be listed: Not a directory.",
    }
    assert served.get("/health").status == 200
    assert served.get("/ready").status == 200


@pytest.mark.parametrize("which", [0, 1], ids=["tables", "lake"])
def test_a_database_that_does_not_answer_is_told(tmp_path: Path, which: int) -> None:
    shared = workspace(load_settings({"ENERGYVIS_LAKE": str(tmp_path), "ENERGYVIS_CACHE": str(tmp_path)}))
    assert look_at(shared) is None
    shared.gateways[which].close()
    assert look_at(shared) == "The database does not answer."


def test_a_file_system_that_hangs_holds_up_one_thread_and_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "LONGEST_S", 0.05)
    ends = threading.Event()
    looks: list[int] = []

    def hang() -> None:
        looks.append(1)
        ends.wait()

    async def asked() -> list[str | None]:
        readiness = Readiness(Gate(1), hang)
        told = [await readiness.refusal(), *await asyncio.gather(*(readiness.refusal() for _ in range(20)))]
        ends.set()
        return told

    assert set(asyncio.run(asked())) == {"The lake did not answer within 0.05 s."}
    assert looks == [1]


def test_a_server_that_stops_is_not_ready() -> None:
    gate = Gate(1)
    gate.is_stopping = True
    assert asyncio.run(Readiness(gate, lambda: None).refusal()) == "The server is being stopped."
