"""The terminal that `energyvis-track watch` draws on: its second screen, its colours, its keyboard."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TextIO

OWN_SCREEN, HOME, LINE_END, SCREEN_END = "\x1b[?1049h\x1b[?25l", "\x1b[H", "\x1b[K", "\x1b[J"
FORMER_SCREEN = "\x1b[?25h\x1b[?1049l"


def redraw(out: TextIO, lines: Sequence[str]) -> None:
    """Draw the lines over the last ones, without clearing the screen first, which would flicker."""
    out.write(HOME + f"{LINE_END}\n".join(lines) + LINE_END + SCREEN_END)
    out.flush()


def has_colours(out: TextIO) -> bool:
    """Say whether to colour: a terminal, and no wish to the contrary (no-color.org)."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@contextlib.contextmanager
def own_screen(out: TextIO) -> Iterator[None]:
    """Draw on the terminal's second screen, and give the first one back as it was."""
    out.write(OWN_SCREEN)
    try:
        yield
    finally:
        out.write(FORMER_SCREEN)
        out.flush()


@contextlib.contextmanager
def pressed_keys() -> Iterator["Keys"]:
    """Yield a function that returns the keys pressed since the last call, none where there is no keyboard."""
    try:
        import termios  # noqa: PLC0415 - not on every system
        import tty  # noqa: PLC0415 - likewise
    except ImportError:
        yield Keys(None)
        return
    if not sys.stdin.isatty():
        yield Keys(None)
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    try:
        yield Keys(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class Keys:
    """The keyboard, where there is one."""

    def __init__(self, descriptor: int | None) -> None:
        self.descriptor = descriptor

    def __call__(self) -> str:
        """Return what has been pressed since the last call, in lower case."""
        import select  # noqa: PLC0415 - only a terminal needs it

        if self.descriptor is None or not select.select([self.descriptor], [], [], 0)[0]:
            return ""
        return os.read(self.descriptor, 64).decode("ascii", "replace").lower()
