"""The network of a run in words, as far as it is recorded: a run of the lab need not say it."""

from collections.abc import Mapping
from typing import Any, Final

NOT_RECORDED: Final = "not recorded"
"""The word of a run of the lab for a category that it does not say."""


def network_words(row: Mapping[str, Any]) -> str:
    """Number of parameters and of layers of a run's network, e.g. ``"4,096 parameters, 3 layers"``."""
    said = [f"{row['size']:,} parameters"] if row["size"] is not None else []
    if row["depth"] is not None:
        said.append(f"{row['depth']} layers")
    return ", ".join(said) or f"size {NOT_RECORDED}"


def word_of(row: Mapping[str, Any], category: str) -> str:
    """What a run says of a category, e.g. ``"rectangle"``, or ``"shape not recorded"``."""
    return f"{category} {NOT_RECORDED}" if row[category] == NOT_RECORDED else str(row[category])
