from types import SimpleNamespace
from typing import Any

import pytest
from panel.models.esm import DataEvent

from energyvis_panel.state.study import Study
from energyvis_panel.views.study.estimate.estimate_form import EstimateForm
from energyvis_panel.views.study.estimate.estimate_rows import assumed_text, hit_rows
from tests.profiles_fixture import CHIPS, REFERENCES
from tests.state.test_estimate import search
from tests.state.test_study_state import CannedProfiles


@pytest.fixture
def form() -> EstimateForm:
    return EstimateForm(Study(CannedProfiles(), REFERENCES), search)


def send(form: EstimateForm, **message: Any) -> None:
    form._act(SimpleNamespace(data=message))


def press(button: Any) -> None:
    button._process_event(DataEvent(model=None, data={"action": "press"}))


def described(form: EstimateForm) -> dict[str, tuple[str, str]]:
    return {row["name"]: (row["value"], row["range"]) for row in form.component.totals}


def filled(form: EstimateForm) -> EstimateForm:
    send(form, action="add", id="old-gpu")
    send(form, action="count", place=0, value="4")
    send(form, action="field", name="hours", value="10")
    send(form, action="field", name="pue", value="1")
    return form


def test_totals_have_value_and_range_with_units(form: EstimateForm) -> None:
    assert described(filled(form)) == {
        "Energy at the site": ("6.50 kWh", "4.00 to 9.00 kWh"),
        "Emissions": ("2.11 kg CO₂e", "1.30 to 2.92 kg"),
        "Cost of electricity": ("71.5 US cents", "44.0 to 99.0 US cents"),
        "Time": ("10 h 00 min", "at 650 W before PUE"),
    }
    assert "nothing is measured" in form.component.assumed
    form.study.pounds = True
    assert described(form)["Emissions"] == ("4.66 lb CO₂e", "2.87 to 6.45 lb")


def test_what_is_not_known_is_said(form: EstimateForm) -> None:
    send(filled(form), action="field", name="region_id", value="")
    assert described(form)["Emissions"] == ("not known", "choose a region")
    assert described(form)["Cost of electricity"] == ("not known", "no price for this region")
    send(form, action="field", name="hours", value="")
    assert form.component.totals == []
    assert form.component.assumed == ""
    assert form.component.refusals["hours"] == "Hours in all is empty. Enter a number."
    assert form.component.missing == "Still needed for a total: hours in all."


def test_chips_are_searched_added_and_removed(form: EstimateForm) -> None:
    send(form, action="search", value="gpu")
    assert [hit["name"] for hit in form.component.hits] == ["Old GPU", "New GPU"]
    assert form.component.hits[0]["detail"] == "GPU, 250 W"
    send(form, action="add", id="new-gpu")
    assert form.component.pieces == [{"name": "New GPU", "count": 1, "detail": "500 W TDP each"}]
    send(form, action="remove", place=0)
    assert form.component.pieces == []


def test_a_chip_of_unknown_power_cannot_be_chosen() -> None:
    (row,) = hit_rows([type(CHIPS["old-gpu"])("x", "gpu", "", "X", None, None, None, None, None, "none", "")])
    assert (row["detail"], row["usable"]) == ("power not known", False)
    assert assumed_text(None) == ""


def test_button_and_messages_open_make_and_close(form: EstimateForm) -> None:
    card = form.__panel__()
    assert not card.visible
    button = form.button()
    press(button)
    assert (card.visible, button.opened) == (True, True)
    assert form.component.focus == 1
    press(button)
    assert (card.visible, button.opened) == (False, False)
    press(button)
    send(form, action="close")
    assert not card.visible
    form.state.open()
    filled(form)
    send(form, action="make")
    assert not card.visible
    assert form.study.entries[-2].origin == "estimate"
    send(form, action="count", place="0", value="1")
    send(form, action="unheard of")
    assert form.state.pieces == []


def test_regions_are_listed_by_name(form: EstimateForm) -> None:
    assert form.component.regions == [
        ("", "Not known"),
        ("FR", "France"),
        ("US-GA", "Georgia"),
        ("US-WY", "Wyoming"),
    ]
