"""A file that ends DuckDB's database ends nobody else's questions."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.renewed_database import ENDING, trouble_reading
from energyvis_panel.errors import QueryError
from tests.ending_file import end_database

STATEMENTS = {
    "copy": "CREATE OR REPLACE TABLE copied AS FROM read_parquet($file)",
    "make": "CREATE OR REPLACE TABLE made AS SELECT $n::BIGINT AS n",
    "double": "CREATE OR REPLACE MACRO doubled() AS TABLE SELECT 2 * n AS n FROM main.made",
    "made": "FROM doubled()",
    "read": "SELECT sum(n)::BIGINT AS n FROM read_parquet($file)",
}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    folder = tmp_path / "sql"
    (folder / "x").mkdir(parents=True)
    for name, text in STATEMENTS.items():
        (folder / "x" / f"{name}.sql").write_text(text)
    with Gateway(folder, threads=2) as opened:
        opened.run("x/make", n=21)
        opened.run("x/double")
        opened.run_part("x/double", "other", lambda _line: True)
        yield opened


@pytest.fixture
def ending(tmp_path: Path) -> str:
    file = tmp_path / "ending.parquet"
    pq.write_table(pa.table({"n": [1, 2, 3]}), file)
    end_database(file)
    return str(file)


def made(gateway: Gateway) -> list[int]:
    numbers: list[int] = gateway.ask("x/made")["n"].to_pylist()
    return numbers


def test_the_file_does_end_a_database(ending: str) -> None:
    with duckdb.connect() as alone:
        with pytest.raises(ENDING):
            alone.read_parquet(ending).to_arrow_table()
        with pytest.raises(duckdb.FatalException):
            alone.execute("SELECT 1")


def test_whoever_reads_it_is_told_in_one_line_and_all_that_was_made_is_there(
    gateway: Gateway, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _again in range(2):
        with pytest.raises(QueryError, match="could not be answered: INTERNAL Error") as told:
            gateway.ask("x/read", file=ending)
        assert "\n" not in str(told.value)
        assert made(gateway) == [42]
        assert gateway.is_answering()
    assert caplog.text.count("another was opened in its place") == 2


@pytest.mark.parametrize("how", ["run", "write_parquet"])
def test_statements_renew_the_database_too(gateway: Gateway, ending: str, tmp_path: Path, how: str) -> None:
    statements: dict[str, Callable[[], None]] = {
        "run": lambda: gateway.run("x/copy", file=ending),
        "write_parquet": lambda: gateway.write_parquet("x/read", tmp_path / "out.parquet", file=ending),
    }
    with pytest.raises(QueryError):
        statements[how]()
    assert made(gateway) == [42]


def test_others_who_ask_meanwhile_get_their_answers(gateway: Gateway, ending: str) -> None:
    ends, failures, answers = threading.Event(), list[Exception](), list[list[int]]()

    def ask() -> None:
        while not ends.is_set():
            try:
                answers.append(made(gateway))
            except Exception as error:  # noqa: BLE001 - whatever it is
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        with pytest.raises(QueryError):
            gateway.ask("x/read", file=ending)
    ends.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(answers) > 4
    assert all(answer == [42] for answer in answers)


def test_what_cannot_be_made_again_is_told_and_the_rest_is_there(
    gateway: Gateway, ending: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = tmp_path / "gone.parquet"
    pq.write_table(pa.table({"n": [1]}), gone)
    gateway.run("x/copy", file=str(gone))
    gone.unlink()
    with pytest.raises(QueryError):
        gateway.ask("x/read", file=ending)
    assert made(gateway) == [42]
    assert "x/copy could not be run again" in caplog.text


def test_a_file_is_tried_in_a_database_of_its_own(tmp_path: Path, ending: str) -> None:
    good = tmp_path / "good.parquet"
    pq.write_table(pa.table({"n": [1]}), good)
    assert trouble_reading(good) is None
    said = trouble_reading(Path(ending))
    assert said is not None
    assert said.startswith("INTERNAL Error")
    assert "\n" not in said
