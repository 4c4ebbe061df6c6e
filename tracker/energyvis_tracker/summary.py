"""The two lines that a tracker prints on standard error."""

from pathlib import Path
from typing import Any

KIND_NAMES = {"gpu": "GPU", "cpu": "CPU", "dram": "DRAM", "other": "other"}
J_PER_KWH = 3_600_000.0
MOST_SPANS = 3
NO_DRIVER = "nvidia"  # the device that stands for GPUs where there is no driver at all
SECONDS_PER_MINUTE, SECONDS_PER_HOUR = 60, 3600


def start_line(name: str, run_id: str, lake: Path, answer: dict[str, Any] | None) -> str:
    """Return what is measured and where it goes; `answer` is the sampler's first, if there was one."""
    if answer is None:
        return f"energyvis: run {name!r} ({run_id}) is NOT measured: the sampler does not answer."
    parts = [device_text(device) for device in answer["devices"]]
    what = "; ".join(filter(None, parts)) or "nothing can be measured (`energyvis-track doctor` says why)"
    live = f"; live at {answer['url']}" if answer["url"] else ""
    where = f"cannot be written yet: {answer['problem']}" if answer["problem"] else f"to {lake}"
    return f"energyvis: run {name!r} ({run_id}); {what}; {where}{live}"


def device_text(device: dict[str, Any]) -> str:
    """Return how a device is measured; of one that is not, the reason where somebody might count on it."""
    kind, name, note = KIND_NAMES[device["kind"]], device["id"], device["note"]
    if device["source"] == "none":
        is_expected = kind == "GPU" and name != NO_DRIVER
        return f"{kind} {name}: NOT measured: {note}" if is_expected else ""
    if device["source"] == "estimate" and note:
        return f"{kind}: {note}"
    model = f" ({device['model']})" if kind == "GPU" and device["model"] else ""
    return f"{kind} {name}{model}: {device['source']}"


def end_line(name: str, state: str, answer: dict[str, Any] | None) -> str:
    """Return energy, duration and quality; `answer` is the sampler's last, if there was one."""
    if answer is None:
        return (
            f"energyvis: run {name!r} {state}; the sampler did not confirm in time, it may still be writing."
        )
    summary = answer["summary"]
    energy = (
        ", ".join(
            f"{KIND_NAMES[kind]} {energy_text(energy_j)}" for kind, energy_j in summary["energy_j"].items()
        )
        or "nothing measured"
    )
    quality = quality_text(summary["sources"])
    gaps = summary["qualities"].get("gap", 0)
    line = (
        f"energyvis: run {name!r} {state}: {energy} ({quality}) in {duration_text(summary['duration_s'])}, "
        f"{counted(summary['epochs'], 'epoch')}, {counted(summary['samples'], 'sample')}, "
        f"{counted(gaps, 'gap') if gaps else 'no gaps'}"
    )
    line += "".join(f"; {text}" for text in map(span_text, summary["spans"][:MOST_SPANS]) if text)
    return f"{line}; NOT all written: {summary['problem']}" if summary["problem"] else line


def quality_text(sources: list[str]) -> str:
    """Return whether energy was measured; what was estimated is never called measured."""
    if "estimate" not in sources:
        return "measured"
    return "estimated" if sources == ["estimate"] else "partly estimated"


def span_text(span: dict[str, Any]) -> str:
    """Return what a unit of a kind of span took, or nothing where no units were counted."""
    if not span["units"]:
        return ""
    per_unit = energy_text(span["energy_j"] / span["units"])
    return f"{span['name']} {per_unit}/{span['unit'] or 'unit'}"


def energy_text(energy_j: float) -> str:
    """Return an energy in J, or in kWh from a tenth of one up."""
    if energy_j >= J_PER_KWH / 10:
        return f"{energy_j / J_PER_KWH:.3g} kWh"
    return f"{energy_j / 1000:.3g} kJ" if energy_j >= 1000 else f"{energy_j:.3g} J"  # noqa: PLR2004 - 1 kJ


def duration_text(duration_s: float) -> str:
    """Return a duration with the two units that matter."""
    if duration_s < SECONDS_PER_MINUTE:
        return f"{duration_s:.1f} s"
    minutes, seconds = divmod(round(duration_s), SECONDS_PER_MINUTE)
    hours, minutes = divmod(minutes, SECONDS_PER_MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
