"""What the explore views share: a card with a question, an answer from the selection, and a body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import panel as pn
import param
from bokeh.models import CustomJSTickFormatter, HoverTool, Model
from bokeh.plotting import figure as new_figure

from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.view_choices import ViewChoices, not_on_offer
from energyvis_panel.views.card import card, text_pane
from energyvis_panel.views.explore.card_menu import CardMenu
from energyvis_panel.views.text_colours import legible
from energyvis_panel.views.theme import CHART_HEIGHT, CPU, GPU, style_figure

HARDWARE_COLOURS: Final = (CPU, GPU)
"""CPU nodes and GPU nodes, in every explore view."""

ANSWER: Final = (
    '<p style="margin:2px 0 8px;min-height:clamp(2.8em,900px - 100cqi,4.2em);font-size:14px;line-height:1.4;'
    'color:var(--ev-muted)">{}</p>'
)
"""Room for two lines on a wide card and three on others, so that a longer answer pushes nothing away."""
SYNTHETIC: Final = (
    '<span title="Made by a script from the published figures of BUTTER-E, not measured." '
    'style="display:inline-block;padding:1px 8px;border:1px solid var(--ev-stale);border-radius:10px;'
    'font-size:12px;white-space:nowrap;color:var(--ev-text)">Synthetic data</span>'
)
HOVER: Final = '<div style="max-width:320px;font-size:12px;line-height:1.5">{}</div>'
HOVER_LINE: Final = "<div>{}: {}</div>"
"""Bokeh's own lines have the size and the colours of the page, not of a figure."""
PLAIN_TICKS: Final = """
if (Math.abs(tick) < 1e-9) return '0';
return Number(tick.toPrecision(6)).toLocaleString('en-US', {maximumFractionDigits: 6});
"""
"""1,000,000 and 0.001 rather than powers of ten."""


