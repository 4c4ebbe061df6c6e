"""What differs between two runs? Where the joules moved, as diverging bars, and the numbers behind them."""

from collections.abc import Callable
from html import escape
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource, FactorRange, HoverTool, Range1d
from bokeh.models.annotations import Span
from bokeh.plotting import figure
from panel.viewable import Viewer

from energyvis_panel.domain.run_diff import TOTAL, RunDiff
from energyvis_panel.domain.units import energy_scale
from energyvis_panel.state.run_diff import RunDiffState
from energyvis_panel.state.runs import RunsState
from energyvis_panel.views import theme
from energyvis_panel.views.card import card
from energyvis_panel.views.document import on_document
from energyvis_panel.views.runs.diff_table import change_html, diff_answer, diff_html, item_name, percent

MOST_BARS: Final = 12
ROW_HEIGHT: Final = 26
LONGEST_NAME: Final = 28
PAIR: Final = 2


def bars(diff: RunDiff | None) -> tuple[str, dict[str, list[Any]]]:
    """Unit, and columns ``name``, ``moved`` (in the unit), ``percent``, ``colour``, ``hatch``; most last.

    A chart's categories run from the bottom, so what moved most stands on top.
    """
    items = [item for item in diff.moved if item.change_j][:MOST_BARS] if diff else []
    unit, joules = energy_scale(max((abs(item.change_j) for item in items), default=0.0))
    items.reverse()
    names: list[str] = []
    for item in items:
        name = item_name(item)[:LONGEST_NAME]
        # A span may be named as a device is, and two long names may begin alike.
        while name in names:
            name += "\N{PRIME}"
        names.append(name)
    return unit, {
        "name": names,
        "moved": [item.change_j / joules for item in items],
        "percent": [percent(item.change) for item in items],
        "colour": [theme.VERMILLION if item.change_j > 0 else theme.BLUE for item in items],
        "hatch": ["/" if item.change_j > 0 else " " for item in items],
    }


def has_moved(diff: RunDiff | None) -> bool:
    """Whether there is a bar to draw."""
    return diff is not None and any(item.change_j for item in diff.moved)


def is_there(diff: RunDiff | None) -> bool:
    """Whether the comparison was asked for."""
    return diff is not None


def is_incomplete(picked: list[str]) -> bool:
    """Whether a run is lacking for a comparison."""
    return len(picked) < PAIR


def per_options(pers: list[str]) -> list[str]:
    """What joules can be counted per; in total where nothing is compared yet."""
    return pers or [TOTAL]


def alert_html(text: str) -> str:
    """Why there is no comparison."""
    return f'<p role="alert" style="margin:0">{escape(text)}</p>'


class MovedBars(Viewer):
    """Bars to the right where B took more, to the left where it took less."""

    def __init__(self, state: RunDiffState, **params: Any) -> None:
        super().__init__(**params)
        self.state = state
        self.source = ColumnDataSource(dict(bars(None)[1]))
        self.names, self.moved = FactorRange(), Range1d(start=-1, end=1)
        self.figure = figure(
            y_range=self.names,
            x_range=self.moved,
            height=ROW_HEIGHT,
            sizing_mode="stretch_width",
            tools="",
            toolbar_location=None,
        )
        renderer: Any = self.figure.hbar(
            y="name",
            left=0,
            right="moved",
            height=0.64,
            source=self.source,
            fill_color="colour",
            line_color=None,
            hatch_pattern="hatch",
            hatch_color="#FFFFFF",
            hatch_alpha=0.4,
        )
        self.hover = HoverTool(renderers=[renderer])
        self.figure.add_tools(self.hover)
        self.figure.add_layout(Span(location=0, dimension="height", line_color=theme.GREY, line_width=1))
        theme.style_figure(self.figure)
        self.figure.ygrid.visible = False
        self.figure.yaxis.major_label_text_font_size = "12px"
        self._draw()
        state.param.watch(on_document(self._draw), "diff")

    def _draw(self, *_events: Any) -> None:
        unit, columns = bars(self.state.diff)
        self.names.factors = columns["name"]
        self.source.data = dict(columns)
        reach = max((abs(value) for value in columns["moved"]), default=1.0) * 1.08 or 1.0
        self.moved.update(start=-reach, end=reach)
        self.figure.height = 60 + ROW_HEIGHT * max(1, len(columns["name"]))
        self.figure.xaxis.axis_label = f"Energy of B less that of A ({unit}); right: B took more"
        self.hover.tooltips = [("", "@name"), ("change", f"@moved{{+0,0.[000]}} {unit} (@percent)")]

    def __panel__(self) -> Any:
        """Return the bars; they are hidden where nothing moved."""
        is_drawn = pn.bind(has_moved, self.state.param.diff)
        pane = pn.pane.Bokeh(self.figure, sizing_mode="stretch_width", margin=0)
        return pn.Column(pane, visible=is_drawn, sizing_mode="stretch_width", margin=0)


