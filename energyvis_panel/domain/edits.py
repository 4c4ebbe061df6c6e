"""What a user changes by hand: circumstances of the site and pieces of the machine. None = as recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType

from energyvis_panel.domain.carbon import MOST_G_PER_KWH, CarbonIntensity, Price
from energyvis_panel.domain.hardware import DEVICE_KINDS, Chip, DeviceKind, HardwareError, Piece, Precision
from energyvis_panel.domain.scenario import MOST_PUE
from energyvis_panel.errors import EnergyVisError

MOST_PRICE = 100.0
MOST_EPOCH_S = 3.2e8
"""Ten years."""
MOST_WATTS = 1e9
MOST_COUNT = 100_000
MOST_TFLOPS = 1e6


class EditError(EnergyVisError):
    """A value entered by hand is out of its range."""


def _within(what: str, value: float | None, least: float, most: float) -> None:
    if value is None:
        return
    if not isfinite(value) or not least <= value <= most:
        raise EditError(f"{what} is {value:g}, but must lie from {least:g} to {most:,g}.")


@dataclass(frozen=True, slots=True)
class PieceChoice:
    """Equal chips that a user chose: by ``chip_id`` of the catalogue, or described by hand where that is ''.

    ``tdp_w`` in watts and ``tflops`` in TFLOP/s (dense, at the precision in use) count for own chips only.
    """

    kind: DeviceKind
    chip_id: str
    count: int
    name: str = ""
    tdp_w: float | None = None
    tflops: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in {"gpu", "cpu"}:
            raise EditError(f"{self.kind} cannot be replaced: only GPUs and CPUs can. Choose one of them.")
        _within("The count of chips", self.count, 1, MOST_COUNT)
        if not self.chip_id:
            if not self.name.strip():
                raise EditError("An own chip needs a name. Enter one.")
            _within(f"The power of {self.name} in W", self.tdp_w, 0.1, MOST_WATTS)
            _within(f"The rate of {self.name} in TFLOP/s", self.tflops, 1e-6, MOST_TFLOPS)

    def piece(self, chip: Callable[[str], Chip]) -> Piece:
        """The pieces with their chip, which ``chip`` finds by its identifier.

        Raises
        ------
        EnergyVisError
            If the catalogue holds no such chip.

        """
        if self.chip_id:
            return Piece(chip(self.chip_id), self.count)
        own = Chip(
            chip_id="", kind=self.kind, vendor="", name=self.name, tdp_w=self.tdp_w, fp32_tflops=self.tflops,
            tf32_tflops=self.tflops, fp16_tflops=self.tflops, fp8_tflops=self.tflops, flops_method="user",
            source="entered by hand",
        )  # fmt: skip
        return Piece(own, self.count)


@dataclass(frozen=True, slots=True)
class Edits:
    """What differs from the record.

    Parameters
    ----------
    region_id
        Region whose electricity is taken.
    g_per_kwh
        Carbon intensity entered by hand, g CO2e/kWh; goes before the region's.
    pue
        Power usage effectiveness of the site, 1 to 10.
    price_per_kwh
        Price of electricity, USD/kWh; goes before the region's.
    epoch_s
        Mean duration of an epoch, seconds. Energy follows it at equal power; a profile that records no times
        takes it as its times, at equal energy.
    watts
        Mean power by kind of device, watts before PUE.
    pieces
        The whole machine otherwise; None = as recorded.
    original
        The recorded machine, where the catalogue does not know what the profile names.
    precision
        Number format by which chips are compared; None = the profile's own, else FP32.
    efficiency
        Part of the speed that is kept with each doubling of the number of workers, above 0 to 1.

    """

    region_id: str | None = None
    g_per_kwh: float | None = None
    pue: float | None = None
    price_per_kwh: float | None = None
    epoch_s: float | None = None
    watts: tuple[tuple[DeviceKind, float], ...] = ()
    pieces: tuple[PieceChoice, ...] | None = None
    original: tuple[PieceChoice, ...] | None = None
    precision: Precision | None = None
    efficiency: float = 1.0

    def __post_init__(self) -> None:
        _within("The carbon intensity in g/kWh", self.g_per_kwh, 0, MOST_G_PER_KWH)
        _within("The PUE", self.pue, 1, MOST_PUE)
        _within("The price in USD/kWh", self.price_per_kwh, 0, MOST_PRICE)
        _within("The duration of an epoch in s", self.epoch_s, 1e-6, MOST_EPOCH_S)
        _within("The parallel efficiency", self.efficiency, 0.01, 1)
        for kind, watts in self.watts:
            if kind not in DEVICE_KINDS:
                raise EditError(f"{kind!r} is no kind of device. Choose one of {', '.join(DEVICE_KINDS)}.")
            _within(f"The power of {kind.upper()} in W", watts, 0, MOST_WATTS)
        if self.pieces is not None and not self.pieces:
            raise HardwareError("A machine needs at least one GPU or CPU. Add a chip.")

    def site(self) -> "Edits":
        """The part that holds for any run at the site: region, intensity, PUE, price."""
        return Edits(self.region_id, self.g_per_kwh, self.pue, self.price_per_kwh)

    def is_active(self) -> bool:
        """Whether a result may differ by it; precision and efficiency count only with other pieces."""
        return any(
            value is not None
            for value in (
                self.region_id,
                self.g_per_kwh,
                self.pue,
                self.price_per_kwh,
                self.epoch_s,
                self.pieces,
            )
        ) or bool(self.watts)


NO_EDITS = Edits()


def _no_chip(chip_id: str) -> Chip:
    raise HardwareError(f"There is no chip {chip_id!r} here. Choose another.")


@dataclass(frozen=True, slots=True)
class References:
    """What the study looks up: intensities and prices (USD) by region, chips by identifier or name."""

    intensities: Mapping[str, CarbonIntensity] = field(default_factory=lambda: MappingProxyType({}))
    prices: Mapping[str, Price] = field(default_factory=lambda: MappingProxyType({}))
    chip: Callable[[str], Chip] = _no_chip
