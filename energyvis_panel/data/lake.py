"""A lake of runs: what is in it, and the answers of the questions in ``sql/runs`` about it."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from energyvis_panel.data.data_dictionary import empty_table
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake_checks import DamagedFile, Stamp
from energyvis_panel.data.lake_damage import beyond_calendar
from energyvis_panel.data.lake_listing import LakeLister, LakeListing, RunFiles
from energyvis_panel.errors import DatasetError, QueryCancelled, QueryError, QueryOverLimit

STALE_AFTER = timedelta(seconds=60)
ATTEMPTS = 8
PAUSE_S = 0.05
FILE_PARAMETERS = ("samples", "epochs", "spans", "totals")
MACROS = ("lake/make_counted_samples", "lake/make_counted_spans", "lake/make_run_totals")


@dataclass(frozen=True, slots=True)
class LakeStatus:
    """State of a lake for people: how much is in it, when it was last heard of, what was left out.

    ``last_sign_age_s`` is None for a lake without runs. ``is_stale`` says that a run claims to be active, yet
    gave no sign of life for a minute.
    """

    path: Path
    exists: bool
    runs: int
    active: int
    stale: int
    last_sign_at: datetime | None
    last_sign_age_s: float | None
    damaged: tuple[DamagedFile, ...]

    @property
    def is_stale(self) -> bool:
        """Whether a run that should give signs of life does not."""
        return self.stale > 0


class Lake:
    """Reads one lake. Safe to share between threads; nothing in the lake is ever changed.

    Parameters
    ----------
    gateway
        Where questions are asked.
    path
        Folder of the lake; it need not exist.

    """

    def __init__(self, gateway: Gateway, path: Path) -> None:
        self.gateway = gateway
        self.path = path
        self._lister = LakeLister(path)
        self._lock = threading.Lock()
        for macro in MACROS:
            gateway.run(macro)

    @property
    def deep_damage(self) -> dict[str, tuple[Stamp, str]]:
        """Files of which only reading through has shown the damage, with the reason."""
        return self._lister.checks.deep

    def listing(self) -> LakeListing:
        """What the lake holds now."""
        with self._lock:
            return self._lister.listing()

    def status(self, now: datetime) -> LakeStatus:
        """State of the lake at ``now``."""
        listing = self.listing()
        facts = [run.facts for run in listing.runs.values()]
        active = [f for f in facts if not f.is_final]
        last = max((f.last_sign_at for f in facts), default=None)
        return LakeStatus(
            path=self.path,
            exists=self.path.is_dir(),
            runs=len(facts),
            active=len(active),
            stale=sum(now - f.heartbeat_at > STALE_AFTER for f in active),
            last_sign_at=last,
            last_sign_age_s=(now - last).total_seconds() if last else None,
            damaged=listing.damaged,
        )

    def run(self, run: str) -> RunFiles:
        """Files and facts of the run with this id, or with an id that alone begins so.

        Raises
        ------
        DatasetError
            If there is no such run, or several.

        """
        runs = self.listing().runs
        if run in runs:
            return runs[run]
        matching = [run_id for run_id in runs if run and run_id.startswith(run.upper())]
        if not matching:
            raise DatasetError(
                f"There is no run {run!r} in the lake {self.path}. List them with `energyvis profiles`."
            )
        if len(matching) > 1:
            raise DatasetError(
                f"{len(matching)} runs in the lake {self.path} begin with {run!r}. Give more of the id."
            )
        return runs[matching[0]]

    def all_runs(self, now: datetime) -> pa.Table:
        """Rows of ``runs/all_runs``, newest first.

        Raises
        ------
        DatasetError
            If the lake cannot be read.

        """
        return self.ask("runs/all_runs", now=now)

    def ask(
        self, question: str, *, run_id: str | None = None, token: object = None, **params: object
    ) -> pa.Table:
        """Answer of a question whose parameters are files of the lake (see :func:`lake_files`) and others.

        A file that vanishes between listing and reading has been compacted: the lake is listed again. A file
        that cannot be decoded is left out, and named in the next status.

        Parameters
        ----------
        question
            Path below ``sql/`` without ending.
        run_id
            Whole id of the run that the files are limited to; all runs by default.
        token
            As for :meth:`Gateway.ask`.
        params
            Values for the question's other ``$names``.

        Raises
        ------
        DatasetError
            If the files change faster than they can be read, or there is no such run.
        QueryError
            If DuckDB refuses the question for another reason than its files.

        """
        wanted = self.gateway.parameters(question)
        failure: QueryError | None = None
        for attempt in range(ATTEMPTS):
            time.sleep(attempt * PAUSE_S)
            files = lake_files(self.listing(), run_id)
            bound = {name: value for name, value in files.items() if name in wanted}
            try:
                return self._asked(question, token, {**params, **bound})
            except (QueryCancelled, QueryOverLimit):
                raise
            except QueryError as error:
                failure = error
                paths = [path for name in FILE_PARAMETERS for path in bound.get(name, ())]
                # Once more, since a listing in another thread may have taken note of a replaced file by now.
                if not self._some_file_failed(paths) and attempt:
                    raise
        raise DatasetError(
            f"The lake {self.path} changes faster than it can be read. Try again in a moment."
        ) from failure

    def _asked(self, question: str, token: object, params: dict[str, object]) -> pa.Table:
        answer = self.gateway.ask(question, token=token, **params)
        if columns := beyond_calendar(answer):
            raise QueryError(question, params, f"its {columns[0]!r} is a time outside of the calendar")
        return answer

    def _some_file_failed(self, paths: Iterable[str]) -> bool:
        """Whether a file is gone, replaced or not to be decoded; the last is left out of later listings."""
        checks = self._lister.checks
        files = [Path(path) for path in paths]
        with self._lock:
            if any(not checks.is_current(file) for file in files):
                return True
            try:
                return any([not checks.read_through(file) for file in files])  # noqa: C419 - find every bad file at once
            except FileNotFoundError:  # gone, and forgotten by a listing in another thread
                return True


def lake_files(listing: LakeListing, run_id: str | None) -> dict[str, list[str]]:
    """Values of ``$runs``, ``$samples``, ``$epochs``, ``$spans`` and ``$totals``: of one run, or of all.

    Where all runs are asked for, the samples of runs in a rollup are left out: the rollup has their sums.

    Raises
    ------
    DatasetError
        If there is no such run.

    """
    if run_id is not None and run_id not in listing.runs:
        raise DatasetError(f"There is no run {run_id!r} in the lake. It may have been removed.")
    runs = [listing.runs[run_id]] if run_id is not None else list(listing.runs.values())
    read = [run for run in runs if run_id is not None or run.facts.run_id not in listing.rolled_up]
    totals = listing.totals if run_id is None else ()
    return {
        "runs": [run.facts.model_dump_json() for run in runs],
        "samples": table_files("samples", (path for run in read for path in run.samples)),
        "epochs": table_files("epochs", (path for run in read for path in run.epochs)),
        "spans": table_files("spans", (path for run in runs for path in run.spans)),
        "totals": table_files("run_totals", totals),
    }


def table_files(table: str, paths: Iterable[Path]) -> list[str]:
    """Paths as DuckDB takes them, with the empty table first: an empty list would be an error."""
    return [str(empty_table(table)), *map(str, paths)]
