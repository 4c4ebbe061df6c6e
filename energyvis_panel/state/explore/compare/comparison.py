"""Two configurations to compare: what each fixes, in which measure, and the questions that follow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import exp
from typing import Any, Final, Self

import pyarrow as pa

from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.compare.compared_ranks import compared_ranks
from energyvis_panel.state.explore.dimensions import CATEGORIES, NAMES
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a run that a configuration can fix.

    Attributes
    ----------
    title
        For a list of settings.
    label, said
        Templates for one value: alone on a chart, and in a sentence after "a run".
    shift, width
        Place of its code in ``setting_key``, in bits.

    """

    title: str
    label: str
    said: str
    shift: int
    width: int

    @property
    def mask(self) -> int:
        """The bits of ``setting_key`` that hold its code."""
        return (1 << self.width) - 1 << self.shift


SETTINGS: Final[dict[str, Setting]] = {
    "shape": Setting("Shape", "{}", "of shape {}", 9, 8),
    "size": Setting("Size", "{} parameters", "of {} parameters", 17, 12),
    "depth": Setting("Depth", "{} layers", "of {} layers", 29, 8),
    "optimizer": Setting("Optimizer", "{}", "with {}", 37, 8),
    "batch_size": Setting("Batch size", "batches of {}", "with batches of {}", 45, 8),
    "learning_rate": Setting("Learning rate", "rate {}", "at learning rate {}", 53, 10),
    "hardware": Setting("Hardware", "{}", "on a {}", 0, 1),
}
"""In the order in which a sentence names them."""
TRAINING: Final = ("optimizer", "batch_size", "learning_rate")


@dataclass(frozen=True, slots=True)
class Measure:
    """What is compared: title with unit, unit and stored units in it, and how a factor of it is said."""

    title: str
    unit: str
    per_unit: float
    said: str


MEASURES: Final[dict[str, Measure]] = {
    "j_per_datum": Measure("Energy per datum", "mJ", 1e-3, "takes {} times the energy per datum of"),
    "std_energy_j": Measure("Energy of the whole run", "kJ", 1e3, "takes {} times the energy of"),
    "run_time_s": Measure("Run time", "s", 1.0, "takes {} times as long as"),
}
QUICK: Final[dict[str, tuple[dict[str, str], dict[str, str]]]] = {
    "CPU node / GPU node": ({"hardware": HARDWARE[0]}, {"hardware": HARDWARE[1]}),
    "rectangle / trapezoid": ({"shape": "rectangle"}, {"shape": "trapezoid"}),
    "Adam / SGD": ({"optimizer": "Adam"}, {"optimizer": "SGD"}),
    "4 / 8 layers": ({"depth": "4"}, {"depth": "8"}),
}
"""Comparisons at one click, A and B."""
FEWEST_DIFFERENT: Final = "A and B are the same. Choose a setting in which they differ."


@dataclass(frozen=True, slots=True)
class Comparison:
    """A and B, what each fixes by setting (what is missing may be any), and the measure.

    ``codes`` are the codes of all values by setting, as in :func:`setting_codes`.
    """

    a: Mapping[str, str] = field(default_factory=lambda: QUICK["CPU node / GPU node"][0])
    b: Mapping[str, str] = field(default_factory=lambda: QUICK["CPU node / GPU node"][1])
    measure: str = "j_per_datum"

    def swapped(self) -> Self:
        """A as B and B as A."""
        return replace(self, a=self.b, b=self.a)

    @property
    def is_possible(self) -> bool:
        """Whether the sides differ."""
        return dict(self.a) != dict(self.b)

    @property
    def matched(self) -> tuple[str, ...]:
        """Settings that are the same within a pair."""
        return tuple(name for name in SETTINGS if name not in self.a and name not in self.b)

    def changed(self) -> dict[str, str]:
        """What is not as at first, as text by name: ``"a.depth"``, ``"b.hardware"`` …, and the measure."""
        said = {"measure": self.measure} if self.measure != START.measure else {}
        if (dict(self.a), dict(self.b)) == (dict(START.a), dict(START.b)):
            return said
        sides = {"a": self.a, "b": self.b}
        return said | {f"{side}.{name}": value for side, of in sides.items() for name, value in of.items()}

    def questions(self, codes: Mapping[str, Mapping[str, int]]) -> dict[str, Question]:
        """The questions of this comparison, by slot."""
        values = {
            "a": packed(self.a, codes),
            "b": packed(self.b, codes),
            "measure": self.measure,
        }
        return {
            "compare_pairs": Question("compare_pairs", values=values),
            "compare_tests": Question(
                "compared_runs", values=values, slow=True, in_context=False, condense=compared_ranks
            ),
        }


