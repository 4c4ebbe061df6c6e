"""Checks of what a caller and the environment say, before anything is measured."""

import math
import re
from collections.abc import Iterable, Mapping

from energyvis_tracker.errors import ConfigurationError

REGION_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
LONGEST_INTERVAL_S = 30.0  # a RAPL counter may wrap after 218 s at 300 W
SHORTEST_INTERVAL_S = 0.001
DEFAULT_SEGMENT_S = 10.0


def check_arguments(
    name: str,
    epochs: int | None,
    region: str | None,
    pue: float | None,
    interval_s: float,
    tags: Iterable[str],
) -> None:
    """Raise ConfigurationError for what cannot be meant."""
    if not name or not isinstance(name, str):
        raise ConfigurationError(f"A run needs a name, a text that is not empty; this is {name!r}.")
    if epochs is not None and (isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0):
        raise ConfigurationError(f"epochs must be a whole number from 0 up; this is {epochs!r}.")
    if region is not None and not REGION_CODE.fullmatch(region):
        raise ConfigurationError(
            f"region must be an ISO 3166 code such as 'FR' or 'US-GA', or left out; this is {region!r}."
        )
    if pue is not None and not 1 <= pue < float("inf"):
        raise ConfigurationError(f"pue is total over computing energy, so 1 or more; this is {pue!r}.")
    if not SHORTEST_INTERVAL_S <= interval_s <= LONGEST_INTERVAL_S:
        raise ConfigurationError(
            f"interval_s must be {SHORTEST_INTERVAL_S:g} to {LONGEST_INTERVAL_S:g} s; this is {interval_s!r}."
        )
    if isinstance(tags, str):
        raise ConfigurationError(f"tags must be a list of words; this is the text {tags!r}.")


def segment_setting(environ: Mapping[str, str]) -> float:
    """Return how many seconds the first segments hold (`ENERGYVIS_SEGMENT_S`)."""
    return positive_number(environ, "ENERGYVIS_SEGMENT_S") or DEFAULT_SEGMENT_S


def tdp_setting(environ: Mapping[str, str]) -> float | None:
    """Return the TDP of all sockets together in watts (`ENERGYVIS_CPU_TDP_W`), or none where not set."""
    return positive_number(environ, "ENERGYVIS_CPU_TDP_W")


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