class DiffView(Viewer):
    """The picked runs, and their comparison once it is asked for.

    Parameters
    ----------
    state
        The session's picked runs.
    runs
        Tells the names of runs.
    on_compare
        Called with the ids of both runs to open them in the study; None = there is no study.

    """

    def __init__(
        self,
        state: RunDiffState,
        runs: RunsState,
        on_compare: Callable[[str, str], Any] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.state = state
        self.runs = runs
        self.on_compare = on_compare
        self.bars = MovedBars(state)

    def _picked_html(self, picked: list[str], *_rows: Any) -> str:
        marks = []
        for letter, place in (("A", 0), ("B", 1)):
            row = self.runs.run(picked[place]) if place < len(picked) else None
            name = row.name if row else picked[place] if place < len(picked) else "pick another run (⇄)"
            when = f", {row.started_at:%Y-%m-%d %H:%M}" if row else ""
            marks.append(f"<b>{letter}</b>&nbsp;{escape(name)}{when}")
        return f'<span role="status" style="font-size:14px">{"&emsp;".join(marks)}</span>'

    def _tray(self) -> Any:
        """Line with the picked runs and what can be done with them."""
        state = self.state
        lacks = pn.bind(is_incomplete, state.param.picked)

        def button(label: str, act: Callable[[], Any], **params: Any) -> Any:
            made = pmui.Button(label=label, size="small", margin=0, **params)
            made.on_click(lambda _event: act())
            return made

        def to_study() -> None:
            if self.on_compare is not None and len(state.picked) == PAIR:
                self.on_compare(*state.picked)

        buttons = [button("Show what differs", state.compare, variant="contained", disabled=lacks)]
        if self.on_compare is not None:
            buttons.append(button("Compare in Study", to_study, variant="outlined", disabled=lacks))
        buttons += [
            button("Swap", state.swap, variant="text", disabled=lacks),
            button("Put back", state.clear, variant="text"),
        ]
        text = pn.pane.HTML(
            pn.bind(self._picked_html, state.param.picked),
            margin=0,
            styles={"flex": "1 1 260px", "min-width": "0"},
        )
        return pn.FlexBox(
            text,
            *buttons,
            align_items="center",
            gap=f"{theme.SPACE}px",
            sizing_mode="stretch_width",
            margin=0,
            visible=pn.bind(bool, state.param.picked),
            styles={
                "border": "1px dashed var(--ev-alternative)",
                "border-radius": "6px",
                "padding": "8px 12px",
                "box-sizing": "border-box",
                "background": "var(--ev-paper)",
            },
        )

    def __panel__(self) -> Any:
        """Return the line, and the comparison below it."""
        state = self.state
        per = pmui.Select(
            label="Joules per",
            options=pn.bind(per_options, state.param.pers),
            value=state.per,
            size="small",
            width=150,
            margin=0,
        )
        per.link(state, value="per", bidirectional=True)
        failure = pn.pane.HTML(
            pn.bind(alert_html, state.param.failure),
            visible=pn.bind(bool, state.param.failure),
            sizing_mode="stretch_width",
            margin=0,
        )
        change = pn.pane.HTML(
            pn.bind(change_html, state.param.change, state.param.per),
            margin=(0, 16),
            styles={"flex": "1 1 320px", "min-width": "0"},
        )
        return pn.Column(
            self._tray(),
            failure,
            card(
                "Where did the joules move?",
                pn.FlexBox(per, change, align_items="center", sizing_mode="stretch_width", margin=0),
                self.bars,
                pn.pane.HTML(pn.bind(diff_html, state.param.diff), sizing_mode="stretch_width", margin=0),
                answer=pn.bind(diff_answer, state.param.diff),
                visible=pn.bind(is_there, state.param.diff),
            ),
            visible=pn.bind(bool, state.param.picked),
            sizing_mode="stretch_width",
            margin=0,
            styles={"gap": f"{theme.SPACE}px"},
        )
