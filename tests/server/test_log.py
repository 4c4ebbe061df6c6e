"""The log is one line an event, and nothing private stands in it."""

import asyncio
import json
import logging
import re
from datetime import datetime, timedelta

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from energyvis_panel.server.log_format import WEBSOCKETS, EventFormatter, without_queries
from tests.server.conftest import Served, Start

SECRETS = ("hush", "token=", "whisper")


async def sent(served: Served, message: str) -> None:
    """Have a page send something that is no message of Bokeh's, and be hung up on."""
    request = HTTPRequest(
        f"ws://localhost:{served.port}/app/ws?whisper=1",
        headers={"Origin": f"http://localhost:{served.port}"},
    )
    socket = await websocket_connect(request, subprotocols=["bokeh", served.token()])
    await socket.read_message()
    await socket.write_message(message)
    await socket.write_message("{}")
    await socket.write_message("{}")
    while await socket.read_message() is not None:
        pass
    socket.close()


@pytest.mark.parametrize("style", ["json", "text"])
def test_a_server_s_log_tells_each_event_in_a_line_and_no_secret(start: Start, style: str) -> None:
    served = start(LOG=style)
    assert served.get("/app?view=totals&brushes=hush").status == 200
    assert served.get("/nowhere%0Ahush2?token=hush").status == 404
    assert served.get("/app/autoload.js?name=hush").status == 400
    asyncio.run(sent(served, '{"msgid": "whisper"'))
    assert served.stop() == 0
    lines = served.log.read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 6
    for line in lines:
        if style == "json":
            event = json.loads(line)
            moment, level = event["time"], event["level"]
            assert {"logger", "message"} <= event.keys()
        else:
            moment, level, *_ = line.split(" ")
            assert level.isupper()
        assert datetime.fromisoformat(moment).utcoffset() == timedelta(0)
        assert level.lower() in {"info", "warning", "error"}
    paths = [line for line in lines if "energyvis_panel.access" in line]
    assert any("GET /app 200" in line for line in paths)
    assert not [line for line in lines if any(secret in line.replace("%0Ahush2", "") for secret in SECRETS)]


def record(name: str, level: int, message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord(name, level, "", 0, message, args, None)


def test_an_error_has_its_traceback_in_the_same_line() -> None:
    try:
        int("at http://host/?token=hush")
    except ValueError as error:
        failed = record("x", logging.ERROR, "A view\nfailed")
        failed.exc_info = (ValueError, error, error.__traceback__)
    text = EventFormatter(is_json=False).format(failed)
    assert "\n" not in text
    assert re.search(
        r'ERROR x: A view\\nfailed traceback="Traceback .*ValueError: .*http://host/\?…\'"$', text
    )
    event = json.loads(EventFormatter(is_json=True).format(failed))
    assert event["message"] == "A view\nfailed"
    assert event["traceback"].splitlines()[-1].endswith("http://host/?…'")


def test_what_a_page_sent_is_told_by_its_kind() -> None:
    failed = record(WEBSOCKETS, logging.ERROR, "Unhandled: %r: %r", ValueError("x"), b"hush")
    assert "hush" not in EventFormatter(is_json=False).format(failed)
    assert "ValueError('x')" in EventFormatter(is_json=False).format(failed)


def test_queries_are_left_out_and_the_rest_stays() -> None:
    assert without_queries("GET /app?a=b (::1) 'x?y=z' what? yes") == "GET /app?… (::1) 'x?…' what? yes"
