"""Which runs are measured on this machine now: asked of the samplers themselves, over their sockets."""

import contextlib
import socket
from typing import Any

from energyvis_tracker.errors import TrackerError
from energyvis_tracker.marks import MarkReader, encoded
from energyvis_tracker.rendezvous import connected, runtime_folder

TIMEOUT_S = 2.0


def live_runs() -> list[dict[str, Any]]:
    """Return id, name, state, start, URL and the sampler's pid of each run of this user, newest first."""
    runs: list[dict[str, Any]] = []
    for path in sorted(runtime_folder().glob("*.sock")):
        if (connection := connected(path, TIMEOUT_S)) is None:
            continue
        with connection:
            runs += listed(connection)
    return sorted(runs, key=lambda run: str(run["started_at"]), reverse=True)


def listed(connection: socket.socket) -> list[dict[str, Any]]:
    """Return what one sampler lists; nothing where it does not answer in time."""
    reader = MarkReader(connection)
    with contextlib.suppress(OSError, ValueError):
        connection.sendall(encoded({"mark": "list"}))
        while not reader.is_closed:
            for answer in reader.receive():
                return list(answer["runs"])
    return []


def live_url(wanted: str | None) -> str:
    """Return the live URL of the run with this id, beginning of an id, or name; of the newest by default.

    Raises
    ------
    TrackerError
        If there is no such run now, or it has no live URL.
    """
    runs = live_runs()
    if not runs:
        raise TrackerError(
            "No run is measured on this machine now. Start one: energyvis-track run -- COMMAND"
        )
    matching = [
        run
        for run in runs
        if wanted is None or run["run_id"].startswith(wanted.upper()) or run["name"] == wanted
    ]
    if not matching:
        there = ", ".join(f"{run['name']} ({run['run_id']})" for run in runs)
        raise TrackerError(f"No run {wanted!r} is measured on this machine now; there is {there}.")
    url = matching[0]["url"]
    if url is None:
        raise TrackerError(f"The run {matching[0]['name']!r} has no live URL: it was switched off.")
    return str(url)
