"""Settings of the program, from the environment variables ``ENERGYVIS_*``, checked before anything starts."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from energyvis_panel.domain.live_hosts import LOOPBACK, HostRule, host_rules
from energyvis_panel.errors import SettingsError

AMOUNT = re.compile(r"[1-9]\d{0,5}(\.\d+)?\s?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)")
SECONDS = re.compile(r"\d{1,5}(\.\d{1,3})?")
DAY_S = 86_400
MOST_THREADS = 256
LONGEST_QUESTION_S = 60.0
MOST_SPILL = "10GB"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie, and how much of the machine may be used.

    Parameters
    ----------
    lake
        Folder of the lake (``ENERGYVIS_LAKE``); it need not exist yet.
    cache
        Folder for what can be made or fetched again (``ENERGYVIS_CACHE``).
    butter_e
        Parquet file of BUTTER-E runs instead of the shipped stand-in (``ENERGYVIS_BUTTER_E``).
    threads
        How many threads one question may use (``ENERGYVIS_THREADS``); None = as many as there are cores.
    memory_limit
        Most memory of the database in DuckDB's spelling (``ENERGYVIS_MEMORY_LIMIT``); None = DuckDB's choice.
    question_limit_s
        Longest that one question may take (``ENERGYVIS_QUESTION_LIMIT``, in seconds); None, written
        as 0, = as long as it needs.
    spill_limit
        Most room on disk, below the cache, for what does not fit the memory (``ENERGYVIS_SPILL_LIMIT``).
    live_hosts
        Hosts on which runs may be followed over their live URLs (``ENERGYVIS_LIVE_HOSTS``).

    """

    lake: Path
    cache: Path
    butter_e: Path | None = None
    threads: int | None = None
    memory_limit: str | None = None
    question_limit_s: float | None = LONGEST_QUESTION_S
    spill_limit: str = MOST_SPILL
    live_hosts: tuple[HostRule, ...] = LOOPBACK


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment, the process's own by default.

    Raises
    ------
    SettingsError
        If a variable holds something that cannot be used.

    """
    environ = os.environ if environ is None else environ
    return Settings(
        lake=folder(
            environ.get("ENERGYVIS_LAKE"),
            base(environ, "XDG_DATA_HOME", ".local/share") / "lake",
            "ENERGYVIS_LAKE",
        ),
        cache=folder(
            environ.get("ENERGYVIS_CACHE"), base(environ, "XDG_CACHE_HOME", ".cache"), "ENERGYVIS_CACHE"
        ),
        butter_e=parquet_file(environ.get("ENERGYVIS_BUTTER_E")),
        threads=thread_count(environ.get("ENERGYVIS_THREADS")),
        memory_limit=amount(environ, "ENERGYVIS_MEMORY_LIMIT"),
        question_limit_s=seconds(environ, "ENERGYVIS_QUESTION_LIMIT", LONGEST_QUESTION_S) or None,
        spill_limit=amount(environ, "ENERGYVIS_SPILL_LIMIT") or MOST_SPILL,
        live_hosts=live_hosts(environ.get("ENERGYVIS_LIVE_HOSTS")),
    )


def base(environ: Mapping[str, str], variable: str, fallback: str) -> Path:
    """The program's folder below a base folder of the XDG rules, which say to ignore a relative path."""
    named = Path(environ.get(variable, ""))
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    return (named if named.is_absolute() else home / fallback) / "energyvis"


def folder(named: str | None, default: Path, variable: str) -> Path:
    """A folder that exists or can be made; the tracker finds the lake by the same rule."""
    path = (Path(named).expanduser() if named else default).absolute()
    for place in (path, *path.parents):
        try:
            if place.is_dir():
                return path
            if place.exists():
                raise SettingsError(f"{variable} is {path}, but {place} is a file. Name a folder.")
        except PermissionError as error:
            raise SettingsError(f"{variable} is {path}, but {place} may not be read. Allow it.") from error
    return path


def parquet_file(named: str | None) -> Path | None:
    """A Parquet file that exists."""
    if not named:
        return None
    path = Path(named).expanduser().absolute()
    if not path.is_file():
        raise SettingsError(f"ENERGYVIS_BUTTER_E is {path}, but there is no such file. Name a Parquet file.")
    return path


def thread_count(text: str | None) -> int | None:
    """A number of threads."""
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= MOST_THREADS:
        raise SettingsError(f"ENERGYVIS_THREADS is {text!r}. Give a whole number from 1 to {MOST_THREADS}.")
    return int(text)


def amount(environ: Mapping[str, str], variable: str) -> str | None:
    """An amount of memory or of disk, in DuckDB's spelling."""
    text = environ.get(variable)
    if not text:
        return None
    if not AMOUNT.fullmatch(text):
        raise SettingsError(f'{variable} is {text!r}. Give an amount with its unit, e.g. "4GB".')
    return text


def seconds(environ: Mapping[str, str], variable: str, default_s: float) -> float:
    """A length of time, from 0 to a day."""
    text = environ.get(variable)
    if not text:
        return default_s
    if not SECONDS.fullmatch(text) or float(text) > DAY_S:
        raise SettingsError(f"{variable} is {text!r}. Give a number of seconds from 0 to {DAY_S}, e.g. 30.")
    return float(text)


def live_hosts(text: str | None) -> tuple[HostRule, ...]:
    """Hosts on which runs may be followed; this machine alone where none is named."""
    if not text:
        return LOOPBACK
    try:
        return host_rules(text)
    except ValueError as error:
        raise SettingsError(
            f'ENERGYVIS_LIVE_HOSTS {error}. Name hosts and ports, e.g. "127.0.0.1, node17:9477".'
        ) from None
