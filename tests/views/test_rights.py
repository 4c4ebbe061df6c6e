"""What a page does not offer to a viewer, and what the server refuses who asks all the same."""

from types import SimpleNamespace
from typing import Any

import pytest

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.profile_export import export_profile
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.state.live import LiveRun
from energyvis_panel.state.rights import EDITOR, Rights
from energyvis_panel.state.study import Study
from energyvis_panel.views.signed_in import below_top_bar, in_top_bar, signed_in_html
from energyvis_panel.views.study.files.import_export import ImportExport
from energyvis_panel.views.study.live.live_bar import LiveBar, bar_content
from energyvis_panel.views.study.when.when import WhenToRun
from tests.profiles_fixture import REFERENCES, small_profile
from tests.state.live_case import URL, CannedSource, row
from tests.state.test_study_state import CannedProfiles
from tests.views.test_when import NumbersReader

VIEWER = Rights("bob", may_import=False, may_control=False, contact="Ada (4711)")
SENTENCE = "Only editors import files, follow runs live, and pause or stop them. Ask Ada (4711)."
CONTENT = profile_to_json(small_profile("mine")).encode()


def study() -> Study:
    return Study(CannedProfiles(), REFERENCES)


def sent_file(view: Any, content: bytes, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Answers of the server to a file that is sent in one part."""
    answers: list[dict[str, Any]] = []
    monkeypatch.setattr(view, "_say", lambda *said: answers.append(said[-1]))
    begin = {"kind": "begin", "name": "mine.json", "size": len(content)}
    for message in (begin, {"kind": "part", "data": content}):
        view._heard(SimpleNamespace(data=message))
    return answers


@pytest.mark.parametrize(("rights", "imported"), [(EDITOR, 1), (VIEWER, 0)])
def test_a_file_is_imported_for_an_editor_alone(
    rights: Rights, imported: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = ImportExport(study(), read_import, export_profile, rights)
    before = len(view.files.study.entries)
    answers = sent_file(view, CONTENT, monkeypatch)
    assert len(view.files.study.entries) == before + imported
    assert answers[-1] == {"kind": "done"}
    if not imported:
        assert {"kind": "next", "from": 0} not in answers
        assert set(view.files.refusals) == {SENTENCE}


def test_a_viewer_exports(monkeypatch: pytest.MonkeyPatch) -> None:
    view = ImportExport(study(), read_import, export_profile, VIEWER)
    said: list[Any] = []
    monkeypatch.setattr(view, "_say", said.append)
    view._heard(SimpleNamespace(data={"kind": "export", "format": "csv"}))
    assert said[0]["kind"] == "file"


@pytest.mark.parametrize(("rights", "read"), [(EDITOR, True), (VIEWER, False)])
def test_hourly_values_are_imported_for_an_editor_alone(
    rights: Rights, read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = WhenToRun(study(), NumbersReader(), rights)
    sent_file(view.controls, b"100 200 300", monkeypatch)
    assert (view.when.hourly is not None) is read
    assert view.when.notice == ("" if read else SENTENCE)


def test_a_viewer_may_try_the_example() -> None:
    view = WhenToRun(study(), NumbersReader(), VIEWER)
    view.controls._heard(SimpleNamespace(data={"kind": "act", "action": "example"}))
    assert view.when.hourly is not None


def test_a_viewer_follows_and_stops_nothing() -> None:
    source = CannedSource()
    bar = LiveBar(LiveRun(study(), source, rights=VIEWER))
    for message in ({"action": "follow", "text": URL}, {"action": "stop"}, {"action": "pause"}):
        bar._act(SimpleNamespace(data=message))
    assert source.listener is None
    assert source.asked == []
    assert bar.controls.content["sentence"] == SENTENCE


def test_an_editor_whose_rights_have_gone_stops_nothing() -> None:
    source = CannedSource()
    live = LiveRun(study(), source)
    live.connect(URL)
    source.tell()
    live.rights = VIEWER
    LiveBar(live)._act(SimpleNamespace(data={"action": "stop"}))
    assert (source.asked, live.sentence) == ([], SENTENCE)
    assert bar_content(live)["can_ask"] is False


def test_a_viewer_is_told_whom_to_ask_and_not_how_to_follow() -> None:
    live = LiveRun(study(), CannedSource(), rights=VIEWER)
    live.lake_run = row()
    assert bar_content(live)["state"].endswith(SENTENCE)
    assert "paste" not in bar_content(live)["state"]


def test_the_pages_of_a_viewer_say_why_something_is_missing() -> None:
    for rights, refusal in ((VIEWER, SENTENCE), (EDITOR, "")):
        files = ImportExport(study(), read_import, export_profile, rights)
        assert files.buttons.refusal == refusal
        assert WhenToRun(study(), NumbersReader(), rights).controls.sources.refusal == refusal
        assert bar_content(LiveRun(study(), CannedSource(), rights=rights))["refusal"] == refusal


def test_the_name_in_the_top_bar_is_text() -> None:
    assert "<b>" not in signed_in_html("<b>")
    assert 'href="./logout"' in signed_in_html("bob")
    assert [len(line) for line in (in_top_bar("bob"), below_top_bar("bob"))] == [1, 1]
    assert in_top_bar("") + below_top_bar("") == []
