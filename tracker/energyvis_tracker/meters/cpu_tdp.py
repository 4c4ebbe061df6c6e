"""The thermal design power of CPU models, from the table beside this file, and of this machine.

The table is made by datasets/build/tracker_cpu_tdp.py.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("cpu_tdp.csv")
# An assumption, used only for a CPU whose TDP nobody gave. Published TDP by hardware thread: EPYC 9654 1.9 W,
# EPYC 7763 2.2 W, Xeon 8480+ 3.1 W, Core i7-12700 3.3 W, Xeon 6248 3.8 W, Ryzen 7950X 5.3 W.
DEFAULT_TDP_PER_PROCESSOR_W = 3.5
HOW_TO_SET = "set ENERGYVIS_CPU_TDP_W"

# What processors and their drivers add to the name under which they are sold.
NOISE = re.compile(
    r"\((?:r|tm|c)\)|[®™©]"
    r"|@.*"
    r"|\b(?:with|radeon)\b.*|\bw/.*"
    r"|^\d+th gen (?=intel\b)"
    r"|\b(?:\d+|dual|triple|quad|six|eight|twelve|sixteen)-cores?\b"
    r"|\b(?:processor|cpu)\b"
)
CORES_IN_NAME = re.compile(r"\b(\d+)-cores?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tdp:
    """Thermal design power of one chip; `threads` is none where the table does not say."""

    tdp_w: float
    threads: int | None
    source: str


@dataclass(frozen=True, slots=True)
class MachineTdp:
    """Thermal design power of all that a machine shows of its CPUs, and where that comes from."""

    tdp_w: float
    origin: str


def model_key(name: str) -> str:
    """Return what is left of a model name when spelling is set aside: small letters and digits.

    A plus tells chips apart, so it is spelled out. The key is empty where the name holds no model number.
    """
    plain = NOISE.sub(" ", name.lower()).replace("+", " plus ")
    key = re.sub(r"[^a-z0-9]+", "", plain)
    return key if re.search(r"\d", key) else ""


def known_tdp(model: str, table: Path = TABLE) -> Tdp | None:
    """Return the TDP of a CPU that calls itself `model`, or none where the table does not have it."""
    key = model_key(model)
    if not key:
        return None
    try:
        text = table.read_text(encoding="utf-8")
    except OSError:
        return None
    # Only the one line is taken apart, a hundredth of the time that the whole table takes.
    start = text.find(f"\n{key},") + 1
    if not start:
        return None
    columns, row = csv.reader((text[: text.index("\n")], text[start : text.index("\n", start)]))
    entry = dict(zip(columns, row, strict=True))
    threads = int(entry["threads"]) if entry["threads"] else threads_in(model)
    return Tdp(float(entry["tdp_w"]), threads, entry["source"])


def threads_in(model: str) -> int | None:
    """Return the threads of a chip that states its cores in its name, or none.

    AMD writes "64-Core" into the names of its Zen chips; all of them with EPYC in their name run two
    threads a core.
    """
    cores = CORES_IN_NAME.search(model)
    return 2 * int(cores[1]) if cores and "EPYC" in model else None


def machine_tdp(model: str, processors: int, sockets: int, virtual: bool) -> MachineTdp:
    """Return the TDP of a machine that shows so many processors in so many sockets.

    A virtual machine shows a part of a chip, in sockets that mean nothing: its part of the TDP is that of
    its processors in the chip's threads. Where the threads are not known, its processors count like those
    of an unknown CPU.
    """
    found = known_tdp(model)
    assumed = f"{DEFAULT_TDP_PER_PROCESSOR_W} W x {processors} processors assumed; {HOW_TO_SET}"
    default = MachineTdp(DEFAULT_TDP_PER_PROCESSOR_W * processors, assumed)
    if found is None:
        return default
    chip = f"{found.tdp_w:g} W for {model} by {found.source}"
    if not virtual:
        counted = f", x {sockets} sockets" if sockets > 1 else ""
        return MachineTdp(found.tdp_w * sockets, chip + counted)
    if found.threads is None:
        return MachineTdp(default.tdp_w, f"part of a chip with unknown threads: {assumed}")
    part = f", x {processors} of {found.threads} threads in this virtual machine"
    return MachineTdp(found.tdp_w * processors / found.threads, chip + part)
