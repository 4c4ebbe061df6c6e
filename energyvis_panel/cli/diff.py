"""``energyvis diff``: two runs side by side, and whether joules per unit of work rose."""

import argparse
import re
from typing import Any

from energyvis_panel.cli.diff_output import diff_object, gate_object, print_diff, print_gate
from energyvis_panel.cli.open import open_lake
from energyvis_panel.cli.output import print_json
from energyvis_panel.data.run_diff import run_work
from energyvis_panel.domain.rate_change import RateChange
from energyvis_panel.domain.run_diff import TOTAL, RunDiff, change_per, run_diff
from energyvis_panel.errors import SettingsError

ABOVE = 1
PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*%\s*")


def show_diff(options: argparse.Namespace) -> int:
    """Print the comparison; 0, or 1 where the change is above ``--fail-above``.

    Raises
    ------
    DatasetError
        If there is no such run, or its files cannot be read.
    DiffError
        If a run has no such unit of work.
    RateError
        If the confidence cannot be used, or A took no energy.
    SettingsError
        If the threshold is no percentage, or is asked to be significant where there is none.

    """
    threshold = None if options.fail_above is None else share(options.fail_above)
    if threshold is None and options.significant:
        raise SettingsError("--significant needs a threshold. Add e.g. --fail-above 3%.")
    with open_lake() as lake:
        diff = run_diff(run_work(lake, options.run_a), run_work(lake, options.run_b))
    per = options.per or (TOTAL if threshold is not None or options.span else None)
    change = change_per(diff, per, span=options.span, confidence=options.confidence) if per else None
    is_above = is_failure(change, threshold, only_significant=options.significant)
    if options.json:
        found: dict[str, Any] = diff_object(diff)
        if change and per:
            found["gate"] = gate_object(change, per, options.span, threshold, is_above=is_above)
        print_json(found)
    else:
        show_text(diff, change, per, options.span, threshold, is_above=is_above)
    return ABOVE if is_above else 0


def show_text(
    diff: RunDiff,
    change: RateChange | None,
    per: str | None,
    span: str | None,
    threshold: float | None,
    *,
    is_above: bool,
) -> None:
    """Print tables for people, and the verdict last, where a log ends."""
    print_diff(diff)
    if change and per:
        print_gate(change, f"{per} of {span}" if span else per, threshold, is_above=is_above)


def is_failure(change: RateChange | None, threshold: float | None, *, only_significant: bool) -> bool:
    """Whether the change is above the threshold, and significant where that is demanded."""
    if change is None or threshold is None or change.change <= threshold:
        return False
    return change.is_significant or not only_significant


def share(text: str) -> float:
    """Share that a percentage stands for: 0.03 for ``"3%"``.

    Raises
    ------
    SettingsError
        If it is no percentage.

    """
    found = PERCENT.fullmatch(text)
    if found is None:
        raise SettingsError(f"--fail-above {text!r} is not a percentage. Give e.g. 3%.")
    return float(found[1]) / 100
