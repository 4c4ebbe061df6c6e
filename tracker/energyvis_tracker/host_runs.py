"""Other runs on this host: dead ones are brought in order, living ones are named."""

import contextlib
import json
from typing import TYPE_CHECKING

from energyvis_tracker.clock import US_PER_S, now_us, us_from_iso
from energyvis_tracker.errors import SinkError
from energyvis_tracker.lake import RUN_FILE
from energyvis_tracker.run_record import ACTIVE_STATES

if TYPE_CHECKING:
    from energyvis_tracker.session import Session

ALIVE_S = 60
MOST_LOOKED_AT = 500


def recover_and_note_others(session: "Session") -> None:
    """Recover runs whose sampler has died, and note living runs that count the same devices whole."""
    from energyvis_tracker.recovery import recover  # noqa: PLC0415 - after the first sample, not before

    with contextlib.suppress(SinkError):  # a lake that cannot be written now says so elsewhere
        recover(session.lake)
    if session.attribution.rule == "exclusive" and (others := living_runs(session)):
        session.note(
            f"{' and '.join(others)} ran on this machine at the same time, and its whole energy counts "
            "in each; attribution='cpu_time' shares it out."
        )


def living_runs(session: "Session") -> list[str]:
    """Return the names of other runs on this host that gave a sign of life within a minute."""
    names = []
    newest = sorted(session.lake.glob(f"live/*/{RUN_FILE}"), reverse=True)[:MOST_LOOKED_AT]
    for path in newest:
        with contextlib.suppress(OSError, ValueError, KeyError):
            record = json.loads(path.read_bytes())
            is_here = session.facts["host"] in record["hosts"] and record["run_id"] != session.run_id
            is_alive = now_us() - us_from_iso(record["heartbeat_at"]) < ALIVE_S * US_PER_S
            if is_here and is_alive and record["state"] in ACTIVE_STATES:
                names.append(f"{record['name']} ({record['run_id']})")
    return names
