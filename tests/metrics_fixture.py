"""Profiles whose epochs carry metrics: an accuracy that saturates, and a loss that falls with it."""

from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, Provenance


def learning_profile(name: str, epochs: int, epoch_j: float, best: float) -> EnergyProfile:
    """Profile of equal epochs; after epoch k its ``val_acc`` is best x (1 - 2^-k), its ``loss`` 2^-k."""
    energy = EnergyByKind(gpu=epoch_j)
    return EnergyProfile(
        id=name.lower(),
        name=name,
        epochs=tuple(
            Epoch(
                index,
                60.0,
                energy,
                metrics={"val_acc": best * (1 - 0.5 ** (index + 1)), "loss": 0.5 ** (index + 1)},
            )
            for index in range(epochs)
        ),
        hardware=(),
        provenance=Provenance("test", "counter"),
        region_id="US-GA",
        pue=1.0,
    )
