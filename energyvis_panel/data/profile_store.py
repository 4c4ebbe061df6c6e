"""Where energy profiles come from: the shipped ones, the runs of a lake, and files that users offer."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_parts import PartOfLake
from energyvis_panel.data.newest_runs import NewestLister
from energyvis_panel.data.one_run import lake_of_run
from energyvis_panel.data.profile_json import profile_to_json, read_profile
from energyvis_panel.data.run_profile import run_profile
from energyvis_panel.data.text_file import offered_file
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary, run_detail
from energyvis_panel.errors import DatasetError, ProfileError
from energyvis_panel.resources import resource_path

log = logging.getLogger(__name__)

MOST_INTERVALS = 100


def utc_now() -> datetime:
    """Current time."""
    return datetime.now(UTC)


class ProfileStore:
    """Profiles by id. Safe to share between threads and sessions.

    Parameters
    ----------
    lake
        Whose runs become profiles.
    profiles_dir
        Folder of the preloaded profiles; the shipped one by default.
    clock
        Tells the current time with its zone.
    most_runs
        How many runs :meth:`runs` tells of, the newest; all of them by default.
    kept_s
        How long what :meth:`runs` has read holds: many pages that open at once read the lake once.

    """

    def __init__(
        self,
        lake: Lake,
        profiles_dir: Path | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
        most_runs: int | None = None,
        kept_s: float = 0.0,
    ) -> None:
        self.lake = lake
        self._kept_s = kept_s
        self._runs: tuple[float, tuple[RunSummary, ...]] = (float("-inf"), ())
        self._most_runs = most_runs
        self._listed = (
            lake if most_runs is None else PartOfLake(lake, NewestLister(lake.path, most=most_runs))
        )
        self._profiles_dir = profiles_dir
        self._clock = clock
        self._preloaded: tuple[EnergyProfile, ...] | None = None

    def preloaded(self) -> tuple[EnergyProfile, ...]:
        """Shipped profiles by file name; a file that cannot be used is left out and logged."""
        if self._preloaded is None:
            folder = self._profiles_dir or resource_path("datasets/profiles")
            self._preloaded = tuple(
                profile for path in sorted(folder.glob("*.json")) if (profile := shipped_profile(path))
            )
        return self._preloaded

    def runs(self) -> tuple[RunSummary, ...]:
        """Runs of the lake, newest first.

        Raises
        ------
        DatasetError
            If the lake cannot be read.

        """
        read_s, runs = self._runs
        if time.monotonic() - read_s < self._kept_s:
            return runs
        read_s = time.monotonic()
        runs = tuple(
            RunSummary(
                row["run_id"],
                row["name"],
                row["state"],
                run_detail(row["user"], row["epochs_done"], row["epochs_planned"], row["energy_j"]),
            )
            for row in self._listed.all_runs(self._clock()).slice(0, self._most_runs).to_pylist()
        )
        self._runs = read_s, runs
        return runs

    def from_run(self, run_id: str) -> EnergyProfile:
        """Profile of the run with this id (or with the only id that begins so): epochs, or equal intervals.

        Raises
        ------
        DatasetError
            If there is no such run, or its files cannot be read.
        ProfileError
            If the run has no readings yet.

        """
        lake = lake_of_run(self.lake, run_id)
        facts = lake.run(run_id).facts
        whole_id = facts.run_id
        epochs = lake.ask("runs/epochs_of_run", run_id=whole_id).to_pylist()
        intervals = (
            [] if epochs else lake.ask("runs/intervals_of_run", run_id=whole_id, n=MOST_INTERVALS).to_pylist()
        )
        if not epochs and not intervals:
            raise ProfileError(
                f"The run {facts.name!r} has no readings yet, so there is no profile of it. "
                "Try again when its first samples are in the lake."
            )
        outside = lake.ask("runs/outside_of_run", run_id=whole_id).to_pylist()
        return run_profile(
            facts,
            epochs=epochs,
            intervals=intervals,
            outside=outside[0] if outside else None,
            sources=lake.ask("runs/sources_of_run", run_id=whole_id).to_pylist(),
        )

    def find(self, name: str) -> EnergyProfile:
        """Profile for what a user typed: a file's path, the id of a preloaded profile, or a run's id.

        Raises
        ------
        ProfileError
            If nothing is found under the name, or the file cannot be used.
        DatasetError
            If the lake cannot be read.

        """
        for profile in self.preloaded():
            if profile.id == name:
                return profile
        path = Path(name).expanduser()
        if path.suffix or path.is_file():
            return self.parse(offered_file(path), path.name)
        try:
            return self.from_run(name)
        except DatasetError as error:
            raise ProfileError(
                f"There is no profile {name!r}: no file, no preloaded profile, and no run in the lake "
                f"{self.lake.path}. List what there is with `energyvis profiles`."
            ) from error

    def parse(self, content: bytes, filename: str) -> EnergyProfile:
        """Profile in a file of any known tool; what was assumed stands in its provenance.

        Raises
        ------
        ProfileError
            If it holds no usable profile, or several.

        """
        found = read_import(content, filename)
        if len(found) > 1:
            raise ProfileError(
                f"{filename} holds {len(found)} profiles. Write each into a file of its own with "
                "`energyvis profile import FILE --out FOLDER`, then name one."
            )
        return found[0].profile

    def dump(self, profile: EnergyProfile) -> bytes:
        """File content for a profile, in our own format."""
        return profile_to_json(profile).encode()


def shipped_profile(path: Path) -> EnergyProfile | None:
    """Profile in a shipped file, or None where it cannot be used, which must not hide the others."""
    try:
        return read_profile(offered_file(path), path.name)[0]
    except ProfileError:
        log.exception("A preloaded profile is left out: %s", path)
        return None
