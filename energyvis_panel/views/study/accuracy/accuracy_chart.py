"""What did each point of accuracy cost, and which model reached it with less?"""

from typing import Any

import holoviews as hv
import panel as pn
import panel_material_ui as pmui
import param
from bokeh.models import ColumnDataSource
from panel.viewable import Viewer

from energyvis_panel.state.accuracy import AccuracyState
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.card import card
from energyvis_panel.views.document import on_document
from energyvis_panel.views.study.accuracy.accuracy_lines import accuracy_chart, line_labels
from energyvis_panel.views.study.accuracy.accuracy_rows import accuracy_rows, answer_text
from energyvis_panel.views.study.weak_hook import weak_hook
from energyvis_panel.views.text_colours import PAPER, legible

DRAWN_BY = ["lines", "goal", "share"]


class AccuracyChart(Viewer):
    """The card, bound to a study; without any metric it is one sentence."""

    framed = param.Boolean(default=True, doc="Whether it draws its own border and title.")

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.state = AccuracyState(study)
        self._pipe = hv.streams.Pipe(data=accuracy_rows(self.state))
        self._labels = ColumnDataSource(line_labels(self._pipe.data))
        update = on_document(self._update)
        self.state.param.watch(update, DRAWN_BY)
        study.param.watch(update, "pounds")

    def _update(self, *_events: Any) -> None:
        self._pipe.send(accuracy_rows(self.state))
        self._labels.data = line_labels(self._pipe.data)

    def _attach(self, plot: Any, _element: Any) -> None:
        """Add the labels once."""
        figure = plot.state
        if any(renderer.data_source is self._labels for renderer in figure.renderers):
            return
        figure.text(
            "x", "y", "text", source=self._labels, text_color="color", text_align="right",
            text_font_size="12px", text_font_style="bold", y_offset=-8,
            background_fill_color=PAPER, background_fill_alpha=0.85, padding=1,
        )  # fmt: skip
        legible(figure)

    def _controls(self) -> Any:
        """Choice of the metric, and the goal."""
        state = self.state
        metric = pmui.Select(
            label="Metric",
            options=list(state.names),
            value=state.metric or None,
            size="small",
            width=200,
            margin=0,
        )
        metric.param.watch(lambda event: state.choose(event.new or ""), "value")
        goal = pmui.TextInput(label="Goal", value=state.goal_text, size="small", width=144, margin=0)

        def goal_entered(event: Any) -> None:
            # What this view itself wrote into the field is no goal of the user's own.
            if (event.new or "") != state.goal_text:
                state.set_goal(event.new or "")

        goal.param.watch(goal_entered, "value")

        def follow(*_events: Any) -> None:
            metric.param.update(options=list(state.names), value=state.metric or None)
            goal.param.update(
                value=state.goal_text,
                label=f"Goal: {state.metric}{', %' if state.share else ''}",
                error_state=bool(state.refusal),
            )

        follow()
        state.param.watch(follow, ["names", "metric", "goal_text", "share", "refusal"])
        return pmui.FlexBox(metric, goal, align_items="center", margin=(12, 0, 4, 0), gap="16px")

    def _answer(self, *_events: Any) -> str:
        return self.state.refusal or answer_text(self.state)

    def __panel__(self) -> Any:
        """Return the card."""
        state = self.state
        chart = hv.DynamicMap(accuracy_chart, streams={"rows": self._pipe}).opts(
            hv.opts.Overlay(hooks=[theme.figure_hook, weak_hook(self._attach)])
        )
        shown = pn.bind(bool, state.param.names)
        body = pn.Column(
            self._controls(),
            pn.pane.HoloViews(chart, linked_axes=False, sizing_mode="stretch_width", margin=0),
            visible=shown,
            sizing_mode="stretch_width",
            margin=0,
        )
        answer = pn.bind(
            self._answer,
            state.param.lines,
            state.param.goal,
            state.param.refusal,
            state.param.names,
            self.study.param.pounds,
        )
        return card("What did each point of accuracy take?", body, answer=answer, framed=self.framed)
