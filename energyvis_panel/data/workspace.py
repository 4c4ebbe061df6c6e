"""What all sessions of one process share: the database, the lake, the reference tables."""

import functools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.data.reference import equivalences, grid_intensity
from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.settings import Settings


@dataclass(slots=True, eq=False)
class Workspace:
    """One process's data. Reading is safe from any thread."""

    settings: Settings
    gateway: Gateway
    lake: Lake
    profiles: ProfileStore
    intensities: Mapping[str, CarbonIntensity]
    equivalences: tuple[Equivalence, ...]
    _butter_e: threading.Lock = field(default_factory=threading.Lock)
    _butter_e_loaded: bool = False

    def with_butter_e(self) -> Gateway:
        """The gateway, with the BUTTER-E runs loaded when they are first needed.

        Raises
        ------
        DatasetError
            If the runs cannot be loaded; the next call tries again.

        """
        with self._butter_e:
            if not self._butter_e_loaded:
                load_butter_e(self.gateway, self.settings.butter_e)
                self._butter_e_loaded = True
        return self.gateway


@functools.cache
def workspace(settings: Settings) -> Workspace:
    """The workspace for ``settings``, made once in a process."""
    gateway = Gateway(threads=settings.threads, memory_limit=settings.memory_limit)
    lake = Lake(gateway, settings.lake)
    return Workspace(
        settings=settings,
        gateway=gateway,
        lake=lake,
        profiles=ProfileStore(lake),
        intensities=default_intensities(gateway),
        equivalences=tuple(equivalences(gateway)),
    )


def default_intensities(gateway: Gateway) -> dict[str, CarbonIntensity]:
    """One intensity a region: direct emissions where they are known, else lifecycle; the latest year."""
    found: dict[str, CarbonIntensity] = {}
    for intensity in sorted(grid_intensity(gateway), key=lambda i: (i.scope != "direct", -(i.year or 0))):
        found.setdefault(intensity.region_id, intensity)
    return found
