"""What the selected runs consist of: rings of parts, and the brushes that stand for one part (X15)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.question import Question

BEYOND: Final = "composition"
SELECTED: Final = "composition_selected"
"""Slots: what passes all brushes but those set here, and what passes all."""

Value = int | str | None
"""The number of a class, a shape or a data set; None where a run has none."""
Path = tuple[Value, ...]
"""A part, from the inner ring outwards; the whole is empty."""
LEVELS: Final = 3


@dataclass(frozen=True, slots=True)
class Grade:
    """A class of the inner ring.

    Attributes
    ----------
    text, short, said
        Its name, the same in few letters, and how a sentence calls its runs.
    low, high
        Ends of the range that brushes it, both included; not read where the class is a value of a category.

    """

    text: str
    short: str
    said: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class InnerRing:
    """What the inner ring parts the runs by.

    Attributes
    ----------
    name
        Name of the quantity or category.
    title
        Its name for people.
    grades
        Its classes, from 0.

    """

    name: str
    title: str
    grades: tuple[Grade, ...]

    @property
    def is_range(self) -> bool:
        """Whether a class is a range of a quantity rather than a value of a category."""
        return self.name != "hardware"

    @property
    def own(self) -> tuple[str, ...]:
        """Names of the brushes that a part sets, by ring."""
        return (self.name, "shape", "dataset")

    def questions(self) -> dict[str, Question]:
        """What is asked, by slot; without a brush of its own both are one."""
        edges = [int(grade.low) for grade in self.grades[1:]] if self.is_range else [0, 0, 0]
        values = {"first": self.name, "edges": edges}
        return {
            BEYOND: Question("composition_parts", own=self.own, values=values),
            SELECTED: Question("composition_parts", values=values, in_context=False),
        }

    def text(self, value: Value) -> str:
        """The name of a part by itself."""
        if value is None:
            return "not recorded"
        return self.grades[value].text if isinstance(value, int) else value

    def short(self, value: Value) -> str:
        """The name of a part in few letters."""
        return self.grades[value].short if isinstance(value, int) else self.text(value)

    def title_of(self, path: Path) -> str:
        """A part with all that holds it, for people."""
        return ", ".join(self.text(value) for value in path) or "All parts"

    def path(self, brushes: Brushes) -> Path:
        """The part that ``brushes`` single out, as far outwards as they do so ring by ring."""
        path: list[Value] = []
        for name in self.own:
            value = None if name in brushes.inverted else self._value(brushes, name)
            if value is None:
                break
            path.append(value)
        return tuple(path)

    def _value(self, brushes: Brushes, name: str) -> Value:
        if name == self.name and self.is_range:
            ends = [(grade.low, grade.high) for grade in self.grades]
            bounds = brushes.ranges.get(name)
            return ends.index(bounds) if bounds in ends else None
        chosen = brushes.sets.get(name, ())
        if len(chosen) != 1:
            return None
        if name != self.name:
            return chosen[0]
        texts = [grade.text for grade in self.grades]
        return texts.index(chosen[0]) if chosen[0] in texts else None

    def brushed(self, brushes: Brushes, path: Path) -> Brushes:
        """``brushes`` with those of the rings set to the part ``path``, which has a value in each ring."""
        found = brushes.without(*self.own)
        for name, value in zip(self.own, path, strict=False):
            if isinstance(value, int) and self.is_range:
                grade = self.grades[value]
                found = found.with_range(name, grade.low, grade.high)
            else:
                found = found.with_set(name, (self.text(value),))
        return found


def can_be_brushed(path: Path) -> bool:
    """Whether brushes can single a part out: a run without a value passes none."""
    return None not in path


def graded(edges: tuple[int, int, int], shorts: tuple[str, str, str, str], unit: str) -> tuple[Grade, ...]:
    """Four classes of whole numbers, of which the upper three begin at ``edges``."""
    lows, highs = (-math.inf, *edges), (*(edge - 1 for edge in edges), math.inf)
    texts = (
        f"up to {highs[0]:,} {unit}",
        *(f"{low:,} to {high - 1:,} {unit}" for low, high in pairwise(edges)),
        f"{edges[-1]:,} {unit} and more",
    )
    return tuple(
        Grade(text, short, f"networks of {text}", float(low), float(high))
        for text, short, low, high in zip(texts, shorts, lows, highs, strict=True)
    )


RINGS: Final[Mapping[str, InnerRing]] = {
    ring.name: ring
    for ring in (
        InnerRing(
            "size",
            "Network size",
            graded(
                (1 << 10, 1 << 15, 1 << 20),
                ("under 1 k", "1 k to 32 k", "32 k to 1 M", "1 M up"),
                "parameters",
            ),
        ),
        InnerRing(
            "depth",
            "Depth",
            graded((3, 7, 11), ("2 layers", "3 to 6", "7 to 10", "11 up"), "layers"),
        ),
        InnerRing(
            "hardware",
            "Hardware",
            (Grade("CPU node", "CPU", "runs on CPU nodes"), Grade("GPU node", "GPU", "runs on GPU nodes")),
        ),
    )
}
"""Every network of BUTTER-E is dense: what sets its architectures apart is size, depth and shape.

The classes of size hold five of the twenty sizes from 2^5 to 2^24 each. Those of depth follow the batches:
2 layers, where all shapes are one network; up to 6, as the optimizer batch; up to 10, as the core batches;
and the extra depths.
"""
QUESTIONS: Final = RINGS["size"].questions()
"""Those asked first."""
