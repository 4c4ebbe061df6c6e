"""What is that like? Things with a known footprint on a logarithmic ladder, the study's runs among them."""

from html import escape
from math import log10
from pathlib import Path
from typing import Any

import panel as pn
from panel.viewable import Viewer

from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.domain.study import Comparison
from energyvis_panel.domain.units import mass_text
from energyvis_panel.state.study import Study

GRAMS_PER_SHORT_TON = 907_184.74
"""2,000 international pounds, the ton of Strubell et al. 2019."""
NO_CARBON = "No region is known, so there is nothing to compare. Choose a region or enter an intensity."
STYLE = (Path(__file__).parent / "equivalences.css").read_text(encoding="utf-8")


def ladder_html(comparison: Comparison | None, equivalences: tuple[Equivalence, ...], *, pounds: bool) -> str:
    """The ladder, smallest first; the amounts are how many of a thing emit what the recorded run emits."""
    if comparison is None:
        return ""
    runs = [
        (series.letter, series.label, carbon_g)
        for series in comparison.all_series()
        if (carbon_g := series.carbon_g()) is not None and carbon_g > 0
    ]
    if not runs:
        return f'<p style="color:var(--ev-muted)">{escape(NO_CARBON)}</p>'
    masses = [mass for _, _, mass in runs] + [e.kg_co2e * 1000 for e in equivalences]
    low, high = log10(min(masses)) - 0.1, log10(max(masses)) + 0.1

    def place(mass_g: float) -> str:
        return f"{(log10(mass_g) - low) / (high - low) * 100:.2f}%"

    lines = "".join(
        f'<s class="{"other" if letter else ""}" style="left:{place(mass)}"></s>' for letter, _, mass in runs
    )

    def rung(kind: str, name: str, mass_g: float, amounts: str, source: str) -> str:
        return (
            f'<div class="rung {kind}"><div>{escape(name)}<div class="source">{escape(source)}</div></div>'
            f'<div class="track">{lines}<i style="left:{place(mass_g)}"></i></div>'
            f"<div>{escape(amounts)}</div></div>"
        )

    rows = [
        (
            mass,
            rung(
                "other" if letter else "own",
                name_of(letter, label),
                mass,
                mass_words(mass, pounds=pounds),
                "",
            ),
        )
        for letter, label, mass in runs
    ]
    rows += [
        (
            e.kg_co2e * 1000,
            rung("", e.label, e.kg_co2e * 1000, amounts_text(e, runs), f"{e.printed}; {e.source}"),
        )
        for e in equivalences
    ]
    rungs = "".join(html for _, html in sorted(rows, key=lambda row: row[0]))
    return f'<style>{STYLE}</style><div class="ladder">{rungs}</div>'


def name_of(letter: str, label: str) -> str:
    """How a run is called on the ladder."""
    return f"{letter}: {label}" if letter else f"{label}, as recorded"


def mass_words(mass_g: float, *, pounds: bool) -> str:
    """Emissions with their short tons where those read well, since the paper's table is in short tons."""
    text = f"{mass_text(mass_g, pounds=pounds)} CO₂e"
    tons = mass_g / GRAMS_PER_SHORT_TON
    return f"{text} ({tons:,.2f} short tons)" if tons >= 0.1 else text  # noqa: PLR2004 - two decimals read well from there


def amounts_text(equivalence: Equivalence, runs: list[tuple[str, str, float]]) -> str:
    """How many of a thing emit what each run emits."""
    return " · ".join(
        (f"{letter}: " if letter else "") + equivalence.amount_text(mass) for letter, _, mass in runs
    )


class Equivalences(Viewer):
    """The ladder of a study."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study

    def _html(self, comparison: Comparison | None, pounds: bool) -> str:
        return ladder_html(comparison, self.study.equivalences, pounds=pounds)

    def __panel__(self) -> Any:
        """Return the ladder."""
        study = self.study
        html = pn.bind(self._html, study.param.comparison, study.param.pounds)
        return pn.pane.HTML(html, sizing_mode="stretch_width", margin=0)
