"""A profile of a million epochs is imported in seconds, not minutes; so are large files of other formats."""

import json
import time
from collections.abc import Callable

import pytest

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.profile_export import export_profile
from energyvis_panel.domain.imported_profile import MOST_FILE_BYTES

MANY = 1_000_000
FEWER = 200_000
LONGEST_S = 90.0
"""Many times what it takes on an idle machine (2 to 5 s), since tests may share it with other work."""


def energyvis(epochs: int) -> str:
    return json.dumps({"name": "many", "serverData": {"gpu": {"epoch": [0.125] * epochs}}, "components": {}})


def own(count: int) -> str:
    epochs = ",".join(f'{{"index":{k},"duration_s":1,"energy_j":{{"gpu":450000}}}}' for k in range(count))
    return (
        '{"format":"energyvis-profile","version":1,"id":"many","name":"many","hardware":[],'
        '"provenance":{"tool":"test","source":"counter"},"epochs":[' + epochs + "]}"
    )


def zeus(epochs: int) -> str:
    rows = "\n".join(f"{k},epoch,1,450000" for k in range(epochs))
    return f"start_time,window_name,elapsed_time,gpu0_energy\n{rows}\n"


@pytest.mark.parametrize(("made", "epochs"), [(energyvis, MANY), (own, FEWER), (zeus, FEWER)])
def test_a_long_profile_is_imported_in_seconds(made: Callable[[int], str], epochs: int) -> None:
    content = made(epochs).encode()
    begin_s = time.perf_counter()
    (found,) = read_import(content, "many")
    taken_s = time.perf_counter() - begin_s
    assert len(found.profile.epochs) == epochs
    assert found.profile.epochs[-1].energy.gpu == 450_000.0
    assert taken_s < LONGEST_S


def test_what_is_exported_of_a_long_profile_stays_below_the_limit_of_size() -> None:
    (found,) = read_import(own(FEWER).encode(), "many")
    _, written = export_profile(found.profile, "energyvis-profile")
    assert len(written) * MANY / FEWER < MOST_FILE_BYTES
