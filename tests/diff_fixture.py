"""Two runs of a lake that differ in a known way: B takes 10 % more joules a sample, with equal noise."""

from collections.abc import Sequence
from typing import Any, Final

from tests.lake_fixture import LakeWriter, epoch, readings, span

RUN_A: Final = "01JBQ0000000000000000000DA"
RUN_B: Final = "01JBR0000000000000000000DB"
NOISE_J: Final = (-4.0, 2.0, 0.0, 3.0, -1.0, 0.0)
EPOCH_S: Final = 20.0


def write_run(
    lake: LakeWriter, run_id: str, step_j: float, *, noise_j: Sequence[float] = NOISE_J, **facts: Any
) -> None:
    """One epoch of 20 s per entry of ``noise_j``; each has a span ``step`` of 10 samples and an ``eval``.

    The step takes ``step_j`` plus the noise, the eval 50 J, both on the GPU.
    """
    lake.marker()
    lake.facts(run_id, **facts)
    steps_j = [step_j + noise for noise in noise_j]
    rows: list[float] = [0.0]
    labels: list[int | None] = [None]
    for index, joules in enumerate(steps_j):
        rows += [joules, 50.0]
        labels += [index, index]
    samples = readings(run_id, rows, every_s=EPOCH_S / 2)
    lake.segment(run_id, 0, [row | {"epoch": label} for row, label in zip(samples, labels, strict=True)])
    lake.epochs(
        run_id,
        [
            epoch(run_id, i, EPOCH_S * i, EPOCH_S * (i + 1), energy_gpu_j=joules + 50.0)
            for i, joules in enumerate(steps_j)
        ],
    )
    spans = []
    for i, joules in enumerate(steps_j):
        first_s = EPOCH_S * i
        work = {"energy_gpu_j": joules, "units": 10.0, "unit": "sample", "epoch": i}
        spans.append(span(run_id, 2 * i, "step", first_s, first_s + 10, **work))
        spans.append(span(run_id, 2 * i + 1, "eval", first_s + 10, first_s + 20, energy_gpu_j=50.0, epoch=i))
    lake.spans(run_id, 0, spans)


def write_pair(lake: LakeWriter) -> None:
    """Run A at 1,000 J a step, and run B at 1,100 J."""
    write_run(lake, RUN_A, 1000.0, name="before")
    write_run(lake, RUN_B, 1100.0, name="after")
