"""``energyvis serve``."""

import argparse
import os
import sys
from typing import NoReturn

from energyvis_panel.errors import SettingsError
from energyvis_panel.resources import PACKAGE
from energyvis_panel.settings import load_settings

MOST_PORT = 65535
KEEP_ALIVE_MS = 10_000


def serve(options: argparse.Namespace) -> NoReturn:
    """Become the web server, which runs until it is stopped.

    In the same process, so that a signal meant for it, as a service manager sends, does not leave it behind.

    Raises
    ------
    SettingsError
        If a setting or an option cannot be used.

    """
    load_settings()
    if not 1 <= options.port <= MOST_PORT:
        raise SettingsError(f"The port is {options.port}. Give a number from 1 to {MOST_PORT}.")
    if not (PACKAGE / "app.py").is_file():
        raise SettingsError("The server's app.py is missing. Install the package again.")
    command = server_command(options)
    os.execv(command[0], command)  # noqa: S606 - our own interpreter and our own options


def server_command(options: argparse.Namespace) -> list[str]:
    """Command that starts Panel's server: one process, since its caches and watchers are shared in it."""
    command = [
        sys.executable,
        "-m",
        "panel",
        "serve",
        str(PACKAGE / "app.py"),
        "--index",
        "app",
        "--port",
        str(options.port),
        "--address",
        options.address,
        "--keep-alive",
        str(KEEP_ALIVE_MS),
        "--liveness",
    ]
    # Naming one origin replaces Bokeh's default, so the server's own comes first.
    for origin in options.allow_websocket_origin and [
        f"{options.address}:{options.port}",
        *options.allow_websocket_origin,
    ]:
        command += ["--allow-websocket-origin", origin]
    return command