@dataclass(frozen=True, slots=True)
class ChartTable:
    """What a view draws now, as a table: column titles with units, and rows."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def plain_ticks() -> CustomJSTickFormatter:
    """Formatter that writes numbers out, for an axis that names its unit."""
    return CustomJSTickFormatter(code=PLAIN_TICKS)


class ExploreView(pn.viewable.Viewer):
    """A view of the selection.

    :meth:`build` makes its body once, with the context drawn; :meth:`draw` patches it when an answer to one
    of its questions has changed; :meth:`say` gives the sentence that answers its question, at each revision.
    """

    address: ClassVar[str]
    """Name in ``?view=``."""
    question: ClassVar[str]
    """Title of the card."""
    how_to_read: ClassVar[str] = ""
    """One or two plain sentences on what is drawn and what can be done with it."""
    questions: ClassVar[Mapping[str, Question]] = {}
    """Questions by slot, which :meth:`Exploration.pose` is told."""
    answer = param.String(default="", doc="What the selection answers, in one sentence.")

    def __init__(self, state: Exploration, **params: Any) -> None:
        super().__init__(**params)
        self._state = state
        state.pose(self.questions)
        self.heading_level = 2
        """Level of the card's title among the headings of the page."""
        self._seen: dict[str, object] = {}
        self.choices: Any = None
        """The :class:`ChoiceBar` above the figure, where :meth:`build` makes one."""
        self.chart: Any = None
        """The Bokeh figure that is saved as a picture, where :meth:`build` draws one."""
        self.figure: Any = self.build(state)
        if isinstance(self.figure, Model):
            self.chart = self.figure
        if self.chart is not None:
            self.chart.name = f"figure-{self.address}"
            dress(self.chart)
        self.follow()
        state.param.watch(self.follow, "revision")
        choices = ViewChoices.of(state)
        asked = choices.of_view(self.address)
        refused = self.recall(asked) if asked else []
        if self.choices is not None:
            self.choices.param.watch(self._choices_changed, "chosen")
            self._choices_changed()
        if refused:
            choices.refusal = not_on_offer(self.address, refused)

    @property
    def slots(self) -> tuple[str, ...]:
        """Slots of the questions that only this view asks."""
        return tuple(self.questions)

    def build(self, state: Exploration) -> Any:
        """The body, a Bokeh figure or anything of Panel's, with its context drawn."""
        raise NotImplementedError

    def draw(self) -> None:
        """Patch the body to the present answers."""
        raise NotImplementedError

    def say(self) -> str:
        """What the present selection answers, in one sentence with its number of runs."""
        raise NotImplementedError

    def table(self) -> ChartTable:
        """What is drawn now, as a table."""
        raise NotImplementedError

    def follow(self, *_events: object) -> None:
        """Draw what has changed, and say it; a question that failed is said instead."""
        try:
            answers = {slot: self._state.answer(slot) for slot in self.questions}
            if not answers or any(self._seen.get(slot) is not rows for slot, rows in answers.items()):
                self.draw()
                self._seen.update(answers)
            said = self.say()
        except EnergyVisError as error:
            said = str(error)
        if said != self.answer:
            self.answer = said
        self.describe()

    def recall(self, asked: Mapping[str, str]) -> list[str]:
        """Choose what the address asks for, value by name; what is not on offer is given back."""
        if self.choices is None:
            return list(asked)
        refused: list[str] = self.choices.choose(
            {name: value for name, value in asked.items() if name not in self.brushed_choices}
        )
        return refused

    def remember(self, chosen: Mapping[str, str]) -> None:
        """Have the address say what is chosen and not as at first."""
        ViewChoices.of(self._state).tell(self.address, chosen)

    def _choices_changed(self, *_events: object) -> None:
        changed: dict[str, str] = self.choices.changed()
        self.remember({name: value for name, value in changed.items() if name not in self.brushed_choices})

    def describe(self) -> None:
        """Say to those who do not see it what the figure shows."""
        if self.chart is not None:
            self.chart.html_attributes = {"role": "img", "aria-label": f"{self.question} {self.answer}"}

    @property
    def brushed_choices(self) -> frozenset[str]:
        """Names of choices that follow from the brushes, so that no address need say them."""
        return frozenset()

    @property
    def synthetic(self) -> bool:
        """Whether some of the runs are synthetic."""
        return bool(self._state.synthetic_runs)

    def __panel__(self) -> Any:
        body = self.figure
        if isinstance(body, Model):
            body = pn.pane.Bokeh(body, sizing_mode="stretch_width", margin=0)
        menu = CardMenu.of(self)
        actions = pn.Row(*self.marks(), menu, margin=0, styles={"gap": "8px"}, align="center")
        answer = text_pane(ANSWER, self.param.answer)
        answer.styles = {"container-type": "inline-size"}
        return card(
            self.question, answer, body, menu.drawer, actions=actions, heading_level=self.heading_level
        )

    def marks(self) -> list[Any]:
        """Marks at the head of the card: that the data are synthetic, where they are."""
        if not self.synthetic:
            return []
        return [pn.pane.HTML(SYNTHETIC, margin=0, align="center")]


def dress(figure: Any) -> None:
    """Give a figure what all explore figures have: legible texts, small hovers, and no toolbar."""
    legible(figure)
    figure.toolbar_location = None
    for hover in figure.select(HoverTool):
        if isinstance(hover.tooltips, list):
            hover.tooltips = HOVER.format("".join(HOVER_LINE.format(*pair) for pair in hover.tooltips))


def quantity_figure(state: Exploration, across: str, up: str | None = None, **params: Any) -> Any:
    """An empty figure whose axes are one or two quantities on their own scale and in their own unit."""
    params |= {
        "x_axis_type": "log" if state.axes[across].is_log else "linear",
        "x_range": drawn_range(state, across),
    }
    if up is not None:
        params |= {
            "y_axis_type": "log" if state.axes[up].is_log else "linear",
            "y_range": drawn_range(state, up),
        }
    params.setdefault("height", CHART_HEIGHT)
    fig: Any = new_figure(sizing_mode="stretch_width", tools="", **params)
    style_figure(fig)
    fig.xaxis.axis_label = QUANTITIES[across].label
    fig.xaxis.formatter = plain_ticks()
    if up is not None:
        fig.yaxis.axis_label = QUANTITIES[up].label
    fig.yaxis.formatter = plain_ticks()
    return fig


def drawn_range(state: Exploration, quantity: str) -> tuple[float, float]:
    """From which to which value the quantity's axis runs, in the unit that is drawn."""
    axis, per_unit = state.axes[quantity], QUANTITIES[quantity].per_unit
    return axis.low / per_unit, axis.high / per_unit
