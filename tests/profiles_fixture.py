"""Small profiles and intensities that several tests share."""

from energyvis_panel.domain.carbon import CarbonIntensity, Price
from energyvis_panel.domain.edits import References
from energyvis_panel.domain.hardware import Chip, HardwareError
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, Outside, Provenance, Source

GEORGIA = CarbonIntensity("US-GA", "Georgia", 325.0, 2023, "EPA eGRID", "direct", "generation")
WYOMING = CarbonIntensity("US-WY", "Wyoming", 831.6, 2023, "EPA eGRID", "direct", "generation")
FRANCE = CarbonIntensity("FR", "France", 41.4, 2025, "Ember", "lifecycle", "generation")
INTENSITIES = {i.region_id: i for i in (GEORGIA, WYOMING, FRANCE)}
PRICES = {"US-GA": Price(0.11, "USD", "EIA 2023"), "US-WY": Price(0.09, "USD", "EIA 2023")}
CHIPS = {
    chip_id: Chip(chip_id, kind, "Maker", name, tdp_w, fp32, None, fp16, None, "vendor", "data sheet")
    for chip_id, kind, name, tdp_w, fp32, fp16 in (
        ("old-gpu", "gpu", "Old GPU", 250.0, 10.0, 100.0),
        ("new-gpu", "gpu", "New GPU", 500.0, 40.0, 800.0),
        ("host-cpu", "cpu", "Host CPU", 200.0, 4.0, None),
        ("big-cpu", "cpu", "Big CPU", 400.0, 8.0, None),
    )
}


def find(text: str) -> Chip:
    """A chip of :data:`CHIPS`, as the catalogue would find it."""
    if text not in CHIPS:
        raise HardwareError(f"No chip is called {text!r}. Choose another.")
    return CHIPS[text]


REFERENCES = References(INTENSITIES, PRICES, find)


def small_profile(
    profile_id: str = "small",
    *,
    epochs: int = 4,
    region_id: str | None = "US-GA",
    pue: float | None = 1.5,
    source: Source = "counter",
    outside: bool = False,
) -> EnergyProfile:
    """Profile whose epoch k takes 100 s, 3.6 MJ (1 kWh) of GPU and 0.36 MJ of CPU energy."""
    return EnergyProfile(
        id=profile_id,
        name=profile_id.title(),
        epochs=tuple(Epoch(index, 100.0, EnergyByKind(gpu=3.6e6, cpu=0.36e6)) for index in range(epochs)),
        hardware=(),
        provenance=Provenance("test", source),
        region_id=region_id,
        pue=pue,
        outside=Outside(50.0, EnergyByKind(gpu=1.8e6)) if outside else None,
    )
