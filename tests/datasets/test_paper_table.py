"""Table 1 of the paper, in short tons of 2,000 lb, from the shipped equivalences and profiles."""

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.profile_json import read_profile
from energyvis_panel.data.reference import equivalences
from energyvis_panel.data.workspace import default_intensities
from energyvis_panel.domain.edits import Edits, References
from energyvis_panel.domain.scenario import project
from energyvis_panel.domain.study import scenario_of
from energyvis_panel.resources import resource_path

LB_PER_SHORT_TON = 2000
KG_PER_LB = 0.45359237
PRINTED = {
    "flight-ny-sf-return": 0.99,
    "human-life-year": 5.52,
    "american-life-year": 18.08,
    "nlp-pipeline-tuned": 39.23,
    "car-lifetime": 63.00,
    "transformer-big-nas": 313.08,
}
BERT_BASE_TONS = 0.72
LB_PER_KWH_OF_THE_PAPER = 0.954


@pytest.fixture(scope="module")
def tons() -> dict[str, float]:
    with Gateway() as gateway:
        return {e.eq_id: e.kg_co2e / KG_PER_LB / LB_PER_SHORT_TON for e in equivalences(gateway)}


@pytest.mark.parametrize("eq_id", PRINTED)
def test_a_line_of_the_table_is_what_the_paper_prints(tons: dict[str, float], eq_id: str) -> None:
    assert tons[eq_id] == pytest.approx(PRINTED[eq_id], abs=0.011)


def test_bert_base_at_the_papers_intensity_emits_what_the_paper_prints() -> None:
    path = resource_path("datasets/profiles/strubell-2019-bert-base.json")
    profile = read_profile(path.read_bytes(), path.name)[0]
    edits = Edits(g_per_kwh=LB_PER_KWH_OF_THE_PAPER * KG_PER_LB * 1000)
    carbon_g = project(profile, scenario_of(profile, References(), edits)).carbon_g()
    assert carbon_g is not None
    assert carbon_g / 1000 / KG_PER_LB / LB_PER_SHORT_TON == pytest.approx(BERT_BASE_TONS, abs=0.006)


def test_states_count_direct_emissions_and_countries_lifecycle_ones() -> None:
    with Gateway() as gateway:
        found = default_intensities(gateway)
    assert {found[region].scope for region in ("US-WY", "US-GA", "US-DC")} == {"direct"}
    assert {found[region].scope for region in ("US", "FR", "NA")} == {"lifecycle"}
