"""What a session learns of the lake, and when: not before the browser has the document."""

import panel as pn
from bokeh.document import Document
from panel.io.state import set_curdoc

from energyvis_panel.state.lake_watch import LakeWatch
from energyvis_panel.state.run_rows import LakeSnapshot
from energyvis_panel.views.runs.follow import Feed, follow_lake
from tests.state.test_runs_state import CannedLake


class Shown:
    """Follower that keeps what it was shown."""

    def __init__(self) -> None:
        self.snapshots: list[LakeSnapshot] = []

    def show(self, snapshot: LakeSnapshot) -> None:
        self.snapshots.append(snapshot)


def readings(count: int) -> list[LakeSnapshot]:
    return [LakeWatch(CannedLake()).snapshot() for _reading in range(count)]


def test_what_is_read_before_the_browser_has_the_document_waits_and_the_latest_is_shown(
    unheard: Document,
) -> None:
    shown, (early, later, last) = Shown(), readings(3)
    with set_curdoc(unheard):
        feed = Feed([shown])
        feed.arrived(early)
        feed.arrived(later)
        assert shown.snapshots == []
        pn.state._on_load(unheard)
        assert [snapshot is later for snapshot in shown.snapshots] == [True]
        feed.arrived(last)
    (tick,) = unheard.session_callbacks
    tick.callback()
    assert [snapshot is last for snapshot in shown.snapshots] == [False, True]


def test_without_a_page_each_reading_is_shown_at_once() -> None:
    shown, watch = Shown(), LakeWatch(CannedLake(), every_s=60)
    end = follow_lake(watch, shown)
    assert len(shown.snapshots) >= 1
    before = len(shown.snapshots)
    Feed([shown]).arrived(watch.snapshot())
    assert len(shown.snapshots) > before
    end()
