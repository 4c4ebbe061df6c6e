"""No text becomes a part of a question to DuckDB: it is bound, or looked up in a list of ours."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.errors import EnergyVisError, QueryError, SettingsError
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import SETS
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.runs_export import shown
from energyvis_panel.state.runs_frame import runs_frame
from tests.attack.query_texts import SQL
from tests.lake_fixture import RUN, LakeWriter
from tests.state.test_runs_state import row, state_with

NUMBERS = {"batch_size", "learning_rate"}
LEADS_OUT = ["attach", "install", "load ", "read_text", "read_blob", "getenv", "http://", "https://", "s3://"]


def test_a_value_of_a_brush_selects_what_is_called_so_and_does_nothing(
    butter_e: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    state = Exploration(butter_e)
    total = state.run_count
    for dimension in SETS:
        for text in SQL:
            if dimension in state.categories:
                with pytest.raises(SettingsError, match=f"The data hold no {dimension}"):
                    state.brush_set(dimension, (text,))
            # Past the check, the text is still a value and no more.
            state.brushes = Brushes().with_set(dimension, (text,))
            state.refresh()
            assert state.run_count == 0 or dimension in NUMBERS
            state.clear()
            assert state.run_count == total
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", SQL)
def test_no_text_is_a_dimension(text: str) -> None:
    with pytest.raises(SettingsError):
        Brushes().with_set(text, ("x",))
    with pytest.raises(SettingsError):
        Brushes().with_range(text, 1, 2)


@pytest.mark.parametrize(
    "text", [*SQL, "../../etc/passwd", "runs/../../x", "runs/all_runs\0", "RUNS/ALL_RUNS", ""]
)
def test_a_question_is_a_file_of_ours(butter_e: Gateway, text: str) -> None:
    with pytest.raises(QueryError, match="there is no file"):
        butter_e.ask(text)


def test_an_id_finds_its_run_or_none(tmp_path: Path) -> None:
    writer = LakeWriter(tmp_path / "lake")
    writer.plain_run()
    with Gateway(threads=1) as gateway:
        lake = Lake(gateway, writer.path)
        for text in SQL:
            for question in ("runs/epochs_of_run", "runs/sources_of_run"):
                with pytest.raises(EnergyVisError):
                    lake.ask(question, run_id=text)
        assert [one["run_id"] for one in lake.all_runs(datetime.now(UTC)).to_pylist()] == [RUN]


@pytest.mark.parametrize("text", SQL)
def test_filter_and_order_of_the_runs_are_no_language(text: str) -> None:
    state = state_with(row("R1"), row("R2", user="grace", name=text))[0]
    state.filter_text = text
    assert [one.run_id for one in state.rows] in ([], ["R2"])
    state.param.update(filter_text="", user=text)
    assert state.rows == []
    frame = runs_frame([row("R1"), row("R2")])
    assert list(shown(frame, ["name"], f"{text}:desc")["run_id"]) == ["R1", "R2"]


def test_questions_hold_nothing_that_leads_out() -> None:
    for path in resource_path("sql").rglob("*.sql"):
        lines = path.read_text(encoding="utf-8").lower().splitlines()
        code = "\n".join(line.partition("--")[0] for line in lines)
        assert [word for word in LEADS_OUT if word in code] == [], path


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')",
        "SELECT * FROM 's3://bucket/x.parquet'",
        "SELECT * FROM sqlite_scan('x', 'y')",
        "INSTALL httpfs",
    ],
)
def test_duckdb_reaches_no_network_of_itself(butter_e: Gateway, statement: str) -> None:
    with pytest.raises(duckdb.Error):
        butter_e._database.connection.cursor().execute(statement)
