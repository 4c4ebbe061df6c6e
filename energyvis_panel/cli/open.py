"""Opens what the commands work on."""

from collections.abc import Iterator
from contextlib import contextmanager

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.settings import load_settings


@contextmanager
def open_lake() -> Iterator[Lake]:
    """The lake that the settings name, with a gateway of its own."""
    settings = load_settings()
    with Gateway(threads=settings.threads, memory_limit=settings.memory_limit) as gateway:
        yield Lake(gateway, settings.lake)
