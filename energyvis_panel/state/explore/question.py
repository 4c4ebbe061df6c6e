"""A question that a view asks of the selected runs at each brush."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.explore.brushes import Brushes

Answer = pa.Table | EnergyVisError
"""What a question gave: a table, or why there is none."""


@dataclass(frozen=True, slots=True)
class Question:
    """A file of ``sql/explore`` with what it is asked about.

    Attributes
    ----------
    name
        Name of the file in ``sql/explore`` without ending; it reads ``butter_e_selection($brushes)``.
    own
        Names of brushes that it leaves out: a view shows what lies beyond the brush drawn in itself.
    values
        Further ``$names`` to bind, e.g. the order of the axes.
    slow
        Whether the others are drawn without waiting for it; its view follows when it is answered.
    in_context
        Whether it is also asked of all runs, for the grey behind the selection.
    condense
        What is made of the answer before anyone sees it, in the thread that asked; it must have an equal for
        each equal question, as a function or a frozen dataclass has.

    """

    name: str
    own: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    slow: bool = False
    in_context: bool = True
    condense: Callable[[pa.Table], pa.Table] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the brushes under which it is asked; equal ones have equal answers."""

    question: Question
    brushes: Brushes

    @property
    def key(self) -> str:
        """The same text for equal questions under equal brushes, whatever slots they fill."""
        asks = self.question
        return f"{asks.name} {sorted(asks.values.items())} {asks.condense} {self.brushes.key}"

    @classmethod
    def under(cls, question: Question, brushes: Brushes) -> "Asked":
        """``question`` under ``brushes``, those left out that it leaves out."""
        return cls(question, brushes.without(*question.own))
