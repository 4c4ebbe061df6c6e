"""The facts of a run, as ``run.json`` holds them."""

import json
import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.errors import DatasetError

RUN_SCHEMA_VERSION = 1
MOST_BYTES = 4_000_000
RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What an id may be: folders and files are named by it, and DuckDB takes ``*`` in a path for any name."""
FINAL_STATES = frozenset({"finished", "stopped", "failed", "lost"})

RunState = Literal["running", "paused", "finished", "stopped", "failed", "lost"]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


class RunHardware(BaseModel):
    """Equal pieces of hardware that took part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: DeviceKind
    model: str
    count: Count
    chip_id: str | None = None


class RunDevice(BaseModel):
    """A device that was looked for, and how it is read; with source ``none``, why it is not."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    id: str
    model: str | None = None
    source: str
    note: str | None = None


class RunBudget(BaseModel):
    """Limits set for a run; None = not limited. Energy in joules, CO2e in grams, cost in ``currency``."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    energy_j: float | None = None
    carbon_g: float | None = None
    cost: float | None = None
    currency: str | None = None
    action: str | None = None


class RunFacts(BaseModel):
    """What is known of a run apart from its readings. Fields of later versions are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    run_id: str
    schema_version: int
    name: str
    project: str | None = None
    user: str
    hosts: tuple[str, ...]
    state: RunState
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    heartbeat_at: AwareDatetime
    epochs_planned: Count | None = None
    region_id: str | None = None
    pue: Annotated[float, Field(ge=1, le=10)] | None = None
    hardware: tuple[RunHardware, ...] = ()
    devices: tuple[RunDevice, ...] = ()
    scheduler: dict[str, str | None] | None = None
    command: tuple[str, ...] = ()
    exit_code: int | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    attribution: str = "exclusive"
    ranks: Count | None = None
    paused_s: Annotated[float, Field(ge=0)] | None = None
    budget: RunBudget | None = None
    notes: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether nothing more will be written about the run."""
        return self.state in FINAL_STATES

    @property
    def last_sign_at(self) -> datetime:
        """When the run was last heard of."""
        return max(self.heartbeat_at, self.ended_at or self.heartbeat_at)


def read_run_facts(text: bytes, run_id: str) -> RunFacts:
    """Facts of the run ``run_id`` from the text of its ``run.json``.

    Raises
    ------
    DatasetError
        If the text is no such object, of a later version, or of another run; the message is the reason alone.

    """
    if len(text) > MOST_BYTES:
        raise DatasetError(f"it holds {len(text):,} bytes, more than any run.json needs")
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise DatasetError(f"it is not JSON ({error})") from error
    except RecursionError:
        raise DatasetError("it is nested too deeply") from None
    if not isinstance(raw, dict):
        raise DatasetError("it is not a JSON object")
    version = raw.get("schema_version")
    if version != RUN_SCHEMA_VERSION:
        raise DatasetError(
            f"its schema_version is {version!r}, and this program reads version {RUN_SCHEMA_VERSION} only"
        )
    try:
        facts = RunFacts.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DatasetError(f"its field {place!r} cannot be used: {first['msg']}") from error
    if facts.run_id != run_id:
        raise DatasetError(f"it describes the run {facts.run_id[:64]!r}, not {run_id!r}")
    if not RUN_ID.fullmatch(run_id):
        raise DatasetError(f"its run_id {run_id!r} is no id of a run")
    return facts
