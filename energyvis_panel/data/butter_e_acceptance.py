"""Published against found: whether a loaded copy of BUTTER-E is the one that its authors describe.

A release may be corrected, so a difference is told and not an error.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from energyvis_panel.data.butter_e_figures import (
    COUNTS,
    FILES,
    GROUPS,
    IDLE,
    OVERHEADS,
    QUANTILES,
    STAGES,
    STATISTICS,
    SUMMARY,
)
from energyvis_panel.data.butter_e_manifest import SourceFile
from energyvis_panel.data.butter_e_published import PUBLISHED_BYTES
from energyvis_panel.data.gateway import Gateway

PRINTED_DIGITS: Final = 7
"""Digits that the published summary prints of a number of a million or more."""
RELATIVE: Final = 1e-9
"""Sums in another order differ in the last digits of a number printed in full."""


@dataclass(frozen=True, slots=True)
class Check:
    """One published figure, and what was found in its place; None = there is nothing to compute it from.

    ``tolerance`` is half a unit of the last digit that is printed, in the figure's own unit.
    """

    key: str
    what: str
    published: float
    found: float | None
    tolerance: float
    source: str

    @property
    def difference(self) -> float | None:
        """Found less published."""
        return None if self.found is None else self.found - self.published

    @property
    def is_ok(self) -> bool:
        """Whether the two are the same as far as it is published."""
        return self.difference is not None and abs(self.difference) <= self.tolerance

    @property
    def verdict(self) -> str:
        """``ok`` or ``differs``."""
        return "ok" if self.is_ok else "differs"


def counts_of(gateway: Gateway, file: Path) -> dict[str, Any]:
    """Row of ``butter_e/acceptance_counts``, and what the overhead rule removes as ``removed``."""
    (row,) = gateway.ask("butter_e/acceptance_counts", file=str(file)).to_pylist()
    row["removed"] = row["overhead_estimate"] + row["below_overhead"]
    return dict(row)


def acceptance(
    gateway: Gateway,
    file: Path,
    *,
    is_raw: bool,
    figures: Mapping[str, float],
    sources: Sequence[SourceFile],
) -> list[Check]:
    """Checks of a Parquet file of runs.

    Parameters
    ----------
    gateway
        What reads.
    file
        The file of runs.
    is_raw
        Whether it was made from the raw set, so that its stages and idle powers can be checked.
    figures
        What is in no run: overhead times and idle powers, by the keys of the manifest.
    sources
        The files that it was made from, for the sizes that are published.

    """
    counts = counts_of(gateway, file)
    checks = [
        check(key, what, text, counts[column], source)
        for key, what, column, text, source in ((*STAGES, *COUNTS) if is_raw else COUNTS)
    ]
    checks += [
        check(key, what, text, figures.get(name), source)
        for key, what, name, text, source in ((*OVERHEADS, *IDLE) if is_raw else OVERHEADS)
        if is_raw or name in figures
    ]
    return [*checks, *quantile_checks(gateway, file), *group_checks(gateway, file), *size_checks(sources)]


def check(key: str, what: str, text: str, found: float | None, source: str) -> Check:
    """A check against a figure as it is printed."""
    published = float(text)
    return Check(key, what, published, found, tolerance_of(text), source)


def tolerance_of(text: str) -> float:
    """Half a unit of the last digit that is printed; a whole number below ten million is exact."""
    published, decimals = float(text), len(text.partition(".")[2])
    if decimals:
        return max(0.5000001 * 10.0**-decimals, RELATIVE * abs(published))
    digits = int(math.log10(published)) + 1 if published else 1
    return 0.5 * 10.0 ** max(0, digits - PRINTED_DIGITS)


def quantile_checks(gateway: Gateway, file: Path) -> Iterator[Check]:
    """Checks of mean and quantiles."""
    rows = gateway.ask("butter_e/acceptance_quantiles", file=str(file)).to_pylist()
    found = {row["quantity"]: [row["mean"], *row["quantiles"]] for row in rows}
    for quantity, (what, *texts) in QUANTILES.items():
        amounts = found.get(quantity, [None] * len(texts))
        for statistic, text, amount in zip(STATISTICS, texts, amounts, strict=True):
            yield check(f"{quantity}_{statistic}".replace(" %", "_percent"), f"{what}: {statistic}", text,
                        amount, SUMMARY)  # fmt: skip


def group_checks(gateway: Gateway, file: Path) -> Iterator[Check]:
    """Checks of the runs by shape and by data set; a group that is not published counts as zero there."""
    rows = gateway.ask("butter_e/acceptance_groups", file=str(file)).to_pylist()
    found = {(row["kind"], row["name"]): row["runs"] for row in rows}
    published = {(kind, name): runs for kind, names in GROUPS.items() for name, runs in names.items()}
    for kind, name in [*published, *sorted(found.keys() - published.keys())]:
        yield Check(f"{kind}_{name}", f"runs of {kind} {name}".replace("dataset", "data set"),
                    published.get((kind, name), 0), found.get((kind, name), 0), 0.0, SUMMARY)  # fmt: skip


def size_checks(sources: Sequence[SourceFile]) -> Iterator[Check]:
    """Checks of the sizes of files, where they are known."""
    for source in sources:
        if source.name in PUBLISHED_BYTES:
            found = source.bytes if source.unpacked_bytes is None else source.unpacked_bytes
            published = PUBLISHED_BYTES[source.name]
            yield Check(f"bytes_{source.name}", f"bytes of {source.name}", published, found, 0.0, FILES)
