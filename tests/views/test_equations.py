from typing import Any

from energyvis_panel.domain.study import Choice, compare
from energyvis_panel.views.study.equations import equation_lines
from tests.profiles_fixture import INTENSITIES, small_profile


def sentences(profile_id: str = "one", *, choice: Choice | None = None, pounds: bool = False) -> list[str]:
    return [text_of(line["sentence"]) for line in lines(profile_id, choice=choice, pounds=pounds)]


def lines(profile_id: str, *, choice: Choice | None = None, pounds: bool = False) -> list[dict[str, Any]]:
    profiles = {"one": small_profile("one"), "nowhere": small_profile("nowhere", region_id=None, pue=None)}
    comparison = compare(profiles, INTENSITIES, choice or Choice(profile_id))
    series = (comparison.alternatives or (comparison.baseline,))[0]
    return equation_lines(series, edited_pue=bool(choice and choice.pue), pounds=pounds)


def text_of(tokens: list[dict[str, Any]]) -> str:
    return "".join(str(token.get("value", token.get("text"))) for token in tokens)


def test_each_equation_reads_as_a_true_sentence() -> None:
    power, energy, carbon = sentences()
    assert power == "Mean power at the site 59.4 kW = (GPU 36.0 kW + CPU 3,600 W) × PUE 1.5"
    assert energy == "Energy at the site 6.60 kWh = 59.4 kW × 6 min 40 s"
    assert carbon.startswith("Emissions 2.15 kg CO₂e = 325 g/kWh × 6.60 kWh in Georgia (EPA eGRID, direct")


def test_pounds_change_the_emissions_only() -> None:
    kilograms, pounds = sentences(), sentences(pounds=True)
    assert pounds[:2] == kilograms[:2]
    assert pounds[2].startswith("Emissions 4.73 lb CO₂e")


def test_an_edited_pue_is_marked_and_can_go_back() -> None:
    line = lines("one", choice=Choice("one", pue=1.2))[0]
    field = next(token for token in line["sentence"] if token.get("kind") == "input")
    assert (field["value"], field["edited"]) == ("1.2", True)
    back = next(token for token in line["sentence"] if token.get("kind") == "reset")
    assert back["text"] == "back to 1.5"


def test_what_is_not_known_is_said() -> None:
    power, _energy, carbon = sentences("nowhere")
    assert power.endswith("PUE 1 (none recorded, so 1 is taken)")
    assert "names no region" in carbon


def test_one_quantity_has_one_colour_in_formula_and_sentence() -> None:
    for line in lines("one"):
        formula = {token["quantity"] for token in line["formula"] if token.get("quantity")}
        sentence = {token["quantity"] for token in line["sentence"] if token.get("quantity")}
        assert sentence <= formula
