"""Every question in sql/: its header tells the truth, and its cases come out as expected."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from energyvis_panel.data.data_dictionary import empty_table
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.resources import resource_path
from tests.sql.question_case import SETUPS, bind, cases_of, differences, read_expected, read_params, timed
from tests.sql.question_header import read_header

SQL = resource_path("sql")
FILES = sorted(SQL.rglob("*.sql"))
QUESTIONS = [path.relative_to(SQL).with_suffix("").as_posix() for path in FILES]
CASES = [
    pytest.param(question, case, id=f"{question}/{case.name}")
    for question in QUESTIONS
    for case in cases_of(question)
]
LAKE_QUESTIONS = [q for q in QUESTIONS if q.startswith(("lake/", "runs/")) and "/make_" not in q]
NEED_A_DATA_SET = {"butter_e", "explore"}
"""Folders whose questions need a table of runs; tests named test_explore_* or test_butter_e_* ask each."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=1) as opened:
        yield opened


@pytest.mark.parametrize("question", QUESTIONS)
def test_header_names_the_parameters_that_the_text_uses(question: str) -> None:
    path = SQL / f"{question}.sql"
    header = read_header(path)
    (statement,) = duckdb.extract_statements(path.read_text(encoding="utf-8"))
    assert set(header.parameters) == statement.named_parameters
    assert header.question.endswith("?") or header.makes
    assert (header.columns is None) != (header.makes is None)


def relation(gateway: Gateway, question: str, params: dict[str, object]) -> duckdb.DuckDBPyRelation:
    return gateway._database.connection.cursor().sql(gateway._text(question), params=params)


@pytest.mark.parametrize(("question", "case"), CASES)
def test_case_comes_out_as_expected(question: str, case: Path, gateway: Gateway, tmp_path: Path) -> None:
    header = read_header(SQL / f"{question}.sql")
    setup, values = read_params(case)
    for macro in SETUPS.get(question.partition("/")[0], ()):
        gateway.run(macro)
    for statement, values_of_it in setup:
        gateway.run(statement, **values_of_it)
    params = bind(case, header.parameters, values, tmp_path)

    answer = relation(gateway, question, params)
    described = tuple(f"{name} {kind}" for name, kind in zip(answer.columns, answer.types, strict=True))
    assert described == header.columns

    columns, expected = read_expected(case)
    table = gateway.ask(question, **params)
    assert table.column_names == columns
    assert not differences(expected, table.to_pylist())


@pytest.mark.parametrize("question", LAKE_QUESTIONS)
def test_empty_lake_gives_no_rows_and_all_columns(question: str, gateway: Gateway) -> None:
    header = read_header(SQL / f"{question}.sql")
    for macro in SETUPS[question.partition("/")[0]]:
        gateway.run(macro)
    empty = {
        "runs": [],
        "samples": [str(empty_table("samples"))],
        "live": [str(empty_table("samples"))],
        "epochs": [str(empty_table("epochs"))],
        "spans": [str(empty_table("spans"))],
        "totals": [str(empty_table("run_totals"))],
        "now": timed("2026-11-03T10:00:00+00:00", "TIMESTAMP"),
        "started_at": timed("2026-11-03T10:00:00+00:00", "TIMESTAMP"),
        "ended_at": timed("2026-11-03T10:00:00+00:00", "TIMESTAMP"),
        "n": 10,
        "metric": "accuracy",
        "is_more_better": True,
    }
    answer = relation(gateway, question, {name: empty[name] for name in header.parameters})
    assert tuple(f"{n} {t}" for n, t in zip(answer.columns, answer.types, strict=True)) == header.columns
    assert answer.fetchall() == []


@pytest.mark.parametrize("statement", [q for q in QUESTIONS if q.startswith("lake/make_")])
def test_statement_makes_what_it_says(statement: str, gateway: Gateway) -> None:
    for macro in SETUPS["lake"]:
        gateway.run(macro)
    made = read_header(SQL / f"{statement}.sql").makes
    rows = (
        gateway._database.connection.cursor()
        .execute("SELECT count(*) FROM duckdb_functions() WHERE function_name = $made", {"made": made})
        .fetchone()
    )
    assert rows == (1,)


@pytest.mark.parametrize("question", [q for q in QUESTIONS if "/make_" not in q])
def test_every_question_has_a_case(question: str) -> None:
    if question.partition("/")[0] in NEED_A_DATA_SET:
        tests = Path(__file__).parents[1]
        elsewhere = [*tests.rglob("test_explore_*.py"), *tests.rglob("test_butter_e_*.py")]
        assert any(f'"{question}"' in path.read_text(encoding="utf-8") for path in elsewhere)
    else:
        assert cases_of(question), f"{question} has no case"


def test_index_names_every_question_once() -> None:
    lines = (SQL / "README.md").read_text(encoding="utf-8").splitlines()
    indexed = [line.split("`")[1] for line in lines if line.startswith("| `")]
    assert indexed == sorted(QUESTIONS)


def test_index_repeats_the_questions_word_by_word() -> None:
    text = (SQL / "README.md").read_text(encoding="utf-8")
    missing = [q for q in QUESTIONS if read_header(SQL / f"{q}.sql").question not in text]
    assert not missing
