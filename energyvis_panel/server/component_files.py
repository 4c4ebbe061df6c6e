"""Files of components, as Panel hands them out: only those of modules that the program has loaded itself.

Panel imports whichever module such an address names. One request could so run any program that is installed
beside the app, and end the server with it (``/components/unittest.__main__/...``).
"""

import sys
from typing import Any, Final
from urllib.parse import unquote

from panel.io.resources import COMPONENT_PATH
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher

OWN: Final = "energyvis_panel.views."
"""Modules that another process of the server may have loaded, where this one has yet to."""


class ForeignModule(Matcher):
    """Matches the requests for files of a module that is not to be loaded.

    Parameters
    ----------
    prefix
        What stands before every path of the server, e.g. ``/energyvis``.

    """

    def __init__(self, prefix: str = "") -> None:
        self._beginning = f"{prefix.rstrip('/')}/{COMPONENT_PATH}"

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """``{}`` for such a request, else None."""
        path = unquote(request.path or "")
        if not path.startswith(self._beginning):
            return None
        module = path.removeprefix(self._beginning).partition("/")[0]
        return None if is_ours(module) else {}


def is_ours(module: str) -> bool:
    """Whether nothing is run by importing a module that the app has not run already."""
    return "__main__" not in module and (module in sys.modules or module.startswith(OWN))
