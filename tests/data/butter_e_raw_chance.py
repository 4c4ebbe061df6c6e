"""A raw BUTTER-E set drawn by chance, with every error and every quirk of the published one."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.butter_e_raw_fixture import OBSERVATIONS, RawSet, Sample, raw_run

NODES = {
    **{f"r1i0n{n}": "cpu1" for n in range(4)},
    **{f"r7i0n{n}": "cpu2" for n in range(3)},
    "r102u01": "cpu3",
    "r103u25": "cpu4",
    **{f"r104u0{n}": "gpu1" for n in (1, 3)},
    "r103u01": "gpu2",
}
IDLE_W = {"cpu1": 220, "cpu2": 230, "cpu3": 309, "cpu4": 388, "gpu1": 374, "gpu2": 403}
# Daylight time, the night on which the clock goes back, and winter.
STARTS = [datetime(2022, 10, 3, 5, tzinfo=UTC), datetime(2022, 11, 6, 5, tzinfo=UTC)]
STARTS.append(datetime(2022, 12, 1, 7, tzinfo=UTC))
SHAPES = ["rectangle", "trapezoid", "exponential", "wide_first_2x"]


def chance_set(seed: int) -> RawSet:
    """Some hundred runs over some dozen jobs."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    raw = RawSet(node_kinds=dict(NODES))
    # One node has no quantile, and one that has is not listed.
    raw.p2_w = {node: IDLE_W[kind] + rng.randint(-6, 6) for node, kind in NODES.items()} | {"e1": 100.0}
    del raw.p2_w["r1i0n3"]
    for number in range(48):
        add_job(raw, rng, 10_300_000 + number, STARTS[number % len(STARTS)])
    add_alike(raw, rng)
    add_hung(raw, rng)
    add_without_energy(raw)
    return raw


def add_job(raw: RawSet, rng: random.Random, job: int, begin: datetime) -> None:
    """Add a job on one node or two, with readings as they may be and runs all over them."""
    nodes = rng.sample(sorted(NODES), rng.choice([1, 1, 2]))
    begin += timedelta(seconds=rng.randint(0, 3600))
    minutes = rng.randint(200, 400)
    samples = readings(rng, nodes, begin, minutes)
    if rng.random() < 0.1:
        samples = []
    for _ in range(rng.randint(0, 4)):
        spoil(rng, samples)
    if rng.random() > 0.12:
        raw.jobs[job] = samples
    for node in nodes:
        for _ in range(rng.randint(3, 9)):
            # Some runs lie before or behind the readings, and some begin before the first one.
            first_s = rng.uniform(-200, minutes * 60 + 200) if rng.random() < 0.8 else rng.uniform(-59, 0)
            add_run(raw, rng, job, node, begin + timedelta(seconds=first_s), 10 ** rng.uniform(1.7, 4))


def readings(rng: random.Random, nodes: list[str], begin: datetime, minutes: int) -> list[Sample]:
    """One reading a minute and node, whose second moves; nodes one after the other, or by time."""
    late = 0
    rows: list[tuple[datetime, str, int]] = []
    for minute in range(minutes):
        late += rng.random() < 0.02
        moment = begin + timedelta(minutes=minute, seconds=-late)
        rows += [(moment, node, rng.randint(IDLE_W[NODES[node]], 600)) for node in nodes]
    if rng.random() < 0.5:
        rows.sort(key=lambda row: nodes.index(row[1]))
    return [*rows]


def spoil(rng: random.Random, samples: list[Sample]) -> None:
    """Take some readings out, or set some to 0 W."""
    if not samples:
        return
    first = rng.randrange(len(samples))
    if rng.random() < 0.4:
        del samples[first : first + rng.randint(1, 6)]
    else:
        moment, node, _ = samples[first]
        samples[first] = (moment, node, 0)


def add_run(raw: RawSet, rng: random.Random, job: int, node: str, started: datetime, seconds: float) -> None:
    """Add a run with settings by chance."""
    is_gpu = NODES[node].startswith("gpu")
    is_optimizer = rng.random() < 0.15
    is_small = rng.random() < 0.3
    started = started.replace(microsecond=rng.choice([0, rng.randrange(1_000_000)]))
    changes: dict[str, Any] = {
        "slurm_job_id": job,
        "host_name": node,
        "dataset": "505_tecator" if is_small else rng.choice(sorted(OBSERVATIONS)),
        "size": 2 ** rng.choice([5, 9, 10, 11, 16]),
        "depth": rng.choice([2, 2, 3, 4]),
        "shape": rng.choice(SHAPES),
        "old_experiment_id": rng.randint(1_876_157, 2_281_610),
        "is_gpu": int(is_gpu) if rng.random() < 0.95 else 1 - int(is_gpu),
        "batch": "optimizer_energy_1_cpu" if is_optimizer else "energy_2_cpu",
        "batch_size": rng.choice([32, 64, 128, 256]) if is_optimizer else 256,
        "optimizer": rng.choice(["Adam", "SGD", "RMSprop"]) if is_optimizer else "Adam",
        "learning_rate": rng.choice(["0.01", "1e-05"]) if is_optimizer else "1e-04",
    }
    run = raw_run(len(raw.runs), started, started + timedelta(seconds=round(seconds, 6)), **changes)
    if rng.random() < 0.3:
        # The other spelling of an offset.
        away = started - timedelta(hours=6)
        run["start_time"] = f"{away.replace(tzinfo=None).isoformat(sep=' ')}-06"
    raw.runs.append(run)


def add_alike(raw: RawSet, rng: random.Random) -> None:
    """Add a job with runs alike, one of which takes far longer: among 18 it fails the filter, among 12 not.

    Runs of the other kind of hardware, of all lengths, have the same settings; they are not alike.
    """
    job, node, begin = 10_400_000, "r1i0n0", STARTS[0]
    raw.jobs[job] = [*readings(rng, [node], begin, 1_000)]
    alike_s = {
        size: [20_000, *(300 + rng.uniform(0, 100) for _ in range(count - 1))]
        for size, count in ((4096, 18), (8192, 12))
    }
    for size, lengths_s in alike_s.items():
        for place, seconds in enumerate([*lengths_s, *(300 * 2**n for n in range(6))]):
            started = begin + timedelta(seconds=600 + 60 * place)
            run = raw_run(len(raw.runs), started, started + timedelta(seconds=seconds), slurm_job_id=job)
            is_gpu = int(place >= len(lengths_s))
            raw.runs.append(run | {"size": size, "dataset": "splice", "is_gpu": is_gpu})


def add_hung(raw: RawSet, rng: random.Random) -> None:
    """Add a run of 22 hours."""
    job, node, begin = 10_400_001, "r1i0n1", STARTS[0]
    raw.jobs[job] = [*readings(rng, [node], begin, 1_400)]
    started = begin + timedelta(seconds=90)
    changes = {"slurm_job_id": job, "host_name": node}
    raw.runs.append(raw_run(len(raw.runs), started, started + timedelta(hours=22), **changes))


def add_without_energy(raw: RawSet) -> None:
    """Add two runs whose only reading comes at their very end, behind one of 0 W: they count as 0 J."""
    job, begin = 10_400_002, STARTS[0]
    moment = begin + timedelta(seconds=60)
    raw.jobs[job] = [(begin, "r1i0n0", 0), (moment, "r1i0n0", 300)]
    for dataset in ("banana", "505_tecator"):
        run = raw_run(len(raw.runs), moment - timedelta(seconds=40), moment, slurm_job_id=job)
        raw.runs.append(run | {"dataset": dataset, "size": 32})
