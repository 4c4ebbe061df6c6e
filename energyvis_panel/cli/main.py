"""Reads the command line and hands over to the command; heavy packages load only in the command itself."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from energyvis_panel import __version__
from energyvis_panel.errors import EnergyVisError

FAILURE = 2
INTERRUPTED = 130
DEFAULT_PORT = 5006


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status of the command: 0, or 2 with one sentence on stderr."""
    options = parser().parse_args(arguments)
    try:
        status: int = command(options.run)(options)
        sys.stdout.flush()
    except EnergyVisError as error:
        sys.stderr.write(f"energyvis: {error}\n")
        return FAILURE
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"energyvis: the package {error.name!r} is not installed: only the tracker is. "
            "Install the app with: pip install 'energyvis-panel[app]'\n"
        )
        return FAILURE
    except BrokenPipeError:
        # The reader, e.g. `head`, has had enough; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"energyvis: {where}{error.strerror or error}.\n")
        return FAILURE
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def command(name: str) -> Callable[[argparse.Namespace], int]:
    """Function ``module.function`` of this package, imported only now."""
    module, _, function = name.partition(".")
    found: Callable[[argparse.Namespace], int] = getattr(
        import_module(f"energyvis_panel.cli.{module}"), function
    )
    return found


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(
        prog="energyvis",
        description="See what machine learning consumes, and what it would have cost elsewhere.",
    )
    root.add_argument("--version", action="version", version=f"energyvis {__version__}")
    commands = root.add_subparsers(metavar="COMMAND", required=True)
    add_serve(commands)
    add_project(commands)
    add_profile(commands)
    profiles = commands.add_parser("profiles", help="list preloaded profiles and the runs of the lake")
    add_json(profiles)
    profiles.set_defaults(run="profiles.list_profiles")
    add_spans(commands)
    add_diff(commands)
    add_lake(commands)
    add_data(commands)
    return root


def add_json(command_parser: argparse.ArgumentParser) -> None:
    """The switch for output that programs read."""
    command_parser.add_argument("--json", action="store_true", help="print JSON with units in the keys")


def add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``energyvis serve``."""
    serve = commands.add_parser("serve", help="start the web server")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port to listen on ({DEFAULT_PORT})")
    serve.add_argument("--address", default="localhost", help="address to listen on (localhost)")
    serve.add_argument(
        "--allow-websocket-origin",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="host name under which browsers reach the server; may be repeated",
    )
    serve.add_argument(
        "--prefix", default="", metavar="PATH", help="path before every address, e.g. /energyvis"
    )
    serve.add_argument(
        "--use-xheaders",
        action="store_true",
        help="believe a web server before this one about who asks and by which scheme",
    )
    serve.add_argument(
        "--take-over",
        action="store_true",
        help="have the server that runs on this port stop, once this one answers there",
    )
    serve.set_defaults(run="serve.serve")


def add_project(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``energyvis project``."""
    project = commands.add_parser(
        "project", help="what a run would have consumed elsewhere, or on other chips"
    )
    project.add_argument(
        "profile", metavar="PROFILE", help="a profile's file, a preloaded profile's id, or a run's id"
    )
    project.add_argument("--region", metavar="CODE", help="where, as ISO 3166 code, e.g. US-WY or FR")
    project.add_argument("--pue", type=float, help="power usage effectiveness of the site, 1 to 10")
    for kind in ("gpu", "cpu"):
        project.add_argument(
            f"--{kind}",
            action="append",
            default=[],
            metavar="CHIP=COUNT",
            help=f"replace the {kind.upper()}s by these, or by none; may be repeated; an own chip is written "
            "NAME:WATTS:TFLOPS=COUNT",
        )
    project.add_argument(
        "--precision",
        choices=("fp32", "tf32", "fp16", "fp8"),
        help="number format by which chips are compared (the profile's own, else fp32)",
    )
    project.add_argument(
        "--efficiency",
        type=float,
        default=1.0,
        metavar="SHARE",
        help="part of the speed kept with each doubling of the number of chips (1: perfect scaling)",
    )
    project.add_argument(
        "--extrapolate", type=int, default=0, metavar="EPOCHS", help="forecast so many further epochs"
    )
    add_json(project)
    project.set_defaults(run="project.project_profile")


