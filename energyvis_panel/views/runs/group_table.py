"""Who, or what, used how much? Sums by group, most energy first; a click on one shows its runs only."""

from pathlib import Path
from typing import Any, ClassVar, Final

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.run_totals import RunGroup
from energyvis_panel.domain.units import (
    SECONDS_PER_HOUR,
    energy_text,
    mass_text,
    power_text,
    three_digits,
)
from energyvis_panel.state.run_filter import GROUPINGS
from energyvis_panel.state.runs import RunsState

HERE: Final = Path(__file__).parent
TITLES: Final = ("Runs", "Hours", "Energy", "CO₂e", "Cost", "Mean W", "Measured, estimated")
MOST_LINES: Final = 200


class GroupLines(JSComponent):
    """Table of groups; writes the name that was clicked into ``request``."""

    groups = param.List(doc="Groups as dicts: name, cells (text and hint), measured, estimated, parts.")
    titles = param.List(doc="Headings.")
    chosen = param.String(doc="Name of the group that is shown only; '' = all.")
    request = param.Dict(default={}, doc="Last click: name, serial.")

    _esm = HERE / "group_table.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "group_table.css").read_text(encoding="utf-8")]


def group_lines(groups: list[RunGroup]) -> list[dict[str, Any]]:
    """Groups as the table shows them; bars are shares of the largest group's energy."""
    largest_j = max((group.energy_j for group in groups), default=0.0) or 1.0
    return [
        {
            "name": group.name,
            "cells": cells(group),
            "measured": (group.energy_j - group.estimated_j) / largest_j,
            "estimated": group.estimated_j / largest_j,
            "parts": parts_text(group),
        }
        for group in groups[:MOST_LINES]
    ]


def cells(group: RunGroup) -> list[tuple[str, str]]:
    """Text and hint of each number of a group."""
    power_w = group.power_w
    return [
        (f"{group.runs:,}", ""),
        (three_digits(group.duration_s / SECONDS_PER_HOUR), "hours of all runs, added up"),
        (energy_text(group.energy_j), f"before PUE; {parts_text(group)}"),
        ("–" if group.carbon_g is None else mass_text(group.carbon_g), known_text(group, group.carbon_runs)),
        (
            "–" if group.cost_usd is None else f"${three_digits(group.cost_usd)}",
            known_text(group, group.cost_runs),
        ),
        ("–" if power_w is None else power_text(power_w), "energy over the hours of the runs"),
    ]


def parts_text(group: RunGroup) -> str:
    """How much of the energy was measured, and how much estimated."""
    share = group.estimated_j / group.energy_j if group.energy_j else 0.0
    return f"{100 * (1 - share):.3g} % measured, {100 * share:.3g} % estimated"


def known_text(group: RunGroup, known: int) -> str:
    """How many runs a sum is over."""
    if known == group.runs:
        return "with each run's own PUE"
    return f"of {known:,} of {group.runs:,} runs; of the others region or energy is not known"


def headings(by: str) -> list[str]:
    """Headings of the columns."""
    return [GROUPINGS[by], *TITLES]


def groups_answer(groups: list[RunGroup], by: str) -> str:
    """Sentence about who used most."""
    total_j = sum(group.energy_j for group in groups)
    if not groups or not total_j:
        return "No energy has been recorded for these runs."
    first = groups[0]
    share = 100 * first.energy_j / total_j
    kind = GROUPINGS[by].lower()
    more = f" The table shows the first {MOST_LINES}." if len(groups) > MOST_LINES else ""
    count = f"{len(groups):,} {kind}{'s' * (len(groups) != 1)}"
    return (
        f"{count}, {energy_text(total_j)} before PUE; {first.name} used most, {share:.3g} % of it."
        f"{' A run on several hosts counts once, under all of them.' if by == 'hosts' else ''}{more}"
    )


class GroupTable(Viewer):
    """The table bound to the runs."""

    def __init__(self, runs: RunsState, **params: Any) -> None:
        super().__init__(**params)
        self.runs = runs
        self.lines = GroupLines(
            groups=pn.bind(group_lines, runs.param.groups),
            titles=pn.bind(headings, runs.param.group),
            chosen=pn.bind(self._chosen, runs.param.groups, runs.param.group),
            sizing_mode="stretch_width",
            margin=0,
        )
        self.lines.param.watch(self._clicked, "request")

    def _chosen(self, *_changed: Any) -> str:
        return self.runs.chosen_group()

    def _clicked(self, event: Any) -> None:
        name = str(event.new.get("name", ""))
        if any(group.name == name for group in self.runs.groups):
            self.runs.choose_group(name)

    def __panel__(self) -> Any:
        """Return the table."""
        return self.lines
