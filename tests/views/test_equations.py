"""The equations without a browser: what they say, and what an edit does to the study."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from energyvis_panel.domain.edits import PieceChoice
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.equations import equations as module
from energyvis_panel.views.study.equations.equations import (
    TYPESETTER,
    EquationCard,
    Equations,
    typesetter_address,
)
from tests.equations_fixture import Shelf
from tests.profiles_fixture import REFERENCES
from tests.views.conftest import send

KATEX = Path(module.__file__).parent / "katex"


@pytest.fixture
def study() -> Study:
    return Study(Shelf(), REFERENCES)


@pytest.fixture
def view(study: Study) -> Equations:
    return Equations(study)


def line(view: Equations, name: str) -> dict[str, Any]:
    return next(line for line in view.component.card["lines"] if line["name"] == name)


def sentence(view: Equations, name: str, length: str = "short") -> str:
    tokens = line(view, name)[length]
    return "".join(str(token["text"] or f"[{token['placeholder']}]") for token in tokens)


def inputs(view: Equations) -> dict[str, dict[str, Any]]:
    lines = view.component.card["lines"]
    return {t["name"]: t for line in lines for t in line["long"] if t["kind"] == "input"}


def back(view: Equations, name: str) -> str | None:
    tokens = [t for line in view.component.card["lines"] for t in line["long"]]
    return next((t["text"] for t in tokens if t["kind"] == "reset" and t["name"] == name), None)


def ask(view: Equations, action: str, name: str = "", text: str = "") -> str:
    """What the browser asks for; the sentence by which it was refused, or ''."""
    serial = view.component.answer.get("serial", 0) + 1
    send(view.component, {"action": action, "name": name, "text": text, "serial": serial})
    assert view.component.answer["serial"] == serial
    return str(view.component.answer["refused"])


def edits(study: Study) -> Any:
    assert study.choice is not None
    return study.choice.edits


def test_each_equation_reads_as_a_true_sentence(view: Equations) -> None:
    assert sentence(view, "power") == "Mean power at the site 59.4 kW, PUE 1.5"
    assert sentence(view, "energy") == "6.60 kWh in 4 epochs of 1.67 min"
    assert sentence(view, "carbon") == "2.15 kg CO₂e at 325 g/kWh in Georgia (EPA eGRID 2023, direct)"
    assert sentence(view, "cost") == "0.726 USD at 0.11 USD/kWh (EIA 2023)"


def test_opened_each_kind_of_device_is_a_term_with_its_origin(view: Equations) -> None:
    assert sentence(view, "power", "long") == (
        "Mean power at the site 59.4 kW: GPU 36000 W (8 × Old <GPU>) + CPU 3600 W, measured by counters, "
        "with a PUE of 1.5 (recorded with the profile)"
    )
    symbols, numbers = line(view, "power")["rows"]
    assert r"p_{\text{GPU}}" in symbols
    assert r"p_{\text{CPU}}" in symbols
    for part in (r"36.0\,\text{kW}", r"3{,}600\,\text{W}", "1.5", r"59.4\,\text{kW}"):
        assert part in numbers
    assert r"\sum_{i=1}^{4}" in line(view, "energy")["rows"][0]
    assert r"0.0278\,\text{h}" in line(view, "energy")["rows"][1]


def test_no_name_from_a_file_gets_into_the_tex(view: Equations) -> None:
    for each in view.component.card["lines"]:
        assert "<GPU>" not in "".join([each["symbols"], *each["rows"]])


def test_what_lies_outside_the_epochs_is_in_the_sum(view: Equations, study: Study) -> None:
    study.select("outside")
    first, second = line(view, "energy")["rows"]
    assert r"E_{\text{outside}}" in first
    assert r"0.0139\,\text{h}" in second
    assert "and 50.0 s outside them: 7 min 30 s" in sentence(view, "energy", "long")


def test_one_quantity_has_one_colour_in_formula_and_sentence(view: Equations) -> None:
    for each in view.component.card["lines"]:
        said = {token["quantity"] for token in each["long"] if token.get("quantity")}
        assert said
        assert all(f"quantity={quantity}" in "".join(each["rows"]) for quantity in said)


def test_pounds_change_emissions_and_intensity_alone(view: Equations, study: Study) -> None:
    before = sentence(view, "energy"), sentence(view, "cost")
    study.pounds = True
    assert sentence(view, "carbon").startswith("4.73 lb CO₂e at 0.717 lb/kWh")
    assert (sentence(view, "energy"), sentence(view, "cost")) == before


@pytest.mark.parametrize(
    ("name", "text", "changes", "default"),
    [
        ("pue", "1,2", {"pue": 1.2}, "back to 1.5"),
        ("g_per_kwh", "500", {"g_per_kwh": 500.0}, "back to 325"),
        ("price_per_kwh", "0.3", {"price_per_kwh": 0.3}, "back to 0.11"),
        ("epoch_s", "2", {"epoch_s": 120.0}, "back to 1.67"),
        ("watts.gpu", "30000", {"watts": (("gpu", 30000.0),)}, "back to 36000"),
    ],
)
def test_a_number_that_is_entered_shows_everywhere_and_can_go_back(
    view: Equations, study: Study, name: str, text: str, changes: dict[str, Any], default: str
) -> None:
    assert ask(view, "enter", name, text) == ""
    assert {key: getattr(edits(study), key) for key in changes} == changes
    assert study.comparison is not None
    assert len(study.comparison.alternatives) == 1
    assert view.component.card["shown"] == "edits"
    field = inputs(view)[name]
    assert (field["edited"], field["text"]) == (True, text.replace(",", "."))
    assert back(view, name) == default
    assert ask(view, "default", name) == ""
    assert not edits(study).is_active()
    assert back(view, name) is None
    assert not inputs(view)[name]["edited"]


def test_a_number_equal_to_its_default_is_no_change(view: Equations, study: Study) -> None:
    ask(view, "enter", "pue", "1.2")
    ask(view, "enter", "pue", "1.50")
    assert not edits(study).is_active()


def test_watts_of_one_kind_leave_those_of_another(view: Equations, study: Study) -> None:
    ask(view, "enter", "watts.cpu", "100")
    ask(view, "enter", "watts.gpu", "200")
    assert edits(study).watts == (("gpu", 200.0), ("cpu", 100.0))
    assert sentence(view, "power") == "Mean power at the site 450 W, PUE 1.5back to 1.5".removesuffix(
        "back to 1.5"
    )
    ask(view, "default", "watts.gpu")
    assert edits(study).watts == (("cpu", 100.0),)
    assert "measured by counters, then changed by hand" in sentence(view, "power", "long")


def test_pounds_per_kwh_are_entered_as_such(view: Equations, study: Study) -> None:
    study.pounds = True
    ask(view, "enter", "g_per_kwh", "1")
    assert edits(study).g_per_kwh == 453.59237
    assert inputs(view)["g_per_kwh"]["text"] == "1"


def test_a_region_counts_as_a_change_of_the_intensity(view: Equations, study: Study) -> None:
    study.choose_region("US-WY")
    assert (inputs(view)["g_per_kwh"]["text"], back(view, "g_per_kwh")) == ("832", "back to 325")
    ask(view, "enter", "g_per_kwh", "500")
    assert back(view, "g_per_kwh") == "back to 832"
    assert sentence(view, "carbon").endswith("entered by hand, in place of Wyoming")
    ask(view, "default", "g_per_kwh")
    assert edits(study).region_id == "US-WY"
    ask(view, "default", "g_per_kwh")
    assert not edits(study).is_active()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pue", "0.5", "The PUE is 0.5, but must lie from 1 to 10."),
        ("pue", "1,234.5", "separates thousands"),
        ("g_per_kwh", "1,234", "can be read as 1.234 or as 1234"),
        ("epoch_s", "soon", "Mean duration of an epoch in min: 'soon' is not a number."),
        ("watts.gpu", "-3", "The power of GPU in W is -3"),
        ("nonsense", "3", "no longer on show"),
    ],
)
def test_a_value_that_cannot_be_gets_a_sentence_and_changes_nothing(
    view: Equations, study: Study, name: str, text: str, said: str
) -> None:
    before = study.choice
    said_whole = ask(view, "enter", name, text)
    assert said in said_whole
    assert study.choice is before
    assert study.notice == ("" if name == "nonsense" else said_whole)
    assert not view.component.card["changed"]


def test_reset_all_is_one_step_and_keeps_the_machine_and_the_compared(view: Equations, study: Study) -> None:
    study.toggle_compared("two")
    ask(view, "enter", "pue", "1.2")
    ask(view, "enter", "watts.gpu", "200")
    assert view.component.card["changed"]
    ask(view, "defaults")
    assert study.choice is not None
    assert (edits(study).is_active(), study.choice.compared_ids) == (False, ("two",))
    assert not view.component.card["changed"]
    study.undo()
    assert (edits(study).pue, edits(study).watts) == (1.2, (("gpu", 200.0),))


def test_without_times_hours_can_be_entered_and_give_the_power(view: Equations, study: Study) -> None:
    study.select("untimed")
    assert sentence(view, "power").startswith("This profile records no times, so no power")
    assert sentence(view, "energy") == "4.00 kWh in 4 epochs of [not recorded] h"
    assert len(line(view, "power")["rows"]) == 1
    ask(view, "enter", "epoch_s", "0,5")
    assert edits(study).epoch_s == 1800
    assert sentence(view, "power") == "Mean power at the site 2,000 W, PUE 1"
    assert sentence(view, "energy").startswith("4.00 kWh in 4 epochs of 0.5 h")
    assert back(view, "epoch_s") == "back to not recorded"
    assert "leaves the energy as it is; the power follows" in sentence(view, "energy", "long")


def test_what_is_not_known_is_said_and_can_be_entered(view: Equations, study: Study) -> None:
    study.select("untimed")
    assert sentence(view, "carbon") == "No region named: enter [not known] g/kWh"
    assert sentence(view, "cost") == "No price known: enter [not known] USD/kWh"
    assert "none recorded, so 1 is taken" in sentence(view, "power", "long")
    assert "estimated" in sentence(view, "energy", "long")
    ask(view, "enter", "g_per_kwh", "100")
    ask(view, "enter", "price_per_kwh", "0.2")
    assert sentence(view, "carbon").startswith("400 g CO₂e at 100 g/kWh")
    assert sentence(view, "cost").startswith("0.800 USD at 0.2 USD/kWh")
    assert back(view, "g_per_kwh") == "back to not known"


def test_a_kind_that_was_not_measured_can_be_added(view: Equations, study: Study) -> None:
    study.select("untimed")
    ask(view, "enter", "epoch_s", "1")
    assert inputs(view)["watts.cpu"]["placeholder"] == "none"
    ask(view, "enter", "watts.cpu", "500")
    assert sentence(view, "power").startswith("Mean power at the site 1,500 W")
    assert back(view, "watts.cpu") == "back to none"


def test_the_switch_shows_any_series(view: Equations, study: Study) -> None:
    assert view.component.card["series"] == []
    study.toggle_compared("two")
    assert [(each["key"], each["text"]) for each in view.component.card["series"]] == [
        ("baseline", "Baseline"),
        ("two", "A"),
    ]
    assert view.component.card["shown"] == "two"
    ask(view, "show", "baseline")
    assert sentence(view, "energy").startswith("6.60 kWh in 4 epochs")
    ask(view, "enter", "pue", "1.2")
    assert view.component.card["shown"] == "edits"
    assert [each["key"] for each in view.component.card["series"]] == ["baseline", "edits", "two"]


def test_a_compared_profile_takes_changes_of_the_site_alone(view: Equations, study: Study) -> None:
    study.toggle_compared("two")
    field = inputs(view)["epoch_s"]
    assert field["locked"]
    assert "measured on its own machine" in field["title"]
    assert "measured on its own machine" in ask(view, "enter", "epoch_s", "3")
    assert ask(view, "enter", "watts.gpu", "3") == field["title"]
    assert not edits(study).is_active()
    ask(view, "show", "two")
    assert ask(view, "enter", "pue", "1.2") == ""
    assert view.component.card["shown"] == "two"
    assert inputs(view)["pue"]["text"] == "1.2"
    assert "integrated from measured power" in sentence(view, "power", "long")


def test_edits_of_the_machine_are_not_said_of_a_compared_profile(view: Equations, study: Study) -> None:
    ask(view, "enter", "watts.gpu", "200")
    study.toggle_compared("two")
    ask(view, "show", "two")
    assert not inputs(view)["watts.gpu"]["edited"]
    assert "changed by hand" not in sentence(view, "power", "long")


def test_other_chips_are_named_and_said_to_be_rescaled(view: Equations, study: Study) -> None:
    original = (PieceChoice("gpu", "old-gpu", 8), PieceChoice("cpu", "host-cpu", 1))
    study.edit(original=original, pieces=(PieceChoice("gpu", "new-gpu", 2),))
    text = sentence(view, "power", "long")
    assert "(2 × New GPU)" in text
    assert "measured by counters, then rescaled to other chips" in text


def test_a_number_entered_by_hand_keeps_its_digits(view: Equations, study: Study) -> None:
    ask(view, "enter", "pue", "1.2345")
    assert inputs(view)["pue"]["text"] == "1.2345"
    study.choose_region("US-WY")
    assert inputs(view)["g_per_kwh"]["text"] == "832"


def test_a_single_kind_of_device_needs_no_brackets(view: Equations, study: Study) -> None:
    assert r"\bigl(" in line(view, "power")["rows"][0]
    study.select("untimed")
    assert r"\bigl(" not in line(view, "power")["rows"][0]


def test_a_preview_shows_at_once_and_an_edit_goes_before_it(view: Equations, study: Study) -> None:
    study.preview_id = "US-WY"
    assert sentence(view, "carbon").startswith("5.49 kg CO₂e at 832 g/kWh in Wyoming")
    assert view.component.card["note"] == "previewed in Wyoming"
    assert back(view, "g_per_kwh") is None
    ask(view, "enter", "g_per_kwh", "500")
    assert sentence(view, "carbon").startswith("3.30 kg CO₂e at 500 g/kWh")
    study.preview_id = ""
    assert sentence(view, "carbon").startswith("3.30 kg CO₂e at 500 g/kWh")
    study.preview_id = "FR"
    assert sentence(view, "carbon").startswith("273 g CO₂e at 41.4 g/kWh in France")


def test_without_a_profile_the_card_says_what_to_do(view: Equations, study: Study) -> None:
    study.param.update(choice=None, comparison=None)
    assert (view.component.card["note"], view.component.card["lines"]) == ("Choose a profile first.", [])
    assert ask(view, "enter", "pue", "1.2") == "This number is no longer on show."


def test_the_typesetter_is_the_published_file_with_its_licence() -> None:
    """The hash is that of katex.min.js in katex 0.19.1, the package on npm."""
    lines = (KATEX / "katex.bundle.js").read_bytes().split(b"\n")
    published = hashlib.sha256(b"\n".join(lines[2:-2]))
    assert published.hexdigest() == "fa140498b8cfc8302cbe5e7cb1bdbc1f952bc38b3fa258ede09e73edbf9a74bc"
    assert "Permission is hereby granted" in (KATEX / "LICENSE").read_text(encoding="utf-8")
    assert {path.name for path in KATEX.glob("*.*") if path.suffix != ".md"} == {
        Path(name).name for name in TYPESETTER
    }


def test_the_server_hands_out_the_typesetter_and_nothing_beside_it() -> None:
    from panel.io.server import ComponentResourceHandler  # noqa: PLC0415 - brings in the server
    from tornado.web import HTTPError  # noqa: PLC0415 - as above

    handler = ComponentResourceHandler.__new__(ComponentResourceHandler)
    address = typesetter_address().partition("?")[0].removeprefix("./components/")
    assert Path(handler.parse_url_path(address)) == KATEX / "katex.bundle.js"
    with pytest.raises(HTTPError, match="not listed"):
        handler.parse_url_path(address.replace("katex.bundle.js", "README.md"))
    assert EquationCard._resources["typesetter"]
