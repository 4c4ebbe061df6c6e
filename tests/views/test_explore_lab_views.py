"""Every view over the lab's own runs: with and without tags, one run, and no run selected."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lab_runs import LabRuns, LabTable
from energyvis_panel.data.lake import Lake
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.page import VIEW_CLASSES
from tests.lake_fixture import LakeWriter

RUN = "01JBQ0000000000000000000{:02d}"
TAGS = ["optimizer=adam", "parameters=5000", "layers=3", "batch_size=64", "learning_rate=0.001"]
SPOILT = ("could not be answered", "failed:")
"""What a sentence says where a question failed."""


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, LabTable]]:
    """Tables of a lake with one run that says nothing of its network, and of one with many kinds of runs."""
    found: dict[str, LabTable] = {}
    with Gateway(threads=1) as gateway:
        for name in ("one", "many"):
            writer = LakeWriter(tmp_path_factory.mktemp(name) / "lake")
            writer.plain_run(RUN.format(0), project=None, hardware=[])
            if name == "many":
                for at in range(1, 13):
                    state = {"state": "failed"} if at == 1 else {}
                    tags = [*TAGS, f"shape={'rectangle' if at % 2 else 'trapezoid'}"] if at % 3 else []
                    writer.plain_run(
                        RUN.format(at), tags=tags, project="vision" if at % 4 else "speech", **state
                    )
                writer.facts(RUN.format(13))
            table = LabRuns(Lake(gateway, writer.path), threads=1).table(
                datetime(2026, 11, 3, 11, tzinfo=UTC)
            )
            assert table is not None
            found[name] = table
        yield found


@pytest.mark.parametrize("lake", ["one", "many"])
@pytest.mark.parametrize("name", list(VIEW_CLASSES))
def test_a_view_works_over_the_lab(lakes: dict[str, LabTable], name: str, lake: str) -> None:
    table = lakes[lake]
    state = Exploration(table.gateway, scores=table.scores)
    view = VIEW_CLASSES[name](state)
    view.__panel__()
    answers = [view.answer]
    table_of_all = view.table()
    state.brush_set("run_id", (RUN.format(0),))
    answers.append(view.answer)
    assert state.run_count == 1
    view.table()
    state.clear()
    # A range that holds none of the runs, all of which took 8,400 J or nothing.
    state.brush_range("energy_j", 1.0, 2.0)
    answers.append(view.answer)
    assert state.run_count == 0
    view.table()
    state.clear()
    assert view.answer == answers[0]
    assert [list(row) for row in view.table().rows] == [list(row) for row in table_of_all.rows]
    assert not [said for said in answers if not said or any(words in said for words in SPOILT)]
