"""What the view of cache spill draws, as rows: the levels of memory, then the points of the curve."""

from typing import Final

from energyvis_panel.state.explore.cache_spill.cache_spill import UP, Held, steps_of
from energyvis_panel.state.explore.cache_spill.cache_spill_curve import Curve, Points
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import ACROSS
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.sentences import HARDWARE

HEADER: Final = (
    *("Hardware", "Level of memory", "Drawn as", "Working set above (KiB)", "Working set up to (KiB)"),
    *("Selected runs", "Lower quartile (mJ per datum)", "Median (mJ per datum)"),
    *("Upper quartile (mJ per datum)", "Times the median of the level before"),
)
Row = tuple[object, ...]


def table_rows(held: tuple[Held, ...], curve: Curve, points: Points) -> list[Row]:
    """Rows of one hardware class; a point of the curve without enough runs has none."""
    per_kib, per_mj = QUANTITIES[ACROSS].per_unit, QUANTITIES[UP].per_unit
    is_gpu = held[0].level.is_gpu
    ratios = [None, *(step.ratio for step in steps_of(held))]
    rows: list[Row] = []
    for one, ratio in zip(held, ratios, strict=True):
        level = one.level
        bounds = level.above_bytes / per_kib, level.most_bytes / per_kib
        takes = [quartile / per_mj if one.run_count else None for quartile in one.quartiles]
        rows.append((HARDWARE[is_gpu], level.name, "level", *bounds, one.run_count, *takes, ratio))
    low, high = points.bounds(is_gpu)
    for one, span in zip(held, points.spans[is_gpu], strict=True):
        for at in range(span.first, span.first + span.count):
            amounts = curve.quartiles[:, is_gpu, at] / per_mj
            if amounts[0] > 0:  # NaN, where too few runs lie, is not
                place = HARDWARE[is_gpu], one.level.name, "curve"
                bounds = float(low[at] / per_kib), float(high[at] / per_kib)
                runs = int(curve.run_counts[is_gpu, at])
                rows.append((*place, *bounds, runs, *map(float, amounts), None))
    return rows
