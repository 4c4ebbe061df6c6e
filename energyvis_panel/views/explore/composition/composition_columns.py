"""What the figure and the list of the composition show of one answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.state.explore.composition.composition import LEVELS, InnerRing, Path, can_be_brushed
from energyvis_panel.state.explore.composition.composition_answer import amount_text, percent
from energyvis_panel.state.explore.composition.composition_parts import Amounts, Parts, Sums, shares
from energyvis_panel.views.explore.composition.composition_forms import FORMS, Form, label_columns
from energyvis_panel.views.explore.view import HARDWARE_COLOURS
from energyvis_panel.views.theme import GREY, ORANGE, PURPLE, SKY, VERMILLION

GRADE_COLOURS: Final = (SKY, ORANGE, PURPLE, VERMILLION)
"""Classes of size and depth; blue and green are kept for the hardware."""
CONTEXT: Final = "#AEB5BE"
"""Grey of all runs. As the fills, it is light enough on either ground for the ink of the labels."""
WHITE_IN: Final = (0.25, 0.42, 0.58)
"""How much white the colour of a class has in each ring."""
BEYOND_GREY: Final = 0.62
"""How much of the grey is in the colour of what only the brushes of this view leave out."""
MOST_LABELS: Final = 56
HEADER: Final = (
    "Ring", "Class", "Shape", "Data set", "Runs within the other brushes", "All runs",
    "Share of the selected runs (%)",
    "Energy of the selected (kWh)", "Energy of all (kWh)", "Selected without a recorded energy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown: the parts with what they hold, under the choices.

    Attributes
    ----------
    of, beyond, selected
        Of all runs; of what passes all brushes but those of the rings; of what passes all.
    measure, form, whole
        The choices: what an area stands for, how it is drawn, and what the whole is.

    """

    ring: InnerRing
    parts: Parts
    of: Sums
    beyond: Sums
    selected: Sums
    measure: str
    form: str
    whole: str

    @property
    def is_laid_anew(self) -> bool:
        """Whether the selection is the whole, so that each brush moves the parts."""
        return self.whole == "selection"

    @property
    def drawn_as(self) -> Form:
        """The form."""
        return FORMS[self.form]

    @property
    def spans(self) -> tuple[Amounts, Amounts]:
        """From which to which share of the whole each part reaches."""
        return self.parts.spans((self.selected if self.is_laid_anew else self.of).of(self.measure))

    @property
    def total(self) -> float:
        """Runs or J of the selection."""
        return float(self.selected.of(self.measure)[self.parts.level == 0].sum())


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another in it."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + share * (two - one)):02X}" for one, two in pairs)


def fill_of(ring: InnerRing, path: Path) -> str:
    """The colour of a selected part: its class's, with more white in the outer rings."""
    grade = path[0]
    colours = GRADE_COLOURS if ring.is_range else HARDWARE_COLOURS
    colour = colours[grade] if isinstance(grade, int) else GREY
    return mixed(colour, "#FFFFFF", WHITE_IN[len(path) - 1])


def steady_columns(shown: Shown) -> dict[str, Any]:
    """What of the figure no brush changes, while all runs are the whole."""
    fills = [fill_of(shown.ring, path) for path in shown.parts.paths]
    return place_columns(shown) | {
        "fill": fills,
        "pale": [mixed(fill, CONTEXT, BEYOND_GREY) for fill in fills],
        "name": [shown.ring.title_of(path) for path in shown.parts.paths],
        "of_runs": shown.of.runs.astype(np.int32),
        "of_energy_j": shown.of.energy_j.astype(np.float32),
    }


def place_columns(shown: Shown) -> dict[str, Any]:
    """Where the parts lie."""
    placed = shown.drawn_as.place(shown.parts.level, *shown.spans)
    return {name: values.astype(np.float32) for name, values in placed.items()}


def moving_columns(shown: Shown) -> dict[str, Any]:
    """What of the figure each brush changes."""
    level, form = shown.parts.level, shown.drawn_as
    mine, beyond = shown.selected.of(shown.measure), shown.beyond.of(shown.measure)
    # Laid out by the selection, a part is nothing but selected.
    of = mine if shown.is_laid_anew else shown.of.of(shown.measure)
    columns: dict[str, Any] = {
        "to": form.filled(level, shares(mine, of)),
        "beyond_to": form.filled(level, np.minimum(shares(beyond, of), 1.0)),
        "energy_j": shown.selected.energy_j,
        "share": 100 * mine / (shown.total or 1.0),
    }
    columns = {name: np.asarray(values, np.float32) for name, values in columns.items()}
    columns["runs"] = shown.selected.runs.astype(np.int32)
    if shown.is_laid_anew:
        placed = place_columns(shown)
        columns |= {name: placed[name] for name in ("low", "high")}
    return columns


def labels(shown: Shown) -> dict[str, list[object]]:
    """The labels that have room."""
    texts = [shown.ring.short(path[-1]) for path in shown.parts.paths]
    return label_columns(shown.drawn_as, shown.parts.level.tolist(), shown.spans, texts, MOST_LABELS)


def centre_lines(shown: Shown, path: Path) -> list[str]:
    """What the whole holds, and the way up."""
    lines = amount_text(shown.total, shown.measure).split(" ", 1)
    return [*lines, "\u2191 up"] if path else lines


def listed_paths(shown: Shown, path: Path) -> list[Path]:
    """The parts that the list shows: those of the selected part, or beside it where it has none."""
    base = path if len(path) < LEVELS else path[:-1]
    return [shown.parts.paths[at] for at in shown.parts.children(base)]


def list_facts(shown: Shown, path: Path) -> dict[str, Any]:
    """The properties of the list of parts."""
    base = path if len(path) < LEVELS else path[:-1]
    places = shown.parts.children(base)
    listed = [shown.parts.paths[at] for at in places]
    mine = (shown.beyond if len(path) == LEVELS else shown.selected).of(shown.measure)[places]
    of = shown.of.of(shown.measure)[places]
    whole, longest = float(mine.sum()) or 1.0, max(float(of.max(initial=0.0)), 1e-9)
    return {
        "path": ["All", *(shown.ring.text(value) for value in path)],
        "title": f"Parts of {shown.ring.title_of(base)}" if base else "All parts",
        "parts": [
            [
                shown.ring.text(one[-1]),
                fill_of(shown.ring, one),
                amount_text(float(amount), shown.measure),
                percent(float(amount) / whole),
                round(float(amount) / float(total), 4) if total > 0 else 0,
                round(float(total) / longest, 4),
                can_be_brushed(one),
            ]
            for one, amount, total in zip(listed, mine, of, strict=True)
        ],
        "chosen": listed.index(path) if path in listed else -1,
    }


def table_rows(shown: Shown) -> list[Sequence[object]]:
    """Each part with its numbers, under ``HEADER``."""
    whole = max(float(shown.selected.runs[shown.parts.level == 0].sum()), 1.0)
    rows: list[Sequence[object]] = []
    for at, path in enumerate(shown.parts.paths):
        names = [shown.ring.text(value) for value in path]
        names += [""] * (LEVELS - len(names))
        runs = int(shown.selected.runs[at])
        energies = (float(sums.energy_j[at]) / JOULES_PER_KWH for sums in (shown.selected, shown.of))
        rows.append((
            len(path), *names, runs, int(shown.of.runs[at]), 100 * runs / whole, *energies,
            runs - int(shown.selected.measured[at]),
        ))  # fmt: skip
    return rows
