"""How the Explore page asks: withdrawn answers, equal questions, failures, and the last brush of a burst."""

import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import panel as pn
import pyarrow as pa
import pytest
from bokeh.client import pull_session
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.resources import resource_path
from energyvis_panel.state.explore import asking, energy_distribution
from energyvis_panel.state.explore.asking import Asking
from energyvis_panel.state.explore.brush_link import brushes_from_link, link_text
from energyvis_panel.state.explore.brushes import CALENDAR_S, MOST_VERTICES, Brushes
from energyvis_panel.state.explore.dimensions import CATEGORIES, QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier import pareto
from energyvis_panel.state.explore.question import Asked, Question
from energyvis_panel.views.explore.redraw import redraw_latest
from tests.state.brute_force import BruteForce
from tests.state.visitor import QUESTIONS, Visitor, check

ENDLESS = Question("endless", slow=True, in_context=False)
ENDLESS_SQL = """
SELECT count(*) AS run_count
FROM butter_e_selection($brushes), range(1000000) AS a, range(1000000) AS b
WHERE hash(a.range + b.range) = 0
"""
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway over the stand-in that also knows a question without end."""
    root = tmp_path_factory.mktemp("sql") / "sql"
    shutil.copytree(resource_path("sql"), root)
    (root / "explore" / "endless.sql").write_text(ENDLESS_SQL, encoding="utf-8")
    with Gateway(root) as gateway:
        load_butter_e(gateway)
        yield gateway


class Watched:
    """The real gateway; it counts, tells when the endless question begins and ends, and fails as told."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.asked: Counter[str] = Counter()
        self.begun = threading.Event()
        self.ended = threading.Event()
        self.faults: dict[str, Exception] = {}

    def ask(self, question: str, *, token: object = None, **params: object) -> pa.Table:
        self.asked[question] += 1
        if question in self.faults:
            raise self.faults[question]
        if question != "explore/endless":
            return self.gateway.ask(question, token=token, **params)
        self.ended.clear()
        self.begun.set()
        try:
            return self.gateway.ask(question, token=token, **params)
        finally:
            self.ended.set()

    def cancel(self, token: object) -> None:
        self.gateway.cancel(token)


def all_of(*questions: Question) -> list[Asked]:
    """The questions about runs of two to four layers."""
    return [Asked(question, Brushes().with_range("depth", 2, 4)) for question in questions]


def test_withdrawn_questions_end_without_an_answer(endless: Gateway) -> None:
    watched = Watched(endless)
    state_axes = Exploration(endless).axes
    asks = Asking(watched, state_axes)
    # One more than are asked side by side, so that some have not begun when all are withdrawn.
    wanted = all_of(*(Question("endless", values={}, own=(f"none{n}",)) for n in range(2)), ENDLESS)
    wanted += [
        Asked(one.question, one.brushes.with_range("size", 0, 10.0**n)) for n, one in enumerate(wanted)
    ]
    with ThreadPoolExecutor(1) as waiting:
        answers = waiting.submit(asks.answers, wanted)
        assert watched.begun.wait(PATIENCE_S)
        asks.withdraw()
        assert answers.result(PATIENCE_S) == [None] * len(wanted)
    assert not endless._running


def test_what_has_not_begun_when_it_is_withdrawn_is_not_asked(endless: Gateway) -> None:
    watched = Watched(endless)
    asks = Asking(watched, Exploration(endless).axes)
    gate = threading.Event()
    with ThreadPoolExecutor(1) as waiting:
        busy = [asking.POOL.submit(gate.wait, PATIENCE_S) for _ in range(asking.POOL._max_workers)]
        answers = waiting.submit(asks.answers, all_of(ENDLESS))
        while not asking.POOL._work_queue.qsize():
            assert not answers.done()
        asks.withdraw()
        gate.set()
        assert answers.result(PATIENCE_S) == [None]
        assert all(one.result() for one in busy)
    assert not watched.asked


def test_later_questions_are_answered_after_a_withdrawal(butter_e: Gateway) -> None:
    asks = Asking(butter_e, Exploration(butter_e).axes)
    asks.withdraw()
    (answer,) = asks.answers(all_of(Question("selection_summary")))
    assert isinstance(answer, pa.Table)


def test_equal_questions_of_several_views_are_asked_once(butter_e: Gateway) -> None:
    watched = Watched(butter_e)
    state = Exploration(watched)
    histogram = energy_distribution.QUESTIONS[energy_distribution.HISTOGRAM]
    state.pose({"one": histogram, "another": histogram})
    watched.asked.clear()
    state.brush_range("depth", 2, 4)
    assert watched.asked["explore/energy_histogram"] == 1
    assert state.answer("one") is state.answer("another")


