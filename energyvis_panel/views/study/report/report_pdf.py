"""A report as a PDF with a vector chart."""

from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Preformatted, SimpleDocTemplate, Spacer, Table

from energyvis_panel.views.study.report.report_chart import BOLD, FONT, register_fonts, report_chart
from energyvis_panel.views.study.report.report_content import FORMULAS, ReportContent
from energyvis_panel.views.study.report.report_html import COLUMNS, series_name

MARGIN = 18 * mm
FRAME_PADDING = 6
INNER = A4[0] - 2 * MARGIN - 2 * FRAME_PADDING
LINE, MUTED = HexColor("#DDE1E6"), HexColor("#56606B")
BODY = ParagraphStyle("body", fontName=FONT, fontSize=9, leading=13)
SMALL = ParagraphStyle("small", BODY, fontSize=7.5, leading=10.5, textColor=MUTED)
UNDER = ParagraphStyle("under", SMALL, fontSize=6.5, leading=8.5)
TITLE = ParagraphStyle("title", BODY, fontName=BOLD, fontSize=16, leading=21)
HEADING = ParagraphStyle(
    "heading", BODY, fontName=BOLD, fontSize=10.5, leading=14, spaceBefore=10, spaceAfter=3
)
CODE = ParagraphStyle("code", SMALL, textColor=HexColor("#1B2026"))
GRID = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
]
LONGEST_CODE_LINE = 118


def report_pdf(content: ReportContent) -> bytes:
    """The whole file, A4."""
    register_fonts()
    target = BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=content.title,
        author="EnergyVis Panel",
    )

    def numbered(canvas: Any, _document: Any) -> None:
        canvas.setFont(FONT, 7)
        canvas.setFillColor(MUTED)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"{content.title} · {canvas.getPageNumber()}")

    document.build(_story(content), onFirstPage=numbered, onLaterPages=numbered)
    return target.getvalue()


def _story(content: ReportContent) -> list[Any]:
    story: list[Any] = [_text(content.title, TITLE), _text(content.made, SMALL)]
    story += [_text("In words", HEADING), _text(content.paragraph)]
    story += [_text("The run as it was recorded", HEADING), _pairs(content.facts)]
    story += [_text("Totals", HEADING), _totals(content)]
    chart = report_chart(content.chart)
    chart.hAlign = "LEFT"
    story.append(KeepTogether([_text("Over the run", HEADING), chart, _text(content.caption, SMALL)]))
    story += [_text("How the numbers come about", HEADING), _pairs(FORMULAS)]
    if content.equivalences:
        story += [_text("As much as", HEADING), _equivalences(content)]
    story += _sentences("Assumptions", content.assumptions)
    card = Preformatted(
        content.model_card, CODE, maxLineLength=LONGEST_CODE_LINE, splitChars=" ", newLineChars=""
    )
    story.append(KeepTogether([_text("For a model card", HEADING), card]))
    story += _sentences("Sources", content.sources)
    if content.link:
        story += [_text("Open again", HEADING), _text(content.link, SMALL)]
    return story


def _text(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(escape(text), style)


def _pairs(pairs: tuple[tuple[str, str], ...]) -> Table:
    rows = [[_text(name), _text(value)] for name, value in pairs]
    return Table(rows, colWidths=[INNER * 0.25, INNER * 0.75], style=GRID)


def _totals(content: ReportContent) -> Table:
    head = [_text("")] + [_text(label, SMALL) for _, label in COLUMNS]
    rows = [head]
    for row in content.rows:
        name = [
            Paragraph(f"<b>{escape(series_name(row))}</b>", BODY),
            _text(row.machine, UNDER),
            _text(row.site, UNDER),
        ]
        rows.append([name, *(_text(getattr(row, key)) for key, _ in COLUMNS)])
    return Table(rows, colWidths=[INNER * 0.32] + [INNER * 0.136] * 5, style=GRID, repeatRows=1)


def _equivalences(content: ReportContent) -> Table:
    count = len(content.rows)
    rows = [
        [_text(""), *(_text(row.letter or "recorded", SMALL) for row in content.rows), _text("Source", SMALL)]
    ]
    rows += [
        [_text(label, SMALL), *(_text(amount, SMALL) for amount in amounts), _text(source, SMALL)]
        for label, amounts, source in content.equivalences
    ]
    widths = [INNER * 0.3, *[INNER * 0.4 / count] * count, INNER * 0.3]
    return Table(rows, colWidths=widths, style=GRID, repeatRows=1)


def _sentences(title: str, sentences: tuple[str, ...]) -> list[Any]:
    if not sentences:
        return []
    return [_text(title, HEADING), *(_text(f"• {sentence}", SMALL) for sentence in sentences), Spacer(1, 2)]
