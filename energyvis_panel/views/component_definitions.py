"""Tells each page the components that it does not know yet.

A page learns at its start of every component that the process has loaded by then. Panel sends what is loaded
later with the first model that the *process* makes of it: to one page alone, and a page that is opened or
fetched again with that model in it cannot be read ("reference ... isn't known"). Here it goes once to each
page that was opened before.
"""

from typing import Any, Final
from weakref import WeakKeyDictionary

from bokeh.document import Document
from bokeh.model import Model
from panel.custom import ReactiveESM

KNOWN: Final[WeakKeyDictionary[Document, set[type]]] = WeakKeyDictionary()
"""Definitions that the page of a document has; none is here before the page has fetched the document."""


def define_by_page() -> None:
    """Have definitions go to each page that lacks them; more than once is once."""
    if not getattr(ReactiveESM._get_properties, "tells_pages", False):  # noqa: SLF001 - Panel has no hook there
        follow_pages(ReactiveESM, Document)


def has_fetched(document: Document) -> bool:
    """Whether a page has the document, as it was when the page asked for it."""
    return document in KNOWN


def follow_pages(component: Any, document: Any) -> None:
    """Put what is told to whom between Panel's components and Bokeh's documents."""
    properties, to_json = component._get_properties, document.to_json  # noqa: SLF001 - likewise

    def told_properties(self: Any, doc: Document | None) -> dict[str, Any]:
        values: dict[str, Any] = properties(self, doc)
        values["_defs"] = lacking(type(self)._data_model, doc)  # noqa: SLF001 - likewise
        return values

    def whole(self: Document, *arguments: Any, **options: Any) -> Any:
        for model in self.models:
            # What is fetched holds every definition itself. Setting the property would tell the page too.
            model._property_values.pop("_defs", None)  # noqa: SLF001 - likewise
        content = to_json(self, *arguments, **options)
        KNOWN[self] = set(Model.model_class_reverse_map.values())
        return content

    told_properties.tells_pages = True  # type: ignore[attr-defined] # a mark on our own function
    component._get_properties, document.to_json = told_properties, whole  # noqa: SLF001 - likewise


def lacking(definition: type, document: Document | None) -> list[type]:
    """The definition, if the page of the document was opened without it."""
    known = KNOWN.get(document) if document is not None else None
    if known is None or definition in known:
        return []
    known.add(definition)
    return [definition]
