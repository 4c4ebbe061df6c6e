"""Checks of what a caller and the environment say, before anything is measured."""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from energyvis_tracker.attribution import RULES
from energyvis_tracker.errors import ConfigurationError
from energyvis_tracker.regions import unknown_region
from energyvis_tracker.ulid import PATTERN as ULID

if TYPE_CHECKING:
    from energyvis_tracker.budget import Budget

LONGEST_INTERVAL_S = 30.0  # a RAPL counter may wrap after 218 s at 300 W
SHORTEST_INTERVAL_S = 0.001
DEFAULT_SEGMENT_S = 10.0
RAPL_BACKENDS = ("own", "pyrapl")


def check_arguments(
    name: str,
    epochs: int | None,
    region: str | None,
    pue: float | None,
    interval_s: float,
    tags: Iterable[str],
    attribution: str = "exclusive",
    budget: "Budget | None" = None,
) -> None:
    """Raise ConfigurationError for what cannot be meant."""
    if not name or not isinstance(name, str):
        raise ConfigurationError(f"A run needs a name, a text that is not empty; this is {name!r}.")
    if epochs is not None and (isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0):
        raise ConfigurationError(f"epochs must be a whole number from 0 up; this is {epochs!r}.")
    if region is not None and (reason := unknown_region(region)) is not None:
        raise ConfigurationError(reason)
    if pue is not None and not 1 <= pue < float("inf"):
        raise ConfigurationError(f"pue is total over computing energy, so 1 or more; this is {pue!r}.")
    if not SHORTEST_INTERVAL_S <= interval_s <= LONGEST_INTERVAL_S:
        raise ConfigurationError(
            f"interval_s must be {SHORTEST_INTERVAL_S:g} to {LONGEST_INTERVAL_S:g} s; this is {interval_s!r}."
        )
    if isinstance(tags, str):
        raise ConfigurationError(f"tags must be a list of words; this is the text {tags!r}.")
    if attribution not in RULES:
        raise ConfigurationError(f"attribution must be one of {', '.join(RULES)}; this is {attribution!r}.")
    if budget is not None and type(budget).__name__ != "Budget":
        raise ConfigurationError(f"budget must be a Budget, e.g. Budget(energy_kwh=2.5); this is {budget!r}.")


def segment_setting(environ: Mapping[str, str]) -> float:
    """Return how many seconds the first segments hold (`ENERGYVIS_SEGMENT_S`)."""
    return positive_number(environ, "ENERGYVIS_SEGMENT_S") or DEFAULT_SEGMENT_S


def tdp_setting(environ: Mapping[str, str]) -> float | None:
    """Return the TDP of all sockets together in watts (`ENERGYVIS_CPU_TDP_W`), or none where not set."""
    return positive_number(environ, "ENERGYVIS_CPU_TDP_W")


def rapl_backend_setting(environ: Mapping[str, str]) -> str:
    """Return who reads the RAPL counters (`ENERGYVIS_RAPL_BACKEND`): own, which is the default, or pyrapl.

    Raises
    ------
    ConfigurationError
        If it is neither.
    """
    backend = environ.get("ENERGYVIS_RAPL_BACKEND") or "own"
    if backend not in RAPL_BACKENDS:
        raise ConfigurationError(
            f"ENERGYVIS_RAPL_BACKEND must be one of {', '.join(RAPL_BACKENDS)}; it is {backend!r}."
        )
    return backend


def positive_number(environ: Mapping[str, str], setting: str) -> float | None:
    """Return the value of a setting, or none where it is not set.

    Raises
    ------
    ConfigurationError
        If it is no positive number.
    """
    text = environ.get(setting)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise ConfigurationError(f"{setting} must be a positive number; it is {text!r}.")
    return value


def run_id_setting(environ: Mapping[str, str]) -> str | None:
    """Return the run that `ENERGYVIS_RUN_ID` names, which processes of several hosts then share; or none.

    Raises
    ------
    ConfigurationError
        If it is no ULID.
    """
    text = environ.get("ENERGYVIS_RUN_ID")
    if not text:
        return None
    if not ULID.fullmatch(text):
        raise ConfigurationError(f"ENERGYVIS_RUN_ID must be a ULID of 26 characters; it is {text!r}.")
    return text


def check_settings(environ: Mapping[str, str]) -> None:
    """Raise ConfigurationError for a setting that cannot be meant, before a sampler reads it."""
    tdp_setting(environ)
    rapl_backend_setting(environ)
    run_id_setting(environ)
    if any(name.startswith("ENERGYVIS_LIVE") for name in environ):
        from energyvis_tracker.live.access import live_settings  # noqa: PLC0415 - seldom set

        live_settings(environ)
