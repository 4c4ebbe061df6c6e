"""The same counters read by pyRAPL (extra `pyrapl`): `ENERGYVIS_RAPL_BACKEND=pyrapl`.

pyRAPL 0.2.3.1 finds its zones by socket, so it stops at a gap in their numbers, at dies and at an offline
processor, and fails where one package has no DRAM. It is therefore given one zone after the other, found by
`powercap`. It does not unwrap; that is done here as for our own reader. Its files share their offset with a
forked process, so each process opens its own.
"""

import importlib
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, cast

from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.powercap import Zone
from energyvis_tracker.meters.rapl import RaplMeter, powercap_root

# Only its exporters use them, which nobody needs here; pandas costs 80 MB and half a second.
LEFT_OUT = ("pandas", "pymongo")


def pyrapl_meter(model: str, monotonic_ns: Callable[[], int], environ: Mapping[str, str]) -> RaplMeter:
    """Return a meter with the devices of `RaplMeter`, each read by pyRAPL.

    Raises
    ------
    DeviceUnavailable
        If pyRAPL cannot be imported.
    """
    try:
        pyrapl = import_pyrapl()
    except ImportError as error:
        raise DeviceUnavailable(
            f"ENERGYVIS_RAPL_BACKEND is pyrapl, but {error}: pip install 'energyvis-panel[pyrapl]'"
        ) from error
    api = zone_api(pyrapl)
    note = f"read through pyRAPL {getattr(pyrapl, '__version__', '')}".strip()
    return RaplMeter(
        powercap_root(environ),
        model,
        monotonic_ns,
        open_counter=lambda zone: PyRaplCounter(lambda: api(zone)),
        note=note,
    )


def import_pyrapl() -> Any:
    """Return the module pyRAPL, imported without the traces that it leaves in logging and in memory.

    Raises
    ------
    ImportError
        If it is not installed, or does not import here.
    """
    with silent_root_logger(), absent_modules(LEFT_OUT):
        return importlib.import_module("pyRAPL")


@contextmanager
def silent_root_logger() -> Iterator[None]:
    """Keep pyRAPL from setting up the root logger, and its remarks about exporters out of the log.

    `logging.warning` installs a handler where the root logger has none (the logging documentation), so it
    is given one meanwhile.
    """
    root, placeholder = logging.getLogger(), logging.NullHandler()
    before = list(root.handlers)

    def is_not_of_pyrapl(record: logging.LogRecord) -> bool:
        return "pyRAPL" not in record.pathname

    root.addHandler(placeholder)
    root.addFilter(is_not_of_pyrapl)
    try:
        yield
    finally:
        root.removeFilter(is_not_of_pyrapl)
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)


@contextmanager
def absent_modules(names: tuple[str, ...]) -> Iterator[None]:
    """Let imports of `names` fail, except of those that are loaded already.

    A module that is None in `sys.modules` is not found (The Python Language Reference, The module cache).
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden, cast("Any", None)))
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


def zone_api(pyrapl: Any) -> Callable[[Zone], Any]:
    """Return pyRAPL's reader of energy, made for one zone of ours in place of the sockets that it finds."""

    class ZoneApi(pyrapl.PkgAPI):  # type: ignore[misc] # pyRAPL has no types
        """Holds one file, which counts as that of socket 0."""

        def __init__(self, zone: Zone) -> None:
            # pyRAPL's own __init__ looks for sockets, and cannot do so where a processor is offline.
            self.zone = zone
            self._socket_ids = [0]
            self._sys_files = self._open_rapl_files()

        def _get_socket_directory_names(self) -> list[tuple[str, int]]:
            return [(str(self.zone.path), 0)]

        def close(self) -> None:
            """Close the file, which pyRAPL leaves open."""
            for file in self._sys_files:
                with suppress(OSError):
                    file.close()

    return ZoneApi


class PyRaplCounter:
    """One counter, opened anew in a forked process and after an error."""

    def __init__(self, open_api: Callable[[], Any]) -> None:
        self.open_api = open_api
        self.api: Any = None
        self.pid = 0

    def number(self) -> int | None:
        """Return the counter in microjoules, or none where it does not answer."""
        if self.pid != os.getpid():
            self.close()
        try:
            if self.api is None:
                self.api, self.pid = self.open_api(), os.getpid()
            # pyRAPL says joules, and returns the file's microjoules as a float, which holds them exactly.
            (energy_uj,) = self.api.energy()
        except (OSError, ValueError):
            self.close()
            return None
        return int(energy_uj) if energy_uj >= 0 else None

    def close(self) -> None:
        """Let go of the file."""
        if self.api is not None:
            self.api.close()
        self.api = None

    def __del__(self) -> None:
        self.close()
