"""Where Bokeh models may be changed, whatever event brought the change about."""

from collections.abc import Callable
from typing import Any

import panel as pn


def on_document(update: Callable[..., None]) -> Callable[..., None]:
    """Watcher that runs ``update`` at the document's next tick, when its lock is held.

    Panel's own parameters may be changed at any time; Bokeh models, such as a figure's data source, may not:
    Panel handles a message of the browser off the lock while another change is pending, and what is then
    changed directly raises an error that loses the message. Layouts of Panel need none of it.
    """

    def run(*events: Any) -> None:
        pn.state.execute(lambda: update(*events), schedule=True)

    return run
