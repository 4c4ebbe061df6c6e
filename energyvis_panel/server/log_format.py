"""The log of the server: one line an event, as text or as JSON, with nothing private in it."""

import datetime as dt
import json
import logging
import re
import sys
import threading
from types import TracebackType
from typing import Any, Final

from tornado.web import RequestHandler

LONGEST_MESSAGE: Final = 2_000
LONGEST_PATH: Final = 120
QUERY: Final = re.compile(r"\?[^\s'\")]+")
"""What stands behind the question mark of an address: brushes, names of files, tokens."""
WEBSOCKETS: Final = "bokeh.server.views.ws"
QUIET: Final = ("bokeh", "panel", "tornado.general", "asyncio", "param", "markdown_it")
"""Loggers that tell of no event below a warning."""
OFTEN_ASKED: Final = re.compile(r"/(static|components|embed\.js|health|ready|liveness|favicon\.ico)(/|$)")
FIRST_FAILURE: Final = 400

access = logging.getLogger("energyvis_panel.access")


class EventFormatter(logging.Formatter):
    """One line of an event.

    Parameters
    ----------
    is_json
        Whether the line is a JSON object with ``time``, ``level``, ``logger``, ``message`` and, after an
        error, ``traceback``; else those stand beside each other.

    """

    def __init__(self, *, is_json: bool) -> None:
        super().__init__()
        self._is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        event = {
            "time": utc(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": told(record),
        }
        if record.exc_info:
            event["traceback"] = without_queries(self.formatException(record.exc_info))
        if self._is_json:
            return json.dumps(event | getattr(record, "fields", {}), ensure_ascii=False)
        traceback = (
            f" traceback={json.dumps(event['traceback'], ensure_ascii=False)}" if "traceback" in event else ""
        )
        message = one_line(event["message"])
        return f"{event['time']} {event['level'].upper()} {event['logger']}: {message}{traceback}"


def configure_log(style: str) -> None:
    """Write the whole process's log to standard error, as ``text`` or as ``json``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(EventFormatter(is_json=style == "json"))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in ("bokeh", "panel"):
        # Both write lines of their own form otherwise, Panel to standard output.
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = log_uncaught
    threading.excepthook = log_uncaught_in_thread


def log_request(handler: RequestHandler) -> None:
    """Log a request that has been answered: method, path, status and time, without the query."""
    request, status = handler.request, handler.get_status()
    path = one_line(request.path or "")[:LONGEST_PATH]
    duration_ms = round(1000 * request.request_time(), 1)
    if status < FIRST_FAILURE:
        level = logging.DEBUG if OFTEN_ASKED.search(path) else logging.INFO
    else:
        level = logging.WARNING
    fields = {"method": request.method, "path": path, "status": status, "duration_ms": duration_ms}
    message = f"{request.method} {path} {status} {duration_ms:.0f} ms"
    access.log(level, "%s", message, extra={"fields": fields})


def log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the process."""
    logging.getLogger("energyvis_panel").critical("The server failed", exc_info=(kind, error, trace))


def log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    """Log what ends a thread."""
    name = args.thread.name if args.thread else "unknown"
    info: Any = (args.exc_type, args.exc_value, args.exc_traceback)
    logging.getLogger("energyvis_panel").error("The thread %s failed", name, exc_info=info)


def told(record: logging.LogRecord) -> str:
    """The message, without the queries of addresses and without what pages sent."""
    if record.name == WEBSOCKETS and record.levelno >= logging.ERROR and isinstance(record.args, tuple):
        message = record.msg % tuple(map(shown, record.args)) if record.args else record.msg
    else:
        message = record.getMessage()
    return without_queries(message)[:LONGEST_MESSAGE]


def shown(argument: object) -> object:
    """An argument of a message about a websocket: what a page sent is told by its kind only."""
    return argument if isinstance(argument, Exception | set) else f"<{type(argument).__name__}>"


def without_queries(text: str) -> str:
    """Text with the queries of its addresses left out."""
    return QUERY.sub("?…", text)


def one_line(text: str) -> str:
    """Text with line breaks and other control characters written out."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def utc(at_s: float) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond."""
    moment = dt.datetime.fromtimestamp(at_s, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
