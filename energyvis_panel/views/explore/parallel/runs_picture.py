"""The button that draws every selected run for print, off the event loop, and saves the PNG."""

import asyncio
import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import param
import pyarrow as pa
from panel.custom import JSComponent

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.parallel.run_heights import MOST_RUNS, values_question
from energyvis_panel.state.explore.placed_axis import PlacedAxis
from energyvis_panel.state.explore.question import Asked
from energyvis_panel.state.explore.sentences import counted
from energyvis_panel.views.explore.controls import stylesheets

HERE = Path(__file__).parent


class RunsPicture(JSComponent):
    """A button, and beside it how far the picture is."""

    asked = param.Integer(default=0, doc="How often the picture was asked for.")
    busy = param.Boolean(default=False, doc="Whether a picture is being drawn.")
    said = param.String(default="", doc="How far it is, or why there is none.")
    png = param.String(default="", doc="The picture to save, in base 64; '' = none.")

    _esm = HERE / "runs_picture.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "parallel_axis_chooser.css")

    def __init__(
        self, state: Exploration, axes: Callable[[], Sequence[PlacedAxis]], title: str, **params: Any
    ) -> None:
        self._state = state
        self._axes = axes
        self._title = title
        super().__init__(**params)
        self.param.watch(self._draw, "asked")

    async def _draw(self, _event: object) -> None:
        state, axes = self._state, tuple(self._axes())
        if self.busy:
            return
        if not 0 < state.run_count <= MOST_RUNS:
            self.said = (
                f"A picture holds 1 to {MOST_RUNS:,} runs, not {state.run_count:,}. Brush to change how many."
            )
            return
        synthetic = " Synthetic data, not measured." if state.synthetic_runs else ""
        subtitle = f"BUTTER-E, {counted(state)}. One line a run, unbinned.{synthetic}"
        if state.brushes:
            subtitle = f"{subtitle} {'; '.join(state.brushes.sentences().values())}."
        asked = Asked.under(values_question(axes), state.brushes)
        self.param.update(busy=True, png="", said=f"Drawing {state.run_count:,} runs \u2026")
        try:
            drawn = await asyncio.get_running_loop().run_in_executor(
                None, self._picture, asked, axes, subtitle
            )
            self.param.update(busy=False, **drawn)
        finally:
            self.busy = False

    def _picture(self, asked: Asked, axes: Sequence[PlacedAxis], subtitle: str) -> dict[str, str]:
        """The picture, or why there is none; touches nothing of the session's state."""
        from energyvis_panel.views.explore.parallel.parallel_picture import picture_png  # noqa: PLC0415 - for print alone

        (rows,) = self._state.asking.answers([asked])
        if not isinstance(rows, pa.Table):
            return {
                "said": f"There is no picture: {rows or 'the selection has changed meanwhile'}. Try again."
            }
        png = picture_png(axes, rows, title=self._title, subtitle=subtitle)
        return {"png": base64.b64encode(png).decode("ascii"), "said": ""}
