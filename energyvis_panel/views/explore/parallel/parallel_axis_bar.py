"""Titles of the axes that can be dragged, buttons under them, and the choice of axes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.state.explore.dimensions import CATEGORIES, QUANTITIES
from energyvis_panel.state.explore.parallel.parallel_axes import ParallelAxes
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.parallel.parallel_figure import (
    BOTTOM_PX,
    LEFT_PX,
    MARGIN,
    RIGHT_PX,
    TOP_PX,
)
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.view import HARDWARE_COLOURS

HERE = Path(__file__).parent


class AxisBar(JSComponent):
    """Lies over the figure and lets everything through but its own buttons.

    It sends messages ``{kind: flip | scale, name}``, ``{kind: move, name, to}`` with a place from 0 on the
    left, and ``{kind: step, name, by}`` with -1 or 1; two quick ones are two.
    """

    axes = param.List(doc="Shown axes: name, title, flipped, rescaled, and scale ('' = only one).")
    frame = param.Dict(
        doc="Room around the axes in pixels (left, right, top, bottom), and beside the outer ones."
    )

    _esm = HERE / "parallel_axis_bar.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "parallel_axis_bar.css").read_text(encoding="utf-8")]

    def __init__(self, settings: ParallelAxes, *, height: int) -> None:
        self._settings = settings
        room = {"left": LEFT_PX, "right": RIGHT_PX, "top": TOP_PX, "bottom": BOTTOM_PX, "margin": MARGIN}
        super().__init__(
            frame=room,
            height=height,
            sizing_mode="stretch_width",
            margin=(-height, 0, 0, 0),
            # The figure below gets all that the buttons do not take.
            styles={"pointer-events": "none", "z-index": "1"},
        )
        self.on_msg(lambda event: self.hear(message_of(event)))
        settings.param.watch(self._follow, "shown")
        self._follow()

    def _follow(self, *_events: object) -> None:
        self.axes = [
            {
                "name": choice.name,
                "title": (QUANTITIES | CATEGORIES)[choice.name].label,
                "flipped": choice.flipped,
                "rescaled": choice.rescaled,
                "scale": self._scale(choice.name, rescaled=choice.rescaled),
            }
            for choice in self._settings.shown
        ]

    def _scale(self, name: str, *, rescaled: bool) -> str:
        """``"log"`` or ``"linear"``; empty where the axis has one scale only."""
        other = self._settings.other_scale(name)
        if other is None:
            return ""
        return "log" if other.is_log == rescaled else "linear"

    def hear(self, message: Mapping[str, Any]) -> None:
        """Do what a message asks for; what comes from a browser may be anything."""
        names = [choice.name for choice in self._settings.shown]
        match message:
            case {"name": name} if name not in names:
                pass
            case {"kind": "move", "name": str(name), "to": int(to)}:
                self._settings.move(name, to)
            case {"kind": "step", "name": str(name), "by": (-1 | 1) as by}:
                self._settings.move(name, max(names.index(name) + by, 0))
            case {"kind": "flip", "name": str(name)}:
                self._settings.flip(name)
            case {"kind": "scale", "name": str(name)}:
                self._settings.rescale(name)


class AxisChooser(JSComponent):
    """Which axes are shown. It sends messages ``{kind, name}``; two quick ones are two."""

    options = param.List(doc="All axes: name, title and whether shown.")
    hues = param.List(
        default=list(zip(HARDWARE, HARDWARE_COLOURS, strict=True)), doc="Hardware and its colour."
    )
    changed = param.Boolean(default=False, doc="Whether the axes are others than at first.")
    refusal = param.String(default="", doc="Why the last choice was refused; '' when all is well.")

    _esm = HERE / "parallel_axis_chooser.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "parallel_axis_chooser.css")

    def __init__(self, settings: ParallelAxes, **params: Any) -> None:
        self._settings = settings
        super().__init__(**params)
        self.on_msg(lambda event: self.hear(message_of(event)))
        settings.param.watch(self._follow, ["shown", "refusal"])
        self._follow()

    def _follow(self, *_events: object) -> None:
        settings = self._settings
        shown = {choice.name for choice in settings.shown}
        self.param.update(
            options=[
                {"name": name, "title": (QUANTITIES | CATEGORIES)[name].title, "shown": name in shown}
                for name in settings.choosable
            ],
            changed=bool(settings.link),
            refusal=settings.refusal,
        )

    def hear(self, message: Mapping[str, Any]) -> None:
        """Show an axis, hide one, or show them as at first."""
        kind, name = message.get("kind"), message.get("name")
        shown = tuple(choice.name for choice in self._settings.shown)
        # What comes from a browser may be anything.
        if kind == "reset":
            self._settings.reset()
        elif kind == "show" and name in self._settings.choosable and name not in shown:
            self._settings.choose((*shown, name))
        elif kind == "hide" and name in shown:
            self._settings.choose(tuple(other for other in shown if other != name))
