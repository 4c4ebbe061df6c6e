"""The groups that the views ask for, at the choices of a visitor, against sums over all runs."""

from typing import Any, Final

import numpy as np

from energyvis_panel.state.explore.cache_spill import cache_spill
from energyvis_panel.state.explore.carbon_cost import carbon_cost
from energyvis_panel.state.explore.composition.composition import BEYOND, RINGS, SELECTED
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.overhead.overhead import SLOT as OVERHEAD
from energyvis_panel.state.explore.shapes.shapes import SLOT as SHAPES
from energyvis_panel.state.explore.signatures.signatures import AMOUNTS
from energyvis_panel.state.explore.signatures.signatures import SLOT as SIGNATURES
from tests.state.brute_force import BruteForce, Mask, counts_of
from tests.state.brute_groups import (
    FIELD_BITS,
    Floats,
    Whole,
    check_same,
    grouped,
    known_words,
    none_or,
    places_of,
    setting_keys,
    word_places,
)
from tests.state.visitor_choices import NETWORKS, RUNS, Choices

PLANE: Final = ("working_set_bytes", "j_per_datum")
CLASS_EDGES: Final = {"size": (1 << 10, 1 << 15, 1 << 20), "depth": (3, 7, 11)}
"""Least values of the upper three classes of the inner ring."""
SIZE_CLASS_BITS: Final = 2
"""A class of size of the overhead view spans this many doublings, from 2^1."""
FAR: Final = 1 << 32
"""Above each number that stands beside a word in a key."""


