"""A live run that a test tells what is heard of it, and a run of the lake that is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from energyvis_panel.domain.live_reading import Action, LiveReading, RunNow
from energyvis_panel.errors import SettingsError
from energyvis_panel.state.rights import Rights
from energyvis_panel.state.run_rows import RunRow
from energyvis_panel.state.study import Study
from tests.profiles_fixture import small_profile

URL = "http://127.0.0.1:43210/?token=x"
VIEWER = Rights("bob", may_import=False, may_control=False)


class CannedSource:
    """Follows nothing, and hands on what a test tells it."""

    place = "127.0.0.1:43210"

    def __init__(self) -> None:
        self.listener: Callable[[LiveReading], Any] | None = None
        self.asked: list[Action] = []
        self.answer = ""
        self.closed = 0

    def follow(self, text: str, listener: Callable[[LiveReading], Any]) -> "CannedSource":
        if "token" not in text:
            raise SettingsError("That is no live URL.")
        self.listener = listener
        return self

    def ask(self, action: Action, answered: Callable[[str], Any]) -> None:
        self.asked.append(action)
        answered(self.answer)

    def close(self) -> None:
        self.closed += 1

    def tell(
        self, connection: Any = "live", *, epochs: int = 2, state: str = "running", **changes: Any
    ) -> None:
        run = RunNow("01J", "toy", state, profile=small_profile("01J", epochs=epochs))
        assert self.listener is not None
        self.listener(replace(LiveReading(connection, self.place, run=run, heard_s=90.0), **changes))


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def entry(study: Study, profile_id: str = "01J") -> Any:
    return next((one for one in study.entries if one.profile_id == profile_id), None)


def baseline_epochs(study: Study) -> int:
    assert study.comparison is not None
    return len(study.comparison.baseline.projection.epochs)


def row(state: str = "running") -> RunRow:
    return RunRow(
        run_id="run",
        name="My run",
        user="ada",
        project="",
        hosts="node1",
        state=state,
        started_at=datetime(2026, 11, 3, 10, tzinfo=UTC),
        duration_s=60.0,
        energy_j=1.0,
        carbon_g=None,
        power_w=None,
        epochs_done=2,
        epochs_planned=None,
        source="counter",
        quality="ok",
        estimated_share=0.0,
        region="",
        carbon_origin="",
    )
