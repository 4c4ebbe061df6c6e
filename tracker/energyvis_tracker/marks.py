"""What the job and its sampler say to each other: one JSON object a line over a local socket.

The job speaks in marks, `{"mark": NAME, ...}`; where it waits for an answer the mark has an `id`.

==============  ==========================================================================================
mark            meaning
==============  ==========================================================================================
`hello`         always first: lake, facts of the run. Answer `{"ready": true, ...}` after the first sample
`epoch_start`   answer `{"ack": id, "control": null, "pause" or "stop"}`; with a control it has not begun
`epoch_end`     answer likewise; "stop" means that no further epoch should begin
`paused`        the job stands still; the answer comes when it may go on
`span_start`    answer `{"ack": id, "control": null or "stop"}`
`span_end`      likewise
`log`           metrics of the epoch that ended last; no answer
`held`          a command was held or let go again by signal; no answer
`stop`          always last. Answer with the summary, once everything is written
`list`          instead of `hello`: which runs are here; answer `{"runs": [...]}`
==============  ==========================================================================================

Any answer may carry `warnings`, sentences for the job's log. To a command the sampler may say
`{"order": ...}` unasked.
"""

import json
import socket
from collections.abc import Mapping
from typing import Any

CHUNK_BYTES = 65536
MAX_LINE_BYTES = 16_000_000


def encoded(message: Mapping[str, Any]) -> bytes:
    """Return a message as one line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class MarkReader:
    """Cuts what a socket delivers into messages."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.rest = b""
        self.is_closed = False

    def receive(self) -> list[dict[str, Any]]:
        """Return the messages that one `recv` completed; sets `is_closed` when the other end has gone.

        Raises
        ------
        TimeoutError, BlockingIOError
            If nothing came within the socket's timeout.
        ValueError
            If a message is no JSON object, or longer than any can be.
        """
        try:
            chunk = self.connection.recv(CHUNK_BYTES)
        except ConnectionError:
            chunk = b""
        if not chunk:
            self.is_closed = True
            return []
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        if len(self.rest) > MAX_LINE_BYTES:
            raise ValueError("A message is longer than any can be.")
        messages = [json.loads(line) for line in lines]
        if not all(isinstance(message, dict) for message in messages):
            raise ValueError("A message is no JSON object.")
        return messages
