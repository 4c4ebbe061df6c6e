"""What can be embedded is what is served; the host script comes from where the code says."""

import urllib.request

from panel.tests.util import serve_and_wait

from energyvis_panel.assembly.explore_parts import EXPLORE_VIEWS
from energyvis_panel.assembly.framed_parts import CHART_VIEWS
from energyvis_panel.assembly.study_parts import VIEWS
from energyvis_panel.state.address import study_query
from energyvis_panel.state.study import Study
from energyvis_panel.views.embed.embed_button import HERE, EmbedButton
from energyvis_panel.views.embed.offers import EXPLORE_OFFERS, RUNS_OFFERS, STUDY_KEPT, STUDY_OFFERS
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles


def test_each_view_that_is_served_can_be_embedded() -> None:
    assert {offer.name for offer in STUDY_OFFERS} == {*CHART_VIEWS, *VIEWS}
    assert tuple(offer.name for offer in EXPLORE_OFFERS) == EXPLORE_VIEWS
    assert [offer.name for offer in RUNS_OFFERS] == ["runs"]


def test_the_code_keeps_all_that_describes_a_study() -> None:
    assert set(STUDY_KEPT) == set(study_query(Study(CannedProfiles(), REFERENCES)))


def test_the_host_script_is_served() -> None:
    button = EmbedButton.of_runs()
    address = f"http://localhost:{serve_and_wait(button)}/{button.script}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert "javascript" in answer.headers["Content-Type"]
        assert answer.read() == (HERE / "embed.js").read_bytes()
