"""Two runs side by side: spans by name, epochs by index, devices by kind, and where the joules moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.profile import EnergyByKind, total_energy
from energyvis_panel.domain.rate_change import RateChange, rate, rate_change
from energyvis_panel.errors import EnergyVisError

What = Literal["run", "device", "span", "epoch", "outside"]
TOTAL = "total"
EPOCH = "epoch"
MEASURED = frozenset({"counter", "integrated"})


class DiffError(EnergyVisError):
    """Two runs have nothing in common that could be compared as asked."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """One span, or one epoch: joules before PUE, seconds, units of work done."""

    energy: EnergyByKind
    duration_s: float | None
    units: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class RunWork:
    """What a run did and took. ``spans`` by name, ``epochs`` by index; joules before PUE.

    ``sources`` says how the joules of each kind of device were obtained.
    """

    run_id: str
    name: str
    energy: EnergyByKind
    duration_s: float | None
    sources: Mapping[str, frozenset[str]]
    attribution: str
    is_final: bool
    gap_samples: int
    spans: Mapping[str, tuple[Repetition, ...]]
    epochs: Mapping[int, Repetition]
    outside: Repetition | None


@dataclass(frozen=True, slots=True)
class Amount:
    """Joules, seconds and units of an item in one run; None = not known."""

    energy_j: float | None
    duration_s: float | None
    units: float | None = None
    unit: str | None = None
    repetitions: int = 1

    @property
    def power_w(self) -> float | None:
        """Joules over seconds."""
        return self.energy_j / self.duration_s if self.energy_j is not None and self.duration_s else None

    @property
    def energy_per_unit_j(self) -> float | None:
        """Joules over units."""
        return self.energy_j / self.units if self.energy_j is not None and self.units else None


@dataclass(frozen=True, slots=True)
class DiffItem:
    """One item of both runs; None = the run does not have it."""

    what: What
    name: str
    a: Amount | None
    b: Amount | None

    @property
    def change_j(self) -> float:
        """Joules of B less those of A; what a run does not have took 0 J."""
        return _joules(self.b) - _joules(self.a)

    @property
    def change(self) -> float | None:
        """The change as a share of A's joules, None where A has none."""
        before_j = _joules(self.a)
        return self.change_j / before_j if before_j > 0 else None


@dataclass(frozen=True, slots=True)
class RunDiff:
    """The whole comparison. Each list is sorted by how many joules moved, most first."""

    a: RunWork
    b: RunWork
    run: DiffItem
    devices: tuple[DiffItem, ...]
    spans: tuple[DiffItem, ...]
    epochs: tuple[DiffItem, ...]
    warnings: tuple[str, ...]

    @property
    def moved(self) -> tuple[DiffItem, ...]:
        """Spans and device kinds, most joules moved first."""
        return by_change([*self.spans, *self.devices])


def run_diff(a: RunWork, b: RunWork) -> RunDiff:
    """The runs aligned. What only one of them has stays, with None for the other."""
    run = DiffItem("run", "whole run", _whole(a), _whole(b))
    devices = [
        DiffItem("device", kind, _of_kind(a, kind), _of_kind(b, kind))
        for kind in DEVICE_KINDS
        if a.energy.of(kind) is not None or b.energy.of(kind) is not None
    ]
    spans = [
        DiffItem("span", name, amount(a.spans.get(name, ())), amount(b.spans.get(name, ())))
        for name in dict.fromkeys([*a.spans, *b.spans])
    ]
    epochs = [
        DiffItem("epoch", str(index), amount(_single(a, index)), amount(_single(b, index)))
        for index in sorted(a.epochs.keys() | b.epochs.keys())
    ]
    outside = DiffItem(
        "outside",
        "outside the epochs",
        amount([a.outside] if a.outside else []),
        amount([b.outside] if b.outside else []),
    )
    # Where there are no epochs, all of a run lies outside them, which would say nothing.
    around = [outside] if epochs and (outside.a or outside.b) else []
    return RunDiff(
        a=a,
        b=b,
        run=run,
        devices=by_change(devices),
        spans=by_change(spans),
        epochs=by_change([*epochs, *around]),
        warnings=tuple(warnings(a, b)),
    )


def by_change(items: Iterable[DiffItem]) -> tuple[DiffItem, ...]:
    """Items by how many joules moved, most first; equal ones keep their order."""
    return tuple(sorted(items, key=lambda item: -abs(item.change_j)))


def amount(repetitions: Sequence[Repetition]) -> Amount | None:
    """Sum over repetitions, None where there are none; units only where all name the same one."""
    if not repetitions:
        return None
    energy = total_energy(repetition.energy for repetition in repetitions)
    durations = [r.duration_s for r in repetitions if r.duration_s is not None]
    named = {r.unit for r in repetitions if r.units is not None}
    whole = len(named) == 1 and all(r.units is not None for r in repetitions)
    return Amount(
        energy.total_j() if energy.measured() else None,
        sum(durations) if durations else None,
        sum(r.units or 0.0 for r in repetitions) if whole else None,
        next(iter(named)) if whole else None,
        len(repetitions),
    )


