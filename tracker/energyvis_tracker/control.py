"""Pause, resume and stop: what was asked for, and at which boundary of an epoch it holds.

All ranks of a job must agree on the epoch before which they wait or after which they end, or some would wait
for the others for ever. So an order takes effect at the first boundary that no rank has passed yet.
"""

ACTIONS = ("pause", "resume", "stop")


class Control:
    """The orders that a run was given.

    `is_alone` says that the run has one process, which may then end at any boundary.
    """

    def __init__(self) -> None:
        self.pause_before: int | None = None
        self.stop_after: int | None = None
        self.is_alone = True
        self.last_started = -1
        self.last_ended = -1
        self.reason = ""

    def order(self, action: str, reason: str) -> bool:
        """Take an order, and return whether it changed anything."""
        if action == "pause" and self.pause_before is None and self.stop_after is None:
            self.pause_before, self.reason = self.last_started + 1, reason
        elif action == "resume" and self.pause_before is not None:
            self.pause_before = None
        elif action == "stop" and self.stop_after is None:
            self.stop_after, self.reason = self.last_ended + 1, reason
            self.pause_before = None  # who waits is let go, and told to stop
        else:
            return False
        return True

    def at_start(self, epoch: int) -> str | None:
        """Return what a process has to do that is about to begin `epoch`: stop, pause or nothing."""
        if self.stop_after is not None and (self.is_alone or epoch > self.stop_after):
            return "stop"
        if self.pause_before is not None and epoch >= self.pause_before:
            return "pause"
        self.last_started = max(self.last_started, epoch)
        return None

    def between(self) -> str | None:
        """Return whether a process within an epoch has to stop: only one that is alone may end there."""
        return "stop" if self.stop_after is not None and self.is_alone else None

    def at_end(self, epoch: int) -> str | None:
        """Return whether a process that has just ended `epoch` has to stop."""
        self.last_ended = max(self.last_ended, epoch)
        return "stop" if self.stop_after is not None and epoch >= self.stop_after else None
