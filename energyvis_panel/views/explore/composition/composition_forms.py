"""Where the parts lie in a sunburst or an icicle, and where their labels fit; a square from -1 to 1."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.state.explore.composition.composition_parts import Amounts

LABEL_PX: Final = 11
LETTER_PX: Final = 6.3
"""Mean width of a letter of a label, on the safe side."""
LINE_PX: Final = 14
"""Height that a label needs."""
BESIDE_PX: Final = 6
"""Room beside a label."""
GAP: Final = 0.012
"""Between neighbouring parts."""
MOST_GAP: Final = 0.2
"""A gap takes at most this share of a narrow part."""
ROOT_EDGE: Final = 0.25
RADII: Final = np.array([[ROOT_EDGE, 0.47], [0.482, 0.73], [0.742, 0.99]])
"""Inner and outer edge of each ring."""
ROOT_RIGHT: Final = -0.85
COLUMNS: Final = np.array([[-0.838, -0.27], [-0.258, 0.37], [0.382, 0.99]])
"""Left and right edge of each column of the icicle."""

Fits = tuple[float, float, float, float]
"""Place, angle (radians) and half the side of the square (px) from which on a label fits."""


def angle(share: float) -> float:
    """The angle at a share of the whole, clockwise from the top."""
    return math.pi / 2 - 2 * math.pi * share


def narrowed(starts: Amounts, ends: Amounts, gap: Amounts) -> tuple[Amounts, Amounts]:
    """Spans with a gap between neighbours, which leaves most of a narrow one."""
    cut = np.minimum(gap, MOST_GAP * (ends - starts)) / 2
    return starts + cut, ends - cut


class Sunburst:
    """Rings of wedges, the inner ring first."""

    name = "sunburst"
    edges = RADII

    @staticmethod
    def place(level: NDArray[np.int64], starts: Amounts, ends: Amounts) -> dict[str, Amounts]:
        """Angles and radii of the parts."""
        middle = RADII[level].mean(axis=1)
        low, high = narrowed(starts, ends, GAP / (2 * np.pi * middle))
        turn = 2 * np.pi
        inner, outer = RADII[level].T
        return {"low": np.pi / 2 - turn * low, "high": np.pi / 2 - turn * high, "near": inner, "far": outer}

    @staticmethod
    def filled(level: NDArray[np.int64], share: Amounts) -> Amounts:
        """Radius up to which a share of each part's area reaches."""
        inner, outer = RADII[level].T
        return np.asarray(np.sqrt(inner**2 + share * (outer**2 - inner**2)))

    @staticmethod
    def hit(x: float, y: float) -> tuple[int, float] | None:
        """Ring and share of the whole at a place; ring -1 is the centre."""
        radius = math.hypot(x, y)
        share = (math.pi / 2 - math.atan2(y, x)) / (2 * math.pi) % 1.0
        if radius < ROOT_EDGE:
            return -1, share
        ring = int(np.searchsorted(RADII[:, 1], radius))
        return (ring, share) if ring < len(RADII) else None

    @staticmethod
    def fit(level: int, start: float, end: float, text: str) -> Fits:
        """Where a label fits: along its ring, or across it."""
        width = len(text) * LETTER_PX + BESIDE_PX
        inner, outer = RADII[level]
        middle, thick = (inner + outer) / 2, outer - inner
        turn = 2 * math.pi * (end - start)
        at = angle((start + end) / 2)
        # A straight text is thicker than its line by how far the ring bends under it.
        bend = LINE_PX / 2 + math.sqrt(LINE_PX**2 / 4 + thick * width**2 / (4 * middle))
        along = max(width / (min(turn, math.pi / 2) * middle), bend / thick)
        across = max(width / thick, LINE_PX / (turn * inner))
        x, y = middle * math.cos(at), middle * math.sin(at)
        if along <= across:
            return x, y, at + (math.pi / 2 if math.sin(at) < 0 else -math.pi / 2), along
        return x, y, at + (math.pi if math.cos(at) < 0 else 0.0), across


class Icicle:
    """Columns of boxes, the inner ring at the left."""

    name = "icicle"
    edges = COLUMNS

    @staticmethod
    def place(level: NDArray[np.int64], starts: Amounts, ends: Amounts) -> dict[str, Amounts]:
        """Heights and sides of the parts."""
        low, high = narrowed(starts, ends, np.full(len(level), GAP / 2))
        left, right = COLUMNS[level].T
        return {"low": 0.99 - 1.98 * low, "high": 0.99 - 1.98 * high, "near": left, "far": right}

    @staticmethod
    def filled(level: NDArray[np.int64], share: Amounts) -> Amounts:
        """Right side up to which a share of each part's area reaches."""
        left, right = COLUMNS[level].T
        return np.asarray(left + share * (right - left))

    @staticmethod
    def hit(x: float, y: float) -> tuple[int, float] | None:
        """Column and share of the whole at a place; column -1 is the whole."""
        share = (0.99 - y) / 1.98
        if not 0 <= share < 1:
            return None
        if x < ROOT_RIGHT:
            return -1, share
        column = int(np.searchsorted(COLUMNS[:, 1], x))
        return (column, share) if column < len(COLUMNS) else None

    @staticmethod
    def fit(level: int, start: float, end: float, text: str) -> Fits:
        """Where a label fits: level, in the middle."""
        width = len(text) * LETTER_PX + BESIDE_PX
        left, right = COLUMNS[level]
        need = max(width / (right - left), LINE_PX / (1.98 * (end - start)))
        return (left + right) / 2, 0.99 - 1.98 * (start + end) / 2, 0.0, need


Form = type[Sunburst] | type[Icicle]
FORMS: Final[dict[str, Form]] = {"sunburst": Sunburst, "icicle": Icicle}


def label_columns(
    form: Form, level: Sequence[int], spans: tuple[Amounts, Amounts], texts: Sequence[str], most: int
) -> dict[str, list[object]]:
    """The labels that fit first as the square grows, ``most`` of them at most."""
    rows: list[tuple[float, float, float, float, str]] = []
    for ring, start, end, text in zip(level, spans[0].tolist(), spans[1].tolist(), texts, strict=True):
        if end > start:
            x, y, turned, need = form.fit(ring, start, end, text)
            rows.append((need, x, y, turned, text))
    names = ("need", "x", "y", "angle", "text")
    kept = sorted(rows)[:most]
    return {name: [row[at] for row in kept] for at, name in enumerate(names)}
