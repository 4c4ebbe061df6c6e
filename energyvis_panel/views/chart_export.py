"""Buttons that save a chart: PNG and SVG made in the browser, CSV from the rows that were drawn."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.domain.spreadsheet import harmless

HERE = Path(__file__).parent


class ChartExport(JSComponent):
    """The buttons of one chart."""

    figure = param.String(default="", doc="Name of the Bokeh figure; '' = there is only a table to save.")
    filename = param.String(default="chart", doc="Name of the saved file without its ending.")
    asked = param.Integer(default=0, doc="How often the CSV was asked for.")
    csv = param.String(default="", doc="The CSV to save; '' = none was asked for.")

    _esm = HERE / "chart_export.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "chart_export.css").read_text(encoding="utf-8")]


def chart_export(filename: str, table: Callable[[], str], *, figure: str = "", **params: Any) -> ChartExport:
    """Buttons for a chart.

    Parameters
    ----------
    filename
        Name of the saved file without its ending.
    table
        Gives the CSV text of what is drawn now.
    figure
        Name of the Bokeh figure that is saved as a picture.
    params
        Further parameters of the component, e.g. ``margin``.

    """
    buttons = ChartExport(figure=figure, filename=filename, **params)

    def answer(_event: Any) -> None:
        # Emptied first, so that the same rows asked for twice are saved twice.
        buttons.csv = ""
        buttons.csv = table()

    buttons.param.watch(answer, "asked")
    return buttons


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]], *, note: str = "") -> str:
    """Rows as CSV below an optional comment line; text that would run as a formula is disarmed."""
    lines = io.StringIO(newline="")
    if note:
        lines.write(f"# {' '.join(note.split())}\r\n")
    writer = csv.writer(lines)
    writer.writerow([_cell(title) for title in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return lines.getvalue()


def _cell(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value
