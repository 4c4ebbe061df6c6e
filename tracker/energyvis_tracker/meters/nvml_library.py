"""NVML, the library of the NVIDIA driver: found, initialised, and asked so that only one error can come out.

Facts: NVML API reference (nvmlInit_v2, nvmlReturn_t). An initialisation belongs to one process, so a child
that was forked needs its own. `pynvml` is the module of the distribution nvidia-ml-py.
"""

import contextlib
import ctypes
import os
import sys
from collections.abc import Mapping
from typing import Any

from energyvis_tracker.errors import DeviceUnavailable

SONAME = "libnvidia-ml.so.1"
SETTING = "ENERGYVIS_NVML_LIBRARY"
# nvmlReturn_t
NOT_SUPPORTED = 3
NO_PERMISSION = 4
DRIVER_NOT_LOADED = 9
LIBRARY_NOT_FOUND = 12
FUNCTION_NOT_FOUND = 13
GPU_IS_LOST = 15
VERSION_MISMATCH = 18
ARGUMENT_VERSION_MISMATCH = 25
DEPRECATED = 26
UNKNOWN = 999
# The same answer at every later call, and the answers of a driver that is gone or was replaced.
FOR_GOOD = frozenset(
    {NOT_SUPPORTED, NO_PERMISSION, FUNCTION_NOT_FOUND, ARGUMENT_VERSION_MISMATCH, DEPRECATED}
)
DRIVER_GONE = frozenset({DRIVER_NOT_LOADED, VERSION_MISMATCH})
REMEDIES = {
    NO_PERMISSION: "this user may not open /dev/nvidia*: join the group that owns it "
    "(ls -l /dev/nvidiactl), in a container pass the devices on",
    DRIVER_NOT_LOADED: "load it with sudo modprobe nvidia, after which nvidia-smi lists the GPUs",
    LIBRARY_NOT_FOUND: "install the NVIDIA driver; in a container start it with --gpus all; where the "
    f"library lies elsewhere name the file in {SETTING} (WSL: /usr/lib/wsl/lib/{SONAME})",
    GPU_IS_LOST: "it has fallen off the bus: see dmesg for its Xid, then reset it or restart the machine",
    VERSION_MISMATCH: "the driver was updated while the old one is still loaded: restart the machine, "
    "or unload and load the module nvidia",
}


class NvmlRefused(Exception):  # noqa: N818 - an answer of the library, named as one
    """NVML answered with an error.

    Parameters
    ----------
    code
        The nvmlReturn_t.
    text
        What it means, in NVML's words.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code

    @property
    def is_for_good(self) -> bool:
        """Return whether the same call will be refused every time."""
        return self.code in FOR_GOOD

    @property
    def reason(self) -> str:
        """Return what was refused and, where one is known, the remedy."""
        remedy = REMEDIES.get(self.code)
        return f"NVML says {self}" + (f": {remedy}" if remedy else "")


class NvmlLibrary:
    """The initialised library.

    Handles belong to one initialisation: whoever keeps one compares `generation` before using it.

    Raises
    ------
    NvmlRefused
        If NVML cannot be initialised.
    """

    def __init__(self, module: Any) -> None:
        self.module = module
        mismatch = getattr(module, "NVMLLibraryMismatchError", module.NVMLError)
        # A board's name can hold bytes that are no UTF-8, which pynvml decodes (seen under WSL).
        self.errors = (module.NVMLError, mismatch, AttributeError, UnicodeDecodeError)
        self.generation = 0
        self.pid = 0
        self.initialise()

    def initialise(self) -> None:
        """Initialise NVML in this process; handles from before are void."""
        self.pid = os.getpid()
        self.generation += 1
        self.ask("nvmlInit")

    def initialise_after_fork(self) -> None:
        """Initialise NVML where this process is not the one that did it last."""
        if os.getpid() != self.pid:
            self.initialise()

    def restart(self) -> None:
        """Shut NVML down and initialise it again, which finds a driver that was loaded anew."""
        with contextlib.suppress(NvmlRefused):  # it may be down already, which is what was wanted
            self.ask("nvmlShutdown")
        self.initialise()

    def ask(self, function: str, *arguments: Any) -> Any:
        """Return what the function of this name answers.

        Raises
        ------
        NvmlRefused
            If it answers with an error, whatever pynvml makes of that.
        """
        try:
            return getattr(self.module, function)(*arguments)
        except self.errors as error:
            code = FUNCTION_NOT_FOUND if isinstance(error, AttributeError) else UNKNOWN
            if isinstance(error, self.module.NVMLError):
                code = error.value
            raise NvmlRefused(code, str(error)) from error


def load_pynvml(environ: Mapping[str, str]) -> Any:
    """Return the module pynvml, which is imported only where the driver's library is there.

    Raises
    ------
    DeviceUnavailable
        If the library or the module is missing.
    """
    path = environ.get(SETTING)
    if path or sys.platform != "win32":  # on Windows pynvml knows the two places where it can lie
        try:
            # Known by its SONAME once it is loaded, so pynvml finds the same file under the usual name.
            ctypes.CDLL(path or SONAME, mode=ctypes.RTLD_GLOBAL)
        except OSError as error:
            where = f"{SETTING} names {path}, which cannot be loaded" if path else "no NVIDIA driver here"
            raise DeviceUnavailable(f"{where} ({error}): {REMEDIES[LIBRARY_NOT_FOUND]}") from error
    try:
        import pynvml  # noqa: PLC0415 - 20 ms and 5 MB, only for machines with an NVIDIA driver
    except ImportError as error:
        raise DeviceUnavailable("pynvml is missing: pip install nvidia-ml-py") from error
    return pynvml
