import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.equivalences import ladder_html
from energyvis_panel.views.study.report.cite import Cite
from energyvis_panel.views.study.report.report_chart import ticks
from energyvis_panel.views.study.report.report_content import ReportContent, report_content
from energyvis_panel.views.study.report.report_html import report_html
from energyvis_panel.views.study.report.report_pdf import report_pdf
from tests.profiles_fixture import REFERENCES, small_profile
from tests.state.test_study_state import CannedProfiles
from tests.views.conftest import send

CAR = Equivalence("car", "typical car", 0.4, "miles", "400 g", "US EPA")
SCRIPT = "<script>alert(1)</script> & Ω 数"


class Named(CannedProfiles):
    """One profile whose name holds markup and letters of several scripts."""

    def preloaded(self) -> tuple[EnergyProfile, ...]:
        return (replace(small_profile("one"), name=SCRIPT),)


def content(store: CannedProfiles | None = None) -> ReportContent:
    study = Study(store or CannedProfiles(), REFERENCES, (CAR,))
    study.choose_region("FR")
    study.set_further(3)
    found = report_content(study, "http://lab/app?region=FR", datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert found is not None
    return found


def test_the_html_report_needs_nothing_from_outside_and_holds_every_number() -> None:
    html = report_html(content())
    assert not re.search(r"""(?:src|href)=["'](?!http://lab/app)""", html)
    assert "<script" not in html
    for text in (
        "6.60 kWh",
        "2.15 kg CO₂e",
        "273 g CO₂e",
        "Direct and lifecycle",
        "2026-01-02 03:04 UTC",
        "<svg",
    ):
        assert text in html


def test_markup_in_a_name_stays_text() -> None:
    html = report_html(content(Named()))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert report_pdf(content(Named())).startswith(b"%PDF-")


def test_the_svg_is_well_formed_and_draws_baseline_alternative_and_band() -> None:
    html = report_html(content())
    svg = ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])  # noqa: S314 - our own
    tags = [node.tag.rpartition("}")[2] for node in svg.iter()]
    assert tags.count("polyline") >= 4
    assert tags.count("polygon") >= 2 or tags.count("path") >= 2


def test_the_pdf_has_pages_and_a_title() -> None:
    pdf = report_pdf(content())
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 1
    assert pdf.rstrip().endswith(b"%%EOF")


def test_the_card_hands_over_the_report_that_was_asked_for() -> None:
    study = Study(CannedProfiles(), REFERENCES, (CAR,))
    cite = Cite(study)
    send(cite.texts, {"kind": "pdf", "link": "javascript:alert(1)", "serial": 1})
    assert base64.b64decode(cite.texts.made["base64"]).startswith(b"%PDF-")
    assert cite.texts.made["name"] == "Energy-and-emissions-of-One.pdf"
    send(cite.texts, {"kind": "html", "link": "javascript:alert(1)", "serial": 2})
    assert b"javascript" not in base64.b64decode(cite.texts.made["base64"])
    send(cite.texts, {"kind": "exe", "link": "", "serial": 3})
    assert "nothing to report" in cite.texts.made["failure"]


def test_the_texts_follow_the_study() -> None:
    study = Study(CannedProfiles(), REFERENCES, (CAR,))
    cite = Cite(study)
    assert "Wyoming" not in cite.texts.paragraph
    study.choose_region("US-WY")
    assert "Wyoming" in cite.texts.paragraph


def test_the_ladder_is_sorted_and_counts_for_each_run() -> None:
    study = Study(CannedProfiles(), REFERENCES)
    study.choose_region("US-WY")
    html = ladder_html(study.comparison, (CAR,), pounds=False)
    places = [html.index(text) for text in ("typical car", "One, as recorded", "A: in Wyoming")]
    assert places == sorted(places)
    assert "5.36 miles · A: 13.7 miles" in html


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (1, 1, [1]), (0, 37, [0, 5, 10, 15, 20, 25, 30, 35])],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)
