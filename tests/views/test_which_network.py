from types import SimpleNamespace
from typing import Any

import pytest

from energyvis_panel.domain.network import Wish
from energyvis_panel.domain.network_neighbours import Neighbours
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.network.network_rows import COLUMNS, neighbour_rows
from energyvis_panel.views.study.network.which_network import WhichNetwork
from tests.domain.test_network import neighbour, neighbours
from tests.profiles_fixture import REFERENCES
from tests.state.test_network import Answers
from tests.state.test_study_state import CannedProfiles


@pytest.fixture
def view() -> WhichNetwork:
    return WhichNetwork(Study(CannedProfiles(), REFERENCES), Answers())


def send(view: WhichNetwork, **message: Any) -> None:
    view._act(SimpleNamespace(data=message))


def test_rows_are_shares_of_the_most_with_texts_and_support() -> None:
    found = neighbours(
        neighbour("a"),
        neighbour("b", "GPU node", 0.008),
        neighbour("c", runs=2),
        neighbour("d", mean_log2_size=15.2),
    )
    first, second, third, fourth = neighbour_rows(found, "run")
    assert (first["name"], first["node"], first["text"]) == ("a, 6 layers", "CPU node", "278 Wh")
    assert first["support"] == "250 to 306 Wh · 5 runs"
    assert second["gpu"]
    assert second["high"] == 1
    assert first["median"] == pytest.approx(1 / 2.2)
    assert first["low"] == pytest.approx(0.9 / 2.2)
    assert third["weak"]
    assert third["support"] == "2 runs, too few"
    assert fourth["weak"]
    assert fourth["support"] == "5 runs, off in size"
    assert neighbour_rows(None, "run") == []


def test_the_table_has_a_cell_for_each_heading() -> None:
    (row,) = neighbour_rows(neighbours(neighbour(datum_s=None)), "epoch")
    assert len(row["cells"]) == len(COLUMNS)
    assert row["cells"][COLUMNS.index("Datum")] == "4.00 mJ"
    assert row["cells"][COLUMNS.index("Epoch")] == "157 J"
    assert row["cells"][COLUMNS.index("Time of a run")] == "not known"
    assert row["cells"][COLUMNS.index("Parameters")] == "32,768 to 131,072"


def test_it_waits_then_answers_and_says_loudly_that_the_data_are_made_up(view: WhichNetwork) -> None:
    assert view.component.rows == []
    assert "being read" in view.component.answer
    assert not view.component.synthetic
    view.state.refresh()
    assert view.component.synthetic
    assert "“a” with 6 layers" in view.component.answer
    assert view.component.reach.startswith("Inside")
    assert len(view.component.rows) == 2


def test_messages_of_the_form_reach_the_state(view: WhichNetwork) -> None:
    view.state.refresh()
    send(view, action="field", name="parameters", value="1e9")
    assert view.component.beyond
    assert "beyond the largest measured" in view.component.reach
    send(view, action="basis", value="epoch")
    assert "an epoch" in view.component.answer
    send(view, action="profile", place=0)
    assert "Synthetic: a, 6 layers, CPU node, adult" in view.component.made
    send(view, action="basis", value="nonsense")
    send(view, action="profile", place="0")
    send(view)
    assert view.state.basis == "epoch"


def test_a_failure_is_shown_in_place_of_the_answer() -> None:
    answers = Answers()
    answers.broken = True
    view = WhichNetwork(Study(CannedProfiles(), REFERENCES), answers)
    view.state.refresh()
    assert view.component.answer == "The table is gone. Fetch it again."


def test_nothing_measured_is_said() -> None:
    def nothing(wish: Wish) -> Neighbours:
        return neighbours(wish=wish)

    view = WhichNetwork(Study(CannedProfiles(), REFERENCES), nothing)
    view.state.refresh()
    assert view.component.answer.startswith("Nothing was measured near")
    assert view.component.rows == []
