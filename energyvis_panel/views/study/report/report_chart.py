"""The consumption chart as a drawing for reports: vector in the PDF, SVG in the HTML."""

import functools
from math import ceil, floor, log10
from pathlib import Path

from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Drawing, Line, Polygon, PolyLine, String
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from energyvis_panel.views.study.chart.chart_rows import ChartRows
from energyvis_panel.views.study.chart.consumption_lines import line_style

WIDTH, HEIGHT = 500.0, 230.0
LEFT, RIGHT, BOTTOM, TOP = 56.0, 14.0, 34.0, 22.0
FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
GRID = HexColor("#DDE1E6")
INK = HexColor("#56606B")
DASHES = {"solid": None, "dashed": (6, 4), "dotted": (1.5, 3), "dashdot": (6, 3, 1.5, 3)}
FEWEST_TICKS = 4


@functools.cache
def register_fonts() -> None:
    """Make the fonts known that hold the signs of units and of most names; they come with matplotlib."""
    import matplotlib as mpl  # noqa: PLC0415 - only for the folder of its fonts

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)


def report_chart(rows: ChartRows) -> Drawing:
    """Lines, forecasts with their bands, axes and names of a chart."""
    register_fonts()
    drawing = Drawing(WIDTH, HEIGHT)
    first = 0.0 if rows.axis == "time" else 1.0
    last = max(rows.last, first + 1e-9)

    def x(place: float) -> float:
        return LEFT + (place - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(amount: float) -> float:
        return BOTTOM + amount / rows.top * (HEIGHT - BOTTOM - TOP)

    for tick in ticks(0.0, rows.top):
        drawing.add(Line(LEFT, y(tick), WIDTH - RIGHT, y(tick), strokeColor=GRID, strokeWidth=0.5))
        drawing.add(_label(f"{tick:g}", LEFT - 6, y(tick) - 3, "end"))
    for tick in ticks(first, last):
        drawing.add(_label(f"{tick:g}", x(tick), BOTTOM - 14, "middle"))
    drawing.add(Line(LEFT, BOTTOM, WIDTH - RIGHT, BOTTOM, strokeColor=INK, strokeWidth=0.5))
    drawing.add(_label(rows.x_label, (LEFT + WIDTH - RIGHT) / 2, 6, "middle"))
    drawing.add(_label(rows.y_label, LEFT, HEIGHT - 10, "start"))
    for slot, line in enumerate(rows.lines):
        hue, dash = line_style(slot)
        colour, drawn = HexColor(hue), line.curve
        if drawn.forecast.size:
            there = list(zip(drawn.forecast_epoch, drawn.high, strict=True))
            back = list(zip(drawn.forecast_epoch, drawn.low, strict=True))[::-1]
            band = [part for at, amount in there + back for part in (x(at), y(amount / rows.per_unit))]
            pale = Color(colour.red, colour.green, colour.blue, alpha=0.15)
            drawing.add(Polygon(band, fillColor=pale, strokeColor=None))
            ahead = [
                (drawn.epoch[-1], drawn.value[-1]),
                *zip(drawn.forecast_epoch, drawn.forecast, strict=True),
            ]
            points = [part for at, amount in ahead for part in (x(at), y(amount / rows.per_unit))]
            drawing.add(PolyLine(points, strokeColor=colour, strokeWidth=0.7, strokeDashArray=DASHES[dash]))
        if drawn.value.size:
            pairs = zip(drawn.epoch, drawn.value, strict=True)
            points = [part for at, amount in pairs for part in (x(at), y(amount / rows.per_unit))]
            drawing.add(PolyLine(points, strokeColor=colour, strokeWidth=1.6, strokeDashArray=DASHES[dash]))
            at, amount = drawn.end()
            name = String(x(at), y(amount / rows.per_unit) + 4, line.letter or "recorded")
            name.fontName, name.fontSize, name.fillColor, name.textAnchor = BOLD, 8, colour, "end"
            drawing.add(name)
    return drawing


def chart_svg(rows: ChartRows) -> str:
    """The chart as an SVG element to stand in a page."""
    text = str(renderSVG.drawToString(report_chart(rows)))
    return text[text.index("<svg") :]


def ticks(low: float, high: float) -> list[float]:
    """Round values between two ends, at least about four of them."""
    span = high - low
    if span <= 0:
        return [low]
    step = 10.0 ** floor(log10(span))
    for part in (1.0, 0.5, 0.2, 0.1):
        if span / (step * part) >= FEWEST_TICKS:
            step *= part
            break
    start = ceil(low / step - 1e-9)
    return [round(place * step, 12) for place in range(start, floor(high / step + 1e-9) + 1)]


def _label(text: str, at_x: float, at_y: float, anchor: str) -> String:
    label = String(at_x, at_y, text)
    label.fontName, label.fontSize, label.fillColor, label.textAnchor = FONT, 8, INK, anchor
    return label
