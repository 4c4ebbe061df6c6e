"""Server-sent events: what comes, in which order, how often, and after a lost connection."""

import json
import threading
import time
from typing import Any

from energyvis_tracker.live.event_stream import EventStream
from energyvis_tracker.live.feed import LiveFeed
from tests.tracker.live.conftest import (
    OTHER_RUN_ID,
    RUN_ID,
    TOKEN,
    LiveSite,
    finished_epoch,
    run_record,
    summary,
    wait_for,
)

NS_PER_S = 1_000_000_000


def feed_with(*epochs: int) -> LiveFeed:
    feed = LiveFeed(RUN_ID, TOKEN)
    feed.publish_state(run_record())
    for epoch in epochs:
        feed.publish_epoch(finished_epoch(epoch))
    return feed


def events_in(piece: bytes) -> list[tuple[str, Any]]:
    """Return name and data of each event in a piece."""
    found = []
    for block in piece.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def names(piece: bytes) -> list[str]:
    return [name for name, _ in events_in(piece)]


def test_a_client_gets_the_run_its_epochs_and_the_newest_sample(site: LiveSite) -> None:
    feed = site.feeds[0]
    for epoch in range(3):
        feed.publish_epoch(finished_epoch(epoch))
    feed.publish_sample(summary())
    client = site.events()
    assert [client.next() for _ in range(5)] == [
        ("run", run_record()),
        *[("epoch", finished_epoch(epoch)) for epoch in range(3)],
        ("sample", summary()),
    ]
    feed.publish_epoch(finished_epoch(3))
    feed.publish_span({"span_id": 0, "name": "eval"})
    assert client.until("span") == {"span_id": 0, "name": "eval"}
    assert client.seen[-2] == ("epoch", finished_epoch(3))
    feed.publish_state(run_record(state="paused"))
    assert client.until("state")["state"] == "paused"


def test_the_stream_ends_with_the_last_sample_and_the_last_state(site: LiveSite) -> None:
    feed = site.feeds[0]
    client = site.events()
    client.until("run")
    wait_for(lambda: feed.watchers == 1)
    feed.publish_sample(summary(energy_gpu_j=1.0))
    client.until("sample")
    feed.publish_sample(summary(energy_gpu_j=2.0))
    feed.publish_state(run_record(state="finished"))
    site.server.remove(feed)
    assert client.until("sample")["energy_j"]["gpu"] == 2.0
    assert client.until("state")["state"] == "finished"
    assert client.next() is None
    wait_for(lambda: feed.watchers == 0)


def test_a_stream_of_a_run_that_has_ended_says_so_and_ends(site: LiveSite) -> None:
    site.feeds[0].publish_state(run_record(state="failed"))
    site.feeds[0].closed.set()
    client = site.events()
    assert client.until("state")["state"] == "failed"
    assert client.next() is None


def test_closing_the_server_ends_the_streams_with_their_state(site: LiveSite) -> None:
    client = site.events()
    client.until("run")
    closing = threading.Thread(target=site.server.close, args=(2.0,))
    began_s = time.monotonic()
    closing.start()
    assert client.until("state")["state"] == "running"
    assert client.next() is None
    closing.join()
    assert time.monotonic() - began_s < 2.0
    assert not site.server.thread.is_alive()


def test_a_client_that_comes_back_gets_the_epochs_that_it_lacks(site: LiveSite) -> None:
    feed = site.feeds[0]
    for epoch in range(3):
        feed.publish_epoch(finished_epoch(epoch))
    client = site.events()
    for _ in range(3):
        client.until("epoch")
    client.connection.close()
    feed.publish_epoch(finished_epoch(1, metrics={"accuracy": 0.9}))  # logged later
    feed.publish_epoch(finished_epoch(3))
    again = site.events(last_event_id=client.ids[-1])
    assert again.next() == ("run", run_record())
    assert again.next() == ("epoch", finished_epoch(1, metrics={"accuracy": 0.9}))
    assert again.next() == ("epoch", finished_epoch(3))
    assert len(set(client.ids + again.ids)) == 5


def test_an_id_that_is_not_of_this_run_brings_every_epoch() -> None:
    for event_id in [
        "",
        "x",
        f"{OTHER_RUN_ID}-3",
        f"{RUN_ID}-",
        f"{RUN_ID}-99999",
        f"{RUN_ID}-²",
        f"{RUN_ID}--1",
    ]:
        stream = EventStream(feed_with(0, 1), event_id, 0)
        assert names(stream.next_piece(0)) == ["run", "epoch", "epoch"]


def test_many_epochs_come_in_pieces_and_the_sample_after_them() -> None:
    feed = feed_with(*range(120))
    feed.publish_sample(summary())
    stream = EventStream(feed, "", 0)
    pieces = [names(stream.next_piece(0)) for _ in range(4)]
    assert pieces == [["run"] + ["epoch"] * 50, ["epoch"] * 50, ["epoch"] * 20 + ["sample"], []]


def test_samples_come_at_most_twice_a_second_and_always_the_newest() -> None:
    feed = feed_with()
    stream = EventStream(feed, "", 0)
    stream.next_piece(0)
    sent: list[tuple[int, float]] = []
    for tick in range(100):  # ten seconds at 10 Hz
        now_ns = tick * NS_PER_S // 10
        feed.publish_sample(summary(energy_gpu_j=float(tick)))
        sent += [(now_ns, data["energy_j"]["gpu"]) for _, data in events_in(stream.next_piece(now_ns))]
    assert [now_ns for now_ns, _ in sent] == [tick * NS_PER_S // 2 for tick in range(20)]
    assert [energy_j for _, energy_j in sent] == [5.0 * tick for tick in range(20)]


def test_a_quiet_stream_has_a_heartbeat_every_ten_seconds() -> None:
    stream = EventStream(feed_with(), "", 0)
    stream.next_piece(0)
    beats = [second for second in range(1, 31) if stream.next_piece(second * NS_PER_S)]
    assert beats == [10, 20, 30]
    assert EventStream(feed_with(), "", 0).next_piece(0).startswith(b"retry: ")


def test_spans_before_the_connection_are_not_told() -> None:
    feed = feed_with()
    feed.publish_span({"span_id": 0})
    stream = EventStream(feed, "", 0)
    feed.publish_span({"span_id": 1})
    assert events_in(stream.next_piece(0)) == [("run", run_record()), ("span", {"span_id": 1})]


def test_what_is_no_number_becomes_null() -> None:
    feed = feed_with()
    feed.publish_epoch(finished_epoch(0, metrics={"loss": float("nan"), "norm": float("inf"), "f": 1.0}))
    piece = EventStream(feed, "", 0).next_piece(0)
    assert events_in(piece)[-1][1]["metrics"] == {"loss": None, "norm": None, "f": 1.0}


def test_a_name_cannot_break_out_of_its_event() -> None:
    feed = feed_with()
    feed.publish_state(run_record(name="a\n\nevent: state\ndata: {}\n\n\u2028"))
    piece = EventStream(feed, "", 0).next_piece(0)
    assert events_in(piece) == [("run", run_record(name="a\n\nevent: state\ndata: {}\n\n\u2028"))]
