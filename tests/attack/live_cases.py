"""Live URLs of a hostile server, followed by the app's own client; and what must hold of each."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from energyvis_panel.data import bounded_http, followed_run
from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.live_client import Followed, LiveClient
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.domain.live_reading import LiveReading

LONGEST_S: Final = 6.0
LONGEST_SENTENCE: Final = 400
AT_ONCE: Final = 16
SHORT: Final = {
    bounded_http: {"CONNECT_S": 2.0, "HEAD_S": 0.3, "BODY_S": 0.3},
    followed_run: {"SILENCE_S": 0.3, "FIRST_PAUSE_S": 0.05},
}
"""Patience by module: 10,000 cases would take hours with that of the app."""


class Watched:
    """One case: the latest reading of its run, and when it began."""

    def __init__(self, client: LiveClient, port: int, number: int) -> None:
        self.number = number
        self.begin_s = time.monotonic()
        self.reading: LiveReading | None = None
        self.answers: list[str] = []
        self._heard = threading.Event()
        self.followed: Followed = client.follow(f"http://127.0.0.1:{port}/?token=case-{number}", self._listen)

    def _listen(self, reading: LiveReading) -> None:
        self.reading = reading
        if reading.connection in {"failed", "ended"} or reading.run is not None:
            self._heard.set()

    def finding(self) -> str:
        """Wait for the outcome; what is wrong with it, '' where all is well."""
        if not self._heard.wait(LONGEST_S):
            state = self.reading.connection if self.reading else "unheard of"
            return f"It is still {state} after {LONGEST_S:g} s."
        self.followed.ask("pause", self.answers.append)
        deadline_s = time.monotonic() + LONGEST_S
        while not self.answers:
            if time.monotonic() > deadline_s:
                return "A request to pause is never answered."
            time.sleep(0.001)  # the answer comes in the client's thread
        assert self.reading is not None
        return wrong_with(self.reading, self.answers[0])

    def close(self) -> None:
        """Follow no longer."""
        self.followed.close()


def wrong_with(reading: LiveReading, answer: str) -> str:
    """What is wrong with a reading or an answer, '' where all is well."""
    for sentence in (reading.sentence, answer):
        if len(sentence) > LONGEST_SENTENCE or not sentence.isprintable() or "log says" in sentence:
            return f"No sentence: {sentence[:200]!r}"
        if "case-" in sentence or "case-" in repr(reading):
            return "The token is told."
    if reading.connection == "failed" and not reading.sentence:
        return "A failure without a reason."
    if reading.run is not None and reading.run.profile is not None:
        try:
            (again,) = read_import(profile_to_json(reading.run.profile).encode(), "live.json")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the fuzzer looks for
            return f"The profile of the run is not usable: {type(error).__name__}: {str(error)[:200]}"
        if again.profile.energy() != reading.run.profile.energy():
            return "The profile of the run is read back as another."
    return ""


class ErrorLog(logging.Handler):
    """Collects what the app reports as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message, and what was raised."""
        raised = record.exc_info[1] if record.exc_info else None
        self.found.append(f"{record.getMessage()}: {type(raised).__name__}: {str(raised)[:200]}")


@contextmanager
def errors_logged() -> Iterator[list[str]]:
    """Errors that the app and asyncio log during the block."""
    handler, loggers = ErrorLog(), [logging.getLogger(name) for name in ("energyvis_panel", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield handler.found
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def follow_cases(client: LiveClient, port: int, numbers: range) -> tuple[dict[int, str], Counter[str]]:
    """Findings by number of the case, and how often each way to end came up."""
    found: dict[int, str] = {}
    ways: Counter[str] = Counter()
    for start in range(numbers.start, numbers.stop, AT_ONCE):
        watched = [Watched(client, port, number) for number in numbers if start <= number < start + AT_ONCE]
        for one in watched:
            if finding := one.finding():
                found[one.number] = finding
            ways[one.reading.connection if one.reading else "none"] += 1
        for one in watched:
            one.close()
    return found, ways
