"""A port that another process has taken since it was looked at is told in a sentence, too."""

import socket
import subprocess
import sys

import pytest

BINDING = """
import sys, bokeh.server.server
from energyvis_panel.errors import SettingsError
from energyvis_panel.server.listening import shared_port
with shared_port(take_over=sys.argv[2] == "True"):
    try:
        bokeh.server.server.bind_sockets("127.0.0.1", int(sys.argv[1]))
    except SettingsError as error:
        print(error)
"""


@pytest.mark.parametrize(
    ("take_over", "way"),
    [("False", "take it over with --take-over."), ("True", "It is no server that can be taken over:")],
)
def test_what_to_do_is_said(take_over: str, way: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        told = subprocess.run(
            [sys.executable, "-c", BINDING, port, take_over], capture_output=True, text=True, check=True
        )
    assert told.stdout.startswith(f"Another process listens on 127.0.0.1:{port}. ")
    assert way in told.stdout
