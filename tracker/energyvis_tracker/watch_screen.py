"""What a terminal shows of a run: a screen of lines, or one line a sample."""

import itertools
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from energyvis_tracker.summary import KIND_NAMES, duration_text, energy_text
from energyvis_tracker.watch_state import WatchedRun, total

BLOCKS = "▁▂▃▄▅▆▇█"
BAR_CELLS = 24
MIN_WIDTH, MIN_HEIGHT = 20, 5
KEYS = "p pause   r resume   q quit"
BOLD, DIM, RED, GREEN, YELLOW, PLAIN = "1", "2", "31", "32", "33", "0"
STATE_COLOURS = {"running": GREEN, "finished": GREEN, "paused": YELLOW, "failed": RED, "lost": RED}
BUDGET_UNITS = {"energy_kwh": "kWh", "carbon_kg": "kg CO2e", "cost": ""}
BYTES_PER_GIB = 2**30

Line = tuple[str, str]
"""Text and the colour of the whole line, empty for none."""


def screen(
    run: WatchedRun, width: int, height: int, now_us: int, *, is_coloured: bool, keys: str = KEYS
) -> list[str]:
    """Return at most `height` lines of at most `width` cells, colours not counted."""
    width, height = max(width, MIN_WIDTH), max(height, MIN_HEIGHT)
    above = [
        *heading(run, now_us),
        ("", ""),
        *energy_lines(run),
        power_line(run, width),
        epoch_line(run, now_us),
    ]
    above += budget_lines(run)
    below = [("", ""), (run.said or keys, DIM)]
    table = device_lines(run, max(0, height - len(above) - len(below) - 1))
    lines = [*above, *([("", ""), *table] if table else []), *below]
    if len(lines) > height:
        lines = [*lines[: height - 1], lines[-1]]
    return [coloured(cut(text, width), colour if is_coloured else "") for text, colour in lines]


def heading(run: WatchedRun, now_us: int) -> list[Line]:
    """Return name, state and time, and whose run it is."""
    elapsed_s = run.elapsed_s(now_us)
    parts = [run.state, "" if elapsed_s is None else duration_text(elapsed_s)]
    colour = STATE_COLOURS.get(run.state, "")
    if not run.is_connected and not run.is_over:
        parts.append(f"connection lost, trying again ({run.trouble})" if run.trouble else "connecting")
        colour = RED if run.trouble else colour
    elif run.sample and not run.is_over:
        parts.append(f"last sample {max(0, now_us - run.sample['at_us']) / 1e6:.0f} s ago")
    record = run.record
    whose = [
        record.get("project"),
        record.get("user"),
        ", ".join(record.get("hosts") or ()),
        record.get("region_id"),
    ]
    return [
        (printable(run.name), BOLD),
        ("  ".join(part for part in parts if part), colour),
        (printable(" · ".join(part for part in whose if part)), DIM),
    ]


def energy_lines(run: WatchedRun) -> list[Line]:
    """Return the energy of each kind, and whether it is measured or estimated."""
    energy_j = run.sample.get("energy_j")
    if energy_j is None:
        return [("Energy  not known yet", "")]
    if not energy_j:
        return [("Energy  not measured", YELLOW)]
    share_j = run.sample.get("attributed_j") or {}
    lines = []
    for place, (kind, joules) in enumerate(energy_j.items()):
        label = "Energy" if place == 0 else ""
        text = f"{label:<8}{KIND_NAMES.get(kind, kind):<6}{energy_text(joules):>10}  {how(run.sources(kind))}"
        if kind in share_j:
            text += f", the job's share {energy_text(share_j[kind])}"
        lines.append((text, ""))
    return lines


def how(sources: Sequence[str]) -> str:
    """Return whether these sources measure or estimate."""
    measured = [source for source in sources if source != "estimate"]
    parts = [f"measured ({', '.join(measured)})"] if measured else []
    return " and ".join([*parts, *(["estimated"] if "estimate" in sources else [])])


def power_line(run: WatchedRun, width: int) -> Line:
    """Return the power now and its course."""
    power_w = total(run.sample.get("power_w", {}))
    text = f"{'Power':<8}{'not known yet' if power_w is None else power_text(power_w):>16}  "
    return text + sparkline(list(run.powers_w)[-max(0, width - len(text) - 1) :]), ""


def sparkline(values: Sequence[float]) -> str:
    """Return one block a value, from 0 to the highest."""
    highest = max(values, default=0.0)
    if highest <= 0:
        return BLOCKS[0] * len(values)
    return "".join(BLOCKS[min(len(BLOCKS) - 1, int(value / highest * len(BLOCKS)))] for value in values)


def power_text(power_w: float) -> str:
    """Return a power in W with three digits, in kW from 1000 up."""
    return f"{power_w / 1000:.3g} kW" if power_w >= 1000 else f"{power_w:.3g} W"  # noqa: PLR2004 - 1 kW


