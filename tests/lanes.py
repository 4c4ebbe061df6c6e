"""All checks and tests, side by side where they do not disturb each other; needs no package."""

import itertools
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
TESTS_FAILED, NO_TESTS = 1, 5
"""What pytest exits with; no tests are none of the other kind, where some are named."""
MOST_UNSTEADY = 10
"""Where more tests than this fail, it is no busy machine's doing."""
BROWSED = ("tests/ui", "tests/attack/test_script_injection.py", "tests/tracker/live/test_page.py")
"""Where the tests in a browser are; to look through all others for them takes a third of a minute, twice."""
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
    ("sqlfluff", "lint", "sql"),
)

Command = Sequence[str | Path]
Lane = Mapping[str, Command]
"""Commands by name, which run one after the other."""


def run_all(python: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run every check and test, and tests that failed once more by themselves; the status to exit with."""
    codes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as kept:
        rounds = test_rounds(python, arguments, Path(kept))
        for lanes in rounds:
            codes |= run_side_by_side(lanes, environment)
        first, again = failures_in(Path(kept)), list[str]()
        if 0 < len(first) <= MOST_UNSTEADY:
            ran = {name: command for lanes in rounds for lane in lanes for name, command in lane.items()}
            once_more = {
                name: [*ran[name], "--last-failed", "--last-failed-no-failures=none"]
                for name, code in codes.items()
                if code == TESTS_FAILED and name.startswith("pytest")
            }
            print("bootstrap: what failed is tried once more by itself", flush=True)
            codes |= run_side_by_side([once_more], environment)
            again = failures_in(Path(kept))
    failed = [name for name, code in codes.items() if code not in {0, NO_TESTS}]
    if all(code == NO_TESTS for name, code in codes.items() if name.startswith("pytest")):
        failed.append("pytest found no test")
    for line in first:
        print(f"bootstrap: failed beside others: {line}")
    for line in again:
        print(f"bootstrap: failed by itself, too: {line}")
    print(f"bootstrap: failed: {'; '.join(failed)}" if failed else "bootstrap: all passed", flush=True)
    return int(bool(failed))


def failures_in(kept: Path) -> list[str]:
    """A line on each test that failed, of the last report of each run; pytest's own lines are far up."""
    return [
        f"{case.get('classname')}::{case.get('name')}: {ending.get('message', '')[:200]!r}"
        for report in sorted(kept.glob("*.xml"))
        for case in ET.parse(report).iter("testcase")  # noqa: S314 - pytest wrote it just now
        for ending in case
        if ending.tag in {"failure", "error"}
    ]


def test_rounds(python: Path, arguments: Sequence[str], kept: Path) -> list[list[Lane]]:
    """Lanes side by side that end at about the same time; then the tracker's tests, which time it, alone.

    Each run of pytest keeps its report and its cache in ``kept``.
    """
    count = itertools.count()

    def plain(*options: str) -> Command:
        own = kept / str(next(count))
        keeping = ["-o", f"cache_dir={own}", f"--junit-xml={own}.xml"]
        return [python, "-m", "pytest", "--durations=15", *keeping, *arguments, *options]

    def in_browser(*options: str) -> Command:
        return plain("--ui", "-m", "ui", *options)

    checks: dict[str, Command] = {" ".join(check): [python.parent / check[0], *check[1:]] for check in CHECKS}
    if arguments:
        return [[{"pytest, in the browser": in_browser()}, checks | {"pytest, without a browser": plain()}]]
    after_explore = ("tests/cli", "tests/server", "tests/attack")
    elsewhere = [f"--ignore={folder}" for folder in ("tests/tracker", *after_explore)]
    lanes: list[Lane] = [
        {
            "pytest, Explore in the browser": in_browser("-k", "explore", *BROWSED),
            "pytest, commands, server and attacks": plain(*after_explore),
        },
        {"pytest, the rest in the browser": in_browser("-k", "not explore", *BROWSED)},
        checks | {"pytest, the rest": plain(*elsewhere)},
    ]
    return [lanes, [{"pytest, the tracker": plain("tests/tracker")}]]


def run_side_by_side(lanes: Sequence[Lane], environment: Mapping[str, str]) -> dict[str, int]:
    """Exit status of each command by its name; the first lane prints at once, the others at the end."""
    stopped = threading.Event()
    with ExitStack() as stack, ThreadPoolExecutor(len(lanes)) as beside:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _lane in lanes[1:]]
        started = [
            beside.submit(run_in_turn, lane, environment, said, stopped)
            for lane, said in zip(lanes, [sys.stdout.buffer, *files], strict=True)
        ]
        try:
            codes = {name: code for lane in started for name, code in lane.result().items()}
        except BaseException:
            stopped.set()
            raise
        for said in files:
            said.seek(0)
            shutil.copyfileobj(said, sys.stdout.buffer)
        sys.stdout.flush()
    return codes


def run_in_turn(
    commands: Lane,
    environment: Mapping[str, str],
    said: IO[bytes],
    stopped: threading.Event,
) -> dict[str, int]:
    """Exit status of each command by its name; all that they print goes to ``said``."""
    codes = {}
    for name, command in commands.items():
        if stopped.is_set():
            break
        said.write(f"bootstrap: {name}\n".encode())
        said.flush()
        codes[name] = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, stdout=said, stderr=subprocess.STDOUT
        ).returncode
    return codes
