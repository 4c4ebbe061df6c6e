"""What do the colours of a map mean? One thin ramp, labelled in grams and pounds, with scope and source."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any, Final

import panel as pn

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.study import Comparison
from energyvis_panel.domain.units import GRAMS_PER_LB
from energyvis_panel.state.regions import scope_sentence
from energyvis_panel.views import theme

RAMP_TOP_G_PER_KWH: Final = 900.0
"""Top of the ramp; what lies above has the last colour."""
TICKS_G: Final = (0, 180, 360, 540, 720, 900)
TICKS_LB: Final = (0.0, 0.5, 1.0, 1.5)
SCOPE_TEXT: Final = {
    "direct": "Direct emissions, of the stack only",
    "lifecycle": "Lifecycle emissions, with fuel supply and construction",
}
CSS: Final = (Path(__file__).parent / "region_legend.css").read_text(encoding="utf-8")


def region_legend(intensities: Iterable[CarbonIntensity], *, lacking: bool) -> Any:
    """Pane with the legend of a map that shows ``intensities``; ``lacking`` adds the mark of "no data"."""
    html = legend_html(list(intensities), lacking=lacking)
    return pn.pane.HTML(html, stylesheets=[CSS], sizing_mode="stretch_width", margin=0)


def legend_html(shown: list[CarbonIntensity], *, lacking: bool) -> str:
    """The legend: labels in g/kWh, the ramp, labels in lb/kWh, and what is counted by whom."""
    colours = "".join(f'<i style="background:{colour}"></i>' for colour in theme.INTENSITY_RAMP)
    none = '<span class="none"></span>no data' if lacking else ""
    said = f"Colour scale from 0 to {RAMP_TOP_G_PER_KWH:g} g CO₂e per kWh, from light to dark"
    return (
        f'<div class="legend"><div role="img" aria-label="{said}">{_scale(TICKS_G, 1.0, "g/kWh")}'
        f'<div class="ramp">{colours}</div>{_scale(TICKS_LB, GRAMS_PER_LB, "lb/kWh")}</div>'
        f"<p>{escape(source_text(shown))}{none}</p></div>"
    )


def outlines_html(home: str, kept: str) -> str:
    """What the outlines on a map mean: home, solid, and kept, dashed; '' for a region that is not there."""
    named = (("home", "home", home), ("kept", "kept", kept))
    keys = (
        f'<span><b class="{mark}"></b>{word}: {escape(name)}</span>' for mark, word, name in named if name
    )
    return f'<div class="legend outlines">{"".join(keys)}</div>'


def source_text(shown: list[CarbonIntensity]) -> str:
    """Scope, source and years of intensities in words."""
    if not shown:
        return "No intensity is known for this map."
    scope = "; ".join(SCOPE_TEXT.get(name, name) for name in sorted({i.scope for i in shown}))
    sources = ", ".join(sorted({intensity.source for intensity in shown}))
    years = sorted({intensity.year for intensity in shown if intensity.year})
    span = f", {years[0]} to {years[-1]}" if len(years) > 1 else "".join(f" {year}" for year in years)
    return f"{scope}: {sources}{span}. CO₂e per kWh generated, annual average."


def sentences_html(sentence: str, comparison: Comparison | None, map_name: str) -> str:
    """The sentences near the map: first what could not be done, then where scopes differ."""
    lines = [
        (sentence, "color:var(--ev-alternative)"),
        (scope_sentence(comparison, map_name), "color:var(--ev-stale)"),
    ]
    return "".join(
        f'<p role="status" style="margin:0 0 2px;font-size:12px;line-height:1.4;{style}">{escape(text)}</p>'
        for text, style in lines
        if text
    )


def _scale(ticks: Iterable[float], per_unit: float, unit: str) -> str:
    """Labels of the ramp at their places, in one unit."""
    marks = "".join(
        f'<span style="left:{100 * tick * per_unit / RAMP_TOP_G_PER_KWH:.2f}%">{tick:g}</span>'
        for tick in ticks
    )
    return f'<div class="scale">{marks}<span class="unit">{unit}</span></div>'
