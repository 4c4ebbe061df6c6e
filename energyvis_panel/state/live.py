"""The run that a session follows over its live URL, and what it has asked of it."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import param
from param.parameterized import batch_call_watchers

from energyvis_panel.domain.live_reading import Action, LiveReading
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.units import duration_text
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.rights import EDITOR, Rights
from energyvis_panel.state.run_rows import LakeSnapshot, RunRow, utc_now
from energyvis_panel.state.study import Study

CONFIRMED_BY = {"pause": "paused", "resume": "running", "stop": "stopped"}
ENDED_STATES = frozenset({"finished", "stopped", "failed", "lost"})
GOING_ON = frozenset({"running", "paused", "stale"})
NOTE_S = 30.0
EARLY_S = 0.2
"""Readings come each second, give or take; one that comes this much early is not put off to the next."""

Listener = Callable[[LiveReading], Any]


class Followed(Protocol):
    """A session's hold on a run that is followed."""

    @property
    def place(self) -> str:
        """Host and port, as the URL names them."""

    def ask(self, action: Action, answered: Callable[[str], Any]) -> None:
        """Ask the job for something; ``answered`` gets why not, or "" once the request is taken."""

    def close(self) -> None:
        """Follow no longer."""


class LiveSource(Protocol):
    """Follows live URLs; the data layer's live client fits it."""

    def follow(self, text: str, listener: Listener) -> Followed:
        """Follow the run whose live URL is in ``text``; the listener is called from another thread."""


