"""What is the sum of it? Energy, emissions, cost, time and an amount one can picture, before and after."""

from html import escape
from typing import Any

import panel as pn
from panel.viewable import Viewer

from energyvis_panel.domain.equivalence import Equivalence, nearest
from energyvis_panel.domain.study import Comparison, Series
from energyvis_panel.domain.units import duration_text, energy_text, mass_text, money_text, three_digits
from energyvis_panel.state.study import Study

STYLE = """
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px 24px; }
@media (min-width: 1200px) { .totals { grid-template-columns: 1fr 1.25fr 1.1fr 0.75fr 1.5fr; } }
.total .name { font-size: 12px; line-height: 18px; color: var(--ev-muted); }
.total .before {
  font-size: 20px; font-weight: 600; line-height: 24px; color: var(--ev-text); white-space: nowrap;
}
.total .after { font-size: 14px; font-weight: 600; line-height: 18px; color: var(--ev-alternative); }
.total { min-width: 0; }
/* As high as with a second value, so that pointing at a map never moves the map. */
@media (min-width: 701px) { .total { min-height: 78px; } }
.total .note {
  font-size: 12px; line-height: 18px; color: var(--ev-muted);
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
}
@media (max-width: 700px) { .total .note { white-space: normal; } }
"""

SOURCE_TEXT = {
    "counter": "measured by energy counters",
    "integrated": "integrated from measured power",
    "estimate": "estimated from load, not measured",
    "imported": "from published or imported figures",
}


def change_text(before: float, after: float) -> str:
    """Relative change with its sign, e.g. ``"+35 %"``; ``"unchanged"`` below half a percent."""
    if before == 0:
        return "" if after else "unchanged"
    percent = round((after - before) / before * 100)
    if percent == 0:
        return "unchanged"
    sign = "+" if percent > 0 else "\N{MINUS SIGN}"
    return f"{sign}{abs(percent)} %"


def totals_html(comparison: Comparison | None, equivalences: tuple[Equivalence, ...], *, pounds: bool) -> str:
    """Row of totals: the baseline large, the first alternative below it with its change."""
    if comparison is None:
        return ""
    base, other = comparison.baseline, next(iter(comparison.alternatives), None)
    provenance = base.projection.profile.provenance
    cells = [
        _cell(
            "Energy at the site",
            energy_text(base.projection.energy_j()),
            _after(other, base.projection.energy_j(), Series.energy_j, energy_text) if other else "",
            SOURCE_TEXT[provenance.source],
        ),
        _carbon_cell(base, other, pounds=pounds),
        _cost_cell(base, other),
        _time_cell(base, other),
        _equivalence_cell(base, other, equivalences),
    ]
    return f'<style>{STYLE}</style><div class="totals">{"".join(cells)}</div>'


def _carbon_cell(base: Series, other: Series | None, *, pounds: bool) -> str:
    def mass(grams: float) -> str:
        return mass_text(grams, pounds=pounds) + " CO₂e"

    before = base.projection.carbon_g()
    intensity = base.projection.scenario.intensity
    note = f"{intensity.name}, {intensity.caption()}" if intensity else "no region recorded"
    after = _after(other, before, Series.carbon_g, mass) if other else ""
    return _cell("Emissions", mass(before) if before is not None else "not known", after, note)


def _cost_cell(base: Series, other: Series | None) -> str:
    before = base.cost()
    price = base.projection.scenario.price or (other.projection.scenario.price if other else None)
    note = (
        f"{three_digits(price.per_kwh)} USD/kWh, {price.source}"
        if price
        else "no price known: enter one below"
    )
    after = _after(other, before, Series.cost, money_text) if other else ""
    return _cell("Electricity cost", money_text(before) if before is not None else "not known", after, note)


def _time_cell(base: Series, other: Series | None) -> str:
    before = base.projection.duration_s()
    profile = base.projection.profile
    count = f"{len(profile.epochs)} {profile.division}s"
    after = _after(other, before, Series.duration_s, duration_text) if other else ""
    return _cell("Time", duration_text(before) if before is not None else "not recorded", after, count)


def _equivalence_cell(base: Series, other: Series | None, equivalences: tuple[Equivalence, ...]) -> str:
    before, after = base.carbon_g(), other.carbon_g() if other else None
    picture = nearest(equivalences, before or after or 0.0)
    if picture is None:
        return _cell("As much as", "–", "", "needs a region")
    return _cell(
        "As much as",
        picture.amount_text(before) if before is not None else "–",
        f"{other.letter}: {picture.amount_text(after)}" if other and after is not None else "",
        f"{picture.label}. {picture.source}",
    )


def _after(other: Series, before: float | None, read: Any, text: Any) -> str:
    """Value of the alternative with its change against the baseline."""
    value = read(other)
    if value is None:
        return ""
    if before is None:
        return f"{other.letter}: {text(value)}"
    change = change_text(before, value)
    return (
        f"{other.letter}: {change}" if change == "unchanged" else f"{other.letter}: {text(value)} ({change})"
    )


def _cell(name: str, before: str, after: str, note: str) -> str:
    after_html = f'<div class="after">{escape(after)}</div>' if after else ""
    return (
        f'<div class="total"><div class="name">{escape(name)}</div><div class="before">{escape(before)}</div>'
        f'{after_html}<div class="note" title="{escape(note)}">{escape(note)}</div></div>'
    )


class Totals(Viewer):
    """The totals of a study; those of the previewed region while there is one."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study

    def _html(self, comparison: Comparison | None, preview: Comparison | None, pounds: bool) -> str:
        return totals_html(preview or comparison, self.study.equivalences, pounds=pounds)

    def __panel__(self) -> Any:
        """Return the row of totals."""
        study = self.study
        html = pn.bind(self._html, study.param.comparison, study.param.preview, study.param.pounds)
        return pn.pane.HTML(html, sizing_mode="stretch_width", margin=0)