@pytest.mark.parametrize("fault", [RuntimeError("out of paper"), MemoryError("out of paper")])
def test_a_question_that_breaks_leaves_the_others_answered(butter_e: Gateway, fault: Exception) -> None:
    watched = Watched(butter_e)
    state = Exploration(watched)
    state.pose(QUESTIONS)
    before = state.answer(pareto.FRONTIER)
    watched.faults["explore/frontier_candidates"] = fault
    state.brush_range("depth", 2, 4)
    assert state.answer(pareto.FRONTIER) is before
    assert "out of paper" in state.refusal
    assert state.run_count < state.total_runs
    assert state.is_current(pareto.DENSITY)
    assert not state.is_current(pareto.FRONTIER)
    watched.faults.clear()
    state.brush_range("depth", 2, 5)
    assert state.is_current(pareto.FRONTIER)
    assert state.refusal == ""


def test_nothing_is_asked_for_a_view_at_rest_until_it_is_shown_again(butter_e: Gateway) -> None:
    state = Exploration(butter_e)
    question = energy_distribution.QUESTIONS[energy_distribution.HISTOGRAM]
    state.pose({"shown": question, "put away": question})
    state.at_rest = frozenset({"put away"})
    before = state.answer("put away")
    state.brush_range("depth", 2, 4)
    assert state.is_current("shown")
    assert state.answer("put away") is before
    assert list(state.stale()) == []
    state.at_rest = frozenset()
    assert list(state.stale()) == ["put away"]
    state.refresh()
    # The two were asked one after the other, and nothing orders the rows of a histogram.
    away, shown = (state.answer(name) for name in ("put away", "shown"))
    by_all = [(name, "ascending") for name in shown.column_names]
    assert away.sort_by(by_all).equals(shown.sort_by(by_all))


def test_a_drag_that_ends_where_it_began_is_no_step(butter_e: Gateway) -> None:
    state = Exploration(butter_e, clock=lambda: 0.0)
    state.brush_set("hardware", ("GPU node",))
    state.brush_range("depth", 2, 4)
    state.brush_range("depth", 2, 6)
    state.brush_range("depth")
    state.undo()
    assert not state.brushes
    state.redo()
    state.brush_range("depth", 2, 9)
    state.undo()
    assert dict(state.brushes.sets) == {"hardware": ("GPU node",)}
    assert not state.brushes.ranges


finite = st.floats(allow_nan=False, allow_infinity=False)
open_or_not = st.one_of(finite, st.sampled_from([-np.inf, np.inf]))
in_the_calendar = st.one_of(st.floats(*CALENDAR_S), st.sampled_from([-np.inf, np.inf]))
corners = st.lists(st.tuples(finite, finite), min_size=3, max_size=MOST_VERTICES)
named = st.lists(st.text("abc ;|:!%/.,ä\n", min_size=1, max_size=6), min_size=1, max_size=3)


@given(
    ranges=st.fixed_dictionaries(
        {},
        optional={
            name: st.tuples(ends, ends).map(sorted)
            for name in QUANTITIES
            for ends in [in_the_calendar if name == "started_s" else open_or_not]
        },
    ),
    sets=st.dictionaries(st.sampled_from(list(CATEGORIES)), named, max_size=3),
    lasso=st.one_of(st.none(), corners),
    turns=st.sets(st.sampled_from([*QUANTITIES, *CATEGORIES, "run_time_energy"])),
)
def test_a_link_reads_back_as_the_same_brushes(
    ranges: dict[str, list[float]],
    sets: dict[str, list[str]],
    lasso: list[tuple[float, float]] | None,
    turns: set[str],
) -> None:
    brushes = Brushes()
    for name, (low, high) in ranges.items():
        brushes = brushes.with_range(name, low, high)
    for name, values in sets.items():
        brushes = brushes.with_set(name, tuple(values))
    if lasso:
        brushes = brushes.with_lasso("run_time_energy", tuple(lasso))
    for name in turns:
        brushes = brushes.turned(name)
    assert brushes.inverted == turns & set(brushes.names)
    assert brushes_from_link(link_text(brushes)) == brushes
    assert brushes_from_link(link_text(brushes)).key == brushes_from_link(link_text(brushes)).key


