"""The Runs page in the address: a link reopens the same runs. What it says is checked before it is used."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from energyvis_panel.state.run_filter import GROUPINGS, MEASURES
from energyvis_panel.state.runs import RunsState
from energyvis_panel.state.runs_frame import COLUMNS

TEXT_KEYS: Final[Mapping[str, str]] = {
    "q": "filter_text",
    "user": "user",
    "project": "project",
    "host": "host",
    "state": "run_state",
}
DAY_KEYS: Final[Mapping[str, str]] = {"from": "first_day", "to": "last_day"}
RUNS_KEYS: Final = (*TEXT_KEYS, *DAY_KEYS, "group", "sum", "sort")
WATCHED: Final = (*TEXT_KEYS.values(), *DAY_KEYS.values(), "group", "measure", "sort")
"""Parameters of the state that the address follows."""
LONGEST_VALUE: Final = 200
DIRECTIONS: Final = frozenset({"asc", "desc"})


def runs_query(state: RunsState) -> dict[str, str | None]:
    """Query arguments that describe the page; None for what is as it is by default."""
    texts = {key: getattr(state, name)[:LONGEST_VALUE] or None for key, name in TEXT_KEYS.items()}
    days = {key: getattr(state, name) for key, name in DAY_KEYS.items()}
    return {
        **texts,
        **{key: day.isoformat() if day else None for key, day in days.items()},
        "group": state.group if state.group != RunsState.param.group.default else None,
        "sum": state.measure if state.measure != RunsState.param.measure.default else None,
        "sort": state.sort or None,
    }


def follow_runs_query(state: RunsState, query: Mapping[str, str]) -> None:
    """Bring the page to what a query says; what cannot be followed is left out and named in one sentence."""
    value = {key: query[key][:LONGEST_VALUE] for key in RUNS_KEYS if query.get(key)}
    changes: dict[str, Any] = {name: value[key] for key, name in TEXT_KEYS.items() if key in value}
    refused: list[str] = []
    for key, name in DAY_KEYS.items():
        if key in value:
            if (day := day_in(value[key])) is None:
                refused.append(f"the day {value[key]!r}")
            changes[name] = day
    first, last = changes.get("first_day"), changes.get("last_day")
    if first and last and first > last:
        changes |= {"first_day": last, "last_day": first}
    for key, name, known in (("group", "group", GROUPINGS), ("sum", "measure", MEASURES)):
        if value.get(key) in known:
            changes[name] = value[key]
        elif key in value:
            refused.append(f"the {name} {value[key]!r}")
    if is_sort(value.get("sort", "")):
        changes["sort"] = value["sort"]
    elif "sort" in value:
        refused.append(f"the order {value['sort']!r}")
    named = ", ".join(refused)
    notice = f"The link asks for what is not here: {named}. The rest is shown." if refused else ""
    state.param.update(notice=notice, **changes)


def day_in(text: str) -> date | None:
    """Day that is written as YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def is_sort(text: str) -> bool:
    """Whether a text names a column and a direction to sort by."""
    column, _, direction = text.partition(":")
    return column in COLUMNS and direction in DIRECTIONS
