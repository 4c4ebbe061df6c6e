"""`energyvis-track`: a transparent wrapper around any command."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TRACK = [sys.executable, "-m", "energyvis_tracker"]
WAITING = "import sys, time; print('ready', flush=True); time.sleep(60)"


@pytest.mark.parametrize(
    ("command", "status", "state"),
    [
        (["true"], 0, "finished"),
        (["sh", "-c", "exit 3"], 3, "failed"),
        (["sh", "-c", "kill -KILL $$"], 137, "failed"),
        (["sh", "-c", "kill -TERM $$"], 143, "stopped"),
        (["/nowhere/command"], 127, "failed"),
        (["/etc"], 126, "failed"),
    ],
)
def test_the_exit_status_is_that_of_the_command(
    lake: Any, run_job: Any, command: list[str], status: int, state: str
) -> None:
    job = run_job([*TRACK, "run", "--", *command])
    run = lake.run()
    assert (job.returncode, run["exit_code"], run["state"]) == (status, status, state)
    assert (job.stdout, run["command"]) == ("", command)


def test_a_missing_command_is_one_sentence(lake: Any, run_job: Any) -> None:
    job = run_job([*TRACK, "run", "--quiet", "--", "/nowhere/command"])
    assert job.stderr == "energyvis-track: /nowhere/command cannot be run: No such file or directory.\n"
    assert lake.run()["state"] == "failed"


def test_input_and_output_of_the_command_are_left_alone(lake: Any, start_job: Any) -> None:
    program = "import sys; print(sys.stdin.read().upper()); print('err', file=sys.stderr)"
    job = start_job([*TRACK, "run", "--quiet", "--name", "n", "--", sys.executable, "-c", program])
    assert job.communicate("text") == ("TEXT\n", "err\n")
    assert lake.run()["name"] == "n"


def test_options_reach_the_run(lake: Any, run_job: Any) -> None:
    options = [
        "--project",
        "p",
        "--region",
        "FR",
        "--pue",
        "1.4",
        "--interval",
        "0.5",
        "--tag",
        "a",
        "--tag",
        "b",
    ]
    run_job([*TRACK, "run", *options, "--", "python3", "--version"])
    run = lake.run()
    assert (run["project"], run["region_id"], run["pue"], run["tags"]) == ("p", "FR", 1.4, ["a", "b"])
    assert run["name"] == "python3"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_wrapper_reaches_the_command(
    lake: Any, start_job: Any, number: signal.Signals
) -> None:
    program = f"import signal; signal.signal({number}, lambda *_: sys.exit(7)); {WAITING}"
    job = start_job([*TRACK, "run", "--", sys.executable, "-c", f"import sys; {program}"])
    job.stdout.readline()
    job.send_signal(number)
    assert job.wait(30) == 7
    assert lake.run()["state"] == "failed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_dies_of_the_signal_was_stopped(
    lake: Any, start_job: Any, number: signal.Signals
) -> None:
    command = ["sh", "-c", "echo ready; exec sleep 60"]
    job = start_job([*TRACK, "run", "--", *command])
    job.stdout.readline()
    job.send_signal(number)
    assert job.wait(30) == 128 + number
    assert lake.run()["state"] == "stopped"


def test_ctrl_c_in_the_terminal_reaches_the_command_once(lake: Any, wait_until: Any, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = f"""
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("ready", flush=True)
with open({str(log)!r}, "w", buffering=1) as log:
    while info := signal.sigtimedwait([signal.SIGINT], 1):
        print("interrupted", file=log)
"""
    # The terminal sends to its whole foreground group: wrapper and command get the signal side by side.
    launcher = "import os, sys; os.login_tty(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    main_end, terminal = os.openpty()
    command = [*TRACK[1:], "run", "--quiet", "--", sys.executable, "-c", program]
    job = subprocess.Popen([sys.executable, "-c", launcher, *command], stdin=terminal)
    os.close(terminal)
    output = b""
    while b"ready" not in output:
        output += os.read(main_end, 1024)
    # Stopped, the wrapper comes second for sure: two signals at once would count as one.
    job.send_signal(signal.SIGSTOP)
    os.write(main_end, b"\x03")
    wait_until(lambda: log.exists() and log.read_text())
    job.send_signal(signal.SIGCONT)
    assert job.wait(30) == 0
    os.close(main_end)
    assert log.read_text() == "interrupted\n"
    assert lake.run()["state"] == "finished"


def test_the_command_starts_with_no_signal_blocked(lake: Any, run_job: Any) -> None:
    program = (
        "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.getsignal(signal.SIGTERM))"
    )
    job = run_job([*TRACK, "run", "--", sys.executable, "-c", program])
    assert job.stdout.split(maxsplit=1)[0] == "set()"
    assert lake.run()["state"] == "finished"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run"], "Name the command to run"),
        (["run", "--pue", "0.5", "--", "true"], "1 or more"),
        (["run", "--lake", __file__, "--", "true"], "is a file"),
        (["recover", "--lake", "/nowhere/lake"], "There is no lake at /nowhere/lake"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(run_job: Any, arguments: list[str], sentence: str) -> None:
    job = run_job([*TRACK, *arguments])
    assert job.returncode == 2
    assert sentence in job.stderr
    assert "Traceback" not in job.stderr


@pytest.mark.usefixtures("lake")
def test_recover_says_what_it_did(run_job: Any) -> None:
    run_job([*TRACK, "run", "--", "true"])
    assert run_job([*TRACK, "recover"]).stdout == "Nothing to recover.\n"


@pytest.mark.parametrize("action", [[], ["run"], ["recover"]])
def test_help_is_there(run_job: Any, action: list[str]) -> None:
    job = run_job([*TRACK, *action, "--help"])
    assert job.returncode == 0
    assert "usage: energyvis-track" in job.stdout
