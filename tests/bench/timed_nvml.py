"""The fake NVML of the tests, and what it costs: so that a bench can take its part away from the sampler's.

A bench copies this file into a folder as `pynvml.py` and puts that first on the path of the sampler, with
`TIMED_NVML_FAKE` naming the file of the fake, `FAKE_NVML_STATE` the driver's and `TIMED_NVML_REPORT` where
calls and their processor time go when the process ends. The driver is loaded once: boards stay as they are.
"""

import atexit
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

_SPEC = importlib.util.spec_from_file_location("fake_nvml", os.environ["TIMED_NVML_FAKE"])
assert _SPEC is not None
assert _SPEC.loader is not None
_FAKE = importlib.util.module_from_spec(_SPEC)
sys.modules["fake_nvml"] = _FAKE  # dataclasses look their module up
_START_NS = time.thread_time_ns()
_SPEC.loader.exec_module(_FAKE)
_NVML = _FAKE.FakeNvml(_FAKE.Driver.load(Path(os.environ["FAKE_NVML_STATE"])))
_SPENT_NS = {"load": time.thread_time_ns() - _START_NS, "calls": 0}
_CALLS = {"calls": 0}


def __getattr__(name: str) -> Any:
    """Return what the fake has by this name; of a function, one that counts its time."""
    value = getattr(_NVML, name)
    if not name.startswith("nvml") or not callable(value):
        return value

    def timed(*arguments: Any) -> Any:
        _CALLS["calls"] += 1
        start_ns = time.thread_time_ns()
        try:
            return value(*arguments)
        finally:
            _SPENT_NS["calls"] += time.thread_time_ns() - start_ns

    globals()[name] = timed
    return timed


def report() -> None:
    """Write how many calls there were, and the processor seconds of loading the fake and of its calls."""
    figures = {
        "calls": _CALLS["calls"],
        "load_s": _SPENT_NS["load"] / 1e9,
        "calls_s": _SPENT_NS["calls"] / 1e9,
    }
    Path(os.environ["TIMED_NVML_REPORT"]).write_text(json.dumps(figures))


atexit.register(report)
