"""`energyvis serve` refuses what it cannot use before it starts; tests/server has the server itself."""

import socket

import pytest

from energyvis_panel.cli.main import main


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--port", "0"], "The port is 0. Give a number from 1 to 65535."),
        (["--port", "70000"], "The port is 70000. Give a number from 1 to 65535."),
        (["--prefix", "/a b"], "The prefix is '/a b'. Give a path, e.g. /energyvis."),
        (["--prefix", "/a/../b"], "The prefix is '/a/../b'. Give a path, e.g. /energyvis."),
        (
            ["--allow-websocket-origin", "https://x"],
            "--allow-websocket-origin has 'https://x'. Give host names",
        ),
        (["--allow-websocket-origin", "*"], "--allow-websocket-origin has '*'. Give host names"),
        (["--address", "no.such.host.invalid"], "The server cannot listen on no.such.host.invalid:5006: "),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *options]) == 2
    assert f"energyvis: {sentence}" in capsys.readouterr().err


def test_a_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENERGYVIS_GRACE", "soon")
    assert main(["serve"]) == 2
    assert "energyvis: ENERGYVIS_GRACE is 'soon'. Give a number of seconds" in capsys.readouterr().err


def test_a_port_of_another_program_is_not_taken_over(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert main(["serve", "--address", "127.0.0.1", "--port", port]) == 2
        assert "Choose another --port, stop it, or take it over" in capsys.readouterr().err
        assert main(["serve", "--address", "127.0.0.1", "--port", port, "--take-over"]) == 2
        assert "It is no server that can be taken over" in capsys.readouterr().err
