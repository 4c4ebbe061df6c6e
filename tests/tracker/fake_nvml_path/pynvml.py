"""Poses as pynvml in the processes that a test starts; FAKE_NVML_STATE names the file of the driver."""

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

_SPEC = importlib.util.spec_from_file_location("fake_nvml", Path(__file__).parents[1] / "fake_nvml.py")
assert _SPEC is not None
assert _SPEC.loader is not None
_FAKE = importlib.util.module_from_spec(_SPEC)
sys.modules["fake_nvml"] = _FAKE  # dataclasses look their module up
_SPEC.loader.exec_module(_FAKE)
_NVML = _FAKE.FakeNvml(Path(os.environ[_FAKE.STATE_FILE]))


def __getattr__(name: str) -> Any:
    return getattr(_NVML, name)
