"""Server-sent events come out whole, however the bytes are cut, and nothing endless is kept."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.server_events import MOST_LINE_BYTES, EventParser, LineTooLong, ServerEvent

STREAM = (
    b"\xef\xbb\xbfretry: 2000\n\n: still here\n\nevent: run\ndata: {}\n\n"
    b"event: epoch\r\nid: a-1\r\ndata: one\r\ndata:two\r\n\r\nevent: empty\n\n"
    b"data: plain\nid: b\0c\n\ndata: unfinished\n"
)
EVENTS = [
    ServerEvent("run", b"{}"),
    ServerEvent("epoch", b"one\ntwo", "a-1"),
    ServerEvent("message", b"plain"),
]


@given(st.lists(st.integers(1, len(STREAM) - 1)))
def test_any_cut_gives_the_same_events(cuts: list[int]) -> None:
    places = [0, *sorted(set(cuts)), len(STREAM)]
    parser = EventParser()
    found = [event for i, j in pairwise(places) for event in parser.feed(STREAM[i:j])]
    assert found == EVENTS
    assert parser.lines == STREAM.count(b"\n")


def feed_often(parser: EventParser, piece: bytes) -> None:
    for _ in range(100):
        parser.feed(piece)


@pytest.mark.parametrize("piece", [b"x" * 60_000, b"data: " + b"x" * 60_000 + b"\n"], ids=["line", "event"])
def test_what_never_ends_is_refused_and_not_kept(piece: bytes) -> None:
    parser = EventParser()
    with pytest.raises(LineTooLong):
        feed_often(parser, piece)
    assert len(parser._rest) + parser._data_bytes <= MOST_LINE_BYTES + 2 * len(piece)


def test_a_line_of_the_greatest_length_is_taken() -> None:
    line = b"data: " + b"x" * (MOST_LINE_BYTES - 6)
    assert len(EventParser().feed(line + b"\n\n")[0].data) == MOST_LINE_BYTES - 6
    with pytest.raises(LineTooLong):
        EventParser().feed(line + b"x\n\n")
