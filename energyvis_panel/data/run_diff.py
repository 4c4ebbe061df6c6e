"""What a run of the lake did and took, read for comparing it with another."""

from typing import Any, Protocol

import pyarrow as pa

from energyvis_panel.data.lake_listing import RunFiles
from energyvis_panel.data.run_profile import energy_of
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.profile import EnergyByKind
from energyvis_panel.domain.run_diff import Repetition, RunWork

Row = dict[str, Any]


class RunAsker(Protocol):
    """What is needed of a lake."""

    def run(self, run: str) -> RunFiles:
        """Facts of a run."""

    def ask(self, question: str, *, run_id: str | None = None, **params: object) -> pa.Table:
        """Answer of a question about a run."""


def run_work(lake: RunAsker, run: str) -> RunWork:
    """What the run with this id, or with an id that alone begins so, did and took.

    Raises
    ------
    DatasetError
        If there is no such run, or its files cannot be read.

    """
    facts = lake.run(run).facts
    run_id = facts.run_id
    sources = lake.ask("runs/sources_of_run", run_id=run_id).to_pylist()
    epochs = lake.ask("runs/epochs_of_run", run_id=run_id).to_pylist()
    outside = lake.ask("runs/outside_of_run", run_id=run_id).to_pylist()
    spans: dict[str, list[Repetition]] = {}
    for row in lake.ask("runs/repetitions_of_run", run_id=run_id).to_pylist():
        spans.setdefault(row["name"], []).append(repetition(row))
    lasted = (facts.ended_at or facts.last_sign_at) - facts.started_at
    return RunWork(
        run_id=run_id,
        name=facts.name,
        energy=energy_by_kind(sources),
        duration_s=lasted.total_seconds(),
        sources={
            kind: frozenset(row["source"] for row in sources if row["device_kind"] == kind)
            for kind in DEVICE_KINDS
        },
        attribution=facts.attribution,
        is_final=facts.is_final,
        gap_samples=sum(row["gap_samples"] for row in sources),
        spans={name: tuple(found) for name, found in spans.items()},
        epochs={row["epoch"]: repetition(row) for row in epochs},
        outside=repetition(outside[0] | {"units": None, "unit": None}) if outside else None,
    )


def repetition(row: Row) -> Repetition:
    """One span or epoch."""
    return Repetition(energy_of(row), row["duration_s"], row["units"], row["unit"])


def energy_by_kind(sources: list[Row]) -> EnergyByKind:
    """Joules by kind from rows of ``runs/sources_of_run``."""
    joules: dict[str, float] = {}
    for row in sources:
        joules[row["device_kind"]] = joules.get(row["device_kind"], 0.0) + row["energy_j"]
    return EnergyByKind(**joules)
