"""The selection of the Explore page, planned for the brushes that are set and for no others."""

import re
import threading
from collections.abc import Mapping
from typing import Final

from energyvis_panel.data.gateway import Gateway

STATEMENT: Final = "butter_e/make_selection"
CONDITION: Final = re.compile(r"brushes\['(\w+)'\]")
"""Names the brush of a line of the statement; each condition has a line of its own."""
MOST_MADE: Final = 500
"""Combinations of brushes with a macro of their own; further ones are answered by the macro with them all."""

Brushes = Mapping[str, Mapping[str, object] | None]
"""The ``$brushes`` of a question: one entry a name, None for no brush."""


class NarrowSelections:
    """Makes ``butter_e_selection`` once for each combination of brushes, and says where it is.

    DuckDB binds and folds every condition of a macro before it drops those that are not set. For the twenty
    brushes of the page that is 5 ms of each question, more than the rest of it over 60,000 runs.

    Parameters
    ----------
    gateway
        Where ``butter_e_selection`` has been made for all brushes.

    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._made: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, brushes: Brushes) -> tuple[str, Brushes]:
        """The schema whose macro suits ``brushes``, and the brushes that are set."""
        set_ones = {name: brush for name, brush in brushes.items() if brush is not None}
        schema = "_and_".join(("brushes", *sorted(set_ones)))
        with self._lock:
            if schema not in self._made:
                if len(self._made) >= MOST_MADE:
                    return "main", brushes
                self._gateway.run_part(STATEMENT, schema, lambda line: is_needed(line, set_ones))
                self._made.add(schema)
        # A struct cannot be empty; nothing reads the field that stands for none.
        return schema, set_ones or {"none": None}


def is_needed(line: str, set_ones: Brushes) -> bool:
    """Whether a line of the statement is about one of the brushes that are set, or about none."""
    condition = CONDITION.search(line)
    return condition is None or condition[1] in set_ones
