"""What a tracker says in its events, checked before anything of it is believed."""

import json
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from energyvis_panel.data.live_address import LiveRefusal
from energyvis_panel.data.run_facts import RunFacts, read_run_facts
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.profile import EnergyByKind
from energyvis_panel.errors import DatasetError

LONGEST_NAME = 200
MOST_PARTS = 100
MOST_US = 2**53

Amount = Annotated[float, Field(ge=0, le=1e18)]
Joules = dict[str, Amount | None]
Moment = Annotated[int, Field(ge=0, le=MOST_US)]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]


class EventPart(BaseModel):
    """Any object in an event: no numbers in quotes, nothing infinite; fields of later versions pass."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)


class EpochEvent(EventPart):
    """A finished epoch, with joules of whole devices and, where the run has a rule, of the job's share."""

    epoch: Number
    started_us: Moment
    ended_us: Moment
    duration_s: Amount
    energy_j: Joules
    attributed_j: Joules | None = None
    units: Amount | None = None
    unit: str | None = None
    metrics: dict[str, float | None] = Field(default_factory=dict)


class DeviceNow(EventPart):
    """A device at the newest sample."""

    kind: str
    source: str


class SampleEvent(EventPart):
    """The run at its newest sample; energies are totals since its start."""

    at_us: Moment
    epoch: Number | None = None
    epochs_done: Number = 0
    samples: Number = 0
    energy_j: Joules
    attributed_j: Joules | None = None
    power_w: dict[str, float | None] = Field(default_factory=dict)
    qualities: dict[str, Number] = Field(default_factory=dict)
    devices: tuple[DeviceNow, ...] = ()


Part = TypeVar("Part", bound=EventPart)


def read_event(model: type[Part], data: bytes, what: str) -> Part:
    """An event's data as a checked object.

    Raises
    ------
    LiveRefusal
        If no tracker could have sent it; the text names the field, never the content.

    """
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        place = ".".join(str(step)[:40] for step in error.errors(include_input=False)[0]["loc"][:3])
        where = f" (its field {place!r} cannot be used)" if place else ""
        raise LiveRefusal(
            f"The server sends {what} that no tracker sends{where}, so it is not followed."
        ) from None


def read_facts(data: bytes, run_id: str) -> RunFacts | None:
    """Facts of the run; None where the tracker knows nothing but the id so far.

    Parameters
    ----------
    data
        The event's data.
    run_id
        The run that is followed; "" before that is known.

    Raises
    ------
    LiveRefusal
        If it is no such object, or about another run.

    """
    try:
        raw = json.loads(data)
        if isinstance(raw, dict) and set(raw) == {"run_id"}:
            return None
        named = str(raw.get("run_id", "")) if isinstance(raw, dict) else ""
        facts = read_run_facts(data, run_id or named)
    except (ValueError, RecursionError, DatasetError) as error:
        reason = str(error)[:LONGEST_NAME] if isinstance(error, DatasetError) else "it is not JSON"
        raise LiveRefusal(f"The facts of the run are not usable: {reason}.") from None
    return facts.model_copy(
        update={
            "name": facts.name[:LONGEST_NAME] or facts.run_id,
            "user": facts.user[:LONGEST_NAME],
            "hardware": tuple(
                item.model_copy(update={"model": item.model[:LONGEST_NAME]})
                for item in facts.hardware[:MOST_PARTS]
            ),
            "devices": facts.devices[:MOST_PARTS],
        }
    )


def energy_of(joules: Joules) -> EnergyByKind:
    """Joules by the kinds of a profile; a kind that was not measured has none."""
    return EnergyByKind(**{kind: joules.get(kind) for kind in DEVICE_KINDS})
