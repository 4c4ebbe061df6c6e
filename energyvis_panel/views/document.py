"""Where Bokeh models may be changed when the server answers events in threads."""

from collections.abc import Callable
from typing import Any

import panel as pn


def on_document(update: Callable[..., None]) -> Callable[..., None]:
    """Watcher that runs ``update`` under the document's lock: now where it is held, else at the next tick.

    Panel widgets may be changed from any thread; Bokeh models, such as a figure's data source, may not.
    """

    def run(*events: Any) -> None:
        pn.state.execute(lambda: update(*events))

    return run
