import pytest

from energyvis_panel.state.study import Study
from energyvis_panel.views.chart_export import chart_export, csv_text
from energyvis_panel.views.on_demand import OnDemand
from energyvis_panel.views.study.chart.chart_controls import ChartControls
from energyvis_panel.views.study.chart.consumption_chart import ConsumptionChart
from energyvis_panel.views.study.notice import Notice
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles
from tests.views.conftest import send


@pytest.fixture
def study() -> Study:
    return Study(CannedProfiles(), REFERENCES)


def values(controls: ChartControls) -> dict[str, object]:
    return {group["name"]: group["value"] for group in controls.bar.groups}


def test_a_choice_reaches_the_study_and_the_controls_follow_it(study: Study) -> None:
    controls = ChartControls(study)
    for name, value in [("measure", "cost"), ("axis", "time"), ("cumulative", False), ("log_scale", True)]:
        send(controls.bar, {"name": name, "value": value})
        assert getattr(study, name) == value
        assert values(controls)[name] == value
    study.measure = "energy"
    assert values(controls)["measure"] == "energy"
    assert "pounds" not in values(controls)


@pytest.mark.parametrize(
    "request_", [{"name": "measure", "value": "soul"}, {"name": "notice", "value": "x"}, {}]
)
def test_what_is_not_offered_is_not_taken(study: Study, request_: dict[str, object]) -> None:
    controls = ChartControls(study)
    send(controls.bar, {**request_})
    assert study.measure == "carbon"
    assert study.notice == ""


def test_the_stepper_extrapolates_within_its_bounds(study: Study) -> None:
    controls = ChartControls(study)
    send(controls.extrapolation, {"name": "further", "value": 7})
    assert controls.extrapolation.steppers[0]["value"] == 7
    send(controls.extrapolation, {"name": "further", "value": 10**9})
    assert controls.extrapolation.steppers[0]["value"] == 1000


def test_the_csv_holds_what_the_chart_shows(study: Study) -> None:
    study.choose_region("US-WY")
    chart = ConsumptionChart(study)
    lines = chart.csv().splitlines()
    assert lines[0].startswith("# Cumulative emissions, kg CO₂e. One, Georgia")
    assert lines[1] == "series,epoch,cumulative_emissions_in_kg_CO₂e,kind"
    assert lines[2].startswith("One,1.0,0.53")
    assert len(lines) == 2 + 2 * 4
    assert lines[-1].startswith("A: in Wyoming,4.0,")


def test_text_that_would_run_as_a_formula_is_disarmed() -> None:
    assert csv_text(["a"], [["=1+1"], ["fine"], [-1.5]]).splitlines() == ["a", "'=1+1", "fine", "-1.5"]


def test_the_same_csv_can_be_saved_twice() -> None:
    seen: list[str] = []
    buttons = chart_export("x", lambda: "a,b")
    buttons.param.watch(lambda event: seen.append(event.new), "csv")
    buttons.asked += 1
    buttons.asked += 1
    assert seen == ["a,b", "", "a,b"]


def test_a_card_is_built_once_and_only_when_it_is_opened() -> None:
    built: list[int] = []

    def build() -> str:
        built.append(1)
        return "body"

    card = OnDemand("Why?", build)
    assert (built, card.body.visible) == ([], False)
    for opened in (True, False, True):
        card.opener.opened = opened
        assert card.body.visible is opened
    assert built == [1]


def test_the_notice_follows_the_study_and_closing_it_clears_it(study: Study) -> None:
    notice = Notice(study)
    study.edit(pue=0.1)
    assert "PUE is 0.1" in notice.line.text
    assert notice.line.visible
    notice.line.text = ""
    assert study.notice == ""
    assert not notice.line.visible
