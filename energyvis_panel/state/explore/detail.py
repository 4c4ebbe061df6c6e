"""The runs behind a mark, and all that is known of one of them, as texts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.domain.units import duration_text, energy_text, power_text, three_digits
from energyvis_panel.state.explore.anomaly.anomalies import methods, node_text, reason_text, took_text
from energyvis_panel.state.explore.anomaly.anomaly_questions import Thresholds
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import NAMES, STATUS_TEXT
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import LAB_STATUS_TEXT
from energyvis_panel.state.explore.network_words import network_words, word_of
from energyvis_panel.state.explore.question import Question

Row = Mapping[str, Any]
Fact = tuple[str, str]

MOST_LISTED: Final = 20
MARK_SLOTS: Final = ("detail_summary", "detail_runs")
RUN_SLOTS: Final = ("run_facts", "run_scores")
MEASURED: Final = (("Energy", "energy_j", energy_text), ("Run time", "run_time_s", duration_text),
                   ("Mean power", "power_w", power_text))  # fmt: skip
UNKNOWN: Final = "not known"
ENERGY_TITLES: Final = {
    "estimated": "Energy, estimated in part or whole",
    "imported": "Energy as imported",
    "gaps": "Energy without its gaps",
    "unfinished": "Energy so far",
}
"""What the energy of a run is, by its status, where it was not simply measured."""
FETCH_RAW: Final = "Minute watts come with the raw set: energyvis data fetch butter-e --raw"
SYNTHETIC_TRACE: Final = "This run is synthetic, so nothing was recorded minute by minute."


def mark_questions(state: Exploration, mark: Brushes) -> dict[str, Question]:
    """Questions about the runs in a mark, by slot."""
    bound = {"mark": mark.parameter(state.axes)}
    return {
        "detail_summary": Question("detail_summary", values=bound, slow=True, in_context=False),
        "detail_runs": Question(
            "detail_runs", values=bound | {"n": MOST_LISTED}, slow=True, in_context=False
        ),
    }


def run_questions(run_id: str, thresholds: Thresholds, *, scored: bool) -> dict[str, Question]:
    """Questions about one run, by slot, whatever is brushed."""
    named: dict[str, object] = {"run_id": run_id}
    asked = {"run_facts": Question("run_facts", NAMES, named, slow=True, in_context=False)}
    if scored:
        values = named | thresholds.values()
        asked["run_scores"] = Question("run_scores", NAMES, values, slow=True, in_context=False)
    return asked


def merged(brushes: Brushes, mark: Brushes) -> Brushes:
    """``brushes`` with those of a mark; where both brush the same, the mark's stays."""
    return Brushes(
        {**brushes.ranges, **mark.ranges},
        {**brushes.sets, **mark.sets},
        {**brushes.lassos, **mark.lassos},
        (brushes.inverted - set(mark.names)) | mark.inverted,
    )


def quartile_rows(row: Row) -> list[list[str]]:
    """Least, quartiles and most of energy, run time and power; empty where nothing is known."""
    return [
        [title, *(text(value) for value in row[name])]
        for title, name, text in MEASURED
        if row[name] is not None
    ]


def known(value: float | None, text: Any) -> str:
    """A value for people, or that it is not known."""
    return UNKNOWN if value is None or not math.isfinite(value) else text(value)


def utc_text(seconds: float) -> str:
    """A time for people."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def network_text(row: Row) -> str:
    """Size, depth and shape of the network of a run."""
    return f"{network_words(row)}, {word_of(row, 'shape')}"


def run_row(row: Row) -> dict[str, Any]:
    """A run in the list, as texts."""
    return {
        "run_id": row["run_id"],
        "cells": [
            f"{row['dataset']}, {network_text(row)}, {row['hardware']}",
            *(known(row[name], text) for _title, name, text in MEASURED),
            status_text(row["status"]),
        ],
    }


def status_text(status: str) -> str:
    """A status in words; one that is unknown as it is."""
    return (STATUS_TEXT | LAB_STATUS_TEXT).get(status, status)


def run_facts(row: Row) -> list[Fact]:
    """All that the table holds of a run, as pairs of title and text."""
    job = f", job {row['slurm_job_id']}" if row["slurm_job_id"] is not None else ""
    parameters = f" ({row['parameters']:,} exactly)" if row["parameters"] is not None else ""
    return [
        ("Status", status_text(row["status"])),
        ("Data set", row["dataset"]),
        ("Network", f"{network_text(row)}{parameters}"),
        ("Training", training_text(row)),
        ("Node", f"{row['node']} ({row['node_type']}, {row['hardware']}){job}"),
        ("Batch", row["batch"]),
        ("Start", utc_text(row["started_s"])),
        ("Run time", known(row["run_time_s"], duration_text)),
        (ENERGY_TITLES.get(row["status"], "Energy measured"), energy_and_power(row, "energy_j", "power_w")),
        ("Energy standardised", energy_and_power(row, "std_energy_j", "std_power_w")),
        ("Of it overhead", known(row["energy_overhead_j"], energy_text)),
        ("Energy per datum", known(row["j_per_datum"], lambda value: f"{three_digits(value * 1000)} mJ")),
    ]  # fmt: skip


def training_text(row: Row) -> str:
    """How the network of a run was trained."""
    rate = known(row["learning_rate"], lambda value: f"{value:g}")
    return f"{word_of(row, 'optimizer')}, learning rate {rate}, batches of {known(row['batch_size'], str)}"


def energy_and_power(row: Row, energy: str, power: str) -> str:
    """An energy and the mean power of which it comes, as far as known."""
    said = known(row[energy], energy_text)
    return said if said == UNKNOWN else f"{said} at {known(row[power], power_text)}"


def strangeness(row: Row, thresholds: Thresholds) -> list[str]:
    """What the settings of a run predict, and why it is flagged or not, in sentences."""
    flags = methods(row, thresholds)
    names = [name for name, flag in zip(("z", "the fence", "the forest"), flags, strict=True) if flag]
    verdict = f"Flagged by {', '.join(names)}." if names else "Not flagged."
    sentences = [f"Its settings predict {energy_text(row['expected_j'])}. {took_text(row)}. {verdict}"]
    if names:
        sentences.append(f"{reason_text(row)}. {node_text(row)}.")
    return sentences


@dataclass(frozen=True, slots=True)
class Trace:
    """Power of a run's node while its job ran.

    Attributes
    ----------
    at_s
        Times of the readings, seconds since 1970 UTC, rising.
    watts
        What each reading said, in W; it holds until the next.
    began_s, ended_s
        When the run itself began and ended.

    """

    at_s: NDArray[np.float64]
    watts: NDArray[np.float64]
    began_s: float
    ended_s: float


def run_trace(readings: pa.Table, facts: Row) -> Trace | None:
    """The power trace of a run from the readings of its job (ts, node, watts); None where there is none."""
    rows: Sequence[Row] = [row for row in readings.to_pylist() if row["node"] == facts["node"]]
    if not rows:
        return None
    began_s = float(facts["started_s"])
    return Trace(
        np.array([row["ts"].timestamp() for row in rows]),
        np.array([row["watts"] for row in rows], np.float64),
        began_s,
        began_s + float(facts["run_time_s"] or 0.0),
    )


def trace_caption(trace: Trace, facts: Row) -> str:
    """What a trace shows, in one sentence."""
    span = duration_text(float(trace.at_s[-1] - trace.at_s[0]))
    return (
        f"Power of node {facts['node']}, minute by minute, over {span} of job {facts['slurm_job_id']}; "
        "shaded is this run."
    )
