"""Facts about this machine's processors."""

import os
from pathlib import Path


def cpu_model(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the model name of the CPU, or an empty text where the system does not say."""
    try:
        with cpuinfo.open(encoding="utf-8", errors="replace") as lines:
            # The first processor's block is enough, and on 256 processors much faster than all of them.
            for line in lines:
                key, _, value = line.partition(":")
                if key.strip() in {"model name", "Model", "cpu model"}:
                    return " ".join(value.split())
                if not line.strip():
                    break
    except OSError:
        pass
    return ""


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
