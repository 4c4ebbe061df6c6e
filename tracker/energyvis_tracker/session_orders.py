"""Orders to a run: from the live URL or from its budget, carried out at the next boundary of an epoch."""

import time
from typing import TYPE_CHECKING, Any

from energyvis_tracker.budget import BudgetWatch, budget_of
from energyvis_tracker.clock import NS_PER_S
from energyvis_tracker.control import Control

if TYPE_CHECKING:
    from energyvis_tracker.client import Client
    from energyvis_tracker.session import Session

SEVERAL_HOSTS = "The run goes over several hosts, so it can only be ended where it was started."


class SessionOrders:
    """What a run was told to do, and which of its processes wait."""

    def __init__(self, session: "Session", hello: dict[str, Any]) -> None:
        self.session = session
        self.control = Control()
        self.refusal = SEVERAL_HOSTS if hello["hosts"] > 1 else None
        self.paused_since_ns: int | None = None
        self.paused_ns = 0
        budget = budget_of(hello["run"]["budget"])
        facts = hello["run"]
        self.watch = None if budget is None else BudgetWatch(budget, facts["pue"], facts["epochs_planned"])

    def order(self, action: str, reason: str) -> None:
        """Pass an order on to the run's processes."""
        if self.refusal is not None or not self.control.order(action, reason):
            return
        if action != "resume":
            self.session.note(f"{'Paused' if action == 'pause' else 'Stopped'}: {reason}.")
        for client in self.session.clients.values():
            if client.is_command:
                client.answer({"order": action, "reason": reason})
            elif action != "pause" and client.paused_id is not None:
                client.answer({"ack": client.paused_id, "control": "stop" if action == "stop" else None})
                client.paused_id = None
        self.update_state()

    def pause(self, client: "Client", mark: dict[str, Any]) -> None:
        """Hold a process that has stopped before its next epoch, unless it may go on already."""
        if self.control.pause_before is None:
            stops = self.control.stop_after is not None
            client.answer({"ack": mark["id"], "control": "stop" if stops else None})
            return
        client.paused_id = mark["id"]
        self.update_state()

    def held(self, client: "Client", mark: dict[str, Any]) -> None:
        """Note that a command was held by a signal, or let go again."""
        client.paused_id = -1 if mark["is_held"] else None
        self.update_state()

    def update_state(self) -> None:
        """Set the run's state: it is paused once all its processes stand still."""
        session = self.session
        clients = list(session.clients.values())
        is_paused = bool(clients) and all(client.paused_id is not None for client in clients)
        now_ns = time.monotonic_ns()
        if is_paused and self.paused_since_ns is None:
            self.paused_since_ns = now_ns
            session.set_state("paused")
        elif not is_paused and self.paused_since_ns is not None:
            self.paused_ns += now_ns - self.paused_since_ns
            self.paused_since_ns = None
            session.record |= {"paused_s": self.paused_ns / NS_PER_S}
            session.set_state("running")

    def take_requests(self) -> None:
        """Carry out what was asked for over the live URL."""
        feed = self.session.view.feed
        if feed is not None:
            for action in feed.take_requests():
                self.order(action, "asked for over the live URL")

    def check_budget(self) -> None:
        """Compare use and projection with the budget, and act when a limit is newly passed."""
        if self.watch is None:
            return
        for sentence in self.watch.newly_passed(*self.used_and_projected()):
            self.session.note(sentence)
            for client in self.session.clients.values():
                client.warnings.append(sentence)
            if self.watch.budget.action != "warn":
                self.order(self.watch.budget.action, "the budget is going to be passed")

    def used_and_projected(self) -> tuple[float, float]:
        """Return the joules used so far, and those of the whole run as it goes."""
        recorder = self.session.recorder
        used_j = sum(recorder.job_j.values())
        if self.watch is None:
            return used_j, used_j
        whole_j = sum(recorder.energy_j.values())
        # Epochs hold the energy of whole devices; the job's part of it is taken to be the run's.
        part = used_j / whole_j if whole_j else 1.0
        return used_j, self.watch.projected_j(used_j, part * recorder.epochs_j, len(recorder.epochs))

    def budget_state(self) -> dict[str, Any] | None:
        """Return limits, use and projection, or none without a budget."""
        return None if self.watch is None else self.watch.state(*self.used_and_projected())
