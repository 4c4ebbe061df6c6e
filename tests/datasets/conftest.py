import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
sys.path.insert(0, str(DATASETS / "build"))  # the build scripts are run, not installed


@pytest.fixture(scope="session")
def datasets() -> Path:
    return DATASETS


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as opened:
        yield opened
