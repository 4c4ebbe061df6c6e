import json

import pytest

from energyvis_panel.domain.edits import Edits
from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.domain.report import model_card, paragraph, report_rows
from energyvis_panel.domain.study import Choice, Comparison, compare
from tests.profiles_fixture import REFERENCES, small_profile

CAR = Equivalence("car", "typical car", 0.4, "miles", "400 g", "US EPA")
PROFILES = {
    "one": small_profile("one"),
    "nowhere": small_profile("nowhere", region_id=None, source="estimate"),
}
KG = 4 * 1.1 * 1.5 * 0.325


def compared(choice: Choice) -> Comparison:
    return compare(PROFILES, REFERENCES, choice)


def test_the_paragraph_says_how_much_where_and_how_it_is_known() -> None:
    text = paragraph(compared(Choice("one", edits=Edits(region_id="US-WY"))), (CAR,), "9.9")
    assert "consumed 6.60 kWh of electricity over 4 epochs in 6 min 40 s" in text
    assert "measured by energy counters (test)" in text
    assert "325 g CO₂e/kWh, EPA eGRID 2023, direct (Georgia), this corresponds to 2.15 kg CO₂e" in text
    assert f"as much as {KG / 0.4:.2f} miles (typical car; US EPA)." in text
    assert "Alternative A (in Wyoming) would have taken 6.60 kWh and 5.49 kg CO₂e." in text
    assert "EnergyVis Panel 9.9" in text


def test_an_estimate_is_called_one_and_unknown_emissions_are_not_invented() -> None:
    text = paragraph(compared(Choice("nowhere")), (CAR,), "9.9")
    assert "estimated, not measured" in text
    assert "no carbon intensity of its electricity is known" in text
    assert model_card(compared(Choice("nowhere")), "9.9").startswith("# No emissions")


def test_the_model_card_holds_grams_and_quotes_its_texts() -> None:
    lines = dict(
        line.strip().split(": ", 1) for line in model_card(compared(Choice("one")), "9").splitlines()[1:]
    )
    assert float(lines["emissions"].split(" #")[0]) == pytest.approx(KG * 1000, rel=1e-5)
    assert json.loads(lines["geographical_location"]) == "Georgia"
    assert "PUE 1.5" in json.loads(lines["source"])


def test_rows_say_not_known_where_nothing_is_known() -> None:
    (row,) = report_rows(compared(Choice("nowhere")))
    assert row.carbon == row.cost == "not known"
    (row,) = report_rows(compared(Choice("one")))
    assert row.cost == "72.6 US cents"
    assert row.power == "59.4 kW"
