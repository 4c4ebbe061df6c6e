"""Any energy profile that is allowed, for property tests."""

from hypothesis import strategies as st

from energyvis_panel.domain.hardware import DEVICE_KINDS, PRECISIONS
from energyvis_panel.domain.profile import (
    EnergyByKind,
    EnergyProfile,
    Epoch,
    HardwareItem,
    Outside,
    Provenance,
)

AMOUNTS = st.floats(min_value=0, max_value=1e15, allow_nan=False)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
ENERGIES = st.builds(EnergyByKind, **{kind: st.none() | AMOUNTS for kind in DEVICE_KINDS})


@st.composite
def profiles(draw: st.DrawFn) -> EnergyProfile:
    """A profile with every field drawn freely in its range."""
    indices = sorted(draw(st.sets(st.integers(0, 10_000), min_size=1, max_size=6)))
    epochs = tuple(
        Epoch(
            index=index,
            duration_s=draw(st.none() | AMOUNTS),
            energy=draw(ENERGIES),
            units=draw(st.none() | AMOUNTS),
            unit=draw(st.none() | TEXTS),
            metrics=draw(
                st.dictionaries(TEXTS, st.floats(allow_nan=False, allow_infinity=False), max_size=3)
            ),
        )
        for index in indices
    )
    return EnergyProfile(
        id=draw(TEXTS.filter(bool)),
        name=draw(TEXTS.filter(bool)),
        epochs=epochs,
        hardware=tuple(
            draw(
                st.lists(
                    st.builds(
                        HardwareItem,
                        kind=st.sampled_from(DEVICE_KINDS),
                        model=TEXTS,
                        count=st.integers(1, 100_000),
                        chip_id=st.none() | TEXTS,
                    ),
                    max_size=3,
                )
            )
        ),
        provenance=Provenance(
            tool=draw(TEXTS),
            source=draw(st.sampled_from(["counter", "integrated", "estimate", "imported"])),
            version=draw(st.none() | TEXTS),
            assumptions=tuple(draw(st.lists(TEXTS, max_size=3))),
        ),
        author=draw(st.none() | TEXTS),
        url=draw(st.sampled_from([None, "https://arxiv.org/abs/1906.02243", "http://example.org/a?b=c#d"])),
        created_at=draw(st.sampled_from([None, "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.125+02:00"])),
        region_id=draw(st.none() | TEXTS),
        pue=draw(st.none() | st.floats(1, 10)),
        division=draw(st.sampled_from(["epoch", "interval"])),
        outside=draw(st.none() | st.builds(Outside, duration_s=st.none() | AMOUNTS, energy=ENERGIES)),
        precision=draw(st.none() | st.sampled_from(PRECISIONS)),
    )
