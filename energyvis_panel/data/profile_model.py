"""The shape of an energy profile as JSON, version 1, as ``energy_profile.schema.json`` has it.

The models check what comes from outside; the program works with :class:`EnergyProfile`.
"""

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from energyvis_panel.domain.hardware import DeviceKind, Precision
from energyvis_panel.domain.profile import Division, Source


def web_address(url: str) -> str:
    """``url`` if it is an http or https address.

    Raises
    ------
    ValueError
        If it is anything else; pydantic turns it into its own error.

    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isprintable() or " " in url:
        raise ValueError("must be an http or https address")
    return url


def date_time(text: str) -> str:
    """``text`` if it is an ISO 8601 date and time.

    Raises
    ------
    ValueError
        If it is anything else.

    """
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date and time such as 2026-11-22T10:00:00Z") from None
    return text


Amount = Annotated[float, Field(ge=0)]


class JsonPart(BaseModel):
    """Any object in a profile: no unknown fields, no numbers in quotes, nothing infinite."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class EnergyJson(JsonPart):
    """Joules by device kind; a kind that was not measured is absent."""

    gpu: Amount = 0.0
    cpu: Amount = 0.0
    dram: Amount = 0.0
    other: Amount = 0.0


class HardwareJson(JsonPart):
    """Equal pieces of hardware."""

    kind: DeviceKind
    model: Annotated[str, Field(max_length=200)]
    count: Annotated[int, Field(ge=1, le=100_000)]
    chip_id: str | None = None


class OutsideJson(JsonPart):
    """What lies between and around the epochs."""

    duration_s: Amount | None
    energy_j: EnergyJson


class EpochJson(JsonPart):
    """One epoch, or one interval."""

    index: Annotated[int, Field(ge=0)]
    duration_s: Amount | None
    energy_j: EnergyJson
    units: Amount | None = None
    unit: Annotated[str, Field(max_length=50)] | None = None
    metrics: dict[str, float] = Field(default_factory=dict)


class ProvenanceJson(JsonPart):
    """Which tool made the numbers, and how."""

    tool: Annotated[str, Field(max_length=200)]
    version: Annotated[str, Field(max_length=100)] | None = None
    source: Source
    assumptions: Annotated[tuple[Annotated[str, Field(max_length=2000)], ...], Field(max_length=100)] = ()


class ProfileJson(JsonPart):
    """The whole file."""

    format: Literal["energyvis-profile"]
    version: Literal[1]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    author: Annotated[str, Field(max_length=500)] | None = None
    url: Annotated[str, Field(max_length=2000), AfterValidator(web_address)] | None = None
    created_at: Annotated[str, AfterValidator(date_time)] | None = None
    region_id: str | None = None
    pue: Annotated[float, Field(ge=1, le=10)] | None = None
    division: Division = "epoch"
    hardware: Annotated[tuple[HardwareJson, ...], Field(max_length=100)]
    epochs: Annotated[tuple[EpochJson, ...], Field(min_length=1, max_length=1_000_000)]
    outside_epochs: OutsideJson | None = None
    provenance: ProvenanceJson
    precision: Precision | None = None
