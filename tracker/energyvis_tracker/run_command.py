"""`energyvis-track run`: a command of any language under the tracker."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from energyvis_tracker.tracker import EnergyTracker

FORWARDED = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
)
STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
EXIT_NOT_FOUND, EXIT_NOT_EXECUTABLE, EXIT_SIGNAL_BASE = 127, 126, 128
SI_KERNEL = 0x80  # asm-generic/siginfo.h: sent by the kernel, e.g. for Ctrl-C in the terminal
# How soon an order over the live URL reaches the command.
ORDER_POLL_S = 0.5


def run_command(command: Sequence[str], tracker: EnergyTracker) -> int:
    """Run and measure a command; return the status to exit with, which is the command's own.

    Raises
    ------
    OSError
        If the command cannot be run; the run is then marked as failed.
    """
    tracker.command, tracker.is_command = list(command), True
    # From here on signals wait until the loop below takes them, so none is lost and none kills the tracker.
    signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    tracker.start()
    try:
        # Not subprocess: the child must start with no signal blocked, and keep every inherited descriptor.
        pid = os.posix_spawnp(
            command[0], list(command), os.environ, setsigmask=[], setsigdef=[signal.SIGPIPE, signal.SIGXFSZ]
        )
    except OSError as error:
        tracker.stop("failed", exit_code=status_of_failure(error))
        raise
    status, died_of = wait_and_forward(pid, tracker)
    tracker.stop(state_of(status, died_of), exit_code=status)
    return status


def status_of_failure(error: OSError) -> int:
    """Return the exit status for a command that cannot be run, as shells have it."""
    return EXIT_NOT_FOUND if isinstance(error, FileNotFoundError) else EXIT_NOT_EXECUTABLE


def wait_and_forward(pid: int, tracker: EnergyTracker) -> tuple[int, int | None]:
    """Pass signals and orders on to the child until it ends; return its status and deadly signal."""
    while True:
        ended, wait_status = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(wait_status)
            return (EXIT_SIGNAL_BASE - code, -code) if code < 0 else (code, None)
        number, is_from_terminal = next_signal()
        for order in tracker.client.poll():
            carry_out(order["order"], pid, tracker)
        tracker.marks.revive()
        # The terminal has sent its signals to the child already, as to the whole foreground group.
        if number not in {None, signal.SIGCHLD} and not is_from_terminal:
            os.kill(pid, number)


def carry_out(order: str, pid: int, tracker: EnergyTracker) -> None:
    """Hold the command with all that it started, let it go on, or ask it to end."""
    if order == "pause":
        hold(pid)
        tracker.client.send({"mark": "held", "is_held": True})
        return
    send_to_all(pid, signal.SIGCONT)
    tracker.client.send({"mark": "held", "is_held": False})
    if order == "stop":
        tracker.should_stop = True
        send_to_all(pid, signal.SIGTERM)  # as batch systems do: nothing of the job is left behind


def hold(pid: int) -> None:
    """Stop a process and its descendants, those included that are started meanwhile."""
    held: set[int] = set()
    while new := [other for other in with_descendants(pid) if other not in held]:
        for other in new:
            held.add(other)
            with contextlib.suppress(OSError):
                os.kill(other, signal.SIGSTOP)


def send_to_all(pid: int, number: int) -> None:
    """Send a signal to a process and its descendants."""
    for other in with_descendants(pid):
        with contextlib.suppress(OSError):
            os.kill(other, number)


def with_descendants(pid: int) -> list[int]:
    """Return a process and all that it has started, parents first."""
    import psutil  # noqa: PLC0415 - 35 ms that only an order costs

    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.Error:
        return [pid]


def state_of(status: int, died_of: int | None) -> str:
    """Return how a run ended whose command left with `status` or died of a signal."""
    if status == 0:
        return "finished"
    return "stopped" if died_of in STOPPING else "failed"


def next_signal() -> tuple[int | None, bool]:
    """Return the next signal, none if there is none for a while, and whether the kernel itself sent it."""
    awaited = {*FORWARDED, signal.SIGCHLD}
    if hasattr(signal, "sigtimedwait"):
        info: Any = signal.sigtimedwait(awaited, ORDER_POLL_S)
        return (None, False) if info is None else (info.si_signo, info.si_code == SI_KERNEL)
    number = signal.sigwait(awaited)
    return number, number in {signal.SIGINT, signal.SIGQUIT}


def name_of(command: Sequence[str]) -> str:
    """Return a name for a command: its own, and that of the script where it is an interpreter."""
    program = Path(command[0]).name
    script = next((Path(word).name for word in command[1:] if not word.startswith("-")), "")
    return f"{program} {script}" if Path(script).suffix in {".py", ".sh", ".jl", ".R", ".pl"} else program


def add_run(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add `run` to the command line, and return its parser."""
    run = actions.add_parser(
        "run",
        help="run a command and measure it",
        usage="energyvis-track run [options] -- COMMAND [ARGUMENT ...]",
        description="Runs COMMAND, measures the machine while it runs, and exits as it does "
        "(128 + n after signal n). Signals are passed on; its input and output are left alone.",
    )
    run.add_argument("--name", help="what the run is called; by default the command's name")
    run.add_argument("--project", help="what the run belongs to")
    run.add_argument("--region", help="where the machine stands: an ISO 3166 code such as FR or US-GA")
    run.add_argument("--pue", type=float, help="power usage effectiveness of the site, 1 or more")
    run.add_argument(
        "--interval", type=float, default=1.0, metavar="SECONDS", help="between samples (default: 1)"
    )
    run.add_argument("--tag", action="append", default=[], help="a free word; may be repeated")
    run.add_argument("--notes", help="free text")
    run.add_argument("--quiet", action="store_true", help="no line on standard error at start and end")
    run.add_argument(
        "--attribution",
        default="exclusive",
        metavar="RULE",
        help="on a shared machine: cpu_time, or gpu_process for GPUs as well (default: exclusive)",
    )
    run.add_argument("--no-live", action="store_true", help="open no live URL")
    add_budget(run)
    return run


