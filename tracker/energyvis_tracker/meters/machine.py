"""Facts about this machine's processors."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def cpu_model(cpuinfo: Path = CPUINFO) -> str:
    """Return the model name of the CPU, or an empty text where the system does not say."""
    if sys.platform == "darwin":
        return macos_cpu_model()
    named = (value for key, value in first_processor(cpuinfo) if key in {"model name", "Model", "cpu model"})
    return " ".join(next(named, "").split())


def is_virtual(cpuinfo: Path = CPUINFO) -> bool:
    """Return whether a hypervisor says that it is there; only x86 processors can say so."""
    return any("hypervisor" in value.split() for key, value in first_processor(cpuinfo) if key == "flags")


def first_processor(cpuinfo: Path) -> Iterator[tuple[str, str]]:
    """Yield key and value of the first processor's lines; reading all of 256 processors takes far longer."""
    try:
        with cpuinfo.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if not line.strip():
                    return
                key, _, value = line.partition(":")
                yield key.strip(), value
    except OSError:
        return


def macos_cpu_model() -> str:
    """Return what sysctl(8) of macOS calls the CPU, or an empty text."""
    import subprocess  # noqa: PLC0415 - no other system needs it

    try:
        answer = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"],
            capture_output=True,
            text=True,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(answer.stdout.split())


def socket_count(cpus: Path = Path("/sys/devices/system/cpu")) -> int:
    """Return how many CPU packages the system shows, at least 1."""
    packages = set()
    for topology in cpus.glob("cpu[0-9]*/topology/physical_package_id"):
        try:
            packages.add(topology.read_text())
        except OSError:
            continue  # an offline processor has no topology
    return max(1, len(packages))


def processor_count() -> int:
    """Return the number of logical processors of the machine, whatever this process may use."""
    return os.cpu_count() or 1
