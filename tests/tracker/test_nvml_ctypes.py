"""The real pynvml against a library of C functions: the structures of NVML are read as they are laid out."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

UUID = "GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77"
# The layouts and return codes are those of nvml.h; the energy grows by 1 kJ with each read.
SOURCE = """
#include <string.h>
typedef void *dev;
typedef unsigned long long u64;
typedef union { double d; unsigned u; } value;
typedef struct { unsigned id, scope; long long time, latency; int type, ret; value v; } field;
typedef struct { unsigned version; u64 total, reserved, free, used; } memory;
typedef struct { unsigned pid; u64 time; unsigned sm, mem, enc, dec; } sample;
static u64 energy_mj = 5000000;
int nvmlInitWithFlags(unsigned flags) { return 0; }
int nvmlSystemGetDriverVersion(char *text, unsigned size) { strncpy(text, "580.65.06", size); return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 1; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, dev *d) { *d = (dev)16; return 0; }
int nvmlDeviceGetHandleByUUID(const char *uuid, dev *d)
{ *d = (dev)16; return strcmp(uuid, "UUID") ? 6 : 0; }
int nvmlDeviceGetUUID(dev d, char *text, unsigned size)
{ strncpy(text, "UUID", size); return d == (dev)16 ? 0 : 2; }
int nvmlDeviceGetName(dev d, char *text, unsigned size)
{ strncpy(text, "NVIDIA A100-SXM4-40GB", size); return 0; }
int nvmlDeviceGetMigMode(dev d, unsigned *now, unsigned *next) { *now = *next = 0; return 0; }
int nvmlDeviceGetTotalEnergyConsumption(dev d, u64 *mj) { *mj = energy_mj += 1000000; return 0; }
int nvmlDeviceGetFieldValues(dev d, int n, field *f)
{ f->ret = f->id == 186 ? 0 : 3; f->v.u = 201000; return 0; }
int nvmlDeviceGetPowerManagementLimitConstraints(dev d, unsigned *low, unsigned *high)
{ *low = 100000; *high = 40000000; return 0; }
int nvmlDeviceGetUtilizationRates(dev d, unsigned *u) { u[0] = 88; u[1] = 10; return 0; }
int nvmlDeviceGetMemoryInfo_v2(dev d, memory *m) { m->used = 7; return m->version == 0x02000028 ? 0 : 25; }
int nvmlDeviceGetTemperature(dev d, int sensor, unsigned *c) { *c = sensor ? 0 : 55; return 0; }
int nvmlDeviceGetProcessUtilization(dev d, sample *s, unsigned *n, u64 since)
{
    if (!s) { *n = 2; return 7; }
    s[0] = (sample){100, since + 5, 30};
    s[1] = (sample){200, since + 5, 10};
    return 0;
}
const char *nvmlErrorString(int code) { return "an error"; }
""".replace('"UUID"', f'"{UUID}"')
PROGRAM = """
import json, os
from dataclasses import asdict
from energyvis_tracker.meters.gpu_process_share import GpuProcessShare
from energyvis_tracker.meters.nvml import NvmlMeter
times_ns = iter(range(0, 100_000_000_000, 1_000_000_000))
meter = NvmlMeter.from_environment(lambda: next(times_ns), os.environ)
devices = meter.select(None, None)
readings = [*meter.read(), *meter.read()]
print(json.dumps([*map(asdict, devices), *map(asdict, readings), GpuProcessShare(meter).shares([100])]))
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to make the library with")
def test_the_real_pynvml_reads_the_structures_of_the_library(run_job: Any, tmp_path: Path) -> None:
    library = tmp_path / "libnvidia-ml.so.1"
    name = f"-Wl,-soname,{library.name}"
    options = ["-w", "-shared", "-fPIC", name, "-x", "c", "-", "-o", str(library)]
    subprocess.run(["cc", *options], input=SOURCE, text=True, check=True)
    job = run_job(PROGRAM, env={"ENERGYVIS_NVML_LIBRARY": str(library)})
    assert job.returncode == 0, job.stderr
    device, first, second, shares = json.loads(job.stdout)
    assert (device["id"], device["model"], device["source"]) == (UUID, "NVIDIA A100-SXM4-40GB", "counter")
    assert (first["energy_j"], second["energy_j"], second["power_w"]) == (0.0, 1000.0, 1000.0)
    assert second["raw_counter"] == first["raw_counter"] + 1_000_000
    assert (second["reported_power_w"], second["residual_j"]) == (201.0, 799.0)
    assert (second["util_pct"], second["mem_used_bytes"], second["temp_c"]) == (88.0, 7, 55.0)
    assert shares == {UUID: 0.75}