def add_budget(run: argparse.ArgumentParser) -> None:
    """Add the options of a budget."""
    budget = run.add_argument_group("budget", "what to do once the command has used more than this")
    for option, unit in (
        ("--budget-kwh", "kWh of energy"),
        ("--budget-kg", "kg of CO2e; needs --intensity"),
        ("--budget-cost", "money; needs --price"),
        ("--intensity", "g CO2e/kWh"),
        ("--price", "money a kWh"),
    ):
        budget.add_argument(option, type=float, metavar="NUMBER", help=unit)
    budget.add_argument(
        "--budget-action", default="warn", metavar="ACTION", help="warn, pause (hold it) or stop (end it)"
    )


def tracker_of(options: argparse.Namespace, command: Sequence[str]) -> EnergyTracker:
    """Return the tracker that the options describe.

    Raises
    ------
    ConfigurationError
        If an option cannot be meant.
    """
    from energyvis_tracker.budget import Budget  # noqa: PLC0415 - only who runs a command pays for it

    has_budget = any(getattr(options, name) for name in ("budget_kwh", "budget_kg", "budget_cost"))
    budget = Budget(
        energy_kwh=options.budget_kwh,
        carbon_kg=options.budget_kg,
        cost=options.budget_cost,
        intensity_g_per_kwh=options.intensity,
        price_per_kwh=options.price,
        action=options.budget_action,
    ) if has_budget else None  # fmt: skip
    return EnergyTracker(
        options.name or name_of(command),
        project=options.project,
        region=options.region,
        pue=options.pue,
        lake=options.lake,
        interval_s=options.interval,
        tags=options.tag,
        notes=options.notes,
        quiet=options.quiet,
        attribution=options.attribution,
        budget=budget,
        live=not options.no_live,
    )


def run_action(options: argparse.Namespace) -> int:
    """Run and measure the command of the command line; return the exit status."""
    command: list[str] = options.command[options.command[:1] == ["--"] :]
    if not command:
        sys.stderr.write(
            "energyvis-track: Name the command to run: energyvis-track run -- COMMAND [ARGUMENT ...]\n"
        )
        return 2
    try:
        return run_command(command, tracker_of(options, command))
    except OSError as error:
        sys.stderr.write(f"energyvis-track: {command[0]} cannot be run: {error.strerror}.\n")
        return status_of_failure(error)
