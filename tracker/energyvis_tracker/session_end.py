"""How a run ends: by its processes' word or without, and always with everything written that can be."""

import time
from typing import TYPE_CHECKING, Any

from energyvis_tracker.clock import NS_PER_S, iso_utc
from energyvis_tracker.run_record import worst_state

if TYPE_CHECKING:
    from energyvis_tracker.client import Client
    from energyvis_tracker.session import Session

# How long the job waits for its last files; a lake that is known to fail is worth no long wait.
STOP_TIMEOUT_S = 8.0
TROUBLED_STOP_TIMEOUT_S = 1.0
LAST_TRIES_S = 60.0
LOST_NOTE = "The job's process ended without stopping the tracker."


class SessionEnd:
    """Takes leave of a run's processes; with the last one the run ends, while others of the sampler go on."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.states: list[str] = []
        self.waiting: tuple[Client, int] | None = None
        self.is_closing = False
        self.is_over = False
        self.answer_at_ns = 0
        self.give_up_at_ns = 0

    def leave(self, client: "Client", mark: dict[str, Any]) -> None:
        """Take leave of a process that says how it ended."""
        session = self.session
        session.record["versions"] |= mark["versions"]
        if mark["exit_code"] is not None:  # of several commands the worst counts
            session.record["exit_code"] = max(mark["exit_code"], session.record["exit_code"] or 0)
        is_leader = client.rank == session.leader
        self.finish_epoch(mark, is_leader=is_leader)
        self.part_with(client, mark["state"])
        if self.is_closing:
            self.waiting = (client, mark["id"])
        else:
            client.answer({"ack": mark["id"], "summary": session.view.end_summary(), "is_last": False})
            client.is_gone = True

    def finish_epoch(self, mark: dict[str, Any], *, is_leader: bool) -> None:
        """Take the last sample; an epoch still open counts as finished only if the run is."""
        session = self.session
        if mark["state"] == "finished" and is_leader and session.recorder.epoch is not None:
            session.end_epoch(mark | {"epoch": session.recorder.epoch.index})
        else:
            session.sweep()

    def lose(self, client: "Client") -> None:
        """Take leave of a process that has gone without a word."""
        session = self.session
        session.sweep()
        ranks = f" (rank {client.rank})" if len(session.joined) > 1 else ""
        session.note(LOST_NOTE.replace(" ended", f"{ranks} ended"))
        self.part_with(client, "lost")

    def part_with(self, client: "Client", state: str) -> None:
        """Go on without a process, or begin to close if it was the last."""
        session = self.session
        del session.clients[client.rank]
        client.session = None
        self.states.append(state)
        if session.clients:
            session.orders.update_state()
            return
        session.keep_spans(session.spans.rest())
        if session.orders.paused_since_ns is not None:
            session.orders.paused_ns += time.monotonic_ns() - session.orders.paused_since_ns
            session.record |= {"paused_s": session.orders.paused_ns / NS_PER_S}
        session.record |= {"state": worst_state(self.states), "ended_at": iso_utc(session.clock.read()[0])}
        session.files.epochs_due = bool(session.recorder.epochs)
        now_ns = time.monotonic_ns()
        patience_s = STOP_TIMEOUT_S if session.problem is None else TROUBLED_STOP_TIMEOUT_S
        self.answer_at_ns = now_ns + round(patience_s * NS_PER_S)
        self.give_up_at_ns = self.answer_at_ns + round(LAST_TRIES_S * NS_PER_S)
        self.is_closing = True
        self.go_on()

    def go_on(self) -> None:
        """Write what is left, as far as possible now; answer and let go when it is done or too late."""
        session, now_ns = self.session, time.monotonic_ns()
        if session.sink.flush(now_ns) and not session.files.stopping:
            session.recorder.release_held(now_ns)
            session.sink.save_if_removed()
            if session.sink.flush(now_ns):
                session.sink.rotate()
                session.files.finish()
        is_written = session.files.is_done and not session.sink.pending
        if is_written or now_ns >= self.answer_at_ns:
            self.answer()
        if is_written or now_ns >= self.give_up_at_ns:
            self.end()

    def answer(self) -> None:
        """Tell the process that left last how the run ended."""
        if self.waiting is None:
            return
        client, identity = self.waiting
        self.waiting = None
        client.answer({"ack": identity, "summary": self.session.view.end_summary(), "is_last": True})
        client.is_gone = True

    def end(self) -> None:
        """Let go of the lock, and say in the folder whether anything is left to recover."""
        session = self.session
        self.is_over = True
        session.hub.takes.remove(session.take)
        if session.sink.lock is not None:
            is_done = not session.sink.pending and not session.files.is_anything_left()
            (session.sink.lock.finish if is_done else session.sink.lock.release)()
        session.view.publish_end()
