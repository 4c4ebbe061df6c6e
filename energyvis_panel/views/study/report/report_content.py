"""What a report says, before it is set as HTML or PDF."""

from dataclasses import dataclass
from datetime import UTC, datetime

from energyvis_panel import __version__
from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.report import (
    FORMULA_SOURCE,
    SOURCE_WORDS,
    ReportRow,
    model_card,
    paragraph,
    report_rows,
)
from energyvis_panel.domain.study import Comparison
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.chart.chart_rows import ChartRows, chart_caption, chart_rows

FORMULAS = (
    ("Power at the site", "p = (p_chipset + Σ p_GPU) × PUE"),
    ("Energy of an epoch", "E = mean(p) × t"),
    ("Emissions", "CO₂e = intensity × E"),
    ("Other hardware", "E_alt = E × (P_alt/S_alt) / (P/S), t_alt = t × S/S_alt"),
)


@dataclass(frozen=True, slots=True)
class ReportContent:
    """All parts of a report: plain text, to be escaped where it is set."""

    title: str
    made: str
    link: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[ReportRow, ...]
    chart: ChartRows
    caption: str
    equivalences: tuple[tuple[str, tuple[str, ...], str], ...]
    assumptions: tuple[str, ...]
    paragraph: str
    model_card: str
    sources: tuple[str, ...]


def report_content(study: Study, link: str, now: datetime | None = None) -> ReportContent | None:
    """Report of what a study shows now; None where nothing is chosen. ``link`` reopens the study."""
    comparison = study.comparison
    if comparison is None or study.choice is None:
        return None
    chart = chart_rows(
        comparison,
        study.measure,
        cumulative=study.cumulative,
        pounds=study.pounds,
        further=study.choice.further,
        axis=study.axis,
    )
    profile = comparison.baseline.projection.profile
    return ReportContent(
        title=f"Energy and emissions of {profile.name}",
        made=f"{now or datetime.now(UTC):%Y-%m-%d %H:%M} UTC, EnergyVis Panel {__version__}",
        link=link,
        facts=profile_facts(profile),
        rows=report_rows(comparison, pounds=study.pounds),
        chart=chart,
        caption=chart_caption(chart, comparison),
        equivalences=equivalence_rows(comparison, study.equivalences),
        assumptions=assumption_rows(comparison),
        paragraph=paragraph(comparison, study.equivalences, __version__),
        model_card=model_card(comparison, __version__),
        sources=source_rows(comparison, study.equivalences),
    )


def profile_facts(profile: EnergyProfile) -> tuple[tuple[str, str], ...]:
    """Name and value of what is recorded of a run."""
    provenance = profile.provenance
    return (
        ("Profile", f"{profile.name} ({profile.id})"),
        ("Author", profile.author or "not recorded"),
        ("Recorded", profile.created_at or "date not recorded"),
        (
            "Energy",
            f"{SOURCE_WORDS[provenance.source]}, by {provenance.tool} {provenance.version or ''}".strip(),
        ),
        ("Divided into", f"{len(profile.epochs):,} {profile.division}s"),
    )


def equivalence_rows(
    comparison: Comparison, equivalences: tuple[Equivalence, ...]
) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """Each thing with a known footprint: label, amount for each series ('' = not known), and source."""
    carbons = [series.carbon_g() for series in comparison.all_series()]
    if all(carbon is None for carbon in carbons):
        return ()
    return tuple(
        (
            e.label,
            tuple("" if carbon is None else e.amount_text(carbon) for carbon in carbons),
            f"{e.printed}; {e.source}",
        )
        for e in equivalences
    )


def assumption_rows(comparison: Comparison) -> tuple[str, ...]:
    """What had to be assumed, series by series, each sentence once."""
    found: dict[str, None] = {}
    for series in comparison.all_series():
        profile, scenario = series.projection.profile, series.projection.scenario
        for sentence in profile.provenance.assumptions:
            found[f"{profile.name}: {sentence}"] = None
        if scenario.hardware:
            change = scenario.hardware
            found[
                f"{series.letter}: equal work on other hardware by {change.precision.upper()} rates and "
                f"rated watts, parallel efficiency {change.efficiency:g} per doubling."
            ] = None
        if scenario.intensity:
            found["Carbon intensities are annual averages unless stated; marginal plants differ."] = None
    if len(comparison.scopes()) > 1:
        found["Direct and lifecycle intensities are mixed; lifecycle adds fuel and construction."] = None
    return tuple(found)


def source_rows(comparison: Comparison, equivalences: tuple[Equivalence, ...]) -> tuple[str, ...]:
    """Where the figures come from, each source once."""
    found: dict[str, None] = {f"Formulas: {FORMULA_SOURCE}": None}
    for series in comparison.all_series():
        scenario = series.projection.scenario
        if scenario.intensity:
            found[f"Intensity of {scenario.intensity.name}: {scenario.intensity.caption()}"] = None
        if scenario.price:
            found[f"Price: {scenario.price.source}"] = None
        if scenario.hardware:
            for piece in (*scenario.hardware.original, *scenario.hardware.alternative):
                found[f"{piece.chip.name}: {piece.chip.source} (rates: {piece.chip.flops_method})"] = None
    for equivalence in equivalences:
        found[f"Equivalences: {equivalence.source}"] = None
    return tuple(found)
