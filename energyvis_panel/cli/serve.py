"""``energyvis serve``."""

import argparse
import re
from dataclasses import replace
from typing import NoReturn

from energyvis_panel.errors import SettingsError
from energyvis_panel.resources import PACKAGE
from energyvis_panel.server_settings import ServerSettings, checked_host, load_server_settings
from energyvis_panel.settings import load_settings
from energyvis_panel.sign_in_settings import load_sign_in_settings

MOST_PORT = 65535
PREFIX = re.compile(r"/?[a-z0-9_-][a-z0-9_.-]*(/[a-z0-9_-][a-z0-9_.-]*)*/?", re.IGNORECASE)


def serve(options: argparse.Namespace) -> NoReturn:
    """Serve in this process until a signal ends it.

    Raises
    ------
    SettingsError
        If a setting or an option cannot be used.

    """
    settings, sign_in = load_settings(), load_sign_in_settings()
    server_settings = with_options(load_server_settings(), options)
    if not 1 <= options.port <= MOST_PORT:
        raise SettingsError(f"The port is {options.port}. Give a number from 1 to {MOST_PORT}.")
    if options.prefix and not PREFIX.fullmatch(options.prefix):
        raise SettingsError(f"The prefix is {options.prefix!r}. Give a path, e.g. /energyvis.")
    if not (PACKAGE / "app.py").is_file():
        raise SettingsError("The server's app.py is missing. Install the package again.")
    # Only now, since they take seconds to load, which nobody should wait for who mistyped an option.
    from energyvis_panel.server.listening import check_port  # noqa: PLC0415
    from energyvis_panel.server.process import Place, run  # noqa: PLC0415

    check_port(options.address, options.port, take_over=options.take_over)
    run(
        Place(options.address, options.port, options.prefix, take_over=options.take_over),
        server_settings,
        settings,
        sign_in,
    )


def with_options(settings: ServerSettings, options: argparse.Namespace) -> ServerSettings:
    """Settings of the environment, with what the command line adds to them."""
    hosts = [checked_host(host, "--allow-websocket-origin") for host in options.allow_websocket_origin]
    return replace(
        settings,
        origins=(*settings.origins, *hosts),
        is_behind_proxy=settings.is_behind_proxy or options.use_xheaders,
    )