def units_of(work: RunWork) -> tuple[str, ...]:
    """Units of work that the run counted, in the order of their first occurrence."""
    counted = [*work.epochs.values(), *(r for spans in work.spans.values() for r in spans)]
    return tuple(dict.fromkeys(r.unit for r in counted if r.units and r.unit))


def change_per(diff: RunDiff, per: str, *, span: str | None = None, confidence: float = 0.95) -> RateChange:
    """Change of joules per ``per``: ``"epoch"``, a unit of work, or ``"total"`` for all joules of the run.

    A unit is taken from the epochs that count it, else from the spans; ``span`` limits it to those of one
    name, and ``"epoch"`` is the finished epoch. A unit's plural counts as the unit.

    Raises
    ------
    DiffError
        If one of the runs has no such work.
    RateError
        As for :func:`rate_change`.

    """
    sides = []
    for letter, work in (("A", diff.a), ("B", diff.b)):
        found = _repetitions(work, per, span)
        if not found:
            known = ", ".join([TOTAL, *([EPOCH] if work.epochs else []), *units_of(work)])
            where = f" in spans named {span!r}" if span else ""
            raise DiffError(
                f"Run {letter} ({work.name}, {work.run_id}) has no joules per {per}{where}. It has: {known}."
            )
        sides.append(rate([r.energy.total_j() for r in found], [r.units or 0.0 for r in found]))
    return rate_change(sides[0], sides[1], confidence=confidence)


def warnings(a: RunWork, b: RunWork) -> list[str]:
    """Sentences about what makes the runs hard to compare."""
    found: list[str] = []
    for kind in DEVICE_KINDS:
        before, after = a.sources.get(kind, frozenset()), b.sources.get(kind, frozenset())
        if bool(before) != bool(after):
            letter = "A" if before else "B"
            found.append(f"Only run {letter} has joules of the {kind.upper()}: the sums differ in scope.")
        elif before and (before <= MEASURED) != (after <= MEASURED):
            found.append(
                f"The joules of the {kind.upper()} are {_named(before)} in A but {_named(after)} in B: "
                "a difference may come from the method alone."
            )
    if a.attribution != b.attribution:
        found.append(f"A counts by the rule {a.attribution!r}, B by {b.attribution!r}.")
    for name in a.spans.keys() & b.spans.keys():
        one, other = amount(a.spans[name]), amount(b.spans[name])
        if one and other and one.unit and other.unit and not _same_unit(one.unit, other.unit):
            found.append(f"The span {name!r} counts {one.unit!r} in A but {other.unit!r} in B.")
    for letter, work in (("A", a), ("B", b)):
        if not work.is_final:
            found.append(f"Run {letter} is still going on.")
        if work.gap_samples:
            found.append(f"Run {letter} has {work.gap_samples:,} gaps whose energy counts as 0 J.")
    return found


def _joules(side: Amount | None) -> float:
    return side.energy_j or 0.0 if side else 0.0


def _named(sources: frozenset[str]) -> str:
    return " and ".join(sorted("estimated" if s == "estimate" else s for s in sources))


def _whole(work: RunWork) -> Amount:
    return Amount(work.energy.total_j() if work.energy.measured() else None, work.duration_s)


def _of_kind(work: RunWork, kind: Literal["gpu", "cpu", "dram", "other"]) -> Amount | None:
    joules = work.energy.of(kind)
    return None if joules is None else Amount(joules, work.duration_s)


def _single(work: RunWork, index: int) -> tuple[Repetition, ...]:
    return (work.epochs[index],) if index in work.epochs else ()


def _same_unit(one: str, other: str) -> bool:
    return one.casefold().removesuffix("s") == other.casefold().removesuffix("s")


def _repetitions(work: RunWork, per: str, span: str | None) -> list[Repetition]:
    """Repetitions with joules, each with its count of ``per``."""
    if per == TOTAL:
        return [Repetition(work.energy, work.duration_s, 1.0)] if work.energy.measured() else []
    if per == EPOCH and span is None and work.epochs:
        return [Repetition(e.energy, e.duration_s, 1.0) for e in work.epochs.values() if e.energy.measured()]
    named = work.spans.values() if span is None else [work.spans.get(span, ())]
    epochs = list(work.epochs.values()) if span is None else []
    for candidates in (epochs, [r for spans in named for r in spans]):
        found = [
            r for r in candidates if r.unit and _same_unit(r.unit, per) and r.units and r.energy.measured()
        ]
        if found:
            return found
    return []
