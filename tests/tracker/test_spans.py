"""Spans: joules per unit of work, nested, side by side, and over several ranks."""

from typing import Any

import pytest

from energyvis_tracker.span_book import SpanBook


def start(book: SpanBook, rank: int, number: int, at_s: float, joules: float, name: str = "eval") -> None:
    mark = {"name": name, "span": number, "parent": None, "at_us": int(at_s * 1e6), "at_ns": int(at_s * 1e9)}
    book.start(rank, mark, {"cpu": joules})


def end(
    book: SpanBook, rank: int, number: int, at_s: float, joules: float, units: float | None, ranks: set[int]
) -> list[dict[str, Any]]:
    mark = {"span": number, "at_us": int(at_s * 1e6), "at_ns": int(at_s * 1e9), "metrics": {}}
    return book.end(rank, mark | {"units": units, "unit": "token"}, {"cpu": joules}, 3, ranks)


def test_a_span_has_the_energy_and_time_between_its_ends() -> None:
    book = SpanBook()
    start(book, 0, 7, 1.0, 10.0)
    (span,) = end(book, 0, 7, 3.0, 25.0, 5.0, {0})
    assert (span["energy_j"], span["duration_s"], span["units"]) == ({"cpu": 15.0}, 2.0, 5.0)
    assert (span["epoch"], span["span_id"], span["parent_id"]) == (3, 0, None)
    assert book.totals["eval", "token"] == {"spans": 1, "units": 5.0, "energy_j": 15.0, "duration_s": 2.0}
    assert end(book, 0, 7, 4.0, 30.0, 5.0, {0}) == []


@pytest.mark.parametrize("leader_first", [True, False])
def test_ranks_add_their_units_to_the_leaders_span(leader_first: bool) -> None:
    book, ranks = SpanBook(has_ranks=True), {0, 1}
    for rank in ranks:
        start(book, rank, 1, 0.0, 0.0)
    order = [0, 1] if leader_first else [1, 0]
    assert end(book, order[0], 1, 2.0, 8.0 if leader_first else 9.0, 100.0, ranks) == []
    (span,) = end(book, order[1], 1, 2.0, 8.0, 60.0, ranks)
    assert (span["units"], span["energy_j"]) == (160.0, {"cpu": 8.0})


def test_a_span_that_only_the_leader_has_is_kept_at_the_end_of_the_epoch() -> None:
    book, ranks = SpanBook(has_ranks=True), {0, 1}
    start(book, 0, 1, 0.0, 0.0)
    assert end(book, 0, 1, 2.0, 8.0, None, ranks) == []
    (span,) = book.rest()
    assert (span["units"], span["energy_j"]) == (None, {"cpu": 8.0})
    assert book.rest() == []


def test_spans_that_wait_for_ranks_are_bounded() -> None:
    book, ranks = SpanBook(has_ranks=True), {0, 1}
    kept = 0
    for number in range(3_000):
        start(book, 0, number, 0.0, 0.0)
        kept += len(end(book, 0, number, 1.0, 1.0, 1.0, ranks))
    assert kept + len(book.waiting) == 3_000
    assert len(book.waiting) <= 1_000


def test_names_without_end_are_added_up_under_one() -> None:
    book = SpanBook()
    for number in range(2_000):
        start(book, 0, number, 0.0, 0.0, name=f"step {number}")
        end(book, 0, number, 1.0, 1.0, 1.0, {0})
    assert len(book.totals) <= 1_002
    assert sum(total["spans"] for total in book.totals.values()) == 2_000
    assert not book.counts


def test_spans_of_other_threads_do_not_lie_around_one(lake: Any, run_job: Any) -> None:
    run_job("""
        import threading
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("threads", quiet=True) as t:
            def inner():
                with t.span("own"):
                    with t.span("within"):
                        pass
            with t.span("main"):
                thread = threading.Thread(target=inner)
                thread.start()
                thread.join()
    """)
    spans = {span["name"]: span for span in lake.spans()}
    assert spans["own"]["parent_id"] is None
    assert spans["within"]["parent_id"] == spans["own"]["span_id"]


JOB = """
from energyvis_tracker import EnergyTracker
with EnergyTracker("spans", epochs=2, interval_s=0.02) as t:
    with t.span("load"):
        sum(range(500_000))
    for epoch in t.epochs():
        with t.span("decode", unit="token") as outer:
            for step in range(3):
                with t.span("step", units=1, unit="step"):
                    sum(range(400_000))
                outer.add(10)
            outer.log(loss=0.5, text="no number")
"""


def test_spans_land_in_the_lake_with_parents_units_and_metrics(lake: Any, run_job: Any) -> None:
    job = run_job(JOB)
    spans = lake.spans()
    assert [span["name"] for span in spans] == ["load", *2 * ["step", "step", "step", "decode"]]
    decodes = [span for span in spans if span["name"] == "decode"]
    steps = [span for span in spans if span["name"] == "step"]
    assert [span["units"] for span in decodes] == [30.0, 30.0]
    assert [span["metrics"] for span in decodes] == [{"loss": 0.5}, {"loss": 0.5}]
    assert [span["epoch"] for span in decodes] == [0, 1]
    assert {span["parent_id"] for span in steps} == {span["span_id"] for span in decodes}
    for decode in decodes:
        inside = [step for step in steps if step["parent_id"] == decode["span_id"]]
        assert 0 < sum(step["energy_cpu_j"] for step in inside) <= decode["energy_cpu_j"] * (1 + 1e-9)
    total_j = sum(sample["energy_j"] for sample in lake.samples())
    assert sum(span["energy_cpu_j"] for span in spans if span["parent_id"] is None) <= total_j
    assert "J/token" in job.stderr
    assert lake.run()["state"] == "finished"


def test_spans_add_no_samples(lake: Any, run_job: Any) -> None:
    run_job("""
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("many", interval_s=30, quiet=True) as t:
            for _ in range(500):
                with t.span("tiny", units=1):
                    pass
    """)
    assert len(lake.spans()) == 500
    assert len(lake.samples()) == 2  # the first and the last


def test_an_open_span_ends_with_the_run_and_an_exception_goes_through(lake: Any, run_job: Any) -> None:
    job = run_job("""
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("x", quiet=True) as t:
            t.span("open").__enter__()
            with t.span("broken"):
                raise ValueError("mine")
    """)
    assert job.stderr.rstrip().endswith("ValueError: mine")
    assert sorted(span["name"] for span in lake.spans()) == ["broken", "open"]
    assert lake.run()["state"] == "failed"


def test_units_that_cannot_be_meant_are_left_out(lake: Any, run_job: Any) -> None:
    job = run_job("""
        import logging
        logging.basicConfig(level="WARNING", format="%(message)s")
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("x", quiet=True) as t:
            with t.span("s", units=float("nan")) as span:
                span.add(-1)
                span.add("many")
    """)
    assert "units must be a number from 0 up" in job.stderr
    assert [span["units"] for span in lake.spans()] == [None]
