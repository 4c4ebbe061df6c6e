"""On which node the synthetic runs took place, when, and what they drew."""

import numpy as np
from butter_e_standin_figures import CORE_DEPTHS_END, CORE_SHAPES, LEAST_POWER_W, NODE_TYPES
from butter_e_standin_settings import Columns

RUNS_PER_JOB = 12
HOT_SHARE_W = 2.0
"""What the hot ones add to the median of all; the published median of a node type includes them."""
HOT_W = {22: 38.0, 23: 60.0, 24: 88.0}
"""What GPU nodes draw above their usual band, by exponent of the network size."""

# First and last start by batch; of the outer bounds, 2022-09-23 01:03:23 and 2022-11-04 19:24 are published.
WINDOWS = {
    "energy_1": ("2022-09-23T01:03:24", "2022-10-06T00:00:00"),
    "energy_2_cpu": ("2022-09-24T00:00:00", "2022-10-12T00:00:00"),
    "energy_3_cpu_extra_depths": ("2022-10-10T00:00:00", "2022-10-22T00:00:00"),
    "energy_4_cpu_extra_shapes": ("2022-10-18T00:00:00", "2022-11-02T00:00:00"),
    "energy_5_gpu_extra_depths": ("2022-10-12T00:00:00", "2022-10-26T00:00:00"),
    "energy_5_gpu_extra_shapes": ("2022-10-22T00:00:00", "2022-11-04T19:24:00"),
    "optimizer_energy_1_cpu": ("2022-11-08T00:00:00", "2022-11-24T00:00:00"),
}


def place(rng: np.random.Generator, hardware: str, runs: Columns) -> None:
    """Add start, job, node and node type: a job holds a dozen runs one after another on one node."""
    count = len(runs["batch"])
    bounds = np.array([WINDOWS[name] for name in runs["batch"]], dtype="datetime64[us]").astype(np.int64)
    started = bounds[:, 0] + (rng.random(count) * (bounds[:, 1] - bounds[:, 0])).astype(np.int64)
    job = np.empty(count, np.int64)
    job[np.argsort(started)] = np.arange(count) // RUNS_PER_JOB
    types = list(NODE_TYPES[hardware])
    shares = np.array([row[0] for row in NODE_TYPES[hardware].values()])
    jobs = int(job.max(initial=0)) + 1
    kind = rng.choice(types, jobs, p=shares / shares.sum())
    nodes = np.array([node_name(rng, name) for name in kind])
    runs["started_at"], runs["slurm_job_id"] = started, 10_296_440 + 2 * job + (hardware == "GPU node")
    runs["node"], runs["node_type"] = nodes[job], kind[job]


def node_name(rng: np.random.Generator, kind: str) -> str:
    """Host name drawn from the racks that hold this node type."""
    rack, unit = rng.choice([1, 2, 3, 4, 5, 6]), rng.choice(np.arange(36))
    match kind:
        case "cpu1":
            return f"r{rack}i{rng.integers(8)}n{unit}"
        case "cpu2":
            return f"r{rng.choice([7, 9])}i{rng.integers(8)}n{unit}"
        case "cpu3":
            return f"r102u{1 + unit % 35:02d}"
        case "cpu4":
            return f"r103u{25 + unit % 10:02d}"
        case "gpu1":
            return f"r{rng.choice([104, 105])}u{1 + 2 * rng.integers(19):02d}"
        case _:
            return f"r103u{1 + 2 * rng.integers(10):02d}"


def standardised_power_w(
    rng: np.random.Generator, hardware: str, runs: Columns, std_energy_j: np.ndarray
) -> np.ndarray:
    """Standardised power in W: CPU rising with length, GPU in a narrow band until 2^22 parameters."""
    count = len(std_energy_j)
    centre = np.array([NODE_TYPES[hardware][kind][2] for kind in runs["node_type"]])
    if hardware == "CPU node":
        length = np.log(std_energy_j)
        rank = (length - np.median(length)) / max(length.std(), 1e-9)
        # The shortest published run drew 252 W: below about 100 kJ waiting weighs more than work.
        waiting = 60.0 * np.clip((11.5 - length) / 1.2, 0, 1)
        power = centre + 11.0 * rank - waiting + rng.normal(0, 19.0, count)
        return np.clip(power, LEAST_POWER_W, 400.0)
    hot = np.select([runs["exponent"] == exponent for exponent in HOT_W], list(HOT_W.values()))
    usual = centre - HOT_SHARE_W + hot
    return np.clip(usual + rng.normal(0, 9.5, count) * (1 + 0.8 * (hot > 0)), 390.0, 550.0)


def batch_names(hardware: str, shape: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Name of the batch in which a setting was queued."""
    extra_shape = ~np.isin(shape, CORE_SHAPES)
    first, depths, shapes = {
        "CPU node": ("energy_2_cpu", "energy_3_cpu_extra_depths", "energy_4_cpu_extra_shapes"),
        "GPU node": ("energy_1", "energy_5_gpu_extra_depths", "energy_5_gpu_extra_shapes"),
    }[hardware]
    return np.select([extra_shape, depth > CORE_DEPTHS_END], [shapes, depths], first)
