from dataclasses import replace

import pytest

from energyvis_panel.domain.edits import Edits
from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.domain.study import Choice, compare
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.totals import change_text, totals_html
from energyvis_panel.views.study.what_if import HINT, WhatIf, what_if_parts
from tests.profiles_fixture import REFERENCES, small_profile
from tests.state.test_study_state import CannedProfiles
from tests.views.conftest import send

CAR = Equivalence("car", "new car in the EU", 0.1068, "km", "106.8 g/km", "EEA")


def html(choice: Choice, name: str = "One", region_id: str | None = "US-GA") -> str:

    profile = replace(small_profile("one", region_id=region_id), name=name)
    return totals_html(compare({"one": profile}, REFERENCES, choice), (CAR,), pounds=False)


def test_totals_carry_unit_and_origin() -> None:
    text = html(Choice("one"))
    for part in ("6.60 kWh", "measured by energy counters", "2.15 kg CO₂e", "EPA eGRID 2023, direct",
                 "6 min 40 s", "4 epochs", "20.1 km", "new car in the EU. EEA"):  # fmt: skip
        assert part in text


def test_an_alternative_shows_its_change_and_what_stays_is_unchanged() -> None:
    text = html(Choice("one", edits=Edits(region_id="US-WY")))
    assert "A: 5.49 kg CO₂e (+156 %)" in text
    assert "A: unchanged" in text


def test_without_region_no_carbon_is_invented() -> None:
    text = html(Choice("one"), region_id=None)
    assert "not known" in text
    assert "needs a region" in text


def test_names_are_escaped() -> None:
    assert "<script>" not in html(
        Choice("one", edits=Edits(region_id="US-WY")), name="<script>alert(1)</script>"
    )


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (100, 65, "\N{MINUS SIGN}35 %"),
        (100, 256, "+156 %"),
        (3, 3, "unchanged"),
        (0, 0, "unchanged"),
        (0, 1, ""),
    ],
)
def test_change_is_relative_to_the_baseline(before: float, after: float, text: str) -> None:
    assert change_text(before, after) == text


def test_the_what_if_line_names_each_alternative() -> None:
    study = Study(CannedProfiles(), REFERENCES)
    study.edit(region_id="US-WY", pue=1.2)
    study.toggle_compared("two")
    assert study.choice is not None
    assert study.comparison is not None
    parts = what_if_parts(study, study.choice, study.comparison)
    assert [(part["letter"], part["text"]) for part in parts] == [
        ("A", "in Wyoming"),
        ("", "PUE 1.2"),
        ("B", "Two"),
    ]
    for part in parts:
        send(WhatIf(study).line, part)
    assert not study.choice.has_alternatives()


def test_what_if_is_explained_when_first_entered_and_not_again() -> None:
    study = Study(CannedProfiles(), REFERENCES)
    line = WhatIf(study).line
    study.choose_region("US-WY")
    assert line.hint == HINT
    assert line.undoable
    study.reset()
    study.choose_region("FR")
    assert line.hint == ""