class GroupChecks:
    """Compares the answers of an exploration with sums over all runs, at the choices that were posed."""

    def __init__(self, state: Exploration, runs: BruteForce) -> None:
        self.state = state
        self.runs = runs
        self.settings = setting_keys(runs)
        self.numbers = runs.numbers
        positive = np.where(self.numbers["j_per_datum"] > 0, self.numbers["j_per_datum"], np.nan)
        self.log_j_per_datum = np.log(positive)
        self.has_datum = ~np.isnan(positive)
        self.every = np.ones(len(runs.is_gpu), bool)
        self.hardware = runs.is_gpu.astype(np.int64)
        self.words = {name: word_places(runs, name) for name in runs.categories}
        self.known = {name: known_words(runs, name) for name in runs.categories}

    def check(self, choices: Choices) -> None:
        """All groups are those of a loop over all runs."""
        kept = self.runs.passing(self.state.brushes)
        self.check_overhead(kept, choices.overhead)
        self.check_cache_spill()
        self.check_composition(
            BEYOND, self.runs.passing(self.state.brushes, *RINGS[choices.ring].own), choices
        )
        self.check_composition(SELECTED, kept, choices)
        self.check_carbon_cost(kept)
        self.check_depth(kept)
        self.check_shapes(is_gpu=choices.is_gpu)
        self.check_signatures(kept, choices.signatures)

    def check_overhead(self, kept: Mask, grouping: str) -> None:
        """Overhead and standardised energy by group, hardware and bin of run time."""
        rows = self.state.answer(OVERHEAD)
        if grouping == "size":
            low = 2.0 ** np.arange(1, 60, SIZE_CLASS_BITS)
            group = np.searchsorted(low, self.numbers["size"], "right").astype(np.int64)
            group[np.isnan(self.numbers["size"])] = 0
            group_of = none_or(numbers(rows["size_class"]))
            assert rows["word"].null_count == len(rows)
        else:
            group, group_of = self.words[grouping], places_of(rows["word"], self.known[grouping])
            assert rows["size_class"].null_count == len(rows)
        keys = 512 * (2 * group + self.hardware) + self.runs.bins["run_time_s"] + 1
        keys_of = 512 * (2 * group_of + whole(rows["is_gpu"])) + none_or(numbers(rows["run_time_px"]))
        whole_j, overhead_j = self.numbers["std_energy_j"], self.numbers["energy_overhead_j"]
        known = ~np.isnan(whole_j + overhead_j)
        counts = {
            "run_count": self.every,
            "known_count": known,
            "spent_count": known & (overhead_j >= whole_j),
        }
        sums = {
            "overhead_j": np.where(known, np.minimum(overhead_j, whole_j), 0.0),
            "std_energy_j": np.where(known, whole_j, 0.0),
        }
        check_same(rows, keys_of, grouped(keys, kept, counts, sums))

    def check_cache_spill(self) -> None:
        """The plane of working set and energy per datum, beyond its own brushes and within."""
        columns = ("is_gpu", "working_set_px", "j_per_datum_px")
        for slot, beyond in ((cache_spill.DENSITY, PLANE), (cache_spill.SELECTED, ())):
            counted = counts_of(self.state.answer(slot), *columns)
            assert counted == self.runs.plane(self.state.brushes, *PLANE, *beyond)

    def check_composition(self, slot: str, kept: Mask, choices: Choices) -> None:
        """Runs and energy by class, shape and data set."""
        rows = self.state.answer(slot)
        if choices.ring == "hardware":
            grade = self.hardware + 1
        else:
            values = self.numbers[choices.ring]
            grade = np.searchsorted(CLASS_EDGES[choices.ring], values, "right").astype(np.int64) + 1
            grade[np.isnan(values)] = 0
        keys = (grade << 16) + (self.words["shape"] << 8) + self.words["dataset"]
        keys_of = none_or(numbers(rows["grade"])) << 16
        keys_of += places_of(rows["shape"], self.known["shape"]) << 8
        keys_of += places_of(rows["dataset"], self.known["dataset"])
        energy_j = self.numbers["energy_j"]
        counts = {"run_count": self.every, "measured_count": ~np.isnan(energy_j)}
        check_same(rows, keys_of, grouped(keys, kept, counts, {"energy_j": energy_j}))

    def check_carbon_cost(self, kept: Mask) -> None:
        """Energy by hardware, and its parts."""
        rows = self.state.answer(carbon_cost.SLOT)
        energy_j, overhead_j = self.numbers["energy_j"], self.numbers["energy_overhead_j"]
        part_j = np.minimum(energy_j, overhead_j)
        sums = {
            "training_j": energy_j - part_j,
            "overhead_j": part_j,
            "unsplit_j": np.where(np.isnan(overhead_j), energy_j, 0.0),
        }
        counts = {"run_count": self.every, "measured_runs": ~np.isnan(energy_j)}
        check_same(rows, whole(rows["is_gpu"]), grouped(self.hardware, kept, counts, sums))

    def check_depth(self, kept: Mask) -> None:
        """Energy per datum of networks, and of runs to a bin."""
        fields = [((1 << bits) - 1) << sum(FIELD_BITS[:at]) for at, bits in enumerate(FIELD_BITS)]
        hardware, dataset, shape, _size, depth, _optimizer, _batch, learning_rate = fields
        rows, counts = self.state.answer(NETWORKS), {"run_count": self.every}
        keys = self.settings & ~(shape | learning_rate)
        means = {"mean_log": self.log_j_per_datum}
        check_same(rows, whole(rows["setting"]), grouped(keys, kept & self.has_datum, counts, means=means))
        rows, bins = self.state.answer(RUNS), self.runs.bins["j_per_datum"]
        keys = ((self.settings & (hardware | dataset | depth)) << 8) + bins
        keys_of = (whole(rows["setting"]) << 8) + whole(rows["px"])
        check_same(rows, keys_of, grouped(keys, kept & (bins >= 0), counts))

    def check_shapes(self, *, is_gpu: bool) -> None:
        """Energy per datum by setting on one kind of node, whatever shapes are brushed."""
        rows = self.state.answer(SHAPES)
        kept = self.runs.passing(self.state.brushes, "shape") & self.has_datum & (self.runs.is_gpu == is_gpu)
        means = {"log_j_per_datum": self.log_j_per_datum}
        expected = grouped(self.settings, kept, {"run_count": self.every}, means=means)
        check_same(rows, whole(rows["setting_key"]), expected)

    def check_signatures(self, kept: Mask, grouping: str) -> None:
        """Geometric means of six amounts by group."""
        rows = self.state.answer(SIGNATURES)
        none = np.zeros(len(self.every), np.int64)
        word = self.words[grouping.removeprefix("hardware_")] if grouping in WORDS else none
        word_of = none[: len(rows)]
        if grouping in WORDS:
            word_of = places_of(rows["word"], self.known[grouping.removeprefix("hardware_")])
        number = none
        if grouping not in WORDS:
            number = none_or(self.numbers[grouping])
        elif grouping == "hardware_shape":
            number = self.hardware + 1
        keys, keys_of = FAR * word + number, FAR * word_of + none_or(numbers(rows["number"]))
        amounts: dict[str, Floats] = {
            **{name: self.numbers[name] for name in (one.name for one in AMOUNTS) if name in self.numbers},
            "overhead_share": self.numbers["energy_overhead_j"] / self.numbers["std_energy_j"],
        }
        means = {name: np.log(np.where(values > 0, values, np.nan)) for name, values in amounts.items()}
        counts = {"run_count": self.every, "datum_count": self.has_datum}
        expected = grouped(keys, kept, counts, means=means)
        check_same(rows, keys_of, expected | {name: np.exp(expected[name]) for name in means})


WORDS: Final = ("hardware", "shape", "hardware_shape", "dataset", "node_type", "optimizer")
"""Groupings of signatures by a word."""


def numbers(column: Any) -> Floats:
    """A column of an answer, NaN where there is none."""
    return np.asarray(column.to_numpy(), np.float64)


def whole(column: Any) -> Whole:
    """A column of an answer that has a value in each row."""
    assert column.null_count == 0
    return np.asarray(column.to_numpy(), np.int64)
