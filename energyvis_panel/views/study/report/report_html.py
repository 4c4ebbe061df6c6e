"""A report as one HTML file that needs nothing else: no script, no font, no picture from outside."""

from html import escape
from pathlib import Path

from energyvis_panel.domain.report import ReportRow
from energyvis_panel.views.study.report.report_chart import chart_svg
from energyvis_panel.views.study.report.report_content import FORMULAS, ReportContent

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
COLUMNS = (
    ("energy", "Energy at the site"),
    ("carbon", "Emissions"),
    ("cost", "Electricity cost"),
    ("duration", "Time"),
    ("power", "Mean power"),
)


def report_html(content: ReportContent) -> str:
    """The whole file."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(content.title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(content.title)}</h1>
<p class="muted">{escape(content.made)}</p>
<h2>In words</h2>
<p>{escape(content.paragraph)}</p>
<h2>The run as it was recorded</h2>
<table>{"".join(_pair(name, value) for name, value in content.facts)}</table>
<h2>Totals</h2>
<div class="wide">{_totals(content.rows)}</div>
<h2>Over the run</h2>
<figure><div class="chart">{chart_svg(content.chart)}</div>
<figcaption>{escape(content.caption)}</figcaption></figure>
<h2>How the numbers come about</h2>
<table>{"".join(_pair(name, value) for name, value in FORMULAS)}</table>
{_equivalences(content)}
{_list("Assumptions", content.assumptions)}
<h2>For a model card</h2>
<pre>{escape(content.model_card)}</pre>
{_list("Sources", content.sources)}
{_link(content.link)}
</body>
</html>
"""


def _totals(rows: tuple[ReportRow, ...]) -> str:
    head = "".join(f"<th>{escape(label)}</th>" for _, label in COLUMNS)
    body = "".join(
        f"<tr{' class=alternative' if row.letter else ''}><th>{escape(series_name(row))}"
        f'<div class="muted">{escape(row.machine)}<br>{escape(row.site)}</div></th>'
        + "".join(f"<td>{escape(getattr(row, key))}</td>" for key, _ in COLUMNS)
        + "</tr>"
        for row in rows
    )
    return f"<table><tr><th></th>{head}</tr>{body}</table>"


def series_name(row: ReportRow) -> str:
    """How a series is called in the tables of a report."""
    return f"{row.letter}: {row.label}" if row.letter else f"{row.label}, as recorded"


def _equivalences(content: ReportContent) -> str:
    if not content.equivalences:
        return ""
    head = "".join(f"<th>{escape(row.letter or 'recorded')}</th>" for row in content.rows)
    body = "".join(
        f"<tr><td>{escape(label)}</td>{''.join(f'<td>{escape(a)}</td>' for a in amounts)}"
        f'<td class="muted">{escape(source)}</td></tr>'
        for label, amounts, source in content.equivalences
    )
    table = f"<table><tr><th></th>{head}<th>Source</th></tr>{body}</table>"
    return f'<h2>As much as</h2><div class="wide">{table}</div>'


def _pair(name: str, value: str) -> str:
    return f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"


def _list(title: str, sentences: tuple[str, ...]) -> str:
    if not sentences:
        return ""
    return f"<h2>{escape(title)}</h2><ul>{''.join(f'<li>{escape(s)}</li>' for s in sentences)}</ul>"


def _link(link: str) -> str:
    if not link.startswith(("http://", "https://")):
        return ""
    return f'<h2>Open again</h2><p><a href="{escape(link)}">{escape(link)}</a></p>'
