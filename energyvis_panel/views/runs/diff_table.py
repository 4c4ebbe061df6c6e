"""What differs between two runs, as HTML: sentences, and a table of what moved."""

from collections.abc import Sequence
from html import escape
from typing import Final

from energyvis_panel.domain.rate_change import RateChange
from energyvis_panel.domain.run_diff import TOTAL, Amount, DiffItem, RunDiff
from energyvis_panel.domain.units import duration_text, energy_scale, energy_text, power_text, three_digits

MOST_EPOCHS: Final = 12
STYLE: Final = """<style>
table { width: 100%; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px; text-align: right; white-space: nowrap; font-weight: 400;
  border-bottom: 1px solid var(--ev-line); }
thead th { color: var(--ev-muted); font-size: 12px; font-weight: 600; }
th[scope=row] { text-align: left; max-width: 260px; overflow: hidden; text-overflow: ellipsis; }
th[scope=rowgroup] { text-align: left; color: var(--ev-muted); font-size: 12px; font-weight: 600; }
.scroll { overflow-x: auto; }
.note { margin: 4px 0 8px; color: var(--ev-muted); font-size: 13px; }
.stale { color: var(--ev-stale); }
</style>"""
HEADINGS: Final = (
    "", "Energy A", "Energy B", "Change", "%", "Time A", "Time B", "Power A", "Power B", "Per unit A",
    "Per unit B",
)  # fmt: skip


def percent(change: float | None) -> str:
    """Share as a signed percentage; a dash where it is not known."""
    if change is None:
        return "–"
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    return f"{sign}{three_digits(abs(100 * change))} %"


def item_name(item: DiffItem) -> str:
    """What an item is called on a chart or in a table."""
    return item.name.upper() if item.what == "device" and item.name != "other" else item.name


def diff_answer(diff: RunDiff | None) -> str:
    """Sentence about the whole, and where most joules moved."""
    if diff is None:
        return ""
    before_j, after_j = (side.energy_j if side else None for side in (diff.run.a, diff.run.b))
    if before_j is None or after_j is None:
        return "One of the runs has no readings of energy yet."
    change = percent(diff.run.change)
    text = f"A took {energy_text(before_j)} and B {energy_text(after_j)} before PUE ({change})."
    moved = next((item for item in diff.moved if item.change_j), None)
    if moved is None:
        return text
    way = "more" if moved.change_j > 0 else "less"
    return f"{text} Most moved in {item_name(moved)}: {energy_text(abs(moved.change_j))} {way}."


def change_html(change: RateChange | None, per: str) -> str:
    """Sentences about the change per unit, its interval and whether chance explains it."""
    if change is None:
        return ""
    before, after = change.a.energy_per_unit_j, change.b.energy_per_unit_j
    unit = "J in total" if per == TOTAL else f"J per {per}"
    first = f"{three_digits(before)} → {three_digits(after)} {unit}, {percent(change.change)}."
    if change.p_value is None:
        second = change.reason
    else:
        verdict = "more than chance explains" if change.is_significant else "within what chance explains"
        second = (
            f"{100 * change.confidence:g} % interval {percent(change.low)} to {percent(change.high)}, "
            f"p = {three_digits(change.p_value)}: {verdict} "
            f"({change.a.repetitions:,} and {change.b.repetitions:,} repetitions, Welch's t)."
        )
    return (
        f'{STYLE}<p style="margin:0;font-size:16px;font-weight:600">{escape(first)}</p>'
        f'<p class="note">{escape(second)}</p>'
    )


def diff_html(diff: RunDiff | None) -> str:
    """The table: the whole run, devices, spans and the epochs that moved most."""
    if diff is None:
        return ""
    groups = [
        ("Whole run", [diff.run]),
        ("By device", diff.devices),
        ("By span", diff.spans),
        (
            "By epoch"
            if len(diff.epochs) <= MOST_EPOCHS
            else f"By epoch: the {MOST_EPOCHS} of {len(diff.epochs):,} that moved most",
            diff.epochs[:MOST_EPOCHS],
        ),
    ]
    head = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    body = "".join(section(title, items) for title, items in groups if items)
    warned = "".join(f'<p class="note stale">▲ {escape(warning)}</p>' for warning in diff.warnings)
    return (
        f'{STYLE}{warned}<div class="scroll"><table><thead><tr>{head}</tr></thead>{body}</table></div>'
        '<p class="note">Energies are those of the job before PUE; each list begins with what moved most.</p>'
    )


def section(title: str, items: Sequence[DiffItem]) -> str:
    """Lines of one kind; their energies have one unit, so that they compare."""
    largest_j = max(side.energy_j or 0.0 for item in items for side in (item.a, item.b) if side)
    unit, joules = energy_scale(largest_j)
    lines = "".join(line(item, unit, joules) for item in items)
    span = len(HEADINGS)
    return f'<tbody><tr><th scope="rowgroup" colspan="{span}">{escape(title)}</th></tr>{lines}</tbody>'


def line(item: DiffItem, unit: str, joules: float) -> str:
    """One line of the table."""
    sides = (item.a, item.b)
    name = f"epoch {item.name}" if item.what == "epoch" else item_name(item)
    moved = item.change_j / joules
    sign = "+" if moved > 0 else "\N{MINUS SIGN}" if moved < 0 else ""
    cells = [
        *(
            f"{three_digits(s.energy_j / joules)} {unit}" if s and s.energy_j is not None else "–"
            for s in sides
        ),
        f"{sign}{three_digits(abs(moved))} {unit}",
        percent(item.change),
        *(duration_text(s.duration_s) if s and s.duration_s is not None else "–" for s in sides),
        *(power_text(s.power_w) if s and s.power_w is not None else "–" for s in sides),
        *(rate_text(s) for s in sides),
    ]
    return f'<tr><th scope="row" title="{escape(name)}">{escape(name)}</th>' + "".join(
        f"<td>{escape(cell)}</td>" for cell in cells
    ) + "</tr>"  # fmt: skip


def rate_text(side: Amount | None) -> str:
    """Joules per unit of work."""
    if side is None or side.energy_per_unit_j is None:
        return ""
    return f"{three_digits(side.energy_per_unit_j)} J/{side.unit}"
