"""`energyvis-track watch`: a run in the terminal, while it goes on."""

import contextlib
import os
import queue
import shutil
import sys
import time
from typing import TextIO

from energyvis_tracker.clock import now_us
from energyvis_tracker.watch_screen import KEYS, sample_line, screen
from energyvis_tracker.watch_state import WatchedRun
from energyvis_tracker.watch_stream import LOST, EventReader, LiveAddress, Notice, ask_for
from energyvis_tracker.watch_terminal import has_colours, own_screen, pressed_keys, redraw

EXIT_FOLLOWED, EXIT_NOT_FOLLOWED, EXIT_INTERRUPTED = 0, 1, 130
GIVE_UP_S = 60.0
LOOK_S = 0.1
REDRAW_S = 1.0
ONCE_PATIENCE_S = 5.0
ACTIONS = {"p": "pause", "r": "resume"}


def watch(url: str, *, out: TextIO | None = None, once: bool = False) -> int:
    """Show the run behind a live URL until it ends, and return an exit status.

    0: followed to its end, or left with q; 1: the run could not be followed; 130: Ctrl-C.

    Parameters
    ----------
    url
        What the tracker printed.
    out
        Where to; standard output where not given. A terminal gets a screen, anything else a line a sample.
    once
        Show the run as it is now, and end.

    Raises
    ------
    ConfigurationError
        If `url` is no live URL.
    """
    address = LiveAddress.parsed(url)
    out = sys.stdout if out is None else out
    is_screen = out.isatty() and os.environ.get("TERM") != "dumb" and not once
    reader = EventReader(address)
    run = WatchedRun()
    try:
        if once:
            return show_once(reader, run, out)
        if is_screen:
            return follow_on_screen(reader, run, out)
        return follow_in_lines(reader, run, out)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_FOLLOWED  # `| head` has seen enough
    finally:
        reader.close()


def arrived(reader: EventReader, wait_s: float) -> list[Notice]:
    """Return the events that are there, after waiting for the first of them."""
    notices = []
    with contextlib.suppress(queue.Empty):
        notices.append(reader.notices.get(timeout=wait_s))
        while True:
            notices.append(reader.notices.get_nowait())
    return notices


def show_once(reader: EventReader, run: WatchedRun, out: TextIO) -> int:
    """Print the run as it is now."""
    deadline_s = time.monotonic() + ONCE_PATIENCE_S
    while not run.sample and not run.is_over and not run.trouble and time.monotonic() < deadline_s:
        for notice in arrived(reader, LOOK_S):
            run.take(notice)
    if not run.record:
        return not_followed(run, out)
    size = shutil.get_terminal_size()
    lines = screen(run, size.columns, 1000, now_us(), is_coloured=has_colours(out), keys="")
    out.write("\n".join(lines).rstrip() + "\n")
    out.flush()
    return EXIT_FOLLOWED


def follow_in_lines(reader: EventReader, run: WatchedRun, out: TextIO) -> int:
    """Print a line a sample until the run ends."""
    patience = Patience()
    while not run.is_over and not patience.is_over(run):
        for notice in arrived(reader, LOOK_S):
            run.take(notice)
            if notice.name == LOST:
                out.write(f"connection lost, trying again ({run.trouble})\n")
            elif notice.name == "sample":
                out.write(sample_line(run, now_us()) + "\n")
        out.flush()
    return ended(run, out)


def follow_on_screen(reader: EventReader, run: WatchedRun, out: TextIO) -> int:
    """Draw the run again whenever something changes, until it ends or q is pressed."""
    patience = Patience()
    drawn: tuple[float, os.terminal_size] | None = None
    with own_screen(out), pressed_keys() as keys:
        while not run.is_over and not patience.is_over(run):
            notices = arrived(reader, LOOK_S)
            for notice in notices:
                run.take(notice)
            pressed = keys()
            if "q" in pressed:
                break
            for key in pressed:
                if key in ACTIONS:
                    run.said = ask_for(reader.address, ACTIONS[key])
            size = shutil.get_terminal_size()
            now_s = time.monotonic()
            if notices or pressed or drawn is None or size != drawn[1] or now_s - drawn[0] >= REDRAW_S:
                keys_text = KEYS if keys.descriptor is not None else ""
                redraw(
                    out,
                    screen(
                        run, size.columns, size.lines, now_us(), is_coloured=has_colours(out), keys=keys_text
                    ),
                )
                drawn = now_s, size
    if run.is_over or patience.is_over(run):
        return ended(run, out)
    return EXIT_FOLLOWED


class Patience:
    """How long a server that does not answer is waited for."""

    def __init__(self) -> None:
        self.answered_s = time.monotonic()

    def is_over(self, run: WatchedRun) -> bool:
        """Say whether the server has been away for too long, or was never there."""
        if run.is_connected:
            self.answered_s = time.monotonic()
        if run.trouble and not run.record:
            return True
        return time.monotonic() - self.answered_s > GIVE_UP_S


def ended(run: WatchedRun, out: TextIO) -> int:
    """Print how the run stands at the end, and return the exit status."""
    if not run.is_over or run.refusal:
        return not_followed(run, out)
    out.write(sample_line(run, now_us()) + "\n")
    out.flush()
    return EXIT_FOLLOWED


def not_followed(run: WatchedRun, out: TextIO) -> int:
    """Say why there is nothing to show, and return the exit status."""
    reason = run.refusal or f"The live URL does not answer: {run.trouble or 'nothing came in time'}."
    out.write(f"{reason}\n")
    out.flush()
    return EXIT_NOT_FOLLOWED
