"""Whether an address that a request names as the server's own is one."""

from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

import panel as pn
from panel.io.resources import LOCAL_DIST

ARGUMENT: Final = "bokeh-absolute-url"
"""Names the server to a script in a foreign page, which has to load the server's files from there."""
OF_SCRIPTS: Final = ("/autoload.js", "/ws")


def load_from_own_address(hosts: Collection[str]) -> None:
    """Let the views of the session load their files from this server alone.

    Panel believes the argument in any request, so that a link to a page of ours could have it run scripts of
    any host: a page loads relative to itself, a script from the server only if that is this one. What a
    script draws would have its styles from Panel's own site, as nothing tells Panel where else they are.

    Parameters
    ----------
    hosts
        Hosts, with port where it is not the usual one, under which browsers reach the server, beside the one
        that the request names in its header.

    """
    document = pn.state.curdoc
    context: Any = document.session_context if document else None
    values = pn.state.session_args.get(ARGUMENT)
    if document is None or context is None or not values:
        return
    request = context.request
    own = {str(request.headers.get("Host", "")).lower(), *hosts}
    if str(request.path).endswith(OF_SCRIPTS) and names_one(values[0], own):
        document.template_variables["dist_url"] = f"{pn.state.rel_path}/{LOCAL_DIST}"
    else:
        pn.state.rel_path = ""


def names_one(address: bytes, hosts: Collection[str]) -> bool:
    """Whether an address leads to one of the hosts."""
    try:
        parts = urlsplit(address.decode("ascii"))
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() in hosts
