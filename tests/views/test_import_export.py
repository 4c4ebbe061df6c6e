"""What the server makes of the messages of the file buttons, whoever sends them."""

from types import SimpleNamespace
from typing import Any

import pytest

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.profile_export import export_profile
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.domain.imported_profile import MOST_FILE_BYTES
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.files.import_export import ImportExport
from tests.profiles_fixture import REFERENCES, small_profile
from tests.views.conftest import send

CONTENT = profile_to_json(small_profile("mine")).encode()


class OneExample:
    """A single preloaded profile."""

    def preloaded(self) -> tuple[EnergyProfile, ...]:
        return (small_profile("one"),)

    def runs(self) -> tuple[RunSummary, ...]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise AssertionError(run_id)


@pytest.fixture
def view() -> ImportExport:
    return ImportExport(Study(OneExample(), REFERENCES), read_import, export_profile)


def hear(view: ImportExport, *messages: Any) -> list[dict[str, Any]]:
    """Answers of the server to messages."""
    answers: list[dict[str, Any]] = []

    def say(message: dict[str, object]) -> None:
        answers.append(message)

    view._say = say  # type: ignore[method-assign] # what is said is what is looked at
    for message in messages:
        view._heard(SimpleNamespace(data=message))
    return answers


def begin(size: object = len(CONTENT)) -> dict[str, object]:
    return {"kind": "begin", "name": "mine.json", "size": size}


def test_a_file_in_parts_becomes_a_profile(view: ImportExport) -> None:
    first, second = CONTENT[:100], CONTENT[100:]
    answers = hear(view, begin(), {"kind": "part", "data": first}, {"kind": "part", "data": second})
    assert answers == [{"kind": "next", "from": 0}, {"kind": "next", "from": 100}, {"kind": "done"}]
    assert [entry.name for entry in view.files.study.entries] == ["One", "Mine"]
    assert view.reports.visible
    assert view.reports.reports[0]["file"] == "mine.json"


@pytest.mark.parametrize("size", [MOST_FILE_BYTES + 1, -1, "1", None, 1.5])
def test_a_size_out_of_bounds_is_refused_before_anything_is_sent(view: ImportExport, size: object) -> None:
    answers = hear(view, begin(size), {"kind": "part", "data": CONTENT})
    assert {"kind": "done"} in answers
    assert {"kind": "next", "from": 0} not in answers
    assert view.files.refusals == ["mine.json is larger than 100 MB. Shorten it."]
    assert [entry.name for entry in view.files.study.entries] == ["One"]


@pytest.mark.parametrize("part", [CONTENT + b" ", None, "text", [1]])
def test_a_part_that_does_not_fit_ends_the_upload(view: ImportExport, part: object) -> None:
    answers = hear(view, begin(), {"kind": "part", "data": part}, {"kind": "part", "data": CONTENT})
    assert answers[1] == {"kind": "done"}
    assert view.files.refusals == ["mine.json did not arrive whole. Choose it again."]
    assert [entry.name for entry in view.files.study.entries] == ["One"]


def test_messages_of_another_shape_are_passed_over(view: ImportExport) -> None:
    assert hear(view, None, "begin", {"kind": "other"}, {}) == []


def test_an_export_is_sent_as_it_is_written(view: ImportExport) -> None:
    (answer,) = hear(view, {"kind": "export", "format": "csv"})
    name, content = export_profile(small_profile("one"), "csv")
    assert answer == {"kind": "file", "name": name, "type": "text/csv", "content": content}
    assert hear(view, {"kind": "export", "format": "xlsx"}) == []
    assert "no format 'xlsx'" in view.files.refusals[0]


def test_profiles_are_removed_and_the_report_is_closed_by_messages(view: ImportExport) -> None:
    hear(view, begin(), {"kind": "part", "data": CONTENT})
    profile_id = view.reports.reports[0]["id"]
    for message in ("remove", {"action": "remove", "id": profile_id}, {"action": "close"}):
        send(view.reports, message)
    assert [entry.name for entry in view.files.study.entries] == ["One"]
    assert not view.reports.visible