class LiveRun(param.Parameterized):
    """The run that one session follows; at most one.

    Parameters
    ----------
    study
        Gets the run's profile, once a second at most.
    source
        Where live URLs are followed.
    later
        Runs a function in the session's own turn; what comes from the source's thread goes through it.
    rights
        Whether this session may follow, pause, resume and stop runs.
    clock
        The process's monotonic clock in seconds.
    now
        Tells the current time with its zone, to which the signs of runs in the lake are compared.
    pace_s
        How long the study waits between two takeovers of what grows; what the run does it learns at once.

    """

    reading = param.ClassSelector(
        class_=LiveReading, allow_None=True, doc="The run; None = none is followed."
    )
    asked: param.Selector[str] = param.Selector(
        default="",
        objects=["", "pause", "resume", "stop"],
        doc="What the job has yet to confirm; '' = nothing.",
    )
    sentence = param.String(default="", doc="What could not be done; '' = all is well.")
    note = param.String(default="", doc="What has happened to the connection lately; '' = nothing.")
    lake_run = param.ClassSelector(
        class_=RunRow, allow_None=True, doc="The run on show where it is active and read from the lake."
    )

    def __init__(
        self,
        study: Study,
        source: LiveSource,
        *,
        later: Callable[[Callable[[], None]], Any] = lambda act: act(),
        rights: Rights = EDITOR,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        pace_s: Callable[[], float] = lambda: 0.0,
        **params: Any,
    ) -> None:
        self.study = study
        self.rights = rights
        self._source = source
        self._clock = clock
        self._now = now
        self._later = later
        self._followed: Followed | None = None
        self._turn = 0
        self._profile: EnergyProfile | None = None
        self._profile_id = ""
        self._is_growing = False
        self._rows: dict[str, RunRow] = {}
        self._lost_since_s: float | None = None
        self._noted_s = -NOTE_S
        self._pace_s = pace_s
        self._taken: tuple[object, ...] = ()
        self._taken_s = 0.0
        super().__init__(**params)
        study.param.watch(lambda _event: self._find_lake_run(), "choice")

    # -- what the user does ---------------------------------------------------------------------------

    def connect(self, text: str) -> None:
        """Follow the run whose live URL is in ``text``, instead of what was followed before."""
        if not self.rights.may_control:
            self.sentence = self.rights.why_not
            return
        self.disconnect()
        turn, waiting = self._turn, list[LiveReading]()

        def show_latest() -> None:
            # Others may come meanwhile: only what was there when the latest was looked at is taken out.
            while count := len(waiting):
                latest = waiting[count - 1]
                del waiting[:count]
                if turn == self._turn:
                    self.show(latest)

        def arrived(reading: LiveReading) -> None:
            waiting.append(reading)
            if len(waiting) == 1:
                self._later(show_latest)

        try:
            self._followed = self._source.follow(text, arrived)
        except EnergyVisError as error:
            self.sentence = str(error)

    def disconnect(self) -> None:
        """Follow no longer; what was learnt stays on the strip, as it was."""
        self.release()
        self._settle()
        self._profile_id, self._lost_since_s, self._noted_s = "", None, -NOTE_S
        self.param.update(reading=None, asked="", sentence="", note="")
        self._find_lake_run()

    def release(self) -> None:
        """Let the source go, and change nothing else: the session has ended."""
        followed, self._followed = self._followed, None
        self._turn += 1
        if followed is not None:
            followed.close()

    def pause(self) -> None:
        """Ask the job to pause before its next epoch."""
        self._ask("pause")

    def resume(self) -> None:
        """Ask the paused job to go on."""
        self._ask("resume")

    def stop(self) -> None:
        """Ask the job to stop after the epoch that it is in."""
        self._ask("stop")

    def _ask(self, action: Action) -> None:
        if self._followed is None or self.reading is None or self.reading.run is None:
            return
        if not self.rights.may_control:
            self.sentence = self.rights.why_not
            return
        turn = self._turn
        self.param.update(asked=action, sentence="")

        def answered(sentence: str) -> None:
            self._later(lambda: self._refused(turn, sentence))

        self._followed.ask(action, answered)

    def _refused(self, turn: int, sentence: str) -> None:
        """Take over why what was asked for will not happen; "" where it will."""
        if sentence and turn == self._turn:
            self.param.update(asked="", sentence=sentence)

    @property
    def is_following(self) -> bool:
        """Whether a run is followed over its live URL."""
        return self._followed is not None

    # -- what is told ---------------------------------------------------------------------------------

    def seconds_since(self, moment_s: float | None) -> float | None:
        """Seconds since a moment of a reading, negative before it; None where there is no such moment."""
        return None if moment_s is None else self._clock() - moment_s

    def lake_age_s(self) -> float | None:
        """Seconds since the last sign of the run that is read from the lake, at least 0; None without one."""
        sign_at = self.lake_run.last_sign_at if self.lake_run else None
        return None if sign_at is None else max(0.0, (self._now() - sign_at).total_seconds())

    @property
    def can_ask(self) -> bool:
        """Whether there is a run that could be paused, resumed or stopped now."""
        reading = self.reading
        is_live = reading is not None and reading.connection == "live" and reading.run is not None
        return is_live and self.rights.may_control

    def show(self, reading: LiveReading) -> None:
        """Take over what is known of the run."""
        run, is_over = reading.run, reading.connection in {"ended", "failed"}
        confirmed = run is not None and (
            run.state in ENDED_STATES or run.state == CONFIRMED_BY.get(self.asked)
        )
        asked = "" if is_over or confirmed else self.asked
        self.param.update(reading=reading, asked=asked, note=self._noted(reading))
        if not self._is_due(reading):
            return
        # One redrawing of the study for both, the finished epochs and the open one.
        with batch_call_watchers(self.study):
            if run is not None and run.profile is not None:
                self._put(run.profile, is_growing=not is_over)
            self._show_open(reading)

    def _is_due(self, reading: LiveReading) -> bool:
        """Whether the study takes the run over now: something has happened, or the last time is long ago."""
        run, now_s = reading.run, self._clock()
        known = (
            reading.connection,
            self._turn,
            run is not None and run.profile is not None,
            run and run.state,
        )
        if known == self._taken and now_s - self._taken_s < self._pace_s() - EARLY_S:
            return False
        self._taken, self._taken_s = known, now_s
        return True

    def _show_open(self, reading: LiveReading) -> None:
        """Tell the study of the epoch in progress; of none while the connection is lost or after the end."""
        open_epoch = reading.run.open_epoch if reading.run and reading.connection == "live" else None
        is_shown = open_epoch is not None and bool(self._profile_id)
        self.study.open_parts = {self._profile_id: open_epoch} if is_shown else {}

    def _noted(self, reading: LiveReading) -> str:
        """Sentence about a connection that was lost and has come back, for a while."""
        now_s = self._clock()
        if reading.connection == "lost":
            self._lost_since_s = self._lost_since_s or reading.heard_s or now_s
            return ""
        if reading.connection == "live" and self._lost_since_s is not None:
            gap_s, self._lost_since_s, self._noted_s = now_s - self._lost_since_s, None, now_s
            return f"The connection is back after {seconds_text(gap_s)}; no epoch is missing."
        return self.note if now_s - self._noted_s < NOTE_S else ""

    def _put(self, profile: EnergyProfile, *, is_growing: bool) -> None:
        """Hand the profile to the study if anything of it has changed."""
        if profile is self._profile and is_growing == self._is_growing:
            return
        if self._profile_id and not self._is_on_strip():
            self.disconnect()  # it was taken off the strip
            return
        is_first = self._profile is None
        self._profile, self._is_growing = profile, is_growing
        known = replace(profile, id=self._profile_id) if self._profile_id else profile
        self._profile_id = self.study.put(known, "live", live=is_growing, select=is_first)

    def _settle(self) -> None:
        """Mark the profile as one that grows no longer."""
        self.study.open_parts = {}
        profile, self._profile = self._profile, None
        if profile is not None and self._is_growing and self._is_on_strip():
            self._is_growing = False
            self.study.put(replace(profile, id=self._profile_id), "live", live=False, select=False)

    def _is_on_strip(self) -> bool:
        return any(entry.profile_id == self._profile_id for entry in self.study.entries)

    # -- active runs in the lake ------------------------------------------------------------------------

    def show_lake(self, snapshot: LakeSnapshot) -> None:
        """Take over what the lake's watcher read; after a failure the runs read before stay."""
        if not snapshot.failure:
            self._rows = {row.run_id: row for row in snapshot.rows if row.state in GOING_ON}
            self._find_lake_run()

    def _find_lake_run(self) -> None:
        """Find the active run that is on show and read from the lake."""
        choice = self.study.choice
        row = self._rows.get(choice.baseline_id) if choice else None
        self.lake_run = None if row is None or row.run_id == self._profile_id else row


class LakeRuns:
    """Tells a live run what the lake's watcher read."""

    def __init__(self, live: LiveRun) -> None:
        self.live = live

    def show(self, snapshot: LakeSnapshot) -> None:
        """Take over what was read."""
        self.live.show_lake(snapshot)


def seconds_text(seconds: float) -> str:
    """Seconds for people, without decimals."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else duration_text(whole)  # noqa: PLR2004 - a minute
