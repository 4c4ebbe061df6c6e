import pytest

from energyvis_panel.state.address import changed_query, follow_query, study_query
from energyvis_panel.state.study import Study
from tests.profiles_fixture import REFERENCES, small_profile
from tests.state.test_study_state import CannedProfiles


@pytest.fixture
def study() -> Study:
    return Study(CannedProfiles(), REFERENCES)


def test_what_is_written_is_read_again(study: Study) -> None:
    study.choose_region("US-WY")
    study.set_pue(1.25)
    study.toggle_compared("two")
    study.set_further(12)
    study.param.update(measure="energy", axis="time", cumulative=False, log_scale=True, pounds=True)
    query = {key: value for key, value in study_query(study).items() if value is not None}
    again = Study(CannedProfiles(), REFERENCES)
    follow_query(again, query)
    assert again.choice == study.choice
    assert study_query(again) == study_query(study)
    assert (again.axis, again.log_scale) == ("time", True)
    assert again.notice == ""
    assert not again.can_undo()


def test_a_plain_study_needs_only_its_profile(study: Study) -> None:
    assert {key for key, value in study_query(study).items() if value is not None} == {"profile"}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"region": "Atlantis"}, "region 'Atlantis'"),
        ({"pue": "99"}, "PUE '99'"),
        ({"pue": "nan"}, "PUE 'nan'"),
        ({"pue": "1;drop"}, "PUE '1;drop'"),
        ({"profile": "../../etc/passwd"}, "profile '../../etc/passwd'"),
        ({"compare": "nobody"}, "compared profile 'nobody'"),
        ({"further": "-3"}, "extrapolation by '-3'"),
        ({"further": "1e9"}, "extrapolation by '1e9'"),
    ],
)
def test_what_a_link_cannot_have_is_named_and_the_rest_is_followed(
    study: Study, query: dict[str, str], named: str
) -> None:
    follow_query(study, {"measure": "energy", **query})
    assert named in study.notice
    assert study.measure == "energy"
    assert study.choice is not None
    assert study.choice.baseline_id == "one"


def test_an_unknown_measure_is_ignored(study: Study) -> None:
    follow_query(study, {"measure": "<script>", "region": "US-WY"})
    assert study.measure == "carbon"
    assert study.choice is not None
    assert study.choice.edits.region_id == "US-WY"


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("", {"region": "US-WY"}, "?region=US-WY"),
        ("?page=runs&region=US-GA", {"region": None}, "?page=runs"),
        ("?region=US-GA", {"region": None}, ""),
        ("?a=1", {"compare": "x,y", "name": "a&b"}, "?a=1&compare=x,y&name=a%26b"),
    ],
)
def test_the_address_keeps_what_others_put_there(
    before: str, change: dict[str, str | None], after: str
) -> None:
    assert changed_query(before, change) == after


def test_the_name_of_a_file_is_not_in_the_address(study: Study) -> None:
    """What only this session has is named by where it came from: the server's logs need not know its name."""
    private = small_profile("secret-project-1a2b3c4d")
    study.put(private, "imported")
    study.toggle_compared(study.put(small_profile("guess-of-next-year"), "estimate", select=False))
    query = study_query(study)
    assert (query["profile"], query["compare"]) == ("imported", "estimate")
    again = Study(CannedProfiles(), REFERENCES)
    follow_query(again, {key: value for key, value in query.items() if value is not None})
    assert "profile 'imported'" in again.notice
    assert "compared profile 'estimate'" in again.notice