def epoch_line(run: WatchedRun, now_us: int) -> Line:
    """Return how far the run is."""
    done, planned = len(run.durations_s), run.record.get("epochs_planned")
    if not planned:
        return f"{'Epochs':<8}{done} finished", ""
    full = min(BAR_CELLS, BAR_CELLS * done // planned)
    left_s = run.left_s(now_us)
    left = "" if left_s is None or done >= planned else f"  about {duration_text(left_s)} left"
    return f"{'Epochs':<8}{done} of {planned}  [{'#' * full}{'.' * (BAR_CELLS - full)}]{left}", ""


def budget_lines(run: WatchedRun) -> list[Line]:
    """Return what is used and projected of each limit."""
    budget: dict[str, Any] = run.sample.get("budget") or {}
    lines = []
    for place, (name, limit) in enumerate(budget.get("limits", {}).items()):
        unit = budget.get("currency", "") if name == "cost" else BUDGET_UNITS.get(name, "")
        used, projected = budget["used"].get(name), budget["projected"].get(name)
        figures = "" if used is None else f"{used:.3g} of "
        outlook = "" if projected is None else f", projected {projected:.3g}"
        label = "Budget" if place == 0 else ""
        text = printable(
            f"{label:<8}{figures}{limit:.3g} {unit}".rstrip() + f"{outlook} ({budget['action']})"
        )
        lines.append((text, RED if name in budget["passed"] else ""))
    return lines


def device_lines(run: WatchedRun, height: int) -> list[Line]:
    """Return a table of the devices in at most `height` lines; none where not even one device fits."""
    devices = run.devices
    if not devices or height < 2:  # noqa: PLR2004 - the head and one device
        return []
    is_cut = len(devices) > height - 1
    shown = devices[: height - 2] if is_cut else devices
    lines = [
        (
            f"{'Device':<25} {'Read by':<11}{'Energy':>10}{'Power':>10}{'Load':>6}{'Memory':>9}{'Temp':>6}",
            DIM,
        ),
        *((device_text(device), "") for device in shown),
    ]
    return [*lines, (f"and {len(devices) - len(shown)} more", DIM)] if is_cut else lines


def device_text(device: dict[str, Any]) -> str:
    """Return one line of the table."""
    name = cut(
        printable(f"{KIND_NAMES.get(device['kind'], device['kind'])} {device['model'] or device['id']}"), 25
    )
    if device["source"] == "none":
        return f"{name:<25} not measured: {printable(device['note'])}"
    load, memory, temp = device.get("util_pct"), device.get("mem_used_bytes"), device.get("temp_c")
    return (
        f"{name:<25} {device['source']:<11}{energy_text(device['energy_j']):>10}"
        f"{'' if device['power_w'] is None else power_text(device['power_w']):>10}"
        f"{'' if load is None else f'{load:.0f} %':>6}"
        f"{'' if memory is None else f'{memory / BYTES_PER_GIB:.1f} GiB':>9}"
        f"{'' if temp is None else f'{temp:.0f} °C':>6}"
    )


def sample_line(run: WatchedRun, now_us: int) -> str:
    """Return a sample as one line, for what is no terminal."""
    elapsed_s, planned = run.elapsed_s(now_us), run.record.get("epochs_planned")
    power_w = total(run.sample.get("power_w", {}))
    energy = [
        f"{KIND_NAMES.get(kind, kind)} {energy_text(joules)} {how(run.sources(kind))}"
        for kind, joules in run.sample.get("energy_j", {}).items()
    ]
    parts = [
        run.name,
        run.state,
        "" if elapsed_s is None else duration_text(elapsed_s),
        f"epochs {len(run.durations_s)}{f' of {planned}' if planned else ''}",
        ", ".join(energy) or ("nothing measured" if run.sample else "no sample yet"),
        "" if power_w is None else power_text(power_w),
    ]
    return printable("  ".join(part for part in parts if part))


def printable(text: str) -> str:
    """Return text without control characters: a name must not command the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def cut(text: str, width: int) -> str:
    """Return what of the text fits into `width` cells of a terminal."""
    if cells(text) <= width:
        return text
    fitting = list(itertools.accumulate(cells(character) for character in text))
    return text[: bisect_right(fitting, width - 1)] + "…"


def cells(text: str) -> int:
    """Return how many cells a terminal needs (Unicode Standard Annex 11, "East Asian Width")."""
    if text.isascii():
        return len(text)
    widths = (unicodedata.east_asian_width(letter) for letter in text if not unicodedata.combining(letter))
    return sum(2 if width in {"W", "F"} else 1 for width in widths)


def coloured(text: str, colour: str) -> str:
    """Return the text in a colour, if it has one."""
    return f"\x1b[{colour}m{text}\x1b[{PLAIN}m" if colour and text else text
