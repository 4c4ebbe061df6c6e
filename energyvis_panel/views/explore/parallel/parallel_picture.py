"""A picture of every run for print: drawn by Datashader from unbinned values, with axes and labels."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from energyvis_panel.state.explore.axis import BINS, column
from energyvis_panel.state.explore.parallel.run_heights import run_heights
from energyvis_panel.state.explore.placed_axis import PlacedAxis
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.parallel.parallel_ticks import tick_labels
from energyvis_panel.views.explore.view import HARDWARE_COLOURS

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH_PX: Final = 3600
HEIGHT_PX: Final = 1900
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 400, 130, 300, 60
PLOT_PX: Final = (WIDTH_PX - LEFT_PX - RIGHT_PX, HEIGHT_PX - TOP_PX - BOTTOM_PX)
TEXT_PX: Final = 34
TITLE_PX: Final = 54
LONGEST_NAME: Final = 22
INK: Final = "#1B2026"
MUTED: Final = "#56606B"
FAINTEST: Final = 50
"""Opacity of a pixel that one run crosses, of 255."""
SMOOTH_UP_TO: Final = 200_000
"""Runs up to which lines are antialiased, which takes several times as long."""


def picture_png(axes: Sequence[PlacedAxis], rows: pa.Table, *, title: str, subtitle: str) -> bytes:
    """PNG of ``rows``, answers of the values question, on ``axes``: 3,600 pixels wide, on white.

    Parameters
    ----------
    axes
        The axes from left to right.
    rows
        One run a row.
    title, subtitle
        What the picture shows, and of which runs.

    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 - only a picture needs it

    picture = Image.new("RGBA", (WIDTH_PX, HEIGHT_PX), "white")
    on_gpu = column(rows, "is_gpu")
    heights = run_heights(rows, axes)
    for is_gpu, colour in enumerate(HARDWARE_COLOURS):
        lines = lines_drawn(heights[:, on_gpu == is_gpu], colour)
        picture.alpha_composite(lines, (LEFT_PX, TOP_PX))
    pen = ImageDraw.Draw(picture)
    write_axes(pen, axes)
    write_head(pen, title, subtitle)
    saved = io.BytesIO()
    picture.convert("RGB").save(saved, "PNG", dpi=(300, 300))
    return saved.getvalue()


def lines_drawn(heights: np.ndarray, colour: str) -> "Image":
    """One line a run in one hue, stronger where more runs run together, by histogram equalisation."""
    import datashader  # noqa: PLC0415 - seconds to import and compile, for print alone
    from datashader import transfer_functions  # noqa: PLC0415 - as above

    axis_count, run_count = heights.shape
    names = [f"axis{place}" for place in range(axis_count)]
    canvas = datashader.Canvas(*PLOT_PX, x_range=(0, axis_count - 1), y_range=(0, BINS))
    frame = pd.DataFrame(dict(zip(names, heights.astype(np.float32), strict=True)))
    smooth = {"line_width": 1.5} if run_count <= SMOOTH_UP_TO else {}
    counts = canvas.line(frame, x=np.arange(axis_count), y=names, axis=1, agg=datashader.count(), **smooth)
    shaded = transfer_functions.shade(counts, cmap=colour, how="eq_hist", min_alpha=FAINTEST)
    image: Image = shaded.to_pil()
    return image


def write_axes(pen: "ImageDraw", axes: Sequence[PlacedAxis]) -> None:
    """Write the axes with their titles and values over the lines."""
    from PIL import ImageFont  # noqa: PLC0415 - only a picture needs it

    font = ImageFont.load_default(TEXT_PX)
    for place, axis in enumerate(axes):
        x = LEFT_PX + place * (PLOT_PX[0] - 1) / (len(axes) - 1)
        pen.line([(x, TOP_PX), (x, TOP_PX + PLOT_PX[1])], fill=MUTED, width=4)
        title = (x, TOP_PX - 24)
        pen.multiline_text(title, axis.dimension.short, fill=INK, font=font, anchor="md", align="center")
        for height, said in tick_labels(axis, longest=LONGEST_NAME).items():
            y = TOP_PX + PLOT_PX[1] * (1 - height / BINS)
            pen.text(
                (x - 14, y), said, fill=INK, font=font, anchor="rm",
                stroke_width=6, stroke_fill="white",
            )  # fmt: skip


def write_head(pen: "ImageDraw", title: str, subtitle: str) -> None:
    """Write what the picture shows, and the colours of the hardware."""
    from PIL import ImageFont  # noqa: PLC0415 - only a picture needs it

    font = ImageFont.load_default(TEXT_PX)
    pen.text((60, 40), title, fill=INK, font=ImageFont.load_default(TITLE_PX))
    pen.text((60, 118), subtitle, fill=MUTED, font=font)
    x = WIDTH_PX - 60.0
    for name, colour in zip(reversed(HARDWARE), reversed(HARDWARE_COLOURS), strict=True):
        x -= pen.textlength(name, font)
        pen.text((x, 58), name, fill=INK, font=font)
        pen.rectangle([(x - 48, 62), (x - 14, 92)], fill=colour)
        x -= 100
