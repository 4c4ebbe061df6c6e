"""What fails for one page leaves no other page a wrong "current document".

Bokeh notes which document is the current one while it calls back, on one list for the whole process, and
takes it off again only when the call did not fail. What was left there, usually of a page that had closed
meanwhile, was then the current document wherever none is set: "has been previously destroyed", and a chart
on somebody else's page was not drawn.
"""

import importlib
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bokeh.document import Document


def end_current_document() -> None:
    """Have each call end with the document current that was so before it, whether or not it failed."""
    current: Any = importlib.import_module("bokeh.io.doc")
    current.patch_curdoc = current_document


@contextmanager
def current_document(document: Document) -> Iterator[None]:
    """Let ``document`` be the current one, as Bokeh's own function does."""
    current: Any = importlib.import_module("bokeh.io.doc")
    noted: list[Any] = current._PATCHED_CURDOCS  # noqa: SLF001 - Bokeh has no other name for it
    noted.append(weakref.ref(document))
    try:
        yield
    finally:
        noted.pop()