def packed(fixed: Mapping[str, str], codes: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """What a configuration fixes, as ``sql/butter_e/make_compared.sql`` reads it."""
    mask = key = 0
    for name, value in fixed.items():
        setting = SETTINGS[name]
        mask |= setting.mask
        # A value that the data lack has code 0, which no run holds: codes begin at 1, depths at 2.
        key |= codes.get(name, {}).get(value, 0) << setting.shift
    return {"mask": mask, "key": key, "fixes": len(fixed)}


def setting_codes(rows: pa.Table) -> dict[str, dict[str, int]]:
    """Codes of the values by setting, in the order of the values; rows of ``explore/compare_settings``."""
    found: dict[str, dict[str, int]] = {name: {} for name in SETTINGS}
    for row in rows.to_pylist():
        found[row["setting"]][row["label"]] = row["code"]
    return found


def chosen_comparison(asked: Mapping[str, Any], codes: Mapping[str, Mapping[str, int]]) -> Comparison:
    """The comparison that a browser asked for, without settings and values that the data lack."""
    a, b = (
        {name: value for name, value in asked[side].items() if value in codes.get(name, {})}
        for side in ("a", "b")
    )
    return Comparison(a, b, asked["measure"] if asked["measure"] in MEASURES else START.measure)


def said_comparison(said: Mapping[str, str], codes: Mapping[str, Mapping[str, int]]) -> Comparison:
    """The comparison whose :meth:`Comparison.changed` is ``said``, without what the data lack."""
    sides: dict[str, dict[str, str]] = {"a": {}, "b": {}}
    for name, value in said.items():
        side, _dot, setting = name.partition(".")
        if side in sides:
            sides[side][setting] = value
    if not any(sides.values()):
        sides = {"a": dict(START.a), "b": dict(START.b)}
    return chosen_comparison(sides | {"measure": said.get("measure", START.measure)}, codes)


def quick_choices(codes: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Names of the comparisons at one click of which the data hold both sides."""
    return [
        name
        for name, sides in QUICK.items()
        if all(value in codes[setting] for side in sides for setting, value in side.items())
    ]


def value_text(setting: str, value: str) -> str:
    """A value for people: thousands apart, rates without exponent."""
    if setting == "size":
        return f"{int(value):,}"
    return f"{float(value):.6f}".rstrip("0") if setting == "learning_rate" else value


def side_label(fixed: Mapping[str, str]) -> str:
    """A configuration in a few words, for a chart."""
    named = [SETTINGS[name].label.format(value_text(name, fixed[name])) for name in SETTINGS if name in fixed]
    return " · ".join(named) or "any other run"


def sides_said(comparison: Comparison) -> tuple[str, str]:
    """A and B in a sentence that names B first; a side that holds the other too is what is left of it."""
    a, b = comparison.a, comparison.b
    return (
        _said("another" if a.items() < b.items() else "one", a),
        _said("another run" if b.items() < a.items() else "a run", b),
    )


def _said(noun: str, fixed: Mapping[str, str]) -> str:
    named = [SETTINGS[name].said.format(value_text(name, fixed[name])) for name in SETTINGS if name in fixed]
    return f"{noun} {' '.join(named)}" if named else "any other run"


def matched_said(matched: Iterable[str]) -> str:
    """What is the same within a pair, in a sentence."""
    names = [SETTINGS[name].title.lower() for name in SETTINGS if name in matched]
    if set(TRAINING) <= set(matched):
        training = {SETTINGS[name].title.lower() for name in TRAINING}
        names = [name for name in names if name not in training] + ["training settings"]
    *rest, last = ["data set", *names]
    return f"{', '.join(rest)} and {last}" if rest else last


def amount_text(measure: str, log_amount: float) -> str:
    """The value of a measure whose natural logarithm is given, with its unit."""
    chosen = MEASURES[measure]
    return f"{three_digits(exp(log_amount) / chosen.per_unit)} {chosen.unit}"


def mark_of(comparison: Comparison, data_set: str = "") -> Brushes:
    """What is looked at behind a row: the runs of a data set that have values which A or B fixes.

    Where both sides fix different sizes or depths, a range would hold what lies between; they are left free.
    """
    mark = Brushes().with_set("dataset", (data_set,) if data_set else ())
    for name in SETTINGS:
        values = {fixed[name] for fixed in (comparison.a, comparison.b) if name in fixed}
        both = name in comparison.a and name in comparison.b
        if both and name in CATEGORIES:
            mark = mark.with_set(name, tuple(values))
        elif both and len(values) == 1:
            (value,) = values
            mark = mark.with_range(name, float(value), float(value))
    return mark


START: Final = Comparison()
START_CODES: Final = {"hardware": {HARDWARE[0]: 0, HARDWARE[1]: 1}}
"""Codes that are the same in all data, so that the first questions can be posed before any is answered."""
QUESTIONS: Final = {
    "compare_settings": Question("compare_settings", own=NAMES, in_context=False),
    **START.questions(START_CODES),
}
