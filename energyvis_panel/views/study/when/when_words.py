"""What the question when to run says: the answer, the figures behind it, and what was assumed."""

from dataclasses import dataclass
from html import escape
from typing import Final

from energyvis_panel.domain.hourly import DAY_S
from energyvis_panel.domain.pauses import PausedRun
from energyvis_panel.domain.schedule import TIE
from energyvis_panel.domain.units import duration_text, energy_text, mass_text
from energyvis_panel.state.when_answer import WhenAnswer

A_YEAR_S: Final = 366 * DAY_S
MINUS: Final = "\N{MINUS SIGN}"
NO_SERIES: Final = (
    "Import hourly values of your grid to see it. None are shipped: no open table of hours is trustworthy "
    "enough. To try it, take the example, which is synthetic."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the answer: its name, its value, and a note."""

    name: str
    value: str
    note: str


def answer_text(answer: WhenAnswer | None, problem: str, *, pounds: bool) -> str:
    """The answer in one sentence or two; why there is none where there is none."""
    if answer is None:
        return problem or NO_SERIES
    starts, chosen_g = answer.starts, answer.chosen_g
    best = time_text(answer, starts.best_step)
    count = f"{starts.carbon_g.size:,}"
    if is_flat(answer):
        same = mass_text(starts.best_g, pounds=pounds)
        text = f"All {count} starts in this window emit the same: {same} CO₂e."
    elif chosen_g is None:
        text = f"The chosen start meets hours without a value. The best of {count} starts is {best} (UTC)."
    elif answer.start_step == starts.best_step or chosen_g <= starts.best_g * (1 + TIE):
        saved = saved_text(starts.mean_g, starts.best_g, pounds=pounds)
        text = f"Starting at {best} (UTC) is the best of {count} starts: {saved} less than the mean of them."
    else:
        saved = saved_text(chosen_g, starts.best_g, pounds=pounds)
        other = time_text(answer, answer.start_step, beside=starts.best_step)
        text = f"Starting at {best} instead of {other} (UTC) saves {saved}."
    return text + paused_text(answer, pounds=pounds)


def is_flat(answer: WhenAnswer) -> bool:
    """Whether every start of the window emits the same."""
    starts = answer.starts
    return starts.worst_g - starts.best_g <= TIE * max(starts.worst_g, 1e-12)


def paused_text(answer: WhenAnswer, *, pounds: bool) -> str:
    """Sentence about the pauses, with a space before it; '' where they are not asked for."""
    paused = answer.paused
    if paused is None:
        return ""
    if not paused.pauses:
        return " Pausing saves nothing more."
    further = saved_text(answer.starts.best_g, paused.carbon_g, pounds=pounds)
    return f" With {pauses_text(paused)} it saves a further {further}."


def pauses_text(paused: PausedRun) -> str:
    """How often the run pauses, in words."""
    return "no pause" if not paused.pauses else f"{paused.pauses} pause{'s' if paused.pauses > 1 else ''}"


def saved_text(before_g: float, after_g: float, *, pounds: bool) -> str:
    """Amount saved and its share, e.g. ``"0.42 kg CO₂e (31 %)"``."""
    share = f" ({100 * (before_g - after_g) / before_g:.0f} %)" if before_g > 0 else ""
    return f"{mass_text(before_g - after_g, pounds=pounds)} CO₂e{share}"


def time_text(answer: WhenAnswer, step: int, beside: int | None = None) -> str:
    """A start for people, e.g. ``"02:00 on 14 March"``; without the day where it is that of ``beside``."""
    hourly = answer.hourly
    time = hourly.time(step)
    if beside is not None and hourly.time(beside).date() == time.date():
        return f"{time:%H:%M}"
    year = f" {time.year}" if hourly.steps * hourly.step_s > A_YEAR_S else ""
    return f"{time:%H:%M} on {time.day} {time:%B}{year}"


def figures(answer: WhenAnswer | None, *, pounds: bool) -> list[Figure]:
    """The numbers behind the answer; none without an answer."""
    if answer is None:
        return []
    starts, projection = answer.starts, answer.series.projection

    def text(carbon_g: float | None) -> str:
        return "not known" if carbon_g is None else f"{mass_text(carbon_g, pounds=pounds)} CO₂e"

    def against(carbon_g: float) -> str:
        chosen_g = answer.chosen_g
        if not chosen_g:
            return ""
        change = round(100 * (carbon_g - chosen_g) / chosen_g)
        return f" · {f'{change:+d}'.replace('-', MINUS)} %" if change else ""

    run = f"{energy_text(answer.run.energy_j)} in {duration_text(answer.run.duration_s)}"
    rows = [
        Figure("As chosen", text(answer.chosen_g), f"{time_text(answer, answer.start_step)}, {run}"),
        Figure(
            "Best start", text(starts.best_g), time_text(answer, starts.best_step) + against(starts.best_g)
        ),
    ]
    if (paused := answer.paused) is not None:
        idle = f", idle {energy_text(paused.idle_j)}" if paused.idle_j else ""
        note = f"{pauses_text(paused)}, {duration_text(paused.paused_s)}{idle}{against(paused.carbon_g)}"
        rows.append(Figure("With pauses", text(paused.carbon_g), note))
    rows.append(
        Figure("Mean start", text(starts.mean_g), f"of {starts.carbon_g.size:,}{against(starts.mean_g)}")
    )
    intensity = projection.scenario.intensity
    note = intensity.caption() if intensity else "no region is known"
    rows.append(Figure("By annual value", text(answer.annual_g), note))
    return rows


def assumption_lines(answer: WhenAnswer | None) -> list[str]:
    """What was assumed, one sentence each."""
    if answer is None:
        return []
    hourly, paused, intensity = answer.hourly, answer.paused, answer.series.projection.scenario.intensity
    minutes = hourly.step_s // 60
    lines = [*hourly.assumptions, *answer.run.assumptions]
    lines.append(f"Starts lie on the steps of the series, {minutes} min each; all times are UTC.")
    lines.append("The run takes the same power and time whenever it starts.")
    if paused is not None:
        idle = "no power" if not paused.idle_j else "the power given"
        lines.append(f"A paused run takes {idle} while it waits, and loses no work.")
        if paused.run.epochs_per_block > 1:
            each = f"{paused.run.epochs_per_block} {paused.run.division}s"
            lines.append(f"So that all placements can be tried, pauses fall only after every {each}.")
    if intensity and hourly.scope in {"direct", "lifecycle"} and hourly.scope != intensity.scope:
        lines.append(
            f"The series counts {hourly.scope} emissions, the annual value {intensity.scope} ones: "
            "the two do not compare."
        )
    return lines


def figures_html(rows: list[Figure]) -> str:
    """The numbers side by side; nothing without an answer."""
    cells = "".join(
        f'<div><div class="name">{escape(row.name)}</div><div class="value">{escape(row.value)}</div>'
        f'<div class="note">{escape(row.note)}</div></div>'
        for row in rows
    )
    return f'<div class="figures">{cells}</div>' if cells else ""


def assumptions_html(lines: list[str]) -> str:
    """What was assumed, folded away; nothing without an answer."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f"<details><summary>What is assumed ({len(lines)})</summary><ul>{items}</ul></details>"
        if items
        else ""
    )
