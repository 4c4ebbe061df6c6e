"""Which parts a page holds is found without asking each part for what nobody has set.

Whenever a part is added or taken away, Bokeh goes through all parts of the page and through all of their
properties that may name others. It works out the default of each that was never set: three quarters of the
time, which is a fifth of a second on a full page of Explore. Which defaults name a part is found once a class
here.
"""

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from bokeh.core.has_props import HasProps
from bokeh.model import Model
from bokeh.model.util import visit_value_and_its_immediate_references as visit_held

SIMPLE: Final = frozenset({str, int, float, bool, type(None)})
"""Types of values that hold nothing else."""


def find_references_quickly() -> None:
    """Have the parts of all pages of this process found so."""
    collecting: Any = importlib.import_module("bokeh.model.util")
    collecting.visit_immediate_value_references = visit_references


def visit_references(value: object, visitor: Callable[[Model], None]) -> None:
    """Call ``visitor`` with each part that ``value`` itself names, as Bokeh's own function does."""
    if not isinstance(value, HasProps):
        visit_held(value, visitor)
        return
    own: dict[str, Any] = value._property_values  # noqa: SLF001 - Bokeh has no other name for them
    made: dict[str, Any] = value._unstable_default_values  # noqa: SLF001 - likewise
    themed = value.themed_values() or {}
    may_name, by_default = naming(type(value))
    for name in may_name:
        if name in own:
            held = own[name]
        elif name in themed:
            held = getattr(value, name)
        elif name in made:
            held = made[name]
        elif name in by_default:
            held = getattr(value, name)
        else:
            continue
        if type(held) not in SIMPLE:
            visit_held(held, visitor)


@cache
def naming(kind: type[HasProps]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Properties of a class that may name parts, and those of them that do where nobody has set them."""
    may_name = tuple(kind.properties_with_refs())
    return may_name, frozenset(name for name in may_name if names_by_default(kind, name))


def names_by_default(kind: type[HasProps], name: str) -> bool:
    """Whether the default of a property names a part."""
    found: list[Model] = []
    visit_held(kind.lookup(name).class_default(kind), found.append)
    return bool(found)
