"""Which shape is cheapest at which depth: the question, and its answer by shape and depth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pyarrow as pa

from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.shapes.shapes_fit import FEWEST_SHAPES, SHALLOWEST, Floats
from energyvis_panel.state.explore.shapes.shapes_levels import shape_levels

SLOT: Final = "shapes_levels"
RECTANGLE: Final = "rectangle"
"""The shape against which the others are set."""
RECTANGLE_CODE: Final = 2
"""Its place, from 1, where the data hold all eight shapes."""
AMOUNTS: Final = (
    "log_level", "lower", "upper", "log_ratio", "low", "high", "log_behind", "behind_se", "setting_count",
    "run_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LevelsOf:
    """Makes levels by shape and depth of the answer; ``rectangle`` is that shape's code."""

    rectangle: int

    def __call__(self, rows: pa.Table) -> pa.Table:
        """What each shape takes at each depth."""
        return shape_levels(rows, self.rectangle)


def shapes_question(*, is_gpu: bool, rectangle: int = RECTANGLE_CODE) -> dict[str, Question]:
    """What is asked about one kind of node, by slot; the brush of shapes is left out."""
    return {
        SLOT: Question(
            "shapes_settings",
            own=("shape",),
            values={"is_gpu": is_gpu},
            slow=True,
            condense=LevelsOf(rectangle),
        )
    }


def rectangle_code(names: Sequence[str]) -> int:
    """Code of the rectangle among the names of all shapes, sorted; 0 if the data hold none."""
    return list(names).index(RECTANGLE) + 1 if RECTANGLE in names else 0


@dataclass(frozen=True, slots=True)
class ShapeCurves:
    """Amounts by shape (row) and depth (column), and by shape alone over all depths; NaN where none is known.

    At two layers all shapes have the same amounts. Logarithms are natural, of J per datum; the counts are of
    all cells, that of two layers once.
    """

    names: tuple[str, ...]
    depths: tuple[int, ...]
    by_depth: dict[str, Floats]
    overall: dict[str, Floats]
    run_count: int
    setting_count: int

    @classmethod
    def of(cls, rows: pa.Table, names: Sequence[str], depths: Sequence[int] | None = None) -> Self:
        """Curves of the shapes ``names``, at ``depths`` (those of the rows by default)."""
        shape, depth = (rows[name].to_numpy() for name in ("shape", "depth"))
        found = tuple(depths if depths is not None else (int(one) for one in np.unique(depth[depth > 0])))
        place = np.full(max([0, *found, *depth]) + 1, -1)
        place[list(found)] = np.arange(len(found))
        deep = shape[depth > SHALLOWEST]
        is_one = (depth > 0) & (shape > 0) & (place[depth] >= 0)
        is_shallow, is_overall = (depth == SHALLOWEST) & (shape == 0), depth == 0
        at, overall = {}, {}
        for name in AMOUNTS:
            amounts = rows[name].to_numpy().astype(float)
            grid, whole = np.full((len(names), len(found)), np.nan), np.full(len(names), np.nan)
            grid[shape[is_one] - 1, place[depth[is_one]]] = amounts[is_one]
            if is_shallow.any() and SHALLOWEST in found:
                grid[np.unique(deep) - 1 if len(deep) else slice(None), place[SHALLOWEST]] = amounts[
                    is_shallow
                ]
            whole[shape[is_overall] - 1] = amounts[is_overall]
            at[name], overall[name] = grid, whole
        counted = depth > 0
        runs, settings = (
            int(rows[name].to_numpy()[counted].sum()) for name in ("run_count", "setting_count")
        )
        return cls(tuple(names), found, at, overall, runs, settings)

    @property
    def ranks(self) -> Floats:
        """Place of each shape at each depth, 1 the cheapest; NaN at two layers, where all are one."""
        level = np.where(np.array(self.depths) > SHALLOWEST, self.by_depth["log_level"], np.nan)
        ordered = np.argsort(np.argsort(level, axis=0), axis=0) + 1.0
        return np.where(np.isfinite(level), ordered, np.nan)

    @property
    def deep_names(self) -> list[str]:
        """Shapes with a run beyond two layers."""
        ranked = [bool(np.isfinite(ranks).any()) for ranks in self.ranks]
        return [name for name, is_there in zip(self.names, ranked, strict=True) if is_there]

    @property
    def cheapest(self) -> str:
        """The shape that takes least over all depths at which all ran, else the one that leads most often."""
        whole = self.overall["log_level"]
        if np.isfinite(whole).any():
            return self.names[int(np.nanargmin(whole))]
        return self.leads()[0] if self.deep_names else ""

    @property
    def dearest(self) -> str:
        """The shape that takes most over all depths at which all ran; empty where there is no such depth."""
        whole = self.overall["log_level"]
        return self.names[int(np.nanargmax(whole))] if np.isfinite(whole).any() else ""

    def leads(self) -> tuple[str, int, int]:
        """The shape that is cheapest at most depths, at how many, and of how many at which two shapes ran."""
        ranks = self.ranks
        compared = ranks[:, np.isfinite(ranks).sum(axis=0) >= FEWEST_SHAPES]
        led = (compared == 1).sum(axis=1)
        first = int(led.argmax())
        return self.names[first], int(led[first]), compared.shape[1]
