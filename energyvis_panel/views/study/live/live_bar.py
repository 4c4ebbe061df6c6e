"""Which run is followed live, is it alive, and what has it been asked to do?"""

from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.live_reading import Connection, LiveReading, PowerNow, RunNow
from energyvis_panel.domain.units import power_text
from energyvis_panel.state.live import LiveRun, seconds_text
from energyvis_panel.state.run_rows import RunRow

HERE = Path(__file__).parent
LONGEST_TEXT = 4000
ORIGINS = {"counter": "measured", "integrated": "integrated", "estimate": "estimated", "imported": "imported"}
ASKED = {
    "pause": "asked to pause before its next epoch",
    "resume": "asked to go on",
    "stop": "asked to stop after this epoch",
}
HOW_TO_FOLLOW = "For a reading each second, paste the live URL that its tracker printed at the start."


class LiveControls(JSComponent):
    """The bar. What the user does comes as messages, so that no token stays in the page's model."""

    content = param.Dict(default={}, doc="What the bar says, as `bar_content` makes it.")

    _esm = HERE / "live_bar.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "live_bar.css").read_text(encoding="utf-8")]


def bar_content(live: LiveRun) -> dict[str, Any]:
    """What the bar says. Ages are seconds as of now; the browser counts them on."""
    reading = live.reading
    content: dict[str, Any] = {
        "phase": "idle",
        "sentence": live.sentence,
        "note": live.note,
        "refusal": live.rights.why_not,
    }
    if reading is None:
        if live.lake_run is not None:
            content |= {
                "phase": "lake",
                "name": live.lake_run.name,
                "state": lake_text(live.lake_run, how_to_follow=live.rights.why_not or HOW_TO_FOLLOW),
                "age_s": live.lake_age_s(),
            }
        return content
    retry_s = live.seconds_since(reading.retry_s)
    run = reading.run
    content |= {
        "phase": reading.connection,
        "place": reading.place,
        "sentence": live.sentence or reading.sentence,
        "name": run.name if run else reading.place,
        "state": state_text(reading, live.asked),
        "said": said_text(reading, live.asked),
        "age_s": live.seconds_since(reading.sampled_s),
        "silent_s": live.seconds_since(reading.heard_s),
        "retry_in_s": None if retry_s is None else max(0.0, -retry_s),
        "can_ask": live.can_ask,
        "asked": live.asked,
    }
    if run is not None:
        content |= {
            "power": power_now(run.power, reading.connection),
            "origin": power_origin(run.power),
            "course": course_points(run.course_w),
            "course_text": course_text(run.course_w),
            "beat": run.samples,
            "paused": run.state == "paused",
        }
    return content


def state_text(reading: LiveReading, asked: str) -> str:
    """State of the run with its epoch, and what was asked of it."""
    if reading.run is None:
        return "connecting …" if reading.connection == "connecting" else ""
    parts = [reading.run.state, epoch_text(reading.run)]
    if asked:
        parts.append(ASKED[asked])
    known = " · ".join(part for part in parts if part)
    return f"last known: {known}" if reading.connection == "lost" else known


def said_text(reading: LiveReading, asked: str) -> str:
    """The state without what changes every second, to be read aloud."""
    if reading.connection == "lost":
        return "The connection is lost."
    parts = [reading.run.state if reading.run else reading.connection, ASKED.get(asked, "")]
    return ", ".join(part for part in parts if part)


def epoch_text(run: RunNow) -> str:
    """The epoch that the run is in, counted from 1 as people do, or how many it has finished."""
    planned = f" of {run.epochs_planned:,}" if run.epochs_planned else ""
    if run.epoch is not None and run.epoch >= run.epochs_done and run.state == "running":
        text = f"in epoch {run.epoch + 1:,}{planned}"
        so_far = run.open_epoch
        is_long = so_far is not None and so_far.duration_s >= 1
        return f"{text} for {seconds_text(so_far.duration_s)}" if so_far and is_long else text
    if run.epochs_done:
        return f"{run.epochs_done:,}{planned} epochs done"
    return "no epoch finished yet"


def power_now(power: tuple[PowerNow, ...], connection: Connection) -> str:
    """Watts of all devices together; "" where none is known, or the run draws nothing any more."""
    known = [part.power_w for part in power if part.power_w is not None]
    when = {"live": "now", "lost": "at the last sample"}.get(connection)
    return f"{power_text(sum(known))} {when}" if known and when else ""


def power_origin(power: tuple[PowerNow, ...]) -> str:
    """How the watts are obtained: ``CPU estimated``; with the watts of each where there are several kinds."""
    known = [(part, part.power_w) for part in power if part.power_w is not None]
    return " · ".join(
        " ".join(
            [
                part.kind.upper(),
                *([power_text(watts)] if len(known) > 1 else []),
                ", ".join(ORIGINS.get(source, source) for source in part.sources),
            ]
        ).rstrip()
        for part, watts in known
    )


def course_points(course_w: tuple[float, ...]) -> list[float]:
    """Power of the last minute as shares of its peak, oldest first."""
    peak = max(course_w, default=0.0)
    return [round(watts / peak, 3) for watts in course_w] if peak > 0 else []


def course_text(course_w: tuple[float, ...]) -> str:
    """Power of the last minute in words."""
    if not course_w:
        return ""
    return f"Power over the last minute: {power_text(min(course_w))} to {power_text(max(course_w))}"


def lake_text(row: RunRow, how_to_follow: str = HOW_TO_FOLLOW) -> str:
    """An active run as the lake shows it, and how more is seen of it."""
    if row.state == "stale":
        return f"said to be running, but gave no sign of life for a minute or more. {how_to_follow}"
    done = f"{row.epochs_done:,} epochs done, " if row.epochs_done else ""
    return f"{row.state}, {done}read from the lake every few seconds. {how_to_follow}"


class LiveBar(Viewer):
    """The bar bound to a live run: a button while nothing is followed, a line of its own otherwise."""

    def __init__(self, live: LiveRun, **params: Any) -> None:
        super().__init__(**params)
        self.live = live
        self.controls = LiveControls(
            content=bar_content(live), sizing_mode="stretch_width", margin=0, styles={"min-width": "0"}
        )
        self.controls.on_msg(self._act)
        live.param.watch(self._update, ["reading", "asked", "sentence", "note", "lake_run"])

    def _update(self, *_events: Any) -> None:
        self.controls.content = bar_content(self.live)

    def _act(self, event: Any) -> None:
        """Do what the user asked for in the browser."""
        message = event.data
        action = str(message.get("action")) if isinstance(message, dict) else ""
        if action == "follow":
            self.live.connect(str(message.get("text", ""))[: LONGEST_TEXT + 1])
        elif action in {"pause", "resume", "stop", "disconnect"}:
            getattr(self.live, action)()
        elif action == "dismiss":
            self.live.sentence = ""

    def __panel__(self) -> Any:
        """Return the bar."""
        return pn.Column(self.controls, sizing_mode="stretch_width", margin=0, styles={"min-width": "0"})
