"""The server of one process, put together and run until a signal ends it."""

import asyncio
import importlib
import logging
import os
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NoReturn

from bokeh.server.server import Server
from panel.io.server import get_server
from tornado.routing import Rule
from tornado.web import ErrorHandler, StaticFileHandler

from energyvis_panel.data.workspace import Workspace, workspace
from energyvis_panel.resources import PACKAGE
from energyvis_panel.server.chosen_session import ChosenSession, SessionRefused
from energyvis_panel.server.component_files import ForeignModule
from energyvis_panel.server.garbage import collect_seldom
from energyvis_panel.server.gate import Gate, OneTooMany, Refused
from energyvis_panel.server.hardened_response import HardenedResponse
from energyvis_panel.server.listening import shared_port, stop_others
from energyvis_panel.server.log_format import configure_log, log_request
from energyvis_panel.server.page_socket import pass_over_closed, use_page_sockets
from energyvis_panel.server.probes import HealthHandler, Readiness, ReadyHandler, look_at
from energyvis_panel.server.sign_in import sign_in_options
from energyvis_panel.server.stopping import Stopping
from energyvis_panel.server_settings import ServerSettings
from energyvis_panel.settings import Settings
from energyvis_panel.sign_in_settings import SignInSettings
from energyvis_panel.views.embed.embed_button import HERE, HOST_SCRIPT, EmbedButton

log = logging.getLogger(__name__)

KEEP_ALIVE_MS: Final = 10_000
BODY_BYTES: Final = 1_000_000
"""Largest body of a request: a form of the sign-in; files come over the websocket, in parts."""
IDLE_S: Final = 75.0
"""How long a connection is kept without a request."""
BODY_S: Final = 30.0
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
FIRST_NEEDED: Final = (
    "energyvis_panel.assembly.explore_parts",
    "energyvis_panel.assembly.study_parts",
    "energyvis_panel.data.live_client",
    "energyvis_panel.views.frame",
    "energyvis_panel.views.runs.page",
    "energyvis_panel.views.study.page",
    "holoviews.plotting.bokeh",
)
"""Modules that every first page loads, for which no visitor should wait."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server listens.

    Parameters
    ----------
    address, port
        Of this machine.
    prefix
        What stands before every path, e.g. ``/energyvis``; empty for nothing.
    take_over
        Whether another process that listens there is told to stop once this one answers.

    """

    address: str
    port: int
    prefix: str = ""
    take_over: bool = False


def run(
    place: Place, server_settings: ServerSettings, settings: Settings, sign_in: SignInSettings
) -> NoReturn:
    """Serve until a signal ends the process, with exit status 0."""
    configure_log(server_settings.log)
    use_page_sockets()
    for name in FIRST_NEEDED:
        importlib.import_module(name)
    collect_seldom()
    shared = workspace(settings)
    asyncio.run(serve(place, server_settings, shared, sign_in_options(sign_in)))
    for gateway in shared.gateways:
        gateway.close()
    logging.shutdown()
    # The interpreter's own end waits for threads, and DuckDB's binding writes a page about it into the log.
    os._exit(0)


async def serve(place: Place, settings: ServerSettings, shared: Workspace, sign_in: dict[str, Any]) -> None:
    """Serve the app of ``shared`` until a signal ends it."""
    asyncio.get_running_loop().set_exception_handler(pass_over_closed)
    gate = Gate(settings.most_sessions)
    stopping = Stopping(gate, shared.gateways, settings.grace_s)
    server = listening_server(place, settings, gate, Readiness(gate, partial(look_at, shared)), sign_in)
    gate.sessions = server.get_sessions
    # Panel has set a handler of its own for one of the signals.
    stopping.at_signals()
    server.start()
    log.info("The app is at http://%s:%s%s/", place.address, place.port, server.prefix)
    if place.take_over:
        await asyncio.to_thread(stop_others, place.port)
    await stopping.asked()
    await stopping.finish(server)
    log.info("Stopped")


def listening_server(
    place: Place, settings: ServerSettings, gate: Gate, readiness: Readiness, sign_in: dict[str, Any]
) -> Server:
    """Panel's server with our endpoints, limits and headers, bound to its port."""
    app = PACKAGE / "app.py"
    patterns = [
        (r"/health", HealthHandler),
        (r"/liveness", HealthHandler),
        (r"/ready", ReadyHandler, {"readiness": readiness}),
        (f"/({HOST_SCRIPT})", StaticFileHandler, {"path": str(HERE)}),
    ]
    # Pages of others hold this address for years; Panel's own for the file names a module of ours.
    EmbedButton.param.script.default = HOST_SCRIPT
    with shared_port(take_over=place.take_over):
        server: Server = get_server(
            {"/app": app, "/": app},
            address=place.address,
            port=place.port,
            prefix=place.prefix,
            websocket_origin=websocket_origins(place, settings),
            use_xheaders=settings.is_behind_proxy,
            keep_alive_milliseconds=KEEP_ALIVE_MS,
            check_unused_sessions_milliseconds=round(1000 * min(settings.linger_s, 5)),
            unused_session_lifetime_milliseconds=round(1000 * settings.linger_s),
            websocket_max_message_size=settings.message_bytes,
            http_server_kwargs={
                "max_body_size": BODY_BYTES,
                "max_buffer_size": 2 * max(settings.message_bytes, BODY_BYTES),
                "idle_connection_timeout": IDLE_S,
                "body_timeout": BODY_S,
            },
            transforms=[partial(HardenedResponse, embed_origins=settings.embed_origins, gate=gate)],
            log_function=log_request,
            **{**sign_in, "extra_patterns": [*patterns, *sign_in.get("extra_patterns", ())]},
        )
    application = server._tornado  # noqa: SLF001 - Bokeh has no other name for it
    apps = [application.prefix + path for path in application.app_paths]
    first = [
        Rule(ForeignModule(application.prefix), ErrorHandler, {"status_code": 404}),
        Rule(ChosenSession(), SessionRefused),
        Rule(OneTooMany(gate, apps), Refused, {"gate": gate}),
    ]
    application.add_handlers(".*", first)
    return server


def websocket_origins(place: Place, settings: ServerSettings) -> list[str]:
    """Hosts from whose pages a websocket may come: the server's own, those named, those that embed views."""
    own = [f"localhost:{place.port}"]
    if place.address in LOOPBACK:
        own.append(f"127.0.0.1:{place.port}")
    elif ":" not in place.address:
        own.append(f"{place.address}:{place.port}")
    embedding = [origin.partition("://")[2] for origin in settings.embed_origins]
    return list(dict.fromkeys([*own, *settings.origins, *embedding]))
