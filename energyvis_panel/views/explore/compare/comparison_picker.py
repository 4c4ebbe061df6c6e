"""Which two configurations to compare, and in which measure: one component, no widget for each setting."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.state.explore.compare.comparison import (
    MEASURES,
    QUICK,
    SETTINGS,
    Comparison,
    quick_choices,
    side_label,
    value_text,
)
from energyvis_panel.views.explore.controls import stylesheets

HERE = Path(__file__).parent


class ComparisonPicker(JSComponent):
    """Quick choices, measure, swap, and a list of settings for each side; tells what was chosen.

    A click on the name of a row sends a message ``{row}``.
    """

    chosen = param.Dict(default={}, doc="The comparison: a, b, measure, names and colours of both sides.")
    settings = param.List(doc="Settings with the values that they can be fixed to: name, title, values.")
    measures = param.List(doc="Measures as pairs of name and title.")
    quick = param.List(doc="Names of the comparisons at one click.")
    quick_sides = param.List(doc="What each of them fixes, as pairs of settings by name.")
    rows = param.List(doc="Names of the rows of the chart, from top to bottom.")
    request = param.Dict(default={}, doc="Last choice: kind; name, or a, b and measure; serial.")

    _esm = HERE / "comparison_picker.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "comparison_picker.css")

    @classmethod
    def of(cls, codes: dict[str, dict[str, int]], **params: Any) -> "ComparisonPicker":
        """A picker of the values that the data hold, by setting."""
        quick = quick_choices(codes)
        return cls(
            quick=quick,
            quick_sides=[[dict(side) for side in QUICK[name]] for name in quick],
            settings=[
                {
                    "name": name,
                    "title": SETTINGS[name].title,
                    "values": [[value, value_text(name, value)] for value in values],
                }
                for name, values in codes.items()
            ],
            measures=[[name, measure.title] for name, measure in MEASURES.items()],
            **params,
        )

    def fill(self, comparison: Comparison, colours: tuple[str, str]) -> None:
        """Show what is compared, each side in its colour."""
        self.chosen = {
            "a": dict(comparison.a),
            "b": dict(comparison.b),
            "measure": comparison.measure,
            "names": [side_label(comparison.a), side_label(comparison.b)],
            "colours": list(colours),
        }