class Page:
    """One session of a real server, in whose thread the state is changed.

    Attributes
    ----------
    state
        What the session explores.

    """

    def __init__(self, state: Exploration, document: Any) -> None:
        self.state = state
        self._document = document
        self._answered = threading.Condition()
        state.param.watch(self._tell, "revision")

    def _tell(self, _event: object) -> None:
        with self._answered:
            self._answered.notify_all()

    def send(self, *acts: Callable[[], None]) -> None:
        """Have the session do these at its next ticks, as messages of a browser are handled."""
        for act in acts:
            self._document.add_next_tick_callback(act)

    def wait_until_current(self, *slots: str) -> None:
        """Wait until the answers in these slots are about the last brushes."""
        with self._answered:
            assert self._answered.wait_for(
                lambda: all(self.state.is_current(slot) for slot in slots), PATIENCE_S
            )

    def wait_until_revision(self, revision: int) -> None:
        """Wait until the views have been told so often: answers are put in place before that."""
        with self._answered:
            assert self._answered.wait_for(lambda: self.state.revision >= revision, PATIENCE_S)


def wait_until_up(port: int) -> None:
    """Wait until the server, which starts in a thread, takes connections."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline


@contextmanager
def served(state: Exploration) -> Iterator[Page]:
    """A session over ``state`` with the scheduler of a page; it ends with the block."""
    pages = []
    gone = threading.Event()

    def app() -> Any:
        redraw_latest(state)
        scheduler: Any = state.schedule
        scheduler.begin()  # no browser is there to say that it has the document
        pn.state.on_session_destroyed(lambda _context: gone.set())
        pages.append(Page(state, pn.state.curdoc))
        return pn.pane.Str("explored")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = pn.serve(
        {"page": app},
        port=port,
        threaded=True,
        show=False,
        unused_session_lifetime_milliseconds=1,
        check_unused_sessions_milliseconds=50,
    )
    try:
        wait_until_up(port)
        session = pull_session(url=f"http://localhost:{port}/page")
        try:
            yield pages[0]
        finally:
            session.close()
            assert gone.wait(PATIENCE_S)
    finally:
        server.stop()
        server.join(PATIENCE_S)


def test_bursts_without_a_pause_end_with_the_answers_to_the_last_brush(butter_e: Gateway) -> None:
    now = [0.0]
    state = Exploration(butter_e, clock=lambda: now[0])
    state.pose(QUESTIONS)
    runs = BruteForce(standin_path(), state.axes, butter_e)
    visitor = Visitor(state, runs, 7)
    rng = np.random.default_rng(8)

    def step() -> None:
        now[0] += 10
        visitor.step()

    with served(state) as page:
        for _ in range(12):
            burst = int(rng.integers(1, 9))
            done, revision = threading.Event(), state.revision
            page.send(*[step] * burst, done.set)
            assert done.wait(PATIENCE_S)
            page.wait_until_current(*state._posed)
            check(state, runs)
            # Prompt answers come in one publication a round, however many brushes there were.
            assert state.revision - revision <= burst + 1
    assert len(visitor.done) > 30


def test_brushes_that_come_together_are_answered_once_with_the_last(butter_e: Gateway) -> None:
    watched = Watched(butter_e)
    state = Exploration(watched)
    state.pose(QUESTIONS)
    watched.asked.clear()

    def drag() -> None:
        for deepest in (4, 5, 6):
            state.brush_range("depth", 2, deepest)

    with served(state) as page:
        page.send(drag)
        page.wait_until_current(*QUESTIONS)
        page.wait_until_revision(2)
    assert state.brushes.ranges == {"depth": (2, 6)}
    assert state.revision == 2  # the prompt questions, then the slow one
    assert set(watched.asked.values()) == {1}


def test_a_slow_question_delays_neither_the_prompt_ones_nor_the_next_brush(endless: Gateway) -> None:
    watched = Watched(endless)
    state = Exploration(watched)
    state.pose(energy_distribution.QUESTIONS)
    with served(state) as page:
        page.send(lambda: state._posed.update(endless=ENDLESS))
        for deepest in (4, 5, 6):
            watched.begun.clear()
            page.send(partial(state.brush_range, "depth", 2, deepest))
            assert watched.begun.wait(PATIENCE_S)
            page.wait_until_current("summary", *energy_distribution.QUESTIONS)
            assert state.brushes.ranges == {"depth": (2, deepest)}
        assert state.stale(["endless"])
        assert not watched.ended.is_set()
    # The session is over: what was asked for it is withdrawn.
    assert watched.ended.wait(PATIENCE_S)


def test_a_view_that_cannot_be_drawn_does_not_cost_the_next_brush_its_answer(
    butter_e: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    state = Exploration(butter_e)
    broken = threading.Event()

    def draw(_event: object) -> None:
        if state.brushes.ranges["depth"] == (2, 4):
            broken.set()
            raise ValueError("no ink")

    state.param.watch(draw, "revision")
    with served(state) as page:
        page.send(lambda: state.brush_range("depth", 2, 4))
        assert broken.wait(PATIENCE_S)
        page.send(lambda: state.brush_range("depth", 2, 5))
        page.wait_until_current("summary")
    assert "no ink" in caplog.text
