"""The command `energyvis-track`: measure any command, watch it, and see what can be measured here."""

import argparse
import sys
from collections.abc import Sequence

from energyvis_tracker.errors import ConfigurationError, TrackerError
from energyvis_tracker.lake import checked_lake
from energyvis_tracker.run_command import add_run, run_action

EXIT_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.action(options)
    except (ConfigurationError, TrackerError) as error:
        sys.stderr.write(f"energyvis-track: {error}\n")
        return EXIT_USAGE
    return status


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="energyvis-track", description="Measure what jobs consume.")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    run = add_run(actions)
    add_lake(run)
    run.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    run.set_defaults(action=run_action)
    add_watch(actions)
    add_doctor(actions)
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


def add_watch(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `watch`."""
    watch = actions.add_parser(
        "watch",
        help="follow a run in the terminal",
        description="Follows a run that is measured on this machine, or anywhere by its live URL. "
        "In a terminal: p pauses it, r resumes it, q leaves it to itself.",
    )
    watch.add_argument(
        "run", nargs="?", metavar="RUN", help="its live URL, its id or its name; by default the newest here"
    )
    watch.add_argument("--once", action="store_true", help="show the present state and end")
    watch.add_argument("--list", action="store_true", help="list the runs that are measured here, and end")
    watch.set_defaults(action=watch_run)


def add_doctor(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor`."""
    doctor = actions.add_parser(
        "doctor",
        help="say what can be measured here, why the rest cannot, and how to mend that",
        description="Looks for every device and says how it is read, or why not and what to do. "
        "Exit status 0 where something is measured, 1 where all is estimated or nothing is there.",
    )
    add_lake(doctor)
    doctor.add_argument("--json", action="store_true", help="print JSON with units in the keys")
    doctor.set_defaults(action=examine)


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


def watch_run(options: argparse.Namespace) -> int:
    """Follow a run, or list those that are here."""
    from energyvis_tracker.live_runs import live_runs, live_url  # noqa: PLC0415 - `run` need not load it
    from energyvis_tracker.watch import watch  # noqa: PLC0415 - likewise

    if options.list:
        for run in live_runs():
            sys.stdout.write(f"{run['run_id']}  {run['state']:<8}  {run['name']}\n")
        return 0
    is_url = options.run is not None and "://" in options.run
    return watch(options.run if is_url else live_url(options.run), once=options.once)


def examine(options: argparse.Namespace) -> int:
    """Say what can be measured here."""
    from energyvis_tracker.doctor import doctor  # noqa: PLC0415 - `run` need not load it

    return doctor(checked_lake(options.lake), as_json=options.json)
