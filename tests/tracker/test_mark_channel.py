"""The job's end of the socket: it never waits for a sampler that does not read, and loses nothing it took."""

import socket
from collections.abc import Iterator

import pytest

from energyvis_tracker.mark_channel import MAX_OUTBOX_BYTES, MarkChannel
from energyvis_tracker.marks import MarkReader, encoded


@pytest.fixture
def ends() -> Iterator[tuple[MarkChannel, socket.socket]]:
    """Return the job's end and the sampler's."""
    job, sampler = socket.socketpair()
    with job, sampler:
        yield MarkChannel(job), sampler


def read_all(channel: MarkChannel, sampler: socket.socket) -> list[int]:
    """Return the numbers of the marks that the sampler gets once it reads."""
    reader, numbers = MarkReader(sampler), []
    sampler.setblocking(False)
    while True:
        try:
            numbers += [mark["number"] for mark in reader.receive()]
        except BlockingIOError:
            if not channel.outbox:
                return numbers
            channel.flush()


def test_marks_that_nobody_reads_wait_in_order(ends: tuple[MarkChannel, socket.socket]) -> None:
    channel, sampler = ends
    for number in range(10_000):
        channel.send({"number": number, "filler": "x" * 100})
    assert channel.outbox
    assert read_all(channel, sampler) == list(range(10_000))
    assert channel.outbox_bytes == 0


def test_a_mark_that_the_socket_takes_in_parts_arrives_whole(
    ends: tuple[MarkChannel, socket.socket],
) -> None:
    channel, sampler = ends
    for number in range(3):
        channel.send({"number": number, "filler": "x" * 900_000})
    assert read_all(channel, sampler) == [0, 1, 2]


def test_memory_for_waiting_marks_is_bounded(ends: tuple[MarkChannel, socket.socket]) -> None:
    channel, sampler = ends
    for number in range(20_000):
        channel.send({"number": number, "filler": "x" * 1_000})
    assert channel.outbox_bytes < MAX_OUTBOX_BYTES + 2_000
    numbers = read_all(channel, sampler)
    assert len(numbers) + channel.dropped == 20_000
    assert numbers == list(range(len(numbers)))
    channel.send({"number": -1})
    assert read_all(channel, sampler) == [-1]


def test_an_answer_is_received_while_marks_still_wait(ends: tuple[MarkChannel, socket.socket]) -> None:
    channel, sampler = ends
    for number in range(10_000):
        channel.send({"number": number, "filler": "x" * 100})
    sampler.sendall(encoded({"ack": 7}))
    assert channel.receive(5.0) == [{"ack": 7}]
    assert channel.receive(0.0) == []


def test_the_end_of_the_sampler_is_noticed(ends: tuple[MarkChannel, socket.socket]) -> None:
    channel, sampler = ends
    sampler.close()
    assert channel.receive(5.0) == []
    assert channel.is_closed
    with pytest.raises(OSError, match="pipe"):
        channel.send({"number": 1})
