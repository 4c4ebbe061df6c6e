"""A run that is still written to the lake shows while it is the baseline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from energyvis_panel.state.live import LakeRuns, LiveRun
from energyvis_panel.state.run_rows import LakeSnapshot
from energyvis_panel.state.study import Study
from tests.state.live_case import CannedSource, row


def test_an_active_run_of_the_lake_shows_while_it_is_the_baseline(live: LiveRun, study: Study) -> None:
    lake = LakeRuns(live)
    now = datetime.now(UTC)
    lake.show(LakeSnapshot(now, (row(),)))
    assert live.lake_run is None
    study.select("run")
    assert live.lake_run == row()
    lake.show(LakeSnapshot(now, failure="The lake cannot be read."))
    assert live.lake_run == row()
    lake.show(LakeSnapshot(now, (row("finished"),)))
    assert live.lake_run is None


def test_the_age_of_its_last_sign_counts_from_its_tracker(study: Study, source: CannedSource) -> None:
    now = datetime(2026, 11, 3, 10, 1, tzinfo=UTC)
    live = LiveRun(study, source, now=lambda: now)
    assert live.lake_age_s() is None
    live.lake_run = replace(row(), last_sign_at=now - timedelta(seconds=12))
    assert live.lake_age_s() == 12.0
    live.lake_run = replace(row(), last_sign_at=now + timedelta(seconds=3))  # its clock is ahead
    assert live.lake_age_s() == 0.0
    live.lake_run = row()
    assert live.lake_age_s() is None
