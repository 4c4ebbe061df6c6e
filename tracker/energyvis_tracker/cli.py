"""The command `energyvis-track`: measure any command, and bring the lake in order after a crash."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from energyvis_tracker.errors import ConfigurationError, SinkError
from energyvis_tracker.lake import checked_lake
from energyvis_tracker.tracker import EnergyTracker

FORWARDED = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
)
STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
EXIT_NOT_FOUND, EXIT_NOT_EXECUTABLE, EXIT_SIGNAL_BASE, EXIT_USAGE = 127, 126, 128, 2
SI_KERNEL = 0x80  # asm-generic/siginfo.h: sent by the kernel, e.g. for Ctrl-C in the terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.action(options)
    except (ConfigurationError, SinkError) as error:
        complain(str(error))
        return EXIT_USAGE
    return status


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="energyvis-track", description="Measure what jobs consume.")
    actions = top.add_subparsers(required=True, metavar="ACTION")
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
    run.add_argument("--quiet", action="store_true", help="no line on standard error at start and end")
    add_lake(run)
    run.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    run.set_defaults(action=run_command)
    mend = actions.add_parser(
        "recover",
        help="bring runs in order whose sampler has died",
        description="Turns the journals of dead samplers into Parquet segments and marks their runs as lost. "
        "Starting a tracker does the same, and doing it twice changes nothing.",
    )
    add_lake(mend)
    mend.add_argument(
        "--all-hosts",
        action="store_true",
        help="also runs of other machines that were silent for ten minutes",
    )
    mend.set_defaults(action=recover_lake)
    return top


def add_lake(command: argparse.ArgumentParser) -> None:
    """Add the option that names the lake."""
    command.add_argument(
        "--lake",
        metavar="FOLDER",
        help="default: $ENERGYVIS_LAKE, else energyvis/lake in the user's data folder",
    )


def recover_lake(options: argparse.Namespace) -> int:
    """Bring a lake in order, and say what was done."""
    from energyvis_tracker.recovery import recover  # noqa: PLC0415 - `run` need not load it

    recovered = recover(checked_lake(options.lake), all_hosts=options.all_hosts)
    for run in recovered:
        sys.stdout.write(f"{run.run_id} {run.writer}: {run.samples} samples recovered, run {run.state}\n")
    if not recovered:
        sys.stdout.write("Nothing to recover.\n")
    return 0


def run_command(options: argparse.Namespace) -> int:
    """Run and measure a command."""
    command: list[str] = options.command[options.command[:1] == ["--"] :]
    if not command:
        complain("Name the command to run: energyvis-track run -- COMMAND [ARGUMENT ...]")
        return EXIT_USAGE
    tracker = EnergyTracker(
        options.name or name_of(command),
        project=options.project,
        region=options.region,
        pue=options.pue,
        lake=options.lake,
        interval_s=options.interval,
        tags=options.tag,
        quiet=options.quiet,
    )
    tracker.command = command
    # From here on signals wait until the loop below takes them, so none is lost and none kills the tracker.
    signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    tracker.start()
    try:
        # Not subprocess: the child must start with no signal blocked, and keep every inherited descriptor.
        pid = os.posix_spawnp(
            command[0], command, os.environ, setsigmask=[], setsigdef=[signal.SIGPIPE, signal.SIGXFSZ]
        )
    except OSError as error:
        status = EXIT_NOT_FOUND if isinstance(error, FileNotFoundError) else EXIT_NOT_EXECUTABLE
        tracker.stop("failed", exit_code=status)
        complain(f"{command[0]} cannot be run: {error.strerror}.")
        return status
    status, died_of = wait_and_forward(pid)
    tracker.stop(state_of(status, died_of), exit_code=status)
    return status


def wait_and_forward(pid: int) -> tuple[int, int | None]:
    """Pass signals on to the child until it ends; return its exit status and the signal it died of."""
    while True:
        ended, wait_status = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(wait_status)
            return (EXIT_SIGNAL_BASE - code, -code) if code < 0 else (code, None)
        number, is_from_terminal = next_signal()
        # The terminal has sent its signals to the child already, as to the whole foreground group.
        if number != signal.SIGCHLD and not is_from_terminal:
            os.kill(pid, number)


def state_of(status: int, died_of: int | None) -> str:
    """Return how a run ended whose command left with `status` or died of a signal."""
    if status == 0:
        return "finished"
    return "stopped" if died_of in STOPPING else "failed"


def next_signal() -> tuple[int, bool]:
    """Wait for a signal, and return it and whether the kernel itself sent it."""
    awaited = {*FORWARDED, signal.SIGCHLD}
    if hasattr(signal, "sigwaitinfo"):
        info: Any = signal.sigwaitinfo(awaited)
        return info.si_signo, info.si_code == SI_KERNEL
    number = signal.sigwait(awaited)
    return number, number in {signal.SIGINT, signal.SIGQUIT}


def name_of(command: Sequence[str]) -> str:
    """Return a name for a command: its own, and that of the script where it is an interpreter."""
    program = Path(command[0]).name
    script = next((Path(word).name for word in command[1:] if not word.startswith("-")), "")
    return f"{program} {script}" if Path(script).suffix in {".py", ".sh", ".jl", ".R", ".pl"} else program


def complain(sentence: str) -> None:
    """Write one sentence on standard error."""
    sys.stderr.write(f"energyvis-track: {sentence}\n")