def add_profile(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``energyvis profile export`` and ``energyvis profile import``."""
    profile = commands.add_parser("profile", help="export a profile, or check and convert a file")
    actions = profile.add_subparsers(metavar="ACTION", required=True)
    export = actions.add_parser("export", help="write a run's profile, or a preloaded one, as a file")
    export.add_argument("profile", metavar="RUN_OR_ID")
    export.add_argument(
        "--format",
        choices=("energyvis-profile", "energyvis", "csv", "parquet"),
        default="energyvis-profile",
        help="our own JSON (default), EnergyVis JSON, or a table with one row an epoch",
    )
    export.add_argument("--out", metavar="FILE", help="where to; standard output by default")
    export.set_defaults(run="profiles.export_profile")
    importer = actions.add_parser(
        "import", help="check a file of any known tool and convert it into profiles"
    )
    importer.add_argument("file", metavar="FILE")
    importer.add_argument(
        "--out", metavar="FILE", help="where to, a folder for several profiles; only checked by default"
    )
    importer.set_defaults(run="profiles.import_profile")


def add_spans(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``energyvis spans``."""
    spans = commands.add_parser("spans", help="what each kind of work of a run took, and each unit of it")
    spans.add_argument("run_id", metavar="RUN", help="a run's id, or its beginning")
    add_json(spans)
    spans.set_defaults(run="spans.show_spans")


def add_diff(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``energyvis diff``."""
    diff = commands.add_parser("diff", help="compare two runs: where the joules moved, and whether they rose")
    diff.add_argument("run_a", metavar="RUN_A", help="the run before: its id, or its beginning")
    diff.add_argument("run_b", metavar="RUN_B", help="the run after: its id, or its beginning")
    diff.add_argument("--per", metavar="UNIT", help="joules per sample, step, ..., per epoch, or in total")
    diff.add_argument("--span", metavar="NAME", help="count the units of the spans of this name only")
    diff.add_argument(
        "--fail-above", metavar="PERCENT", help="end with status 1 if B takes more than A by more, e.g. 3%%"
    )
    diff.add_argument(
        "--significant", action="store_true", help="and only if the change is more than chance explains"
    )
    diff.add_argument(
        "--confidence", type=float, default=0.95, metavar="SHARE", help="of the interval and test (0.95)"
    )
    add_json(diff)
    diff.set_defaults(run="diff.show_diff")


def add_lake(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``energyvis lake status``, ``compact``, ``rollup`` and ``check``."""
    lake = commands.add_parser("lake", help="look after the lake")
    actions = lake.add_subparsers(metavar="ACTION", required=True)
    status = actions.add_parser("status", help="what is in the lake, and which files are left out")
    add_json(status)
    status.set_defaults(run="lake.show_status")
    compact = actions.add_parser("compact", help="put each finished run into one file")
    add_json(compact)
    compact.set_defaults(run="lake.compact")
    add_rollup(actions)
    check = actions.add_parser("check", help="read every file through, and name what is wrong")
    check.add_argument(
        "--quarantine", action="store_true", help="set damaged files aside, each with the reason beside it"
    )
    add_json(check)
    check.set_defaults(run="lake_check.check")


def add_rollup(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``energyvis lake rollup``."""
    rollup = actions.add_parser(
        "rollup", help="sum the readings of compacted runs, so that nobody has to again"
    )
    when = rollup.add_mutually_exclusive_group()
    when.add_argument(
        "--day", metavar="DAY", help="only runs that started on this day of UTC, e.g. 2026-11-03"
    )
    when.add_argument("--since", metavar="DAY", help="only runs that started on this day or later")
    rollup.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help="what sums the readings (duckdb)"
    )
    rollup.add_argument("--master", metavar="URL", help="which Spark cluster, e.g. spark://head:7077")
    rollup.add_argument(
        "--spark-lake", metavar="URL", help="the lake as the Spark cluster sees it, e.g. s3a://lab/lake"
    )
    rollup.add_argument("--quiet", action="store_true", help="no progress on standard error")
    add_json(rollup)
    rollup.set_defaults(run="lake_rollup.rollup")


def add_data(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``energyvis data fetch``, ``load``, ``check``, ``status`` and ``remove``."""
    data = commands.add_parser("data", help="the measured runs behind the Explore page")
    actions = data.add_subparsers(metavar="ACTION", required=True)
    fetch = actions.add_parser("fetch", help="download the published files and load them")
    fetch.add_argument("--raw", action="store_true", help="the raw set instead of the standardised table")
    fetch.add_argument("--base-url", metavar="URL", help="where the files are, if not at their publisher's")
    load = actions.add_parser("load", help="load files that are here already")
    for action, is_required in ((fetch, False), (load, True)):
        offered = action.add_mutually_exclusive_group(required=is_required)
        offered.add_argument("--from-file", metavar="FILE", help="the published table, zipped or not")
        offered.add_argument("--from-folder", metavar="FOLDER", help="the table, or the raw set")
        action.add_argument("--quiet", action="store_true", help="no progress on standard error")
    check = actions.add_parser("check", help="hold what is loaded against the published figures")
    status = actions.add_parser("status", help="which data the Explore page shows")
    remove = actions.add_parser("remove", help="delete what is loaded, and go back to the stand-in")
    for name, action in {
        "fetch": fetch, "load": load, "check": check, "status": status, "remove": remove,
    }.items():  # fmt: skip
        action.add_argument("data_set", metavar="SET", choices=("butter-e",), help="butter-e")
        add_json(action)
        action.set_defaults(run=f"data.{name}")
