"""Is the lake being read, and is anything wrong with it?"""

from datetime import datetime
from html import escape
from typing import Any, Protocol

import panel as pn
from panel.viewable import Viewer

from energyvis_panel.domain.units import duration_text
from energyvis_panel.state.runs import RunsState

MOST_NAMED = 5
LONGEST_PATH = 40
MINUTE_S = 60


class Damaged(Protocol):
    """A file that was left out."""

    @property
    def path(self) -> object:
        """Where it lies."""

    @property
    def reason(self) -> str:
        """Why it was left out."""


def lake_html(status: Any, failure: str) -> str:
    """Line about a lake: place, runs, age of the last sign of life; amber where something is wrong."""
    if failure:
        return line(failure, "Lake: cannot be read", amber=True)
    if status is None:
        return line("", "Lake: reading …", amber=False)
    hint = [str(status.path)]
    if not status.exists:
        return line(f"{status.path} does not exist yet", "Lake: empty", amber=False)
    parts = [f"{status.runs:,} run{'' if status.runs == 1 else 's'}"]
    if status.active:
        parts.append(f"{status.active} active")
    if status.last_sign_age_s is not None:
        parts.append(f"last sample {age_text(status.last_sign_age_s)} ago")
        hint.append(f"Last sign of life {stamp(status.last_sign_at)}")
    if status.stale:
        parts.append(f"{status.stale} stale")
        hint.append(f"{status.stale} active run(s) gave no sign of life for a minute")
    if status.damaged:
        count = len(status.damaged)
        parts.append(f"{count} file{'' if count == 1 else 's'} left out")
        hint += [f"Left out: {damaged.path}: {damaged.reason}" for damaged in status.damaged[:MOST_NAMED]]
        if count > MOST_NAMED:
            hint.append(f"and {count - MOST_NAMED} more; `energyvis lake status` names them all")
    where = str(status.path)
    shown = where if len(where) <= LONGEST_PATH else f"…{where[-LONGEST_PATH:]}"
    amber = bool(status.stale or status.damaged)
    return line("\n".join(hint), f"{shown} · {' · '.join(parts)}", amber=amber)


def line(hint: str, text: str, *, amber: bool) -> str:
    """HTML of the line with everything from outside escaped."""
    colour = "var(--ev-stale)" if amber else "var(--ev-muted)"
    mark = "▲ " if amber else ""
    return (
        f'<span role="status" title="{escape(hint)}" style="color:{colour};font-size:12px;'
        f'white-space:nowrap;font-variant-numeric:tabular-nums">{mark}{escape(text)}</span>'
    )


def age_text(seconds: float) -> str:
    """Age without decimals."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < MINUTE_S else duration_text(whole)


def stamp(moment: datetime | None) -> str:
    """Moment for people."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "never"


class LakeLine(Viewer):
    """The line for the top bar."""

    def __init__(self, runs: RunsState, **params: Any) -> None:
        super().__init__(**params)
        self.runs = runs

    def __panel__(self) -> Any:
        """Return the line."""
        return pn.pane.HTML(
            pn.bind(lake_html, self.runs.param.status, self.runs.param.failure),
            margin=(0, 8),
            align="center",
            css_classes=["lake-line"],
        )
