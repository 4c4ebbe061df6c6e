"""What each mark of a job does to its run."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from energyvis_tracker.client import Client
from energyvis_tracker.session import Session

Mark = dict[str, Any]


def handle(session: Session, client: Client, mark: Mark) -> None:
    """Do what a mark asks for, and answer it.

    Raises
    ------
    KeyError, TypeError, ValueError
        If the mark cannot be meant; nothing is recorded then.
    """
    if "at_ns" in mark:  # on the same line of time as the samples, whatever the wall clock does
        mark = mark | {"at_us": session.clock.at(mark["at_ns"])}
    HANDLERS[mark["mark"]](session, client, mark)


def epoch_start(session: Session, client: Client, mark: Mark) -> None:
    """Begin an epoch, unless the job is to wait or stop before it."""
    control = None if mark.get("is_forced") else session.orders.control.at_start(mark["epoch"])
    if control is None and client.rank == session.leader:
        session.start_epoch(mark)
    client.answer({"ack": mark["id"], "control": control})


def epoch_end(session: Session, client: Client, mark: Mark) -> None:
    """End an epoch, and say whether it was the last."""
    opened = session.recorder.epoch
    # A leader may have ended the epoch and left before the others have: then they are no leaders of it.
    if client.rank == session.leader and opened is not None and opened.index == mark["epoch"]:
        session.end_epoch(mark)
        session.orders.check_budget()
    else:
        session.end_epoch_of_follower(mark)
    client.answer({"ack": mark["id"], "control": session.orders.control.at_end(mark["epoch"])})


def paused(session: Session, client: Client, mark: Mark) -> None:
    """Hold the job until it may go on."""
    session.orders.pause(client, mark)


def held(session: Session, client: Client, mark: Mark) -> None:
    """Note that a command stands still, or goes on."""
    session.orders.held(client, mark)


def span_start(session: Session, client: Client, mark: Mark) -> None:
    """Begin a span."""
    session.spans.start(client.rank, mark, session.used_j())
    client.answer({"ack": mark["id"], "control": session.orders.control.between()})


def span_end(session: Session, client: Client, mark: Mark) -> None:
    """End a span."""
    epoch = session.recorder.epoch
    session.keep_spans(
        session.spans.end(
            client.rank, mark, session.used_j(), None if epoch is None else epoch.index, session.clients
        )
    )
    client.answer({"ack": mark["id"], "control": session.orders.control.between()})


def log(session: Session, client: Client, mark: Mark) -> None:
    """Add metrics to the epoch that ended last."""
    if client.rank == session.leader:
        session.recorder.add_metrics(mark["metrics"], time.monotonic_ns())


def stop(session: Session, client: Client, mark: Mark) -> None:
    """Take leave of the job."""
    session.end.leave(client, mark)


HANDLERS: Mapping[str, Callable[[Session, Client, Mark], None]] = {
    "epoch_start": epoch_start,
    "epoch_end": epoch_end,
    "paused": paused,
    "held": held,
    "span_start": span_start,
    "span_end": span_end,
    "log": log,
    "stop": stop,
}
